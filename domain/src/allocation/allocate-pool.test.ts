import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { parseQuantity } from '../usage/quantity.ts'
import { allocatePool } from './allocate-pool.ts'
import {
  agent,
  billed,
  cents,
  centsBy,
  centsOf,
  factsOf,
  place,
  policyOf,
  touched,
  used,
} from './allocation-test-kit.ts'
import { FactsIndex } from './facts-index.ts'
import type { AllocationFacts } from './facts.ts'
import type { AllocationPolicy } from './policy.ts'
import type { PoolAllocation } from './result.ts'

interface Split {
  total?: string
  policy?: Partial<AllocationPolicy>
  capacity?: string
  month?: string
  minorUnits?: number
}

function split(
  facts: AllocationFacts,
  { total = '100', policy, capacity, month = '2026-03-01', minorUnits = 2 }: Split,
) {
  return allocatePool({
    total: parseFixed18(total),
    minorUnits,
    month,
    policy: policyOf(policy),
    poolId: 'pool',
    capacity: capacity === undefined ? null : parseQuantity(capacity),
    facts: new FactsIndex(facts),
  })
}

/** Everything but the shares, in cents. */
function ends({ allocated, unallocated, idle, underAbsorbed, fallback }: PoolAllocation) {
  return {
    allocated: centsOf(allocated),
    unallocated: centsOf(unallocated),
    idle: idle === null ? null : centsOf(idle),
    underAbsorbed: centsOf(underAbsorbed),
    fallback,
  }
}

const sixtyForty = factsOf({
  usage: [used('A', place('T1', 'x'), { invocations: 40 }), used('B', place('T2', 'y'), { invocations: 60 })],
})

describe('RESOURCE_USES', () => {
  const uses = [touched('A', 'T1', 600), touched('B', 'T1', 300), touched('C', 'T1', 100)]
  const facts = factsOf({
    usage: [
      used('A', place('T1'), { tokens: 600 }),
      used('B', place('T1'), { tokens: 300 }),
      used('C', place('T1'), { tokens: 100 }),
      used('A', place('T2'), { tokens: 50 }),
      used('B', place('T3'), { tokens: 70 }),
    ],
    resourceUses: new Map([['pool', [...uses, touched('A', 'T2', 50), touched('B', 'T3', 70)]]]),
  })

  it('is the test vector of law L20 to the penny', () => {
    const result = split(facts, { policy: { basis: 'RESOURCE_USES' } })
    expect(cents(result)).toEqual({ A: 5334, B: 4333, C: 333 })
    expect(centsBy(result, 'taskId')).toEqual({ T1: 3334, T2: 3333, T3: 3333 })
    expect(result.shares.map(({ agentId, places }) => [agentId, places.map((one) => centsOf(one.amount))])).toEqual([
      [agent('A'), [2001, 3333]],
      [agent('B'), [1000, 3333]],
      [agent('C'), [333]],
    ])
    expect(ends(result)).toEqual({ allocated: 10000, unallocated: 0, idle: null, underAbsorbed: 0, fallback: null })
  })

  it('weighs an agent by its fractions of chains', () => {
    const { shares } = split(facts, { policy: { basis: 'RESOURCE_USES' } })
    expect(shares.map(({ weight }) => weight)).toEqual(['1.6', '1.3', '0.1'].map(parseFixed18))
  })

  it('divides a chain over the eligible agents alone, and leaves out a chain that none of them touched', () => {
    const result = split(facts, { policy: { basis: 'RESOURCE_USES', scope: [agent('B'), agent('C')] } })
    // T1 50.00 by 300/100, T3 50.00.
    expect(cents(result)).toEqual({ B: 8750, C: 1250 })
    expect(centsBy(result, 'taskId')).toEqual({ T1: 5000, T3: 5000 })
  })

  it('divides a chain by multipliers where its agents have no tokens, and an agent that counts zero times takes nothing', () => {
    const silent = factsOf({
      usage: [used('A', place('T1')), used('B', place('T1'))],
      resourceUses: new Map([['pool', [touched('A', 'T1', 0), touched('B', 'T1', 0)]]]),
    })
    const twice = [{ agentId: agent('A'), multiplier: '3' }]
    const never = [{ agentId: agent('A'), multiplier: '0' }]
    expect(cents(split(silent, { policy: { basis: 'RESOURCE_USES' } }))).toEqual({ A: 5000, B: 5000 })
    expect(cents(split(silent, { policy: { basis: 'RESOURCE_USES', multipliers: twice } }))).toEqual({
      A: 7500,
      B: 2500,
    })
    expect(cents(split(silent, { policy: { basis: 'RESOURCE_USES', multipliers: never } }))).toEqual({ A: 0, B: 10000 })
  })
})

