import { describe, expect, it } from '@jest/globals'
import { BASES } from './basis.ts'
import {
  budgetHref,
  changesOf,
  drillOf,
  findingOf,
  firstChildren,
  openedOfEach,
  foldRows,
  memberHref,
  ratioOf,
  readSpend,
  tagsOfRow,
  type ApiRollup,
  type ApiRow,
} from './spend.ts'

type Dimension = ApiRow['keys'][number]['dimension']

function cost(direct: string, chainShared = '0', allocated = '0') {
  const money = (amount: string) => ({ amount, currency: 'GBP' })
  const total = String(Number(direct) + Number(chainShared) + Number(allocated))
  return {
    direct: money(direct),
    chainShared: money(chainShared),
    allocated: money(allocated),
    total: money(total),
    invocations: '1',
  }
}

function row(keys: [Dimension, string | null][], ...parts: Parameters<typeof cost>): ApiRow {
  return {
    keys: keys.map(([dimension, key]) => ({ dimension, key, label: key === null ? `No ${dimension}` : `The ${key}` })),
    cost: cost(...parts),
  }
}

function rollup(rows: ApiRow[], total: string, other: ApiRow | null = null): ApiRollup {
  return { rows, other, total: cost(total) }
}

describe('the address of the spend page', () => {
  it('groups by agent, and filters nothing, when it says nothing', () => {
    const view = readSpend({})
    expect([view.by.id, view.then, view.kept.size, view.filter]).toEqual(['agent', null, 0, {}])
  })

  it('names two dimensions and keeps any number of each', () => {
    const view = readSpend({
      by: 'client',
      then: 'agent',
      agent: ['a', 'b', 'a'],
      client: 'c',
      kind: ['TOOL', 'no such kind'],
    })
    expect([view.by.id, view.then?.id]).toEqual(['client', 'agent'])
    expect(view.filter).toEqual({ agents: ['a', 'b'], clients: ['c'], kinds: ['TOOL'] })
  })

  it('ignores what it cannot read', () => {
    const view = readSpend({ by: 'moon', then: 'agent', kind: 'no such kind', task: 't' })
    expect([view.by.id, view.then, view.filter]).toEqual(['agent', null, {}])
  })
})

describe('rows folded in two levels', () => {
  const view = readSpend({ by: 'client', then: 'agent' })
  const outer = rollup([row([['CLIENT', 'north']], '7', '1'), row([['CLIENT', null]], '2')], '10')
  const inner = rollup(
    [
      row(
        [
          ['CLIENT', 'north'],
          ['AGENT', 'coding'],
        ],
        '4',
      ),
      row(
        [
          ['CLIENT', null],
          ['AGENT', 'coding'],
        ],
        '2',
      ),
      row(
        [
          ['CLIENT', 'north'],
          ['AGENT', null],
        ],
        '1',
        '1',
      ),
    ],
    '10',
  )

  it('stand under their row, and what is not told one by one is a row of its own', () => {
    const shape = foldRows(view, outer, inner).map(({ kind, label, children }) => ({
      kind,
      label,
      children: children.map((child) => [child.kind, child.label, child.cost.total.amount]),
    }))
    expect(shape).toEqual([
      {
        kind: 'member',
        label: 'The north',
        children: [
          ['member', 'The coding', '4'],
          ['without', 'Without agent', '2'],
          ['more', 'Other agents', '2'],
        ],
      },
      { kind: 'without', label: 'Without client', children: [['member', 'The coding', '2']] },
    ])
  })

  it('opened with all others, shows its first ones and the rest as one row that adds up', () => {
    const many = rollup(
      ['d', 'c', 'b', 'a'].map((agent, index) =>
        row(
          [
            ['CLIENT', 'north'],
            ['AGENT', agent],
          ],
          String(4 - index),
        ),
      ),
      '10',
    )
    const whole = { ...row([['CLIENT', 'north']], '10'), cost: { ...cost('10'), invocations: '4' } }
    const [north] = foldRows(view, rollup([whole], '10'), many)
    if (north === undefined) throw new Error('There is no row.')
    expect(firstChildren(north, 2).map(({ kind, label, cost: { total } }) => [kind, label, total.amount])).toEqual([
      ['member', 'The d', '4'],
      ['member', 'The c', '3'],
      ['more', '2 other agents', '3'],
    ])
    // One row for one other would hide it and save nothing.
    expect(firstChildren(north, 3)).toBe(north.children)
  })

  it('opened with all others, are fewer of each the more there are, and at least three', () => {
    expect([1, 15, 30, 50, 100, 0].map(openedOfEach)).toEqual([10, 10, 5, 3, 3, 10])
  })

  it('ask for the arithmetic of a remainder by the empty key, and of what is not told one by one not at all', () => {
    const [north, without] = foldRows(view, outer, inner)
    if (north === undefined || without === undefined) throw new Error('There are two rows.')
    const [coding, none, others] = north.children
    if (coding === undefined || none === undefined || others === undefined) throw new Error('There are three.')
    expect(tagsOfRow(view, [without])).toEqual({ client: '' })
    expect(tagsOfRow(view, [north, coding])).toEqual({ client: 'north', agent: 'coding' })
    expect(tagsOfRow(view, [north, none])).toEqual({ client: 'north', agent: '' })
    expect(tagsOfRow(view, [north, others])).toBeNull()
  })

  it('names what is beyond the rows asked for', () => {
    const other = { keys: [{ dimension: 'CLIENT' as const, key: null, label: '12 more' }], cost: cost('5') }
    const rows = foldRows(readSpend({ by: 'client' }), rollup([row([['CLIENT', 'a']], '1')], '6', other), null)
    expect(rows.map(({ kind, label }) => [kind, label])).toEqual([
      ['member', 'The a'],
      ['more', '12 more clients'],
    ])
  })

  it('tells two resources of one name apart', () => {
    const twin = (label: string): ApiRow => ({
      keys: [{ dimension: 'RESOURCE', key: 'large', label }],
      cost: cost('1'),
    })
    const rows = foldRows(readSpend({ by: 'resource' }), rollup([twin('lab/large'), twin('store/large')], '2'), null)
    expect(rows.map(({ id, key }) => [id, key])).toEqual([
      ['["lab/large"]', 'lab/large'],
      ['["store/large"]', 'store/large'],
    ])
  })
})

