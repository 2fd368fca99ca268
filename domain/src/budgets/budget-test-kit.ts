import fc from 'fast-check'
import type { Fixed18 } from '../money/fixed18.ts'
import { addDays, type CalendarDate } from '../periods/calendar-date.ts'
import type { Budget } from './budget.ts'

/** Days of 2023 to 2028, of which 2024 and 2028 are leap years. */
export const anyDay = fc.integer({ min: 0, max: 6 * 365 }).map((offset) => addDays('2023-01-01', offset))

/** 0.01 to 1,000,000.00. */
export const anyAmount = fc.bigInt({ min: 1n, max: 100_000_000n }).map((cents) => cents * 10n ** 16n)

/** Ascending, distinct, of the largest number of decimals allowed. */
export const anyThresholds = fc
  .uniqueArray(fc.integer({ min: 1, max: 100_000_000 }), { minLength: 1, maxLength: 10 })
  .map((millionths) => millionths.sort((a, b) => a - b).map(sixDecimals))

function sixDecimals(millionths: number): string {
  const text = String(millionths).padStart(7, '0')
  return `${text.slice(0, -6)}.${text.slice(-6)}`
}

export type Windowed = Pick<Budget, 'window' | 'startsOn' | 'endsOn'>

export const anyWindow: fc.Arbitrary<Windowed> = fc.oneof(
  fc.constantFrom<Windowed>(
    { window: 'DAY', startsOn: null, endsOn: null },
    { window: 'MONTH', startsOn: null, endsOn: null },
    { window: 'TOTAL', startsOn: null, endsOn: null },
  ),
  anyDay.map((startsOn): Windowed => ({ window: 'TOTAL', startsOn, endsOn: null })),
  fc
    .tuple(anyDay, fc.integer({ min: 1, max: 400 }))
    .map(([startsOn, days]): Windowed => ({ window: 'CUSTOM', startsOn, endsOn: addDays(startsOn, days) })),
)

/** Costs of consecutive days; one in four costs nothing and has no entry, one may be negative: a correction. */
export function costsFrom(first: CalendarDate, cents: readonly number[]): { day: CalendarDate; cost: Fixed18 }[] {
  return cents.flatMap((cent, offset) =>
    cent === 0 ? [] : [{ day: addDays(first, offset), cost: BigInt(cent) * 10n ** 16n }],
  )
}
