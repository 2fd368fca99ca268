import { formatFixed18, parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { formatScaledDecimal } from '../money/scaled-decimal.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import { QUANTITY6_SCALE, type Quantity6 } from '../usage/quantity.ts'
import type { ReportCell } from './document.ts'

/** Words, as they are. */
export function textCell(text: string): ReportCell {
  return { kind: 'text', text }
}

/** An amount in the document's currency, with all its decimals. */
export function moneyCell(amount: Fixed18): ReportCell {
  return { kind: 'money', exact: formatFixed18(amount) }
}

/** How many there are of something. */
export function countCell(count: bigint | number): ReportCell {
  return { kind: 'quantity', exact: String(count) }
}

/** A measured quantity, such as tokens. */
export function quantityCell(quantity: Quantity6): ReportCell {
  return { kind: 'quantity', exact: formatScaledDecimal(quantity, QUANTITY6_SCALE) }
}

/** A ratio such as `0.968` as 96.8 percent; what there is nothing to divide by says so. */
export function percentCell(ratio: string | null, reason: string): ReportCell {
  return ratio === null ? unknownCell(reason) : { kind: 'percent', exact: formatFixed18(parseFixed18(ratio) * 100n) }
}

/** A local day. */
export function dateCell(date: CalendarDate): ReportCell {
  return { kind: 'date', date }
}

/** What is not known, and why: never a zero. */
export function unknownCell(reason: string): ReportCell {
  return { kind: 'unknown', reason }
}

/** An amount where there is one, else why there is none. */
export function moneyOr(amount: Fixed18 | null, reason: string): ReportCell {
  return amount === null ? unknownCell(reason) : moneyCell(amount)
}
