import type { PoolClient } from 'pg'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { convert } from '@outlay/domain/rating/fx-table'
import { splitOverSteps } from '@outlay/domain/rating/ladder'
import { sumLines, type GraduatedPrice, type RateBook, type RatedLine } from '@outlay/domain/rating/rate-book'
import type { Rate } from '@outlay/domain/rating/rate'
import type { CellDeltas } from '@outlay/domain/rollup/cells'
import type { Quantity6 } from '@outlay/domain/usage/quantity'
import { storedRating, type StoredLine } from './candidate.ts'
import { rewriteRatings, type LadderEvent, type NewRating } from './ladder-events.ts'
import { countedEvent } from './stored-event.ts'
import type { TenantConfig } from './tenant-config.ts'

/** Stored events whose graduated lines change because their place in the month has moved; collected, and written at once. */
export class Resettlement {
  readonly #config: TenantConfig
  readonly #changed = new Map<string, { event: LadderEvent; lines: readonly StoredLine[] }>()

  constructor(config: TenantConfig) {
    this.#config = config
  }

  /**
   * Settles an event on the ladders that `positionOf` knows a position of; its other lines stay as they are. Where the sender's own
   * figure stands for the whole event, there is nothing to divide.
   */
  settle(event: LadderEvent, positionOf: (ladder: string) => Quantity6 | null): void {
    if (event.costBasis === 'REPORTED') return
    const before = this.#changed.get(event.count.id)?.lines ?? event.lines
    const lines = settledLines({ ...event, lines: before }, this.#config.rateBook, positionOf)
    if (lines !== null) this.#changed.set(event.count.id, { event, lines })
  }

  /** Writes the events that have changed; the cells follow by exactly the difference. Returns how many there were. */
  async write(client: PoolClient, { tenantId, deltas }: { tenantId: string; deltas: CellDeltas }): Promise<number> {
    const ratings: NewRating[] = []
    for (const { event, lines } of this.#changed.values()) {
      const { status, cost } = sumLines(lines)
      const { id, occurredAtMicros } = event.count
      ratings.push({ id, occurredAtMicros, rating: storedRating(lines, { status, cost }) })
      deltas.add(countedEvent(event.count, this.#config), -1)
      const costText = cost === null ? null : formatFixed18(cost)
      deltas.add(countedEvent({ ...event.count, status, cost: costText }, this.#config))
    }
    this.#changed.clear()
    await rewriteRatings(client, tenantId, ratings)
    return ratings.length
  }
}

/** The lines of an event with its graduated meters settled; null when nothing changes. */
function settledLines(
  event: LadderEvent,
  book: RateBook,
  positionOf: (ladder: string) => Quantity6 | null,
): StoredLine[] | null {
  const settled: StoredLine[] = []
  const seen = new Set<string>()
  let hasChanged = false
  for (const line of event.lines) {
    if (line.ladder === null) {
      settled.push(line)
      continue
    }
    if (seen.has(line.meter)) continue
    seen.add(line.meter)
    const old = event.lines.filter(({ meter }) => meter === line.meter)
    const position = positionOf(line.ladder)
    const lines =
      position === null ? null : linesAt(event, { meter: line.meter, ladder: line.ladder, old, position }, book)
    if (lines !== null) hasChanged = true
    settled.push(...(lines ?? old))
  }
  return hasChanged ? settled : null
}

/** The lines of one graduated meter from a position on; null when they are those it has. */
function linesAt(
  event: LadderEvent,
  use: { meter: string; ladder: string; old: readonly StoredLine[]; position: Quantity6 },
  book: RateBook,
): StoredLine[] | null {
  const { meter, ladder, old, position } = use
  const price = book.graduatedPrice(event.usage, meter)
  // Steps that were published since price what is recorded since: an event keeps its own until it is rated again (law L12).
  if (price === null || price.id !== ladder || !arePricedBy(price, old)) return null
  const quantity = old.reduce((sum, line) => sum + line.quantity, 0n)
  const currencies = conversionsOf(price, old)
  const lines = splitOverSteps({ position, quantity, steps: price.steps }).map((part) => {
    const rate = part.rate ?? price.below
    const atMicros = event.count.occurredAtMicros
    return convertedAsBefore(book.rateLine({ meter, quantity: part.quantity, rate, ladder, atMicros }), currencies)
  })
  return areSame(lines, old) ? null : lines
}

function ratesOf(price: GraduatedPrice): (Rate | null)[] {
  return [...price.steps.map((step) => step.rate), price.below]
}

function arePricedBy(price: GraduatedPrice, lines: readonly StoredLine[]): boolean {
  const ids = ratesOf(price).map((rate) => rate?.id ?? null)
  return lines.every((line) => ids.includes(line.rateId))
}

/** By currency, a line that shows how the event was converted. */
function conversionsOf(price: GraduatedPrice, lines: readonly StoredLine[]): Map<string, StoredLine> {
  const currencies = new Map(ratesOf(price).flatMap((rate) => (rate === null ? [] : [[rate.id, rate.currency]])))
  return new Map(
    lines.flatMap((line): [string, StoredLine][] => {
      const currency = line.rateId === null ? undefined : currencies.get(line.rateId)
      return currency === undefined ? [] : [[currency, line]]
    }),
  )
}

/** An event keeps the FX rate that it was converted at, or its lack, until it is rated again. */
function convertedAsBefore(line: RatedLine, conversions: ReadonlyMap<string, StoredLine>): RatedLine {
  const before = line.currency === null ? undefined : conversions.get(line.currency)
  if (before === undefined || line.amountNative === null) return line
  if (before.amount === null) return { ...line, fxRate: null, amount: null }
  if (before.fxRate === null) return { ...line, fxRate: null, amount: line.amountNative }
  const conversion = { factor: parseFixed18(before.fxRate), text: before.fxRate }
  return { ...line, fxRate: before.fxRate, amount: convert(line.amountNative, conversion) }
}

function areSame(lines: readonly StoredLine[], others: readonly StoredLine[]): boolean {
  return (
    lines.length === others.length &&
    lines.every((line, i) => {
      const other = others[i]
      return line.quantity === other?.quantity && line.rateId === other.rateId && line.amount === other.amount
    })
  )
}
