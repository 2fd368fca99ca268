import { NIL_UUID } from '../rollup/grain.ts'
import type { PoolOfMonth } from './allocate-month.ts'
import type { AllocationFacts, Place } from './facts.ts'

/**
 * The laws once more, word for word and slowly: exact fractions, searches through plain lists, units handed out one at a time. It shares
 * nothing with the code under test but the types.
 */
export interface Expected {
  total: bigint
  idle: bigint | null
  unallocated: bigint
  underAbsorbed: bigint
  fallback: string | null
  /** Minor units by agent id, one for each eligible agent. */
  shares: Map<string, bigint>
  /** Minor units by agent, task, client and project id. */
  places: Map<string, bigint>
}

interface Claim {
  id: string
  /** What decides between equals, the smallest first. */
  tie: readonly string[]
  weight: Fraction
}

/** What is split below an agent: claims whose ids are places. */
type PlaceClaims = Claim[]

interface Facts extends AllocationFacts {
  month: string
  minorUnits: number
}

export function expectPool(pool: PoolOfMonth, total: bigint, facts: Facts): Expected {
  const { policy } = pool
  const eligible = eligibleIds(pool, facts)
  const expected: Expected = {
    total,
    idle: null,
    unallocated: 0n,
    underAbsorbed: 0n,
    fallback: null,
    shares: new Map(eligible.map((id) => [id, 0n])),
    places: new Map(),
  }
  if (policy.method === 'OVERHEAD_RATE') return expectOverhead(pool, expected, facts)

  const used =
    policy.basis === 'RESOURCE_USES'
      ? fraction(BigInt(chainsTouched(pool, eligible, facts).length))
      : eligible.map((id) => plainWeight(pool, id, facts)).reduce(add, fraction(0n))
  if (policy.method === 'USAGE' && pool.capacity !== null) {
    const capacity = fraction(pool.capacity, 1_000_000n)
    const unused = divide(subtract(capacity, used), capacity)
    expected.idle = sign(unused) <= 0 ? 0n : round(multiply(fraction(total), unused))
  }
  const toSplit = policy.idle === 'HELD' ? total - (expected.idle ?? 0n) : total

  if (policy.basis === 'RESOURCE_USES' && expectChains(pool, toSplit, expected, facts)) return withRest(expected)
  const weights = eligible.map((id) => multiply(plainWeight(pool, id, facts), multiplier(pool, id)))
  const branch = weights.some((weight) => sign(weight) > 0) ? null : firstBranch(pool, eligible, facts)
  expected.fallback = branch
  eligible
    .map((id, i): Claim => ({
      id,
      tie: [facts.agentKeys.get(id)!],
      weight: branchWeight(pool, branch, id, weights[i]!, facts),
    }))
    .forEach((claim, _, claims) => {
      const share = handOut(toSplit, claims).get(claim.id)!
      place(expected, claim.id, share, placeClaims(pool, branch, claim.id, facts))
    })
  return withRest(expected)
}

function withRest(expected: Expected): Expected {
  const allocated = [...expected.shares.values()].reduce((sum, share) => sum + share, 0n)
  return { ...expected, unallocated: expected.total - allocated }
}

function expectOverhead(pool: PoolOfMonth, expected: Expected, facts: Facts): Expected {
  const claims = [...expected.shares.keys()].map((id): Claim => {
    return { id, tie: [facts.agentKeys.get(id)!], weight: multiply(plainWeight(pool, id, facts), multiplier(pool, id)) }
  })
  const direct = claims.map(({ weight }) => weight).reduce(add, fraction(0n))
  const inMinor = multiply(
    multiply(fraction(pool.policy.rate!, 10n ** 18n), direct),
    fraction(10n ** BigInt(facts.minorUnits)),
  )
  const allocated = expected.total < 0n ? -round(inMinor) : round(inMinor)
  for (const { id } of claims) {
    place(expected, id, handOut(allocated, claims).get(id)!, placeClaims(pool, null, id, facts))
  }
  return { ...expected, underAbsorbed: expected.total - (sign(direct) > 0 ? allocated : 0n) }
}

