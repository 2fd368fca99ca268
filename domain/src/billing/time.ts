import { FIXED18_ONE } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import type { DraftLine } from './charge-line.ts'
import type { PeriodFacts } from './facts.ts'
import type { ModelTerms } from './terms.ts'
import { unitedTime } from './united-time.ts'

const MINUTE_MS = 60_000n
const HOUR_MINUTES = 60n

/**
 * The hourly rate for the time each task was worked on, its overlapping calls united, rounded up to a whole number of increments.
 *
 *     90.00 an hour, increments of 6 minutes; 31 minutes // 36 minutes are 0.6 hours: 54.00
 */
export function timeBased(terms: Extract<ModelTerms, { model: 'TIME' }>, facts: PeriodFacts): DraftLine[] {
  const { hourlyRate, incrementMinutes } = terms
  return unitedTime(facts.intervals)
    .filter(({ ms }) => ms > 0)
    .map(({ taskId, label, ms }) => {
      const increment = BigInt(incrementMinutes)
      const incrementMs = increment * MINUTE_MS
      const minutes = ((BigInt(ms) + incrementMs - 1n) / incrementMs) * increment
      return {
        kind: 'TIME',
        description: `Time on task ${label}, in steps of ${incrementMinutes} min`,
        taskId,
        quantity: divideHalfEven(minutes * FIXED18_ONE, HOUR_MINUTES),
        unit: 'hours',
        unitPrice: hourlyRate,
        exact: divideHalfEven(hourlyRate * minutes, HOUR_MINUTES),
      }
    })
}
