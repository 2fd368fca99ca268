import { DomainError } from '@outlay/domain/errors'
import { addDays, daysBetween } from '@outlay/domain/periods/calendar-date'
import { crossRate } from '@outlay/domain/rating/fx-rate'
import { CommandFailure } from './failure.ts'
import type { FxRow } from './import-fx-rows.ts'

/** A rate that goes to the server, with what is said of its origin. */
export type SourcedFxRow = FxRow & { source: string }

/**
 * The rates of a wide file into one currency: of each day, every other currency by way of the one that the file is stated in.
 *
 *     // 1 EUR = 1.0840 USD and 0.8412 GBP, into GBP:
 *     // EUR/GBP 0.8412 as it stands, USD/GBP 0.776014760147601476
 */
export function ratesInto(rows: readonly FxRow[], { pivot, into }: { pivot: string; into: string }): FxRow[] {
  return byDay(rows).flatMap((day) => {
    const toQuote = into === pivot ? '1' : day.find(({ rate }) => rate.quote === into)?.rate.rate
    if (toQuote === undefined) return []
    const others = day.flatMap(({ line, rate: { date, quote: base, rate: toBase } }) =>
      base === into ? [] : [{ line, rate: { date, base, quote: into, rate: crossed({ line, toBase, toQuote }) } }],
    )
    const [{ line, rate: first }] = day
    if (into === pivot) return others
    return [{ line, rate: { date: first.date, base: pivot, quote: into, rate: toQuote } }, ...others]
  })
}

function crossed({ line, toBase, toQuote }: { line: number; toBase: string; toQuote: string }): string {
  try {
    return crossRate({ toBase, toQuote })
  } catch (error) {
    if (error instanceof DomainError) throw new CommandFailure(`line ${line}: ${error.message}`)
    throw error
  }
}

type Day = [FxRow, ...FxRow[]]

function byDay(rows: readonly FxRow[]): Day[] {
  const days = new Map<string, Day>()
  for (const row of rows) {
    const day = days.get(row.rate.date)
    if (day === undefined) days.set(row.rate.date, [row])
    else day.push(row)
  }
  return [...days.values()]
}

/**
 * The days without a rate between two days that have one, each with the rate of the last day before it; a gap of more than `daysMax` days
 * stays one. Nothing is carried beyond the last day of a pair: its next rate is not known.
 */
export function carriedRates(rows: readonly FxRow[], daysMax: number): FxRow[] {
  const pairs = new Map<string, FxRow[]>()
  for (const row of rows) {
    const pair = `${row.rate.base}${row.rate.quote}`
    const known = pairs.get(pair)
    if (known === undefined) pairs.set(pair, [row])
    else known.push(row)
  }
  return [...pairs.values()].flatMap((pair) => {
    const inOrder = pair.sort((a, b) => (a.rate.date < b.rate.date ? -1 : a.rate.date > b.rate.date ? 1 : 0))
    return inOrder.flatMap((row, index) => {
      const next = inOrder[index + 1]
      const missing = next === undefined ? 0 : daysBetween(row.rate.date, next.rate.date) - 1
      if (missing < 1 || missing > daysMax) return []
      return Array.from({ length: missing }, (_, day) => ({
        line: row.line,
        rate: { ...row.rate, date: addDays(row.rate.date, day + 1) },
      }))
    })
  })
}
