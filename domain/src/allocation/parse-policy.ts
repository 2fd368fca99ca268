import { DomainError, quoted } from '../errors.ts'
import { checkKey } from '../invocation/key.ts'
import { FIXED18_SCALE, type Fixed18 } from '../money/fixed18.ts'
import { parseScaledDecimal, powerOfTen } from '../money/scaled-decimal.ts'
import { isCalendarDate, type CalendarDate } from '../periods/calendar-date.ts'
import { formatQuantity, QUANTITY6_ONE, QUANTITY6_SCALE, type Quantity6 } from '../usage/quantity.ts'
import {
  ALLOCATION_METHODS,
  FALLBACKS,
  IDLE_TREATMENTS,
  USAGE_BASES,
  type AllocationMethod,
  type AllocationPolicy,
  type Exemption,
  type Fallback,
  type PoolFeed,
  type UsageBasis,
  type WeightMultiplier,
} from './policy.ts'

/** A policy as it comes in: plain texts, agents and pools by id. What is left out (or null) has its default. */
export interface PolicyInput {
  method: string
  basis?: string | null
  rate?: string | null
  scope?: readonly string[] | null
  fallback?: readonly string[] | null
  idle?: string | null
  multipliers?: readonly WeightMultiplier[] | null
  exemptions?: readonly Exemption[] | null
  feeds?: readonly PoolFeed[] | null
}

/** What a policy must fit to. */
export interface PoolOfPolicy {
  /** Null while the pool is not stored yet. */
  id: string | null
  /** Whether it is the pool of one named shared resource. */
  hasResource: boolean
  hasCapacity: boolean
}

export const MULTIPLIER_DIGITS_MAX = 6
export const RATE_DECIMALS_MAX = 12
export const REASON_LENGTH_MAX = 500
/** Of agents listed, and of feeds. */
export const POLICY_LIST_MAX = 10_000

/**
 * Checks a policy that comes in and puts it into its one form: the basis is INVOCATIONS where USAGE names none, the fallback chain has no
 * branch twice and ends with HOLD (law L18: nothing but HOLD when none is named), the idle part is HELD, the scope has no agent twice,
 * decimals are in their shortest form. Lists keep their order.
 *
 * Throws DomainError INVALID_FIELD, INVALID_DECIMAL or NEGATIVE_DECIMAL with the field: a basis beside USAGE, a rate beside OVERHEAD_RATE
 * or none with it, RESOURCE_USES for a pool without resource, a capacity beside USAGE, feeds above 1 in all, two multipliers for one agent,
 * an exemption that ends before it begins.
 *
 *     checkPolicy({ method: 'USAGE', fallback: ['EQUAL', 'EQUAL'] }, pool)
 *     // { method: 'USAGE', basis: 'INVOCATIONS', rate: null, scope: [], fallback: ['EQUAL', 'HOLD'], idle: 'HELD', … }
 */
export function checkPolicy(input: PolicyInput, pool: PoolOfPolicy): AllocationPolicy {
  const method = oneOf(ALLOCATION_METHODS, input.method, 'method')
  if (pool.hasCapacity && method !== 'USAGE') {
    throw invalid('capacity', `A capacity is compared with usage; the method ${method} has none.`)
  }
  return {
    method,
    basis: checkBasis(method, input.basis ?? null, pool),
    rate: checkRate(method, input.rate ?? null),
    scope: [...new Set(checkList(input.scope, 'scope'))],
    fallback: checkFallback(input.fallback ?? []),
    idle: oneOf(IDLE_TREATMENTS, input.idle ?? 'HELD', 'idle'),
    multipliers: checkMultipliers(checkList(input.multipliers, 'multipliers')),
    exemptions: checkList(input.exemptions, 'exemptions').map(checkExemption),
    feeds: checkFeeds(checkList(input.feeds, 'feeds'), pool),
  }
}

function checkBasis(method: AllocationMethod, text: string | null, pool: PoolOfPolicy): UsageBasis | null {
  if (method !== 'USAGE') {
    if (text !== null) throw invalid('basis', `The method ${method} has no basis; only USAGE has.`)
    return null
  }
  const basis = oneOf(USAGE_BASES, text ?? 'INVOCATIONS', 'basis')
  if (basis === 'RESOURCE_USES' && !pool.hasResource) {
    throw invalid('resource', 'RESOURCE_USES counts the uses of one shared resource, and the pool names none.')
  }
  return basis
}

