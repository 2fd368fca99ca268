import { fromEstimate } from '../anomaly/estimate.ts'
import type { Fixed18 } from '../money/fixed18.ts'
import { addDays, type CalendarDate } from '../periods/calendar-date.ts'
import { seededRandom } from './random.ts'

/** A Monday. */
export const FIRST_DAY: CalendarDate = '2026-01-05'

/** How a generated series goes: what a day costs on average, of its offset from FIRST_DAY. */
export type Shape = (offset: number, random: () => number) => number

export const SHAPES = {
  flat: () => 50,
  weekly: (offset) => (offset % 7 >= 5 ? 12.5 : 60),
  workingDays: (offset) => (offset % 7 >= 5 ? 0 : 60),
  sparse: (_, random) => (random() < 0.6 ? 0 : 50),
  /** 40 % cheaper for the last twelve of 112 days, and from then on. */
  cheaper: (offset) => (offset >= 100 ? 30 : 50),
} as const satisfies Record<string, Shape>

/** A series of lognormal noise around a shape; days that cost nothing have no entry. */
export function generate(
  shape: Shape,
  { seed, days, sigma }: { seed: number; days: number; sigma: number },
): { day: CalendarDate; cost: Fixed18 }[] {
  const random = seededRandom(seed * 7919 + 13)
  return Array.from({ length: days }, (_, offset) => {
    const noise = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const cost = shape(offset, random) * Math.exp(sigma * noise - (sigma * sigma) / 2)
    return { day: addDays(FIRST_DAY, offset), cost: fromEstimate(cost) }
  }).filter(({ cost }) => cost > 0n)
}