describe('USAGE', () => {
  it('gives an agent with 40 % of the invocations 40 % of the pool', () => {
    const result = split(sixtyForty, { total: '1234.50' })
    expect(cents(result)).toEqual({ A: 49380, B: 74070 })
    expect(centsBy(result, 'clientId')).toEqual({ x: 49380, y: 74070 })
  })

  it('splits by tokens and by seconds', () => {
    const facts = factsOf({
      usage: [used('A', place('T1'), { tokens: 900, seconds: 1 }), used('B', place('T1'), { tokens: 100, seconds: 3 })],
    })
    expect(cents(split(facts, { policy: { basis: 'TOKENS' } }))).toEqual({ A: 9000, B: 1000 })
    expect(cents(split(facts, { policy: { basis: 'COMPUTE_TIME' } }))).toEqual({ A: 2500, B: 7500 })
  })

  it('counts an agent as often as its multiplier says', () => {
    const result = split(sixtyForty, { policy: { multipliers: [{ agentId: agent('A'), multiplier: '1.5' }] } })
    expect(cents(result)).toEqual({ A: 5000, B: 5000 })
    expect(result.shares.map(({ weight }) => weight)).toEqual([parseFixed18('60'), parseFixed18('60')])
  })

  it.each([
    [0, '7', { A: 3, B: 4 }],
    [3, '0.005', { A: 0.2, B: 0.3 }],
    [4, '0.0007', { A: 0.03, B: 0.04 }],
  ])('splits whole units of a currency with %i decimals', (minorUnits, total, expected) => {
    const result = split(sixtyForty, { total, minorUnits })
    const shares = result.shares.map(({ agentId, amount }) => [agentId.slice(6), Number(amount / 10n ** 12n) / 10 ** 6])
    const asUnits = Object.entries(expected).map(([key, cent]) => [key, minorUnits === 0 ? cent : cent / 100])
    expect(shares).toEqual(asUnits)
  })

  it('leaves usage without an agent out of every weight', () => {
    const nobody = { ...used('A', place('T1'), { invocations: 1000 }), agentId: place(null).taskId }
    const facts = { ...sixtyForty, usage: [...sixtyForty.usage, nobody] }
    expect(cents(split(facts, {}))).toEqual({ A: 4000, B: 6000 })
  })
})

describe('capacity', () => {
  it.each([
    ['HELD', { A: 2000, B: 3000 }, { allocated: 5000, unallocated: 5000, idle: 5000 }],
    ['SHARED', { A: 4000, B: 6000 }, { allocated: 10000, unallocated: 0, idle: 5000 }],
  ] as const)('shows what nobody used, and %s decides what becomes of it', (idle, shares, amounts) => {
    const result = split(sixtyForty, { capacity: '200', policy: { idle } })
    expect(cents(result)).toEqual(shares)
    expect(ends(result)).toEqual({ ...amounts, underAbsorbed: 0, fallback: null })
  })

  it('compares with what was used before multipliers, by eligible agents', () => {
    const multipliers = [{ agentId: agent('A'), multiplier: '100' }]
    expect(ends(split(sixtyForty, { capacity: '100', policy: { multipliers } })).idle).toBe(0)
    expect(ends(split(sixtyForty, { capacity: '100', policy: { scope: [agent('A')] } })).idle).toBe(6000)
  })

  it('is never idle below zero, and none of the other methods has one', () => {
    expect(ends(split(sixtyForty, { capacity: '50' })).idle).toBe(0)
    expect(ends(split(sixtyForty, { capacity: '200', policy: { method: 'EQUAL' } })).idle).toBeNull()
  })
})

