import { describe, expect, it } from '@jest/globals'
import { fieldsOfPolicy, NEW_POLICY, readPolicyForm, readPoolForm, type PolicyFields } from './pool-form.ts'

function formOf(entries: readonly (readonly [string, string])[]): FormData {
  const form = new FormData()
  for (const [name, value] of entries) form.append(name, value)
  return form
}

function policyEntries(fields: PolicyFields): [string, string][] {
  return [
    ['method', fields.method],
    ['basis', fields.basis],
    ['rate', fields.rate],
    ...fields.scope.map((key): [string, string] => ['scope', key]),
    ['fallback', fields.fallback],
    ['idle', fields.idle],
    ...fields.multipliers.flatMap(({ agent, times }): [string, string][] => [
      ['multiplier.agent', agent],
      ['multiplier.times', times],
    ]),
    ...fields.exemptions.flatMap((row): [string, string][] => [
      ['exemption.agent', row.agent],
      ['exemption.from', row.from],
      ['exemption.last', row.last],
      ['exemption.reason', row.reason],
    ]),
    ...fields.feeds.flatMap(({ poolId, percent }): [string, string][] => [
      ['feed.poolId', poolId],
      ['feed.percent', percent],
    ]),
    ['note', fields.note],
  ]
}

const pool = [
  ['name', ' Vector DB hosting '],
  ['category', 'VECTOR_DATABASE'],
  ['recurrence', 'MONTHLY'],
  ['month', '2026-10'],
  ['amount', '1,250.00'],
  ['currency', 'gbp'],
  ['provider', 'pinecone'],
  ['resource', 'market-index'],
  ['capacity', '50,000'],
] as const

describe('the form of a pool', () => {
  it('becomes the input of the API', () => {
    expect(readPoolForm(formOf([...pool, ...policyEntries(NEW_POLICY)]))).toEqual({
      kind: 'read',
      value: {
        name: 'Vector DB hosting',
        category: 'VECTOR_DATABASE',
        recurrence: 'MONTHLY',
        month: '2026-10-01',
        lastMonth: null,
        amount: { amount: '1250.00', currency: 'GBP' },
        resource: { provider: 'pinecone', name: 'market-index' },
        capacity: '50000',
        method: 'USAGE',
        basis: 'INVOCATIONS',
        rate: null,
        scope: [],
        fallback: ['HOLD'],
        idle: 'HELD',
        multipliers: [],
        exemptions: [],
        feeds: [],
        note: null,
      },
    })
  })

  it('takes a credit with either minus', () => {
    const credit = (amount: string) =>
      readPoolForm(
        formOf([...pool.filter(([name]) => name !== 'amount'), ['amount', amount], ...policyEntries(NEW_POLICY)]),
      )
    for (const amount of ['-50', '\u221250'])
      expect(credit(amount)).toMatchObject({ value: { amount: { amount: '-50' } } })
  })

  it.each([
    ['name', ''],
    ['amount', '12.3.4'],
    ['month', 'October'],
    ['capacity', 'many'],
  ])('names the field that cannot be read: %s', (field, value) => {
    const form = formOf([...pool.filter(([name]) => name !== field), [field, value], ...policyEntries(NEW_POLICY)])
    expect(readPoolForm(form)).toMatchObject({ kind: 'refused', field })
  })
})

describe('the form of a policy', () => {
  const policy = {
    method: 'OVERHEAD_RATE',
    basis: null,
    rate: '0.205',
    scope: [{ key: 'coding' }, { key: 'research' }],
    fallback: ['PRIOR_PERIOD', 'EQUAL', 'HOLD'],
    idle: 'SHARED',
    multipliers: [{ agent: { key: 'coding' }, multiplier: '1.5' }],
    exemptions: [
      { agent: { key: 'pilot' }, from: '2026-10-01', to: '2027-01-01', reason: 'a trial' },
      { agent: { key: 'coding' }, from: '2026-12-01', to: null, reason: 'moved' },
    ],
    feeds: [{ pool: { id: 'pol_1' }, share: '0.25' }],
    note: 'from the steering group',
  } as const

  it('reads back as the policy it was filled from', () => {
    const entries: [string, string][] = [['effectiveFrom', '2026-10'], ...policyEntries(fieldsOfPolicy(policy))]
    expect(readPolicyForm(formOf(entries))).toEqual({
      kind: 'read',
      value: {
        effectiveFrom: '2026-10-01',
        method: 'OVERHEAD_RATE',
        basis: null,
        rate: '0.205',
        scope: ['coding', 'research'],
        fallback: ['PRIOR_PERIOD', 'EQUAL', 'HOLD'],
        idle: 'SHARED',
        multipliers: [{ agent: 'coding', multiplier: '1.5' }],
        exemptions: [
          { agent: 'pilot', from: '2026-10-01', to: '2027-01-01', reason: 'a trial' },
          { agent: 'coding', from: '2026-12-01', to: null, reason: 'moved' },
        ],
        feeds: [{ poolId: 'pol_1', share: '0.25' }],
        note: 'from the steering group',
      },
    })
  })

  it('names the rate of an overhead that has none', () => {
    const entries = policyEntries({ ...NEW_POLICY, method: 'OVERHEAD_RATE' })
    expect(readPolicyForm(formOf([['effectiveFrom', '2026-10'], ...entries]))).toMatchObject({
      kind: 'refused',
      field: 'rate',
    })
  })
})
