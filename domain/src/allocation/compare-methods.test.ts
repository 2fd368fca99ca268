import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { agent, billed, centsOf, factsOf, place, policyOf, used } from './allocation-test-kit.ts'
import { compareMethods, type MethodComparison } from './compare-methods.ts'
import { FactsIndex } from './facts-index.ts'
import type { AllocationPolicy } from './policy.ts'

const facts = new FactsIndex(
  factsOf({
    usage: [
      used('B', place('T1'), { invocations: 60, tokens: 100, direct: '1.00' }),
      used('A', place('T1'), { invocations: 40, tokens: 300, direct: '3.00' }),
    ],
    revenue: [billed('T1', '50', { A: '1', B: '4' })],
  }),
)

function compare(policy: AllocationPolicy, whatIf?: AllocationPolicy) {
  const pool = { total: parseFixed18('100'), minorUnits: 2, month: '2026-03-01', poolId: 'pool', capacity: null }
  return compareMethods({ ...pool, policy, facts, whatIf: whatIf ?? null })
}

function rows({ rows }: MethodComparison) {
  return rows.map(({ agentId, whatIf, ...amounts }) => ({
    agent: agentId.slice(6),
    ...Object.fromEntries(Object.entries(amounts).map(([column, amount]) => [column, centsOf(amount)])),
    whatIf: whatIf === null ? null : centsOf(whatIf),
  }))
}

describe('compareMethods', () => {
  it('puts the four methods beside what the policy gives, by agent key', () => {
    expect(rows(compare(policyOf({ basis: 'TOKENS' })))).toEqual([
      { agent: 'A', equal: 5000, usage: 7500, revenue: 2000, overheadRate: 7500, current: 7500, whatIf: null },
      { agent: 'B', equal: 5000, usage: 2500, revenue: 8000, overheadRate: 2500, current: 2500, whatIf: null },
    ])
  })

  it('goes by INVOCATIONS where the policy names no basis, and by the rate of the policy where it has one', () => {
    const rate = parseFixed18('10')
    const comparison = compare(policyOf({ method: 'OVERHEAD_RATE', rate }))
    expect(rows(comparison)).toMatchObject([
      { agent: 'A', usage: 4000, overheadRate: 3000, current: 3000 },
      { agent: 'B', usage: 6000, overheadRate: 1000, current: 1000 },
    ])
    const totals = comparison.methods.map(({ column, method, basis, underAbsorbed }) => {
      return [column, method, basis, centsOf(underAbsorbed)]
    })
    expect(totals).toEqual([
      ['equal', 'EQUAL', null, 0],
      ['usage', 'USAGE', 'INVOCATIONS', 0],
      ['revenue', 'REVENUE', null, 0],
      ['overheadRate', 'OVERHEAD_RATE', null, 6000],
      ['current', 'OVERHEAD_RATE', null, 6000],
    ])
  })

  it('shows what another policy would give, also of agents that the one in force leaves out', () => {
    const whatIf = policyOf({ multipliers: [{ agentId: agent('A'), multiplier: '3' }] })
    const comparison = compare(policyOf({ scope: [agent('B')] }), whatIf)
    expect(rows(comparison)).toMatchObject([
      { agent: 'A', equal: 0, usage: 0, current: 0, whatIf: 6667 },
      { agent: 'B', equal: 10000, usage: 10000, current: 10000, whatIf: 3333 },
    ])
    expect(comparison.methods.at(-1)).toMatchObject({
      column: 'whatIf',
      method: 'USAGE',
      allocated: parseFixed18('100'),
    })
  })

  it('tells which method falls back, and that nothing can absorb a pool where there is no direct cost', () => {
    const bare = new FactsIndex(factsOf({ usage: [used('A', place('T1'))] }))
    const { methods } = compareMethods({
      total: parseFixed18('100'),
      minorUnits: 2,
      month: '2026-03-01',
      poolId: 'pool',
      capacity: null,
      policy: policyOf({ fallback: ['EQUAL', 'HOLD'] }),
      facts: bare,
    })
    expect(
      methods.map(({ column, fallback, allocated, underAbsorbed }) => [
        column,
        fallback,
        centsOf(allocated),
        centsOf(underAbsorbed),
      ]),
    ).toEqual([
      ['equal', null, 10000, 0],
      ['usage', null, 10000, 0],
      ['revenue', 'EQUAL', 10000, 0],
      ['overheadRate', null, 0, 10000],
      ['current', null, 10000, 0],
    ])
  })
})
