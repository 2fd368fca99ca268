import type { ExpectedMonth } from '../forecast/forecast-months.ts'
import { minorUnits } from '../money/currency.ts'
import { FIXED18_SCALE, roundHalfEven, type Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { apportion } from '../money/largest-remainder.ts'
import { powerOfTen } from '../money/scaled-decimal.ts'
import { QUANTITY6_ONE, type Quantity6 } from '../usage/quantity.ts'
import { placeKey, type PlanLine, type PlanMeasure, type PlanPlace } from './plan.ts'

/** What an agent did for a client in the months that a plan begins from, all of them together. */
export interface PastWork {
  clientId: string | null
  agentId: string | null
  cost: Fixed18
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
export function baseLines(input: {
  past: readonly PastWork[]
  expected: readonly ExpectedMonth[]
  /** Shared infrastructure of a month. */
  pools: Fixed18
  currency: string
}): PlanLine[] {
  const { past, expected, pools, currency } = input
  const decimals = minorUnits(currency)
  const minor = powerOfTen(FIXED18_SCALE - decimals)
  const works = past.filter(({ cost }) => cost > 0n)
  const weights = works.map((work) => ({ id: placeKey(placeOf(work)), weight: work.cost }))
  const cost = works.reduce((sum, work) => sum + work.cost, 0n)
  const monthly = roundHalfEven(pools, decimals)
  return expected.flatMap(({ month, mid }) => {
    const parts = apportion({ total: roundHalfEven(mid, decimals) / minor, weights })
    const lines = works.map((work): PlanLine => {
      const place = placeOf(work)
      const amount = (parts?.get(placeKey(place)) ?? 0n) * minor
      return { ...place, month, ...driversOf(work, (quantity) => divideHalfEven(quantity * mid, cost)), amount }
    })
    return monthly > 0n ? [...lines, { ...POOLS, month, amount: monthly }] : lines
  })
}

const POOLS = {
  kind: 'POOLS',
  clientId: null,
  agentId: null,
  unit: 'MONTHS',
  measure: 'NONE',
  volume: QUANTITY6_ONE,
  use: QUANTITY6_ONE,
} as const

function placeOf({ clientId, agentId }: PastWork): PlanPlace {
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
