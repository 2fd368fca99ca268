import { parseFixed18, formatFixed18 } from '@outlay/domain/money/fixed18'
import { countText, exactDecimalText } from './format.ts'
import { dayText, momentText, timeText } from './time.ts'

/** How rates are put into words: the same on cards, timelines, tables and under an amount. */

export interface RateKey {
  abovePromptTokens?: string | null
  aboveMonthlyQuantity?: string | null
  qualifiers?: Record<string, unknown> | null
}

export const SOURCE_NAMES = { CONTRACT: 'contract', MANUAL: 'own rate card', CATALOGUE: 'catalogue' } as const

/** `input_tokens` → `input tokens`. */
export function meterText(meter: string): string {
  return meter.replaceAll('_', ' ')
}

/** `prompt above 200,000`, `month above 1,000,000`, `month from 0`; null where neither decides. */
export function thresholdText({ abovePromptTokens, aboveMonthlyQuantity }: RateKey): string | null {
  if (abovePromptTokens != null) return `prompt above ${countText(abovePromptTokens)}`
  if (aboveMonthlyQuantity == null) return null
  const quantity = exactDecimalText(aboveMonthlyQuantity)
  return quantity === '0' ? 'month from 0' : `month above ${quantity}`
}

/** `region = eu, tier = batch`, by name; null for a rate of every event. */
export function qualifiersText({ qualifiers }: RateKey): string | null {
  const entries = Object.entries(qualifiers ?? {})
  if (entries.length === 0) return null
  return entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} = ${String(value)}`)
    .join(', ')
}

/** What a rate applies to beyond its meter, on one line; null for a plain rate. */
export function conditionText(rate: RateKey): string | null {
  const parts = [thresholdText(rate), qualifiersText(rate)].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(', ')
}

/** A boundary of a period: the day alone where it is midnight, else with the time. */
export function boundaryText(instant: string, timeZone: string): string {
  const day = dayText(instant, timeZone)
  return timeText(instant, timeZone) === '00:00' ? day : `${day}, ${timeText(instant, timeZone)}`
}

/** `since ever`, `from 1 Oct 2026`, `1 Oct 2026 to 1 Nov 2026`: half-open, so the last day named is the first without it. */
export function effectiveText(
  { effectiveFrom, effectiveTo }: { effectiveFrom?: string | null; effectiveTo?: string | null },
  timeZone: string,
): string {
  const from = effectiveFrom == null ? null : boundaryText(effectiveFrom, timeZone)
  const to = effectiveTo == null ? null : boundaryText(effectiveTo, timeZone)
  if (from === null) return to === null ? 'since ever' : `until ${to}`
  return to === null ? `from ${from}` : `${from} to ${to}`
}

/** Units that people quote a meter's price in: a million tokens, one of anything else. */
export function quotedUnits(meter: string): { per: string; text: string } {
  return meter.endsWith('_tokens') ? { per: '1000000', text: '1M' } : { per: '1', text: '1' }
}

/** A unit price as people quote it, exact: 0.000015 per token is 15 per million. */
export function quotedPrice(unitPrice: string, meter: string): string {
  return formatFixed18(parseFixed18(unitPrice) * BigInt(quotedUnits(meter).per))
}

/** `19 Nov, 11:04 by ada@example.com`; who or when may be unknown. */
export function doneText(
  at: string | null | undefined,
  by: string | null | undefined,
  timeZone: string,
): string | null {
  if (at == null) return by ?? null
  return by == null ? momentText(at, timeZone) : `${momentText(at, timeZone)} by ${by}`
}
