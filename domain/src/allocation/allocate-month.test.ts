import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { NIL_UUID } from '../rollup/grain.ts'
import { allocateMonth, type AllocatedPool, type PoolOfMonth } from './allocate-month.ts'
import { canonicalFacts, canonicalPool } from './canonical-inputs.ts'
import type { AllocationFacts, Place, ResourceUse, UsageOfPlace } from './facts.ts'
import { FactsIndex } from './facts-index.ts'
import { decimal, expectPool, fraction, handOut, multiply, round, type Expected } from './oracle-test-kit.ts'
import { ALLOCATION_METHODS, FALLBACKS, USAGE_BASES, type AllocationPolicy } from './policy.ts'

const MONTH = '2026-03-01'

interface Fleet {
  minorUnits: number
  pools: PoolOfMonth[]
  facts: AllocationFacts
}

/** Keys and ids sort differently, so that whoever breaks a tie by the wrong one is found out. */
const AGENTS = ['a5', 'a4', 'a3', 'a2', 'a1', 'a0']
const TASKS = ['t4', 't3', 't2', 't1', 't0']
const agentKeys = new Map(AGENTS.map((id, i) => [id, `agent-${i}`]))
const taskKeys = new Map(TASKS.map((id, i) => [id, `task-${i}`]))

const measure = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0n, 1n, 2n) },
  fc.bigInt({ min: 0n, max: 10n ** 6n }),
  fc.bigInt({ min: 0n, max: 10n ** 24n }),
)
const place: fc.Arbitrary<Place> = fc.record({
  taskId: fc.constantFrom(NIL_UUID, ...TASKS),
  clientId: fc.constantFrom(NIL_UUID, 'c1', 'c0'),
  projectId: fc.constantFrom(NIL_UUID, 'p1', 'p0'),
})
const usage: fc.Arbitrary<UsageOfPlace[]> = fc.uniqueArray(
  fc
    .record({
      place,
      agentId: fc.constantFrom(NIL_UUID, ...AGENTS),
      invocations: measure,
      tokens: measure,
      computeMicros: measure,
      direct: measure,
    })
    .map(({ place, ...row }) => ({ ...row, ...place })),
  { selector: (row) => [row.agentId, row.taskId, row.clientId, row.projectId].join(), maxLength: 25 },
)
const revenue = fc.uniqueArray(
  fc
    .record({
      place,
      billed: measure,
      agents: fc.uniqueArray(fc.record({ agentId: fc.constantFrom(NIL_UUID, ...AGENTS), direct: measure }), {
        selector: ({ agentId }) => agentId,
        maxLength: 4,
      }),
    })
    .filter(({ place }) => place.taskId !== NIL_UUID)
    .map(({ place, ...task }) => ({ ...task, ...place })),
  { selector: ({ taskId }) => taskId, maxLength: 5 },
)
/** A chain is a task, or a trace without one; the client of a trace without task may differ by agent. */
const resourceUses: fc.Arbitrary<ResourceUse[]> = fc.uniqueArray(
  fc
    .record({
      place,
      trace: fc.constantFrom('x1', 'x0'),
      agentId: fc.constantFrom(NIL_UUID, ...AGENTS),
      tokens: measure,
    })
    .map(({ place, trace, ...use }) => ({ ...use, ...place, chain: place.taskId === NIL_UUID ? trace : place.taskId })),
  { selector: ({ chain, agentId }) => `${chain} ${agentId}`, maxLength: 12 },
)
const someAgents = fc.uniqueArray(fc.constantFrom(...AGENTS), { maxLength: 5 })
const share = fc.constantFrom('1', '0.5', '0.333333', '0.000001', '0.25')
const policy: fc.Arbitrary<AllocationPolicy> = fc
  .record({
    method: fc.constantFrom(...ALLOCATION_METHODS, 'USAGE' as const, 'USAGE' as const),
    basis: fc.constantFrom(...USAGE_BASES),
    rate: fc.constantFrom(0n, 1n, 10n ** 17n, 3n * 10n ** 18n, 333_333_333_333n * 10n ** 6n),
    scope: fc.oneof(fc.constant<string[]>([]), someAgents),
    fallback: fc.uniqueArray(fc.constantFrom(...FALLBACKS.slice(0, 2))),
    idle: fc.constantFrom('HELD' as const, 'SHARED' as const),
    multipliers: fc.uniqueArray(
      fc.record({
        agentId: fc.constantFrom(...AGENTS),
        multiplier: fc.constantFrom('0', '0.5', '2', '0.000001', '1000', '1.1'),
      }),
      { selector: ({ agentId }) => agentId, maxLength: 4 },
    ),
    exemptions: fc.array(
      fc.record({
        agentId: fc.constantFrom(...AGENTS),
        from: fc.constantFrom('2026-01-01', MONTH, '2026-04-01'),
        to: fc.constantFrom(null, MONTH, '2026-05-01'),
        reason: fc.constant('New'),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ basis, rate, fallback, ...rest }) => ({
    ...rest,
    basis: rest.method === 'USAGE' ? basis : null,
    rate: rest.method === 'OVERHEAD_RATE' ? rate : null,
    fallback: [...fallback, 'HOLD' as const],
    feeds: [],
  }))
const minor = fc.oneof(
  fc.constantFrom(0n, 1n, -1n, 2n, 3n, -7n, 100n, 10000n),
  fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }),
  fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
)
const pool = fc.record({
  minor,
  policy,
  capacity: fc.oneof(fc.constant(null), fc.constantFrom(1n, 3_000_000n), fc.bigInt({ min: 1n, max: 10n ** 13n })),
  resourceUses,
  prior: fc.option(fc.dictionary(fc.constantFrom(...AGENTS), measure)),
  feeds: fc.array(fc.record({ to: fc.nat(4), share }), { maxLength: 3 }),
})

