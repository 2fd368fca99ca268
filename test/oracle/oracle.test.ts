import { describe, expect, it } from '@jest/globals'
import type { Delivered, Delivery, Item } from './delivery.ts'
import { generateMonth } from './generate-month.ts'
import { replay } from './ledger.ts'
import { instant, instantText, localDate, periodOf, startOfDay } from './local-time.ts'
import { Rational } from './rational.ts'
import { entries, group, series, spanTree, sum, total, within } from './views.ts'

const tenant = { currency: 'GBP', timeZone: 'Europe/London' }

describe('the oracle agrees with numbers worked out by hand', () => {
  it('adds, rounds half to even and writes decimals exactly', () => {
    const tenth = Rational.parse('0.1')
    expect(Rational.sum(Array.from({ length: 1000 }, () => tenth)).toDecimal(2)).toBe('100.00')
    expect(Rational.of(1n, 3n).roundHalfEven(3).toDecimal()).toBe('0.333')
    expect(
      ['0.125', '0.135', '-0.125', '-0.135'].map((text) => Rational.parse(text).roundHalfEven(2).toDecimal()),
    ).toEqual(['0.12', '0.14', '-0.12', '-0.14'])
    expect(Rational.parse('-0.05').toDecimal(2)).toBe('-0.05')
    expect(() => Rational.parse('1e5')).toThrow('Not a decimal')
    expect(() => Rational.of(1n, 3n).toDecimal()).toThrow('no ending decimal')
  })

  it('knows the 25-hour Sunday of London, the half hour of Lord Howe and the quarter hours of Kathmandu', () => {
    expect(instantText(startOfDay('2026-10-25', 'Europe/London'))).toBe('2026-10-24T23:00:00.000000Z')
    expect(instantText(startOfDay('2026-10-26', 'Europe/London'))).toBe('2026-10-26T00:00:00.000000Z')
    expect(instantText(startOfDay('2026-10-04', 'Australia/Lord_Howe'))).toBe('2026-10-03T13:30:00.000000Z')
    expect(instantText(startOfDay('2026-10-05', 'Australia/Lord_Howe'))).toBe('2026-10-04T13:00:00.000000Z')
    expect(localDate(instant('2026-10-24T22:59:59.999999Z'), 'Europe/London')).toBe('2026-10-24')
    const hour = periodOf(instant('2026-10-01T10:20:00Z'), 'HOUR', 'Asia/Kathmandu')
    expect([hour.start, hour.end].map(instantText)).toEqual([
      '2026-10-01T10:15:00.000000Z',
      '2026-10-01T11:15:00.000000Z',
    ])
  })

  it('counts a shared use once, under its task’s client and no agent', () => {
    const ledger = replay(tenant, [
      rates('globex', 'vector-db', 'requests', '0.5'),
      batch(
        use('a', { agent: 'research', task: 'T', trace: 't', span: 's1', sharedKey: 'k', client: 'northwind' }),
        use('b', { agent: 'coding', task: 'T', trace: 't', span: 's2', sharedKey: 'k' }, '7'),
        use('c', { agent: 'coding', task: 'T', trace: 't', span: 's3' }, '2'),
      ),
      { kind: 'task', change: { key: 'T', client: 'contoso' } },
    ])
    const all = entries(ledger)
    expect(ledger.recorded.map((one) => one.billing)).toEqual(['SHARED', 'REPORT', 'DIRECT'])
    expect(total(sum(all)).toDecimal(2)).toBe('1.50')
    expect(costs(group(all, ['AGENT', 'CLIENT']))).toEqual({ '[null,"contoso"]': '0.50', '["coding",null]': '1.00' })
  })

  it('bills a wrapper only while nothing below it is billed, and refuses the span that closes a ring', () => {
    const wrapper = use('w', { kind: 'AGENT', trace: 't', span: 'w' })
    const inner = use('i', { kind: 'AGENT', trace: 't', span: 'i', parentSpan: 'w' }, '3')
    const leaf = use('l', { trace: 't', span: 'l', parentSpan: 'i' }, '5')
    const ring = use('r', { trace: 't', span: 'x', parentSpan: 'l' })
    const price = rates('globex', 'vector-db', 'requests', '1')
    const bill = (...items: Item[]): string[] =>
      replay(tenant, [price, batch(...items)]).recorded.map((one) => one.billing)
    expect(bill(wrapper)).toEqual(['WRAPPER'])
    expect(bill(wrapper, inner)).toEqual(['CLAIMED', 'WRAPPER'])
    expect(bill(leaf, wrapper, inner)).toEqual(['DIRECT', 'CLAIMED', 'CLAIMED'])
    const closed = replay(tenant, [price, batch({ ...wrapper, parentSpan: 'x' }, inner, leaf, ring)])
    expect(closed.answers[1]).toEqual({
      accepted: 3,
      duplicates: 0,
      unpriced: 0,
      rejected: [{ index: 3, why: 'CYCLE' }],
    })
    const tree = [...spanTree(closed, 't').values()].map((view) => [view.recorded.item.id, view.subtree.toDecimal()])
    expect(Object.fromEntries(tree)).toEqual({ w: '5', i: '5', l: '5' })
  })
})

