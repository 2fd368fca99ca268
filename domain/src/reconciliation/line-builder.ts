import { DomainError, quoted } from '../errors.ts'
import { isCurrencyCode } from '../money/currency.ts'
import { microsToMs, parseInstant } from '../periods/instant.ts'
import { DAY_MS, dateOfDayNumber, type CalendarDate } from '../periods/calendar-date.ts'
import { STATEMENT_LINES_MAX, type ProviderLine, type ReadStatement } from './provider-line.ts'

/** Collects what a file says: each line is either read or refused with a reason, and none is dropped. */
export class LineBuilder {
  readonly #read: ReadStatement = { lines: [], refused: [] }

  /** Reads one record; whatever DomainError it throws is why the record is refused. */
  add(reference: string, read: () => Omit<ProviderLine, 'reference'>[]): void {
    const { lines, refused } = this.#read
    if (lines.length + refused.length >= STATEMENT_LINES_MAX) {
      throw new DomainError('TOO_MANY_LINES', `A statement has at most ${STATEMENT_LINES_MAX} lines; send it in parts.`)
    }
    try {
      for (const line of read()) lines.push({ reference, ...line })
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      refused.push({ reference, reason: error.message })
    }
  }

  done(): ReadStatement {
    return this.#read
  }
}

/** A line of usage that states nothing yet. */
export const BLANK_LINE: Omit<ProviderLine, 'reference' | 'provider' | 'day'> = {
  account: null,
  resource: null,
  meter: null,
  tier: null,
  quantity: null,
  amount: null,
  currency: null,
  kind: 'USAGE',
  fxRate: null,
}

/** The UTC day of an instant in milliseconds. */
export function utcDay(ms: number): CalendarDate {
  return dateOfDayNumber(Math.floor(ms / DAY_MS))
}

/**
 * The UTC day that a period is of: usage of several days cannot be laid beside days.
 * Throws DomainError LONG_PERIOD.
 */
export function dayOfPeriod({ startMs, endMs }: { startMs: number; endMs: number }): CalendarDate {
  const day = utcDay(startMs)
  if (endMs > startMs && utcDay(endMs - 1) !== day) {
    throw new DomainError('LONG_PERIOD', `It is for ${day} to ${utcDay(endMs - 1)}; usage is compared by UTC day.`)
  }
  return day
}

/** Milliseconds of an RFC 3339 instant. Throws DomainError INVALID_INSTANT. */
export function instantMs(text: string): number {
  return microsToMs(parseInstant(text))
}

/** A currency code in capitals, whatever the provider's spelling. Throws DomainError UNKNOWN_CURRENCY. */
export function currencyOf(text: string): string {
  const code = text.trim().toUpperCase()
  if (!isCurrencyCode(code)) {
    throw new DomainError('UNKNOWN_CURRENCY', `${quoted(text)} is not an ISO 4217 currency code such as USD.`)
  }
  return code
}

/** Longest name that a provider may give, in characters. */
const NAME_MAX = 200

/** A name, or null when there is none. Throws DomainError INVALID_FIELD where it is no name that can be kept. */
export function textOrNull(text: string | null | undefined): string | null {
  const plain = text?.trim() ?? ''
  if (plain.length > NAME_MAX || plain.includes('\u0000')) {
    throw new DomainError('INVALID_FIELD', `${quoted(plain)} is no name; one has at most ${NAME_MAX} characters.`)
  }
  return plain === '' ? null : plain
}
