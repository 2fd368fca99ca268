import { FIXED18_ONE, multiplyFixed18HalfEven, parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { DAY_MS, dayNumber } from '../periods/calendar-date.ts'
import type { EpochMicros } from '../periods/instant.ts'
import type { FxRate } from './rate.ts'

export interface Conversion {
  factor: Fixed18
  /** The factor as published; null when no conversion is needed. */
  text: string | null
}

/** Finds the factor into one currency for an instant; null when none is published for that UTC date. */
export type FxTable = (base: string, atMicros: EpochMicros) => Conversion | null

const DAY_MICROS = DAY_MS * 1000
const IDENTITY: Conversion = { factor: FIXED18_ONE, text: null }

/**
 * The FX rates into one currency by UTC date (law L10: what is missing is not guessed). Neither the inverse of a published rate nor
 * the rate of a neighbouring day is taken.
 */
export function fxTable(rates: readonly FxRate[], currency: string): FxTable {
  const byBase = new Map<string, Map<number, Conversion>>()
  for (const { date, base, quote, rate } of rates) {
    if (quote !== currency) continue
    const byDay = byBase.get(base) ?? new Map<number, Conversion>()
    byBase.set(base, byDay.set(dayNumber(date), { factor: parseFixed18(rate), text: rate }))
  }
  return (base, atMicros) =>
    base === currency ? IDENTITY : (byBase.get(base)?.get(Math.floor(atMicros / DAY_MICROS)) ?? null)
}

/** An amount at a conversion, rounded half-even at scale 18 (law L7); unchanged where nothing is converted. */
export function convert(amount: Fixed18, conversion: Conversion): Fixed18 {
  return conversion.text === null ? amount : multiplyFixed18HalfEven(amount, conversion.factor)
}
