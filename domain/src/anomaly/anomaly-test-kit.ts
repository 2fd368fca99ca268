import { parseFixed18 } from '../money/fixed18.ts'
import { addDays, type CalendarDate } from '../periods/calendar-date.ts'
import type { DayCost } from './judge-series.ts'

/** A Monday. */
export const FIRST_DAY: CalendarDate = '2026-01-05'

export function day(offset: number): CalendarDate {
  return addDays(FIRST_DAY, offset)
}

/** One cost a day from FIRST_DAY on; null is a day without a cell. */
export function series(costs: readonly (string | null)[]): DayCost[] {
  return costs.flatMap((cost, offset) => (cost === null ? [] : [{ day: day(offset), cost: parseFixed18(cost) }]))
}

/** A calm series: about `level` a day, a few per cent up and down in a fixed pattern. */
export function calm(level: number, days: number): string[] {
  const swings = [0, 4, -3, 2, -5, 3, -1, 5, -2, 1, -4]
  return Array.from({ length: days }, (_, offset) => cents(level * (100 + swings[offset % swings.length]!)))
}

/** Hundredths as a decimal text. */
export function cents(hundredths: number): string {
  const whole = Math.round(hundredths)
  return `${Math.floor(whole / 100)}.${(whole % 100).toString().padStart(2, '0')}`
}