describe('the generated month', () => {
  const plan = {
    ...tenant,
    seed: 1,
    range: { from: '2026-10-01', to: '2026-11-01' },
    priceChange: '2026-10-14T09:30:00.123456Z',
    edges: ['2026-10-25T01:00:00Z'],
  }

  it('holds everything that a month must hold', () => {
    const ledger = replay(plan, generateMonth(plan))
    const some = (test: (one: (typeof ledger.recorded)[number]) => boolean): number =>
      ledger.recorded.filter(test).length
    const inMonth = within(ledger, entries(ledger), plan.range)
    expect(inMonth.length).toBeGreaterThanOrEqual(3000)
    for (const billing of ['DIRECT', 'SHARED', 'REPORT', 'CLAIMED', 'WRAPPER'])
      expect(some((one) => one.billing === billing)).toBeGreaterThan(10)
    for (const status of ['RATED', 'UNPRICED', 'UNCONVERTED'])
      expect(some((one) => one.pricing.status === status)).toBeGreaterThan(10)
    for (const tag of ['AGENT', 'CLIENT', 'PROJECT', 'TASK', 'PROVIDER', 'RESOURCE'] as const)
      expect(inMonth.some((entry) => entry.tags[tag] === null)).toBe(true)
    const answers = ledger.answers.filter((answer) => answer !== null)
    for (const why of ['MALFORMED', 'CONFLICT', 'CYCLE'])
      expect(answers.some((answer) => answer.rejected.some((one) => one.why === why))).toBe(true)
    expect(answers.reduce((count, answer) => count + answer.duplicates, 0)).toBeGreaterThan(100)
    expect(series(ledger, inMonth, 'DAY')).toHaveLength(31)
  })

  it('is the same for the same seed and another for another', () => {
    const recorded = (seed: number): string =>
      JSON.stringify(replay(plan, generateMonth({ ...plan, seed })).recorded.map((one) => one.item))
    expect(recorded(1)).toBe(recorded(1))
    expect(recorded(1)).not.toBe(recorded(2))
  })
})

function rates(provider: string, resource: string, meter: string, amount: string): Delivery {
  const price = { amount, currency: 'GBP' }
  return {
    kind: 'rates',
    rates: [{ provider, resource, meter, price, per: '1', effectiveFrom: '2026-01-01T00:00:00Z' }],
  }
}

function use(id: string, tags: Partial<Item>, quantity = '1'): Item {
  const occurredAt = '2026-10-10T10:00:00Z'
  return {
    id,
    kind: 'RETRIEVAL',
    provider: 'globex',
    resource: 'vector-db',
    occurredAt,
    usage: [{ meter: 'requests', quantity }],
    ...tags,
  }
}

function batch(...items: Item[]): Delivery {
  return {
    kind: 'batch',
    channel: 'JSON',
    gzip: false,
    items: items.map((item): Delivered => ({ kind: 'sound', item })),
  }
}

function costs(groups: ReturnType<typeof group>): Record<string, string> {
  return Object.fromEntries([...groups].map(([key, members]) => [key, total(sum(members)).toDecimal(2)]))
}