const fleet: fc.Arbitrary<Fleet> = fc
  .record({
    minorUnits: fc.constantFrom(0, 2, 3, 4),
    usage,
    revenue,
    pools: fc.array(pool, { minLength: 1, maxLength: 4 }),
  })
  .map(({ minorUnits, usage, revenue, pools }) => {
    const idOf = (i: number) => `pool-${9 - i}`
    const built = pools.map(({ minor, policy, capacity, feeds }, i): PoolOfMonth => {
      // Money flows to later pools only; the last may feed one that the month does not have.
      const forward = feeds.map(({ to, share }) => ({ poolId: idOf(i + 1 + to), share }))
      const once = forward.filter(({ poolId }, j) => forward.findIndex((feed) => feed.poolId === poolId) === j)
      const kept = once.reduce((sum, one) => sum + Number(one.share), 0) <= 1 ? once : once.slice(0, 1)
      const amount = minor * 10n ** BigInt(18 - minorUnits)
      return { id: idOf(i), name: `name-${i}`, amount, capacity, policy: { ...policy, feeds: kept } }
    })
    const facts: AllocationFacts = {
      agentKeys,
      taskKeys,
      usage,
      revenue,
      resourceUses: new Map(pools.map(({ resourceUses }, i) => [idOf(i), resourceUses])),
      priorWeights: new Map(
        pools.flatMap(({ prior }, i) => (prior === null ? [] : [[idOf(i), new Map(Object.entries(prior))]])),
      ),
    }
    return { minorUnits, pools: built, facts }
  })

const RUNS = { numRuns: 300 }

function run({ minorUnits, pools, facts }: Fleet): AllocatedPool[] {
  return allocateMonth({ month: MONTH, minorUnits, pools, facts: new FactsIndex(facts) })
}

const sum = (amounts: readonly bigint[]) => amounts.reduce((all, amount) => all + amount, 0n)