function checkRate(method: AllocationMethod, text: string | null): Fixed18 | null {
  if (method !== 'OVERHEAD_RATE') {
    if (text !== null) throw invalid('rate', `The method ${method} has no rate; only OVERHEAD_RATE has.`)
    return null
  }
  if (text === null) throw invalid('rate', 'OVERHEAD_RATE needs a rate such as 0.20.')
  const rate = parseIn('rate', text, { what: 'rate', decimals: RATE_DECIMALS_MAX, integerDigits: 6 })
  return rate * powerOfTen(FIXED18_SCALE - RATE_DECIMALS_MAX)
}

/** HOLD always succeeds: what is named after it would never be tried. */
function checkFallback(texts: readonly string[]): Fallback[] {
  const branches = new Set(texts.map((text) => oneOf(FALLBACKS, text, 'fallback')))
  branches.delete('HOLD')
  const held = texts.indexOf('HOLD')
  const tried = held < 0 ? [...branches] : [...branches].filter((branch) => texts.indexOf(branch) < held)
  return [...tried, 'HOLD']
}

function checkMultipliers(multipliers: readonly WeightMultiplier[]): WeightMultiplier[] {
  const agents = new Set<string>()
  return multipliers.map(({ agentId, multiplier }) => {
    if (agents.has(agentId)) throw invalid('multipliers', 'One agent has two multipliers.')
    agents.add(agentId)
    const format = { what: 'multiplier', decimals: QUANTITY6_SCALE, integerDigits: MULTIPLIER_DIGITS_MAX }
    return { agentId, multiplier: formatQuantity(parseIn('multipliers', multiplier, format)) }
  })
}

function checkExemption({ agentId, from, to, reason }: Exemption): Exemption {
  checkMonth(from)
  if (to !== null) checkMonth(to)
  if (to !== null && from >= to) {
    throw invalid('exemptions', `The exemption from ${from} to ${to} is empty; \`to\` is the first month after it.`)
  }
  checkKey(reason, 'exemptions', REASON_LENGTH_MAX)
  return { agentId, from, to, reason }
}

function checkMonth(date: CalendarDate): void {
  if (!isCalendarDate(date) || !date.endsWith('-01')) {
    throw invalid('exemptions', `${quoted(date)} is not the first day of a month such as 2026-03-01.`)
  }
}

function checkFeeds(feeds: readonly PoolFeed[], pool: PoolOfPolicy): PoolFeed[] {
  const fed = new Set<string>()
  let sum: Quantity6 = 0n
  const checked = feeds.map(({ poolId, share: text }) => {
    if (poolId === pool.id) throw invalid('feeds', 'A pool cannot feed itself.')
    if (fed.has(poolId)) throw invalid('feeds', 'One pool is fed twice.')
    fed.add(poolId)
    const share = parseIn('feeds', text, { what: 'share', decimals: QUANTITY6_SCALE, integerDigits: 6 })
    if (share === 0n || share > QUANTITY6_ONE) {
      throw invalid('feeds', `The share ${quoted(text)} is not above 0 and at most 1.`)
    }
    sum += share
    return { poolId, share: formatQuantity(share) }
  })
  if (sum > QUANTITY6_ONE) {
    throw invalid('feeds', `The feeds sum to ${formatQuantity(sum)}; a pool has no more than 1 to give.`)
  }
  return checked
}

function checkList<T>(list: readonly T[] | null | undefined, field: string): readonly T[] {
  if (list === null || list === undefined) return []
  if (list.length > POLICY_LIST_MAX) {
    throw invalid(field, `${field} has ${list.length} entries; the most is ${POLICY_LIST_MAX}.`)
  }
  return list
}

function oneOf<const T extends string>(known: readonly T[], text: string, field: string): T {
  const found = known.find((one) => one === text)
  if (found === undefined) throw invalid(field, `${quoted(text)} is none of ${known.join(', ')}.`)
  return found
}

function parseIn(
  field: string,
  text: string,
  format: { what: string; decimals: number; integerDigits: number },
): bigint {
  try {
    return parseScaledDecimal(text, { ...format, allowNegative: false })
  } catch (error) {
    if (error instanceof DomainError) throw new DomainError(error.code, error.message, field)
    throw error
  }
}

function invalid(field: string, message: string): DomainError {
  return new DomainError('INVALID_FIELD', message, field)
}