/** Task first. False when no chain has weight. */
function expectChains(pool: PoolOfMonth, toSplit: bigint, expected: Expected, facts: Facts): boolean {
  const counting = [...expected.shares.keys()].filter((id) => sign(multiplier(pool, id)) > 0)
  const chains = chainsTouched(pool, counting, facts)
  const uses = facts.resourceUses.get(pool.id) ?? []
  const claims = chains.map((chain): Claim => {
    const { taskId } = uses.find((use) => use.chain === chain)!
    return { id: chain, tie: [taskKey(taskId, facts), chain], weight: fraction(1n) }
  })
  const parts = handOut(toSplit, claims)
  for (const chain of chains) {
    const touching = uses.filter((use) => use.chain === chain && counting.includes(use.agentId))
    const tokens = touching.map((use) => multiply(fraction(use.tokens), multiplier(pool, use.agentId)))
    const hasTokens = tokens.some((weight) => sign(weight) > 0)
    const ofAgents = handOut(
      parts.get(chain)!,
      touching.map(({ agentId }, i): Claim => {
        const weight = hasTokens ? tokens[i]! : multiplier(pool, agentId)
        return { id: agentId, tie: [facts.agentKeys.get(agentId)!], weight }
      }),
    )
    for (const use of touching) book(expected, use.agentId, use, ofAgents.get(use.agentId)!)
  }
  return chains.length > 0
}

function eligibleIds(pool: PoolOfMonth, facts: Facts): string[] {
  const { scope, exemptions } = pool.policy
  const active = [...facts.agentKeys.keys()].filter((id) =>
    facts.usage.some((row) => row.agentId === id && row.invocations > 0n),
  )
  return [...new Set(scope.length > 0 ? scope : active)].filter(
    (id) =>
      id !== NIL_UUID &&
      !exemptions.some((one) => one.agentId === id && one.from <= facts.month && (one.to ?? '9999') > facts.month),
  )
}

function chainsTouched(pool: PoolOfMonth, agents: readonly string[], facts: Facts): string[] {
  const uses = (facts.resourceUses.get(pool.id) ?? []).filter((use) => agents.includes(use.agentId))
  return [...new Set(uses.map(({ chain }) => chain))]
}

function multiplier(pool: PoolOfMonth, agentId: string): Fraction {
  const text = pool.policy.multipliers.find((one) => one.agentId === agentId)?.multiplier ?? '1'
  return decimal(text)
}

/** In the unit of the basis. */
function plainWeight(pool: PoolOfMonth, agentId: string, facts: Facts): Fraction {
  return claimsByMethod(pool, agentId, facts)
    .map(({ weight }) => weight)
    .reduce(add, fraction(0n))
}

/** What the method counts of an agent, place by place; of EQUAL one claim that is nowhere. */
function claimsByMethod(pool: PoolOfMonth, agentId: string, facts: Facts): PlaceClaims {
  const { method, basis } = pool.policy
  const rows = facts.usage.filter((row) => row.agentId === agentId)
  if (method === 'EQUAL') return [{ id: '', tie: [], weight: fraction(1n) }]
  if (method === 'REVENUE') return revenueClaims(agentId, facts)
  if (method === 'OVERHEAD_RATE') return rows.map((row) => at(row, fraction(row.direct, 10n ** 18n), facts))
  if (basis === 'TOKENS') return rows.map((row) => at(row, fraction(row.tokens, 10n ** 6n), facts))
  if (basis === 'COMPUTE_TIME') return rows.map((row) => at(row, fraction(row.computeMicros, 10n ** 6n), facts))
  if (basis === 'RESOURCE_USES') return []
  return rows.map((row) => at(row, fraction(row.invocations), facts))
}

function revenueClaims(agentId: string, facts: Facts): PlaceClaims {
  return facts.revenue.flatMap((task) => {
    const agents = task.agents.filter((one) => one.agentId !== NIL_UUID)
    const hasDirect = agents.some(({ direct }) => direct > 0n)
    const parts = handOut(
      task.billed,
      agents.map((one): Claim => {
        const weight = fraction(hasDirect ? one.direct : 1n)
        return { id: one.agentId, tie: [facts.agentKeys.get(one.agentId)!], weight }
      }),
    )
    return parts.has(agentId) ? [at(task, fraction(parts.get(agentId)!, 10n ** 18n), facts)] : []
  })
}

function firstBranch(pool: PoolOfMonth, eligible: readonly string[], facts: Facts): string {
  const prior = facts.priorWeights.get(pool.id)
  const can: Record<string, () => boolean> = {
    PRIOR_PERIOD: () => eligible.some((id) => (prior?.get(id) ?? 0n) > 0n),
    EQUAL: () => eligible.some((id) => sign(multiplier(pool, id)) > 0),
    HOLD: () => true,
  }
  return pool.policy.fallback.find((branch) => can[branch]!())!
}

function branchWeight(pool: PoolOfMonth, branch: string | null, id: string, own: Fraction, facts: Facts): Fraction {
  if (branch === 'PRIOR_PERIOD') return fraction(facts.priorWeights.get(pool.id)?.get(id) ?? 0n)
  if (branch === 'EQUAL') return multiplier(pool, id)
  return branch === 'HOLD' ? fraction(0n) : own
}

