import { firstOfMonth, type CalendarDate } from '../periods/calendar-date.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import type { RateBook, RatedLine, RatingResult, UsageToRate } from './rate-book.ts'

/** What an event uses of a ladder. */
export interface LadderUse {
  ladder: string
  quantity: Quantity6
}

const NO_USES: readonly LadderUse[] = []

/** What rated lines use of ladders: the sum of each ladder's lines, those below its first step included. */
export function ladderUses(lines: readonly Pick<RatedLine, 'ladder' | 'quantity'>[]): readonly LadderUse[] {
  let uses: Map<string, Quantity6> | null = null
  for (const { ladder, quantity } of lines) {
    if (ladder === null) continue
    uses ??= new Map()
    uses.set(ladder, (uses.get(ladder) ?? 0n) + quantity)
  }
  return uses === null ? NO_USES : [...uses].map(([ladder, quantity]) => ({ ladder, quantity }))
}

/**
 * How far the ladders of a tenant are used while its events go by in the order of (occurredAt, id). Every local month begins at zero.
 *
 *     const positions = new LadderPositions({ month: '2026-03-01', used: [] })
 *     for (const event of events) positions.rate(book, event, { day, isCounted: true })
 */
export class LadderPositions {
  readonly #used: Map<string, Quantity6>
  #month: CalendarDate

  /** `month`: its first day; `used`: what it has used of each ladder so far. */
  constructor({ month, used }: { month: CalendarDate; used: Iterable<readonly [ladder: string, used: Quantity6]> }) {
    this.#month = month
    this.#used = new Map(used)
  }

  of(ladder: string): Quantity6 {
    return this.#used.get(ladder) ?? 0n
  }

  /** Goes on to the month of a local day. */
  enter(day: CalendarDate): void {
    const month = firstOfMonth(day)
    if (month === this.#month) return
    this.#month = month
    this.#used.clear()
  }

  advance(uses: readonly LadderUse[]): void {
    for (const { ladder, quantity } of uses) this.#used.set(ladder, this.of(ladder) + quantity)
  }

  /**
   * Rates the next event at its place and goes on by what it uses. What counts nothing (law L6: a claim; a further report of a shared
   * use) has no place: it is priced as if it were the first of its month, and uses nothing.
   */
  rate(
    book: RateBook,
    event: UsageToRate,
    { day, isCounted }: { day: CalendarDate; isCounted: boolean },
  ): RatingResult {
    if (!isCounted) return book.rateUsage(event)
    this.enter(day)
    const result = book.rateUsage(event, (ladder) => this.of(ladder))
    this.advance(ladderUses(result.lines))
    return result
  }
}
