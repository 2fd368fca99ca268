import { minorUnits } from '@outlay/domain/money/currency'
import { decimalText } from '@outlay/domain/money/decimal-text'
import { addDays } from '@outlay/domain/periods/calendar-date'
import type { ReportCell, ReportDocument } from '@outlay/domain/reports/document'

/** What stands where something is not known; why stands below, by its number. */
const UNKNOWN = 'n/a'

/** Reasons for what is not known, each once, in the order of their numbers. */
export class Reasons {
  readonly #numbers = new Map<string, number>()

  /** The mark of a reason, such as `n/a²`. */
  mark(reason: string): string {
    const number = this.#numbers.get(reason) ?? this.#numbers.size + 1
    this.#numbers.set(reason, number)
    return `${UNKNOWN} (${number})`
  }

  /** `(1) why`, for below the table. */
  lines(): string[] {
    return [...this.#numbers].map(([reason, number]) => `(${number}) ${reason}`)
  }
}

/** A cell for reading: amounts to the minor unit, quantities to two decimals, percentages to one, all rounded half to even. */
export function printedCell(cell: ReportCell, currency: string, reasons: Reasons): string {
  switch (cell.kind) {
    case 'text':
      return cell.text
    case 'date':
      return cell.date
    case 'money':
      return decimalText(cell.exact, minorUnits(currency))
    case 'quantity':
      return decimalText(cell.exact, cell.exact.includes('.') ? 2 : 0)
    case 'percent':
      return `${decimalText(cell.exact, 1)}\u00a0%`
    case 'unknown':
      return reasons.mark(cell.reason)
    default:
      return cell satisfies never
  }
}

/** The period with both of its days. */
export function printedPeriod({ period, timeZone }: ReportDocument): string {
  return `${period.from} to ${addDays(period.to, -1)} (${timeZone})`
}

/** An instant of UTC to the minute, such as `2026-11-02 00:00 UTC`; About has all of it. */
export function printedInstant(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`
}
