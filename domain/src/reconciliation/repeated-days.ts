import type { CalendarDate } from '../periods/calendar-date.ts'
import { groupBy } from '../group-by.ts'
import { lineContent, type ProviderLine } from './provider-line.ts'

/** How large a thing is, as it is compared with the ledger: an amount or a quantity. */
export interface Measure<T> {
  lineOf: (item: T) => ProviderLine
  sizeOf: (item: T) => bigint
  /** What the ledger has for a provider's day, in the same measure. */
  ledger: (provider: string, day: CalendarDate) => bigint
}

/**
 * Parts lines into those that count and the further copies of days that the export states more than once. A day is stated n times when
 * each of its lines is there a multiple of n times and the ledger is nearer to one copy than to all of them: two requests that are alike
 * are two costs, and then the ledger has seen both.
 */
export function withoutRepeatedDays<T>(items: readonly T[], measure: Measure<T>): { kept: T[]; repeated: T[] } {
  const kept: T[] = []
  const repeated: T[] = []
  const days = groupBy(items, (item) => dayKey(measure.lineOf(item)))
  for (const day of days.values()) {
    const alike = [...groupBy(day, (item) => lineContent(measure.lineOf(item))).values()]
    const copies = copiesOf(alike, measure)
    for (const same of alike) {
      kept.push(...same.slice(0, same.length / copies))
      repeated.push(...same.slice(same.length / copies))
    }
  }
  return { kept, repeated }
}

function dayKey({ provider, day }: ProviderLine): string {
  return JSON.stringify([provider, day])
}

/** How many times a day is stated: 1 unless every line is there as often and one copy is nearer to the ledger. */
function copiesOf<T>(alike: readonly T[][], { lineOf, sizeOf, ledger }: Measure<T>): number {
  const copies = alike.map(({ length }) => length).reduce(greatestCommonDivisor, 0)
  const first = alike[0]?.[0]
  if (copies < 2 || first === undefined) return 1
  const { provider, day } = lineOf(first)
  const all = alike.flat().reduce((sum, item) => sum + sizeOf(item), 0n)
  const known = ledger(provider, day)
  return distance(all / BigInt(copies), known) < distance(all, known) ? copies : 1
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b
}