describe('EQUAL', () => {
  it('gives every active agent the same, leftover pennies to the smaller key, and goes down by invocations', () => {
    const facts = factsOf({
      usage: [
        used('B', place('T1')),
        used('C', place('T2')),
        used('A', place('T1'), { invocations: 1 }),
        used('A', place('T3'), { invocations: 2 }),
      ],
    })
    const result = split(facts, { policy: { method: 'EQUAL' } })
    expect(cents(result)).toEqual({ A: 3334, B: 3333, C: 3333 })
    expect(centsBy(result, 'taskId')).toEqual({ T1: 1111 + 3333, T2: 3333, T3: 2223 })
  })

  it('gives a listed agent that was not active its share, without task', () => {
    const result = split(sixtyForty, { policy: { method: 'EQUAL', scope: [agent('A'), agent('D')] } })
    expect(cents(result)).toEqual({ A: 5000, D: 5000 })
    expect(centsBy(result, 'taskId')).toEqual({ T1: 5000, none: 5000 })
  })
})

describe('REVENUE', () => {
  it('weighs an agent by its part of what tasks bring in, by direct cost in them, and goes down to those tasks', () => {
    const facts = factsOf({
      usage: [used('A', place('T9')), used('B', place('T9')), used('C', place('T9'))],
      revenue: [billed('T1', '80', { A: '3', B: '1' }), billed('T2', '20', { A: '0', C: '0' })],
    })
    const result = split(facts, { policy: { method: 'REVENUE' } })
    // T1: A 60, B 20. T2, nobody's cost: A 10, C 10.
    expect(cents(result)).toEqual({ A: 7000, B: 2000, C: 1000 })
    expect(centsBy(result, 'taskId')).toEqual({ T1: 8000, T2: 2000 })
  })

  it('leaves the part of an agent outside the scope with that agent: nobody else takes its revenue', () => {
    const facts = factsOf({
      usage: [used('A', place('T9')), used('B', place('T9'))],
      revenue: [billed('T1', '100', { A: '1', D: '9' }), billed('T2', '10', { B: '1' })],
    })
    expect(cents(split(facts, { policy: { method: 'REVENUE' } }))).toEqual({ A: 5000, B: 5000 })
  })

  it('refuses a billed amount below zero and names the task', () => {
    const facts = factsOf({ usage: [used('A', place('T1'))], revenue: [billed('T1', '-5', { A: '1' })] })
    expect(() => split(facts, { policy: { method: 'REVENUE' } })).toThrow(
      expect.objectContaining({ code: 'NEGATIVE_WEIGHT', message: expect.stringContaining('T1') }),
    )
  })
})

describe('OVERHEAD_RATE', () => {
  const facts = factsOf({
    usage: [used('A', place('T1'), { direct: '1000.00' }), used('B', place('T2'), { direct: '234.56' })],
  })
  const at = (rate: string) => ({ method: 'OVERHEAD_RATE' as const, rate: parseFixed18(rate) })

  it.each([
    ['300', 5309],
    ['200', -4691],
    ['246.91', 0],
  ])(
    'charges rate × direct cost whatever the pool; of %s the rest is absorbed by nobody, or too much was',
    (total, rest) => {
      const result = split(facts, { total, policy: at('0.2') })
      expect(cents(result)).toEqual({ A: 20000, B: 4691 })
      expect(ends(result)).toEqual({
        allocated: 24691,
        unallocated: 0,
        idle: null,
        underAbsorbed: rest,
        fallback: null,
      })
    },
  )

  it('turns the sign for a credit', () => {
    const result = split(facts, { total: '-300', policy: at('0.2') })
    expect(cents(result)).toEqual({ A: -20000, B: -4691 })
    expect(ends(result).underAbsorbed).toBe(-5309)
  })

  it('rounds the total once, half-even', () => {
    const small = factsOf({ usage: [used('A', place('T1'), { direct: '0.125' })] })
    expect(cents(split(small, { policy: at('1') }))).toEqual({ A: 12 })
    const larger = factsOf({ usage: [used('A', place('T1'), { direct: '0.135' })] })
    expect(cents(split(larger, { policy: at('1') }))).toEqual({ A: 14 })
  })

  it('falls back to nothing: without direct cost all of it is under-absorbed', () => {
    const result = split(sixtyForty, { policy: { ...at('0.2'), fallback: ['EQUAL', 'HOLD'] } })
    expect(ends(result)).toEqual({ allocated: 0, unallocated: 0, idle: null, underAbsorbed: 10000, fallback: null })
  })
})