function placeClaims(pool: PoolOfMonth, branch: string | null, agentId: string, facts: Facts): PlaceClaims {
  const isByInvocations = branch === 'EQUAL' || pool.policy.method === 'EQUAL'
  if (!isByInvocations) return claimsByMethod(pool, agentId, facts)
  const rows = facts.usage.filter((row) => row.agentId === agentId)
  return rows.map((row) => at(row, fraction(row.invocations), facts))
}

function place(expected: Expected, agentId: string, share: bigint, claims: PlaceClaims): void {
  const parts = handOut(share, claims)
  const isPlaced = claims.some(({ weight }) => sign(weight) > 0)
  if (isPlaced) for (const [id, part] of parts) bookAt(expected, agentId, id, part)
  else bookAt(expected, agentId, [NIL_UUID, NIL_UUID, NIL_UUID].join(), share)
}

function book(expected: Expected, agentId: string, where: Place, part: bigint): void {
  bookAt(expected, agentId, [where.taskId, where.clientId, where.projectId].join(), part)
}

function bookAt(expected: Expected, agentId: string, where: string, part: bigint): void {
  if (part === 0n) return
  expected.shares.set(agentId, expected.shares.get(agentId)! + part)
  const key = `${agentId},${where}`
  expected.places.set(key, (expected.places.get(key) ?? 0n) + part)
}

function at(where: Place, weight: Fraction, facts: Facts): Claim {
  const { taskId, clientId, projectId } = where
  return { id: [taskId, clientId, projectId].join(), tie: [taskKey(taskId, facts), clientId, projectId], weight }
}

function taskKey(taskId: string, facts: Facts): string {
  return taskId === NIL_UUID ? '' : facts.taskKeys.get(taskId)!
}

/** Largest remainder, one unit at a time: to whom the most is still owed; then the larger weight; then the smaller tie. */
export function handOut(whole: bigint, claims: readonly Claim[]): Map<string, bigint> {
  const given = new Map(claims.map(({ id }) => [id, 0n]))
  const sum = claims.map(({ weight }) => weight).reduce(add, fraction(0n))
  if (sign(sum) === 0) return given
  const total = whole < 0n ? -whole : whole
  const quota = (claim: Claim) => divide(multiply(fraction(total), claim.weight), sum)
  const owed = claims.map((claim) => ({ claim, owed: fractionalPart(quota(claim)) }))
  let left = total
  for (const claim of claims) {
    const floor = whole1(quota(claim))
    given.set(claim.id, floor)
    left -= floor
  }
  while (left > 0n) {
    const next = owed.reduce((best, one) => (isBefore(one, best) ? one : best))
    given.set(next.claim.id, given.get(next.claim.id)! + 1n)
    owed.splice(owed.indexOf(next), 1)
    left -= 1n
  }
  return whole < 0n ? new Map([...given].map(([id, part]) => [id, -part])) : given
}

function isBefore(a: { claim: Claim; owed: Fraction }, b: { claim: Claim; owed: Fraction }): boolean {
  const byOwed = sign(subtract(a.owed, b.owed))
  if (byOwed !== 0) return byOwed > 0
  const byWeight = sign(subtract(a.claim.weight, b.claim.weight))
  if (byWeight !== 0) return byWeight > 0
  const difference = a.claim.tie.findIndex((text, i) => text !== b.claim.tie[i])
  return difference >= 0 && a.claim.tie[difference]! < b.claim.tie[difference]!
}

// --- Exact fractions ---

interface Fraction {
  over: bigint
  under: bigint
}

export function fraction(over: bigint, under = 1n): Fraction {
  return { over, under }
}

export function decimal(text: string): Fraction {
  const [whole = '0', decimals = ''] = text.split('.')
  return fraction(BigInt(whole + decimals), 10n ** BigInt(decimals.length))
}

const add = (a: Fraction, b: Fraction) => fraction(a.over * b.under + b.over * a.under, a.under * b.under)
const subtract = (a: Fraction, b: Fraction) => add(a, fraction(-b.over, b.under))
export const multiply = (a: Fraction, b: Fraction) => fraction(a.over * b.over, a.under * b.under)
const divide = (a: Fraction, b: Fraction) => multiply(a, fraction(b.under, b.over))
const sign = ({ over, under }: Fraction) => (over === 0n ? 0 : over > 0n === under > 0n ? 1 : -1)

/** Of what is not below zero. */
const whole1 = ({ over, under }: Fraction) => over / under
const fractionalPart = (a: Fraction) => subtract(a, fraction(whole1(a)))

/** Half to even. */
export function round(a: Fraction): bigint {
  if (sign(a) < 0) return -round(fraction(-a.over, a.under))
  const [whole, twice] = [whole1(a), multiply(fractionalPart(a), fraction(2n))]
  const beyondHalf = sign(subtract(twice, fraction(1n)))
  return beyondHalf > 0 || (beyondHalf === 0 && whole % 2n === 1n) ? whole + 1n : whole
}
