import type { ExpectedMonth } from '../forecast/forecast-months.ts'
import { minorUnits } from '../money/currency.ts'
import { FIXED18_SCALE, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { apportion } from '../money/largest-remainder.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import { QUANTITY6_ONE, type Quantity6 } from '../usage/quantity.ts'
import { placeKey, type PlanLine, type PlanMeasure, type PlanPlace } from './plan.ts'

/** What an agent cost for a client in the months that a plan begins from, all of them together. */
export interface PastCost {
  clientId: string | null
  agentId: string | null
  cost: Fixed18
}

/** The same with what it did for it. */
export interface PastWork extends PastCost {
  /** Tasks that it worked on, each once a month. */
  tasks: bigint
  tokens: Quantity6
  calls: bigint
}

/**
 * The lines of a plan before anybody changes anything: each month comes to what is forecast of it, in whole minor units, and is split over who
 * works for whom by what that cost in the past months (largest remainder, so the lines sum to the month). The volume follows the forecast; what a
 * task uses stays as it was. Where the work is in no task, the months are counted and the use follows. Pools are one more line, of the same
 * amount each month; none where it is 0.
 *
 * What cost nothing, or was corrected below 0, has no line.
 */
export function baseLines(input: BaseInput<PastWork>): PlanLine[] {
  const cost = input.past.reduce((sum, work) => (work.cost > 0n ? sum + work.cost : sum), 0n)
  return splitMonths(input).map(({ work, expected: { mid }, ...line }): PlanLine => {
    const drivers = work === null ? POOL_DRIVERS : driversOf(work, (quantity) => divideHalfEven(quantity * mid, cost))
    return { ...line, ...drivers }
  })
}

/** The places and amounts of the same lines, from nothing but what was spent: for who asks what is expected, and not of which work it is made. */
export function baseAmounts(input: BaseInput<PastCost>): PlanAmount[] {
  return splitMonths(input).map(({ work: _work, expected: _expected, ...line }) => line)
}

/** What a line of a plan comes to. */
export type PlanAmount = PlanPlace & Pick<PlanLine, 'month' | 'amount'>

interface BaseInput<Past extends PastCost> {
  past: readonly Past[]
  expected: readonly ExpectedMonth[]
  /** Shared infrastructure of a month. */
  pools: Fixed18
  currency: string
}

/** An amount of a month, and whose past it is the share of; null for pools. */
interface SplitMonth<Past extends PastCost> extends PlanAmount {
  work: Past | null
  expected: ExpectedMonth
}

function splitMonths<Past extends PastCost>({ past, expected, pools, currency }: BaseInput<Past>): SplitMonth<Past>[] {
  const decimals = minorUnits(currency)
  const minor = powerOfTen(FIXED18_SCALE - decimals)
  const works = past.filter(({ cost }) => cost > 0n)
  const weights = works.map((work) => ({ id: placeKey(placeOf(work)), weight: work.cost }))
  const monthly = roundHalfEven(pools, decimals)
  return expected.flatMap((one): SplitMonth<Past>[] => {
    const { month, mid } = one
    const parts = apportion({ total: roundHalfEven(mid, decimals) / minor, weights })
    const lines = works.map((work): SplitMonth<Past> => {
      const place = placeOf(work)
      return { ...place, month, amount: (parts?.get(placeKey(place)) ?? 0n) * minor, work, expected: one }
    })
    return monthly > 0n ? [...lines, { ...POOLS, month, amount: monthly, work: null, expected: one }] : lines
  })
}

const POOLS = { kind: 'POOLS', clientId: null, agentId: null } as const

const POOL_DRIVERS = {
  unit: 'MONTHS',
  measure: 'NONE',
  volume: QUANTITY6_ONE,
  use: QUANTITY6_ONE,
} as const

function placeOf({ clientId, agentId }: PastCost): PlanPlace {
  return { kind: 'WORK', clientId, agentId }
}

/** `inMonth`: how much of a quantity of the past falls on a month to come. */
function driversOf(
  work: Pick<PastWork, 'tasks' | 'tokens' | 'calls'>,
  inMonth: (quantity: Quantity6) => Quantity6,
): Pick<PlanLine, 'unit' | 'measure' | 'volume' | 'use'> {
  const { measure, quantity } = measured(work)
  if (work.tasks > 0n) {
    const volume = inMonth(work.tasks * QUANTITY6_ONE)
    return { unit: 'TASKS', measure, volume, use: atLeastSome(divideHalfEven(quantity, work.tasks)) }
  }
  const use = measure === 'NONE' ? QUANTITY6_ONE : inMonth(quantity)
  return { unit: 'MONTHS', measure, volume: QUANTITY6_ONE, use: atLeastSome(use) }
}

function measured({ tasks, tokens, calls }: Pick<PastWork, 'tasks' | 'tokens' | 'calls'>): {
  measure: PlanMeasure
  quantity: Quantity6
} {
  if (tokens > 0n) return { measure: 'TOKENS', quantity: tokens }
  if (calls > 0n) return { measure: 'CALLS', quantity: calls * QUANTITY6_ONE }
  return { measure: 'NONE', quantity: (tasks > 0n ? tasks : 1n) * QUANTITY6_ONE }
}

/** A price of nothing does not exist. */
function atLeastSome(quantity: Quantity6): Quantity6 {
  return quantity > 0n ? quantity : 1n
}