describe('fallback (law L18)', () => {
  const prior = (weights: Record<string, string>) =>
    new Map([['pool', new Map(Object.entries(weights).map(([key, weight]) => [agent(key), parseFixed18(weight)]))]])
  const all = ['PRIOR_PERIOD', 'EQUAL', 'HOLD'] as const

  it.each([
    ['the weights of the month before', { A: '3', B: '1' }, all, 'PRIOR_PERIOD', { A: 7500, B: 2500 }],
    ['equal shares when the month before has weights of others only', { C: '5' }, all, 'EQUAL', { A: 5000, B: 5000 }],
    ['equal shares when the month before has no weight', { A: '0' }, all, 'EQUAL', { A: 5000, B: 5000 }],
    [
      'equal shares first when the policy says so',
      { A: '3' },
      ['EQUAL', 'HOLD'] as const,
      'EQUAL',
      { A: 5000, B: 5000 },
    ],
    ['nothing when the policy holds', { A: '3' }, ['HOLD'] as const, 'HOLD', { A: 0, B: 0 }],
  ])('takes %s', (_, weights, fallback, branch, shares) => {
    const facts = { ...sixtyForty, priorWeights: prior(weights) }
    const result = split(facts, { policy: { basis: 'TOKENS', fallback } })
    expect(result.fallback).toBe(branch)
    expect(cents(result)).toEqual(shares)
    expect(centsOf(result.unallocated)).toBe(branch === 'HOLD' ? 10000 : 0)
  })

  it('holds the pool when nobody is eligible, and when everybody counts zero times', () => {
    expect(ends(split(factsOf({}), { policy: { fallback: all } }))).toMatchObject({
      fallback: 'HOLD',
      unallocated: 10000,
    })
    const multipliers = ['A', 'B'].map((key) => ({ agentId: agent(key), multiplier: '0' }))
    const result = split(sixtyForty, { policy: { fallback: all, multipliers } })
    expect(ends(result)).toMatchObject({ fallback: 'HOLD', unallocated: 10000 })
  })

  it('is not asked while any weight is above zero', () => {
    expect(split(sixtyForty, { policy: { fallback: all } }).fallback).toBeNull()
  })

  it('goes down by invocations when shares are equal, and by what the method counts when they are those of before', () => {
    const facts = { ...sixtyForty, priorWeights: prior({ A: '1' }) }
    expect(centsBy(split(facts, { policy: { basis: 'TOKENS', fallback: ['EQUAL', 'HOLD'] } }), 'taskId')).toEqual({
      T1: 5000,
      T2: 5000,
    })
    expect(centsBy(split(facts, { policy: { basis: 'TOKENS', fallback: all } }), 'taskId')).toEqual({ none: 10000 })
  })
})

describe('who is eligible', () => {
  it('is exempt in the months from the first to before the last', () => {
    const exemptions = [{ agentId: agent('A'), from: '2026-03-01', to: '2026-05-01', reason: 'Trial' }]
    const members = (month: string) => Object.keys(cents(split(sixtyForty, { month, policy: { exemptions } })))
    expect(members('2026-02-01')).toEqual(['A', 'B'])
    expect(members('2026-03-01')).toEqual(['B'])
    expect(members('2026-04-01')).toEqual(['B'])
    expect(members('2026-05-01')).toEqual(['A', 'B'])
  })

  it('is nobody without an own invocation, unless listed', () => {
    const idle = factsOf({ usage: [used('A', place('T1')), used('B', place('T1'), { invocations: 0, tokens: 5 })] })
    expect(cents(split(idle, { policy: { method: 'EQUAL' } }))).toEqual({ A: 10000 })
  })
})

it('splits a credit like its absolute value', () => {
  const facts = factsOf({ usage: ['A', 'B', 'C'].map((key) => used(key, place('T1'))) })
  expect(cents(split(facts, { total: '-100' }))).toEqual({ A: -3334, B: -3333, C: -3333 })
})

it('refuses a measure below zero', () => {
  const facts = factsOf({ usage: [used('A', place('T1'), { direct: '-1' }), used('B', place('T1'), { direct: '2' })] })
  const policy = { method: 'OVERHEAD_RATE' as const, rate: parseFixed18('0.1') }
  expect(() => split(facts, { policy })).toThrow(expect.objectContaining({ code: 'NEGATIVE_WEIGHT' }))
})