describe('a change', () => {
  const before = rollup([row([['AGENT', 'a']], '2', '2')], '4')

  it('compares on the basis that is shown', () => {
    const now = rollup([row([['AGENT', 'a']], '3', '3')], '6')
    expect(changesOf(BASES[0], now, before)('["a"]')).toEqual({ now: '3', before: '2' })
    const change = changesOf(BASES[2], now, before)('["a"]')
    expect([change, ratioOf(change)]).toEqual([{ now: '6', before: '4' }, '0.5'])
  })

  it('of a newcomer is from nothing, and has no ratio', () => {
    const change = changesOf(BASES[0], rollup([row([['AGENT', 'new']], '3')], '3'), before)('["new"]')
    expect([change, ratioOf(change)]).toEqual([{ now: '3', before: '0' }, null])
  })

  it('is not known of a row that may be among the rest', () => {
    const cut = rollup([row([['AGENT', 'b']], '9')], '13', row([['AGENT', null]], '4'))
    expect(changesOf(BASES[0], cut, before)('["a"]')).toBeNull()
    expect(changesOf(BASES[0], null, before)('["a"]')).toBeNull()
  })
})

describe('a look into a row', () => {
  const params = { by: 'client', period: '30d', client: ['north', 'south'], open: 'all', sort: 'cost.asc' }
  const view = readSpend(params)
  const [north, without] = foldRows(
    view,
    rollup([row([['CLIENT', 'north']], '1'), row([['CLIENT', null]], '1')], '2'),
    null,
  )

  it('keeps it alone, and groups by the next dimension', () => {
    const drill = north === undefined ? null : drillOf(params, view, north, null)
    expect([drill?.href, drill?.into.id]).toEqual(['/spend?by=project&client=north&period=30d', 'project'])
  })

  it('goes on by the second level where there is one', () => {
    const both = { ...params, then: 'kind' }
    expect(north && drillOf(both, readSpend(both), north, null)?.into.id).toBe('kind')
  })

  it('is not offered of what has no name', () => {
    expect(without && drillOf(params, view, without, null)).toBeNull()
    expect(north && without && drillOf(params, view, north, without)).toBeNull()
  })

  it('ends when everything is settled', () => {
    const settled = {
      by: 'client',
      agent: 'a',
      client: 'north',
      project: 'p',
      provider: 'v',
      resource: 'r',
      kind: 'TOOL',
    }
    expect(north && drillOf(settled, readSpend(settled), north, null)).toBeNull()
  })

  it('leads to the page and the budget of whom it names', () => {
    const [agent] = foldRows(readSpend({}), rollup([row([['AGENT', 'a/b&c']], '1')], '1'), null)
    expect(agent && [memberHref(agent), budgetHref(agent)]).toEqual([
      '/agents/a%2Fb%26c',
      '/budgets/new?scope=AGENT&key=a%2Fb%26c',
    ])
    const [provider] = foldRows(readSpend({ by: 'provider' }), rollup([row([['PROVIDER', 'lab']], '1')], '1'), null)
    expect(provider && [memberHref(provider), budgetHref(provider)]).toEqual([null, null])
  })
})

describe('the finding', () => {
  const spent = { amount: '100', text: '£100.00' }

  it.each([
    [
      [
        ['a', '46'],
        ['b', '54'],
      ],
      'b is 54\u00a0% of £100.00 spent',
    ],
    [
      [
        ['a', '100'],
        ['b', '0'],
      ],
      '£100.00 spent, all of it a',
    ],
    [[], '£100.00 spent'],
  ])('of %j is %s', (rows, text) => {
    expect(
      findingOf(
        spent,
        (rows as [string, string][]).map(([label, amount]) => ({ label, amount })),
      ),
    ).toBe(text)
  })

  it('claims no share of what was given back', () => {
    expect(findingOf({ amount: '-1', text: '−£1.00' }, [{ label: 'a', amount: '-1' }])).toBe('−£1.00 spent')
  })
})
