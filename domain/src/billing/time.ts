import { FIXED18_ONE } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { formatQuantity, QUANTITY6_ONE } from '../usage/quantity.ts'
import type { DraftLine } from './charge-line.ts'
import type { PeriodFacts } from './facts.ts'
import type { ModelTerms } from './terms.ts'

const MINUTE_MICROS = 60_000_000n
const HOUR_MINUTES = 60n

/**
 * The hourly rate for the time each task was worked on, rounded up to a whole number of increments. What closed months became longer or
 * shorter by is part of it and is named; where more was taken back than worked, the line is below zero, and is rounded up likewise.
 *
 *     90.00 an hour, increments of 6 minutes; 31 minutes               // 36 minutes are 0.6 hours: 54.00
 *     the same, and a closed month of the task is 31 minutes less now // −36 minutes: −54.00
 */
export function timeBased(terms: Extract<ModelTerms, { model: 'TIME' }>, facts: PeriodFacts): DraftLine[] {
  const { hourlyRate, incrementMinutes } = terms
  return facts.time
    .filter(({ micros, lateMicros }) => micros !== 0n || lateMicros !== 0n)
    .map(({ taskId, label, micros, lateMicros }) => {
      const minutes = wholeIncrements(micros, incrementMinutes)
      return {
        kind: 'TIME',
        description: `Time on task ${label}, in steps of ${incrementMinutes} min${lateWords(lateMicros)}`,
        taskId,
        quantity: divideHalfEven(minutes * FIXED18_ONE, HOUR_MINUTES),
        unit: 'hours',
        unitPrice: hourlyRate,
        exact: divideHalfEven(hourlyRate * minutes, HOUR_MINUTES),
      }
    })
}

/**
 * Microseconds in minutes, away from zero to a whole number of increments: what was charged for 31 minutes is what is taken back for them.
 *
 *     wholeIncrements(31 min, 6)  // 36n
 *     wholeIncrements(−31 min, 6) // −36n
 */
export function wholeIncrements(micros: bigint, incrementMinutes: number): bigint {
  if (micros < 0n) return -wholeIncrements(-micros, incrementMinutes)
  const increment = BigInt(incrementMinutes)
  const incrementMicros = increment * MINUTE_MICROS
  return ((micros + incrementMicros - 1n) / incrementMicros) * increment
}

function lateWords(micros: bigint): string {
  if (micros === 0n) return ''
  const minutes = (of: bigint) => `${formatQuantity(divideHalfEven(of * QUANTITY6_ONE, MINUTE_MICROS))} min`
  return micros > 0n
    ? `; ${minutes(micros)} of it came late for closed months`
    : `; less ${minutes(-micros)} of closed months`
}