describe('allocateMonth', () => {
  it('conserves every pool to the minor unit: shares + unallocated + under-absorbed, and all pools together (laws L15, L16)', () => {
    fc.assert(
      fc.property(fleet, (one) => {
        const allocated = run(one)
        for (const { poolAmount, received, passedOn, feeds, result } of allocated) {
          expect(result.total).toBe(poolAmount + received - passedOn)
          expect(sum(feeds.map(({ amount }) => amount))).toBe(passedOn)
          expect(result.allocated).toBe(sum(result.shares.map(({ amount }) => amount)))
          expect(result.allocated + result.unallocated + result.underAbsorbed).toBe(result.total)
        }
        const ends = allocated.flatMap(({ result }) => [result.allocated, result.unallocated, result.underAbsorbed])
        expect(sum(ends)).toBe(sum(one.pools.map(({ amount }) => amount)))
      }),
      RUNS,
    )
  })

  it('sums to the same pool by agent, by task and by client (law L19), in whole minor units, each place once', () => {
    fc.assert(
      fc.property(fleet, (one) => {
        for (const { result } of run(one)) {
          const byTask = new Map<string, bigint>()
          const byClient = new Map<string, bigint>()
          for (const { amount, places } of result.shares) {
            expect(sum(places.map((part) => part.amount))).toBe(amount)
            const ids = places.map(({ taskId, clientId, projectId }) => [taskId, clientId, projectId].join())
            expect(new Set(ids).size).toBe(ids.length)
            for (const part of places) {
              expect(part.amount).not.toBe(0n)
              expect(part.amount % 10n ** BigInt(18 - one.minorUnits)).toBe(0n)
              byTask.set(part.taskId, (byTask.get(part.taskId) ?? 0n) + part.amount)
              byClient.set(part.clientId, (byClient.get(part.clientId) ?? 0n) + part.amount)
            }
          }
          expect(sum([...byTask.values()])).toBe(result.allocated)
          expect(sum([...byClient.values()])).toBe(result.allocated)
        }
      }),
      RUNS,
    )
  })

  it('gives nobody a share against the sign of the pool, and holds nothing back against it', () => {
    fc.assert(
      fc.property(fleet, (one) => {
        for (const { result } of run(one)) {
          const isCredit = result.total < 0n
          const isAgainst = (amount: bigint) => (isCredit ? amount > 0n : amount < 0n)
          for (const { amount, places, weight } of result.shares) {
            expect(isAgainst(amount) || places.some((part) => isAgainst(part.amount))).toBe(false)
            expect(weight).toBeGreaterThanOrEqual(0n)
          }
          expect(isAgainst(result.unallocated) || isAgainst(result.idle ?? 0n)).toBe(false)
        }
      }),
      RUNS,
    )
  })

  it('is what the laws give word for word, whatever the method (laws L16 to L20)', () => {
    fc.assert(
      fc.property(fleet, (one) => {
        const unit = 10n ** BigInt(18 - one.minorUnits)
        for (const { poolId, result } of run(one)) {
          const pool = one.pools.find(({ id }) => id === poolId)!
          const expected = expectPool(pool, result.total / unit, {
            ...one.facts,
            month: MONTH,
            minorUnits: one.minorUnits,
          })
          expect(inMinorUnits(result, unit)).toEqual(expected)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('passes on what the feeds say, never more than there is', () => {
    fc.assert(
      fc.property(fleet, (one) => {
        const unit = 10n ** BigInt(18 - one.minorUnits)
        const received = new Map(one.pools.map(({ id }) => [id, 0n]))
        const allocated = run(one)
        // Pools are generated in the order of the money, and named in it.
        expect(allocated.map(({ poolId }) => poolId)).toEqual(one.pools.map(({ id }) => id))
        for (const { id, amount, policy } of one.pools) {
          const has = amount / unit + received.get(id)!
          const fed = policy.feeds.filter(({ poolId }) => received.has(poolId))
          const claims = fed.map(({ poolId, share }) => {
            return { id: poolId, tie: [one.pools.find((pool) => pool.id === poolId)!.name], weight: decimal(share) }
          })
          const given = sum(fed.map(({ share }) => (decimal(share).over * 10n ** 6n) / decimal(share).under))
          const feeds = handOut(round(multiply(fraction(has), fraction(given, 10n ** 6n))), claims)
          for (const [to, part] of feeds) received.set(to, received.get(to)! + part)
          const actual = allocated.find(({ poolId }) => poolId === id)!
          expect(new Map(actual.feeds.map((feed) => [feed.poolId, feed.amount / unit]))).toEqual(feeds)
          expect(actual.received / unit).toBe(received.get(id))
          expect(has < 0n ? actual.result.total <= 0n : actual.result.total >= 0n).toBe(true)
        }
      }),
      RUNS,
    )
  })

  it('does not depend on the order of anything (law L21), nor does the text that its inputs are hashed from', () => {
    fc.assert(
      fc.property(
        fleet.chain((one) => fc.tuple(fc.constant(one), shuffled(one))),
        ([one, other]) => {
          const [forward, backward] = [run(one), run(other)]
          expect(backward).toEqual(forward)
          expect(textOf(other, backward)).toBe(textOf(one, forward))
        },
      ),
      RUNS,
    )
  })

  it('does not depend on the ids of agents and tasks: keys alone break ties', () => {
    fc.assert(
      fc.property(fleet, (one) => {
        const there = (id: string) => (agentKeys.has(id) || taskKeys.has(id) ? `${id[0]}${9 - Number(id[1])}` : id)
        const renamed = run(rename(one, there))
        const plain = run(one).map(({ result }) => result.shares.map((agent) => readable(agent, there)))
        expect(renamed.map(({ result }) => result.shares.map((agent) => readable(agent, (id) => id)))).toEqual(plain)
      }),
      RUNS,
    )
  })

  it('changes nothing but ties when agents swap their keys', () => {
    fc.assert(
      fc.property(fleet, fc.shuffledSubarray(AGENTS, { minLength: AGENTS.length }), (one, order) => {
        // Chains, revenue and feeds have ties of their own before agents are looked at.
        const isPlain = ({ policy }: PoolOfMonth) => policy.basis !== 'RESOURCE_USES' && policy.method !== 'REVENUE'
        const pools = one.pools.filter(isPlain).map((pool) => ({ ...pool, policy: { ...pool.policy, feeds: [] } }))
        const swapped = new Map(order.map((id, i) => [id, `agent-${i}`]))
        const before = run({ ...one, pools })
        const after = run({ ...one, pools, facts: { ...one.facts, agentKeys: swapped } })
        before.forEach(({ result }, i) => {
          const shares = new Map(after[i]!.result.shares.map((agent) => [agent.agentId, agent]))
          for (const { agentId, weight, amount } of result.shares) {
            const other = shares.get(agentId)!
            expect(other.weight).toBe(weight)
            if (other.amount === amount) continue
            // Only an agent with an equal weight can have taken the unit, or given it up.
            expect(result.shares.filter((one) => one.weight === weight).length).toBeGreaterThan(1)
            expect([unitOf(one), -unitOf(one)]).toContain(other.amount - amount)
          }
          const amounts = (shares: Iterable<{ weight: bigint; amount: bigint }>) =>
            [...shares].map((agent) => `${agent.weight} ${agent.amount}`).sort()
          expect(amounts(shares.values())).toEqual(amounts(result.shares))
        })
      }),
      RUNS,
    )
  })

  it('takes the scope first: what agents outside it used changes nothing (law L17)', () => {
    fc.assert(
      fc.property(fleet, (one) => {
        for (const pool of one.pools) {
          const alone = { ...one, pools: [pool] }
          const [whole] = run(alone)
          const members = new Set(whole!.result.shares.map(({ agentId }) => agentId))
          const inside = <T extends { agentId: string }>(rows: readonly T[]) =>
            rows.filter(({ agentId }) => members.has(agentId))
          const resourceUses = new Map([...one.facts.resourceUses].map(([id, uses]) => [id, inside(uses)]))
          const facts = { ...one.facts, usage: inside(one.facts.usage), resourceUses }
          expect(run({ ...alone, facts })).toEqual([whole])
        }
      }),
      RUNS,
    )
  })
})

function unitOf({ minorUnits }: Fleet): bigint {
  return 10n ** BigInt(18 - minorUnits)
}

function inMinorUnits(result: AllocatedPool['result'], unit: bigint): Expected {
  const places = result.shares.flatMap(({ agentId, places }) =>
    places.map(({ taskId, clientId, projectId, amount }) => {
      return [[agentId, taskId, clientId, projectId].join(), amount / unit] as const
    }),
  )
  return {
    total: result.total / unit,
    idle: result.idle === null ? null : result.idle / unit,
    unallocated: result.unallocated / unit,
    underAbsorbed: result.underAbsorbed / unit,
    fallback: result.fallback,
    shares: new Map(result.shares.map(({ agentId, amount }) => [agentId, amount / unit])),
    places: new Map(places),
  }
}

function textOf({ minorUnits, pools, facts: raw }: Fleet, allocated: readonly AllocatedPool[]): string {
  const facts = new FactsIndex(raw)
  const texts = allocated.map((one) => {
    const pool = pools.find(({ id }) => id === one.poolId)!
    return [...canonicalPool({ month: MONTH, minorUnits, facts, pool, allocated: one })].join('')
  })
  return [...canonicalFacts(facts), ...texts].join('')
}

/** The same fleet with every list and map in another order. */
function shuffled(one: Fleet): fc.Arbitrary<Fleet> {
  return fc.infiniteStream(fc.nat(1000)).map((numbers) => {
    const mix = <T>(list: Iterable<T>): T[] =>
      [...list]
        .map((item) => ({ item, at: numbers.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item)
    const { facts } = one
    const mixPolicy = (policy: AllocationPolicy): AllocationPolicy => ({
      ...policy,
      scope: mix(policy.scope),
      multipliers: mix(policy.multipliers),
      exemptions: mix(policy.exemptions),
      feeds: mix(policy.feeds),
    })
    return {
      minorUnits: one.minorUnits,
      pools: mix(one.pools.map((pool) => ({ ...pool, policy: mixPolicy(pool.policy) }))),
      facts: {
        agentKeys: new Map(mix(facts.agentKeys)),
        taskKeys: new Map(mix(facts.taskKeys)),
        usage: mix(facts.usage),
        revenue: mix(facts.revenue.map((task) => ({ ...task, agents: mix(task.agents) }))),
        resourceUses: new Map(mix([...facts.resourceUses].map(([id, uses]) => [id, mix(uses)] as const))),
        priorWeights: new Map(mix([...facts.priorWeights].map(([id, w]) => [id, new Map(mix(w))] as const))),
      },
    }
  })
}

/** The same fleet with other ids, found in every field whatever its name; keys stay with those they belong to. */
function rename(one: Fleet, there: (id: string) => string): Fleet {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return there(value)
    if (Array.isArray(value)) return value.map(walk)
    if (value instanceof Map) return new Map([...value].map(([key, of]) => [walk(key), walk(of)]))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, walk(of)]))
  }
  return walk(one) as Fleet
}

function readable(
  { agentId, weight, amount, places }: AllocatedPool['result']['shares'][number],
  there: (id: string) => string,
) {
  const moved = places.map((part) => `${there(part.taskId)} ${part.clientId} ${part.projectId} ${part.amount}`)
  return { agentId: there(agentId), weight, amount, places: moved.sort() }
}
