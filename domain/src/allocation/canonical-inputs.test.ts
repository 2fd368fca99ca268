import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { agent, billed, factsOf, place, policyOf, touched, used } from './allocation-test-kit.ts'
import { allocateMonth, type PoolOfMonth } from './allocate-month.ts'
import { canonicalFacts, canonicalPool } from './canonical-inputs.ts'
import { FactsIndex } from './facts-index.ts'
import type { AllocationFacts } from './facts.ts'

const usage = [
  used('A', place('T1', 'x'), { invocations: 2, tokens: 30, seconds: 4, direct: '0.5' }),
  used('B', place('T2'), { invocations: 1 }),
]
const FACTS = factsOf({
  usage,
  revenue: [billed('T1', '80', { A: '3', B: '1' })],
  resourceUses: new Map([['pool', [touched('A', 'T1', 30)]]]),
  priorWeights: new Map([['pool', new Map([[agent('A'), 5n]])]]),
})
const POOL: PoolOfMonth = {
  id: 'pool',
  name: 'Hosting',
  amount: parseFixed18('100'),
  capacity: null,
  policy: policyOf({ basis: 'RESOURCE_USES', fallback: ['PRIOR_PERIOD', 'HOLD'] }),
}

function text(facts: AllocationFacts, pool = POOL, { month = '2026-03-01', minorUnits = 2 } = {}): string {
  const index = new FactsIndex(facts)
  const [allocated] = allocateMonth({ month, minorUnits, pools: [pool], facts: index })
  const ofPool = canonicalPool({ month, minorUnits, facts: index, pool, allocated: allocated! })
  return [...canonicalFacts(index), ...ofPool].join('')
}

describe('canonical inputs', () => {
  it('are the exact integers of the facts, by key', () => {
    expect([...canonicalFacts(new FactsIndex(FACTS))].join('')).toBe(
      [
        'outlay-allocation-1',
        'agent\tagent:A\t"A"',
        'agent\tagent:B\t"B"',
        'agent\tagent:C\t"C"',
        'agent\tagent:D\t"D"',
        'task\ttask:T1\t"T1"',
        'task\ttask:T2\t"T2"',
        'usage of\tagent:A',
        `task:T1\tclient:x\t${place(null).taskId}\t2\t30000000\t4000000\t500000000000000000`,
        'usage of\tagent:B',
        `task:T2\t${place(null).taskId}\t${place(null).taskId}\t1\t0\t0\t0`,
        `revenue\ttask:T1\t${place(null).taskId}\t${place(null).taskId}\t80000000000000000000`,
        'agent:A\t3000000000000000000',
        'agent:B\t1000000000000000000',
        '',
      ].join('\n'),
    )
  })

  const more = (change: Partial<(typeof usage)[number]>) => ({
    ...FACTS,
    usage: [{ ...usage[0]!, ...change }, usage[1]!],
  })
  const policy = (change: Partial<PoolOfMonth['policy']>) => ({ ...POOL, policy: { ...POOL.policy, ...change } })

  it.each([
    ['one more invocation', text(more({ invocations: 3n }))],
    ['a token', text(more({ tokens: 30_000_001n }))],
    ['a microsecond', text(more({ computeMicros: 4_000_001n }))],
    ['the last decimal of a cost', text(more({ direct: parseFixed18('0.500000000000000001') }))],
    ['another client', text(more({ clientId: 'client:y' }))],
    ['another key', text({ ...FACTS, agentKeys: new Map([...FACTS.agentKeys, [agent('A'), 'Z']]) })],
    ['a billed amount', text({ ...FACTS, revenue: [billed('T1', '81', { A: '3', B: '1' })] })],
    ['another use', text({ ...FACTS, resourceUses: new Map([['pool', [touched('A', 'T1', 31)]]]) })],
    [
      'another weight of the month before',
      text({ ...FACTS, priorWeights: new Map([['pool', new Map([[agent('A'), 6n]])]]) }),
    ],
    ['another amount', text(FACTS, { ...POOL, amount: parseFixed18('100.01') })],
    ['a capacity', text(FACTS, { ...POOL, capacity: 1n })],
    ['another scope', text(FACTS, policy({ scope: [agent('A')] }))],
    ['a multiplier', text(FACTS, policy({ multipliers: [{ agentId: agent('A'), multiplier: '2' }] }))],
    [
      'an exemption',
      text(FACTS, policy({ exemptions: [{ agentId: agent('B'), from: '2026-03-01', to: null, reason: 'x' }] })),
    ],
    ['another treatment of what is idle', text(FACTS, policy({ idle: 'SHARED' }))],
    ['another fallback', text(FACTS, policy({ fallback: ['PRIOR_PERIOD', 'EQUAL', 'HOLD'] }))],
    ['another month', text(FACTS, POOL, { month: '2026-04-01' })],
    ['another currency', text(FACTS, POOL, { minorUnits: 3 })],
  ])('tell apart %s', (_, other) => {
    expect(other).not.toBe(text(FACTS))
  })

  it('leave out what the policy does not look at', () => {
    const byTokens = policy({ basis: 'TOKENS', fallback: ['HOLD'] })
    const others = { ...FACTS, resourceUses: new Map(), priorWeights: new Map() }
    expect(text(others, byTokens)).toBe(text(FACTS, byTokens))
  })

  it('come in chunks of a bounded number of lines', () => {
    const many = factsOf({ usage: Array.from({ length: 5000 }, (_, i) => used('A', place(`T${i}`))) })
    const chunks = [...canonicalFacts(new FactsIndex(many))]
    expect(chunks.length).toBeGreaterThan(9)
    expect(Math.max(...chunks.map((chunk) => chunk.split('\n').length))).toBeLessThanOrEqual(1001)
  })
})
