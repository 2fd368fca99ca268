import { policyInForce } from '@outlay/domain/allocation/policy-in-force'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import type { Tone } from '../components/ui/badge.tsx'
import type {
  AllocationFallback,
  AllocationMethod,
  IdleTreatment,
  PolicyState,
  PoolCategory,
  UsageBasis,
} from '../generated/graphql.ts'
import { differenceOf, exactDecimalText, isZero, sumOf } from './format.ts'
import { addMonths } from './months.ts'

/** Shared costs in words, and what a pool's money comes to. */

export const CATEGORY_NAMES = {
  VECTOR_DATABASE: 'vector database',
  EMBEDDING: 'embedding',
  TOOL_SUBSCRIPTION: 'tool subscription',
  ORCHESTRATION: 'orchestration',
  MONITORING: 'monitoring',
  OTHER: 'other',
} as const satisfies Record<PoolCategory, string>

export const METHOD_NAMES = {
  EQUAL: 'Equal',
  USAGE: 'Usage',
  REVENUE: 'Revenue',
  OVERHEAD_RATE: 'Overhead rate',
} as const satisfies Record<AllocationMethod, string>

export const BASIS_NAMES = {
  INVOCATIONS: 'invocations',
  TOKENS: 'tokens',
  COMPUTE_TIME: 'compute time',
  RESOURCE_USES: 'uses of the resource',
} as const satisfies Record<UsageBasis, string>

export const FALLBACK_NAMES = {
  PRIOR_PERIOD: 'the weights of the month before',
  EQUAL: 'equal shares',
  HOLD: 'hold unallocated',
} as const satisfies Record<AllocationFallback, string>

export const IDLE_NAMES = {
  HELD: 'stays unallocated',
  SHARED: 'is shared with the rest',
} as const satisfies Record<IdleTreatment, string>

export const POLICY_STATES = {
  DRAFT: { tone: 'accent', text: 'draft' },
  PROPOSED: { tone: 'warn', text: 'proposed' },
  APPROVED: { tone: 'ok', text: 'approved' },
  REJECTED: { tone: 'bad', text: 'rejected' },
  WITHDRAWN: { tone: 'neutral', text: 'withdrawn' },
} as const satisfies Record<PolicyState, { tone: Tone; text: string }>

interface Split {
  method: AllocationMethod
  basis?: UsageBasis | null
  rate?: string | null
}

/** An overhead rate as people say it: `21 %`, `20.84 %`; never rounded. */
export function rateText(rate: string): string {
  return `${exactDecimalText(formatFixed18(parseFixed18(rate) * 100n))}\u00a0%`
}

/** What stands behind the name of a method: `by invocations`, `21 % of direct cost`. */
export function methodNote({ method, basis, rate }: Split): string {
  switch (method) {
    case 'EQUAL':
      return '1 per agent'
    case 'USAGE':
      return `by ${BASIS_NAMES[basis ?? 'INVOCATIONS']}`
    case 'REVENUE':
      return 'of the agent’s tasks'
    case 'OVERHEAD_RATE':
      return rate == null ? 'of direct cost' : `${rateText(rate)} of direct cost`
    default:
      return method satisfies never
  }
}

/** `Usage, by invocations`. */
export function methodText(split: Split): string {
  return `${METHOD_NAMES[split.method]}, ${methodNote(split)}`
}

/** The name of the branch a run took; the API tells it as text. */
export function fallbackName(branch: string): string {
  return branch in FALLBACK_NAMES ? FALLBACK_NAMES[branch as AllocationFallback] : branch.toLowerCase()
}

/** `the weights of the month before, then equal shares, then hold unallocated`. */
export function fallbackText(chain: readonly AllocationFallback[]): string {
  return chain.map((step) => FALLBACK_NAMES[step]).join(', then ')
}

interface PoolMoney {
  amountConverted?: { amount: string } | null
  run?: {
    received: { amount: string }
    passedOn: { amount: string }
    allocated: { amount: string }
    underAbsorbed: { amount: string }
  } | null
}

/** Where a pool's money of a month is, in the reporting currency: amount + net = allocated + unallocated + under, always. */
export interface PoolSums {
  amount: string
  /** What other pools passed to it, less what it passed on. */
  net: string
  allocated: string
  unallocated: string
  /** Under-absorbed; below zero: over-absorbed. */
  under: string
}

/** Null without an exchange rate: then nobody knows. A pool that was never run is wholly unallocated; so is what was added since. */
export function poolSums({ amountConverted, run }: PoolMoney): PoolSums | null {
  if (amountConverted == null) return null
  const { amount } = amountConverted
  if (run == null) return { amount, net: '0', allocated: '0', unallocated: amount, under: '0' }
  const net = differenceOf(run.received.amount, run.passedOn.amount)
  const [allocated, under] = [run.allocated.amount, run.underAbsorbed.amount]
  return {
    amount,
    net,
    allocated,
    under,
    unallocated: differenceOf(sumOf([amount, net]), sumOf([allocated, under])),
  }
}

/** The sums of several pools. */
export function totalOfPools(pools: readonly PoolMoney[]): PoolSums {
  const sums = pools.map(poolSums).filter((one) => one !== null)
  const total = (name: keyof PoolSums) => sumOf(sums.map((one) => one[name]))
  return {
    amount: total('amount'),
    net: total('net'),
    allocated: total('allocated'),
    unallocated: total('unallocated'),
    under: total('under'),
  }
}

interface Version {
  version: number
  state: PolicyState
  effectiveFrom: string
}

/** The last month a version is in force; null: until another follows; undefined: in none. */
export function lastMonthOf<V extends Version>(version: V, versions: readonly V[]): string | null | undefined {
  if (version.state !== 'APPROVED') return undefined
  if (policyInForce(versions, version.effectiveFrom) !== version) return undefined
  const next = versions
    .filter((one) => one.state === 'APPROVED' && one.effectiveFrom > version.effectiveFrom)
    .map((one) => one.effectiveFrom)
    .sort()[0]
  return next === undefined ? null : addMonths(next, -1)
}

/** The version to speak of in a month: the one in force, else the newest that may still come to it. */
export function versionToShow<V extends Version>(versions: readonly V[], month: string): V | null {
  const newest = [...versions].sort((a, b) => b.version - a.version)
  return policyInForce(versions, month) ?? newest.find((one) => one.state === 'PROPOSED') ?? newest[0] ?? null
}

/** What was not absorbed, in words: `6.35 over-absorbed`; null when there is nothing. */
export function absorptionWord(under: string): 'under-absorbed' | 'over-absorbed' | null {
  if (isZero(under)) return null
  return under.startsWith('-') ? 'over-absorbed' : 'under-absorbed'
}

/** What the weights of a method count, for the head of a column. */
export function weightUnit({ method, basis }: Split): string {
  switch (method) {
    case 'EQUAL':
      return 'agents'
    case 'USAGE':
      return basis === 'COMPUTE_TIME'
        ? 'seconds'
        : basis === 'RESOURCE_USES'
          ? 'uses'
          : BASIS_NAMES[basis ?? 'INVOCATIONS']
    case 'REVENUE':
      return 'revenue'
    case 'OVERHEAD_RATE':
      return 'direct cost'
    default:
      return method satisfies never
  }
}
