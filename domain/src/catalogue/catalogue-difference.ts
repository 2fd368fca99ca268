import type { EpochMicros } from '../periods/instant.ts'
import type { Rate } from '../rating/rate.ts'
import type { Catalogue } from './catalogue.ts'

/** A span of time in which one meter of one model is priced otherwise. Times are half-open, null for since ever and for no end. */
export interface PriceChange {
  kind: 'ADDED' | 'REMOVED' | 'CHANGED'
  provider: string
  /** The id of the model in the catalogue. */
  resource: string
  meter: string
  abovePromptTokens: bigint | null
  effectiveFromMicros: EpochMicros | null
  effectiveToMicros: EpochMicros | null
  /** What the earlier catalogue says for that span; null for no price. */
  before: Rate | null
  /** What the later catalogue says. */
  after: Rate | null
}

/**
 * What another catalogue would price differently, by provider, model, meter and time. It compares what is in force at each instant and
 * not how it is written: a price that is given an end and a successor is one change from that day on, and the same price per 1,000 and
 * per 1,000,000 units is none.
 *
 *     3 per million for ever → the same until 2026-10-01, then 2 // CHANGED from 2026-10-01: before 3, after 2
 *     a model that only the later one knows                      // ADDED, once for each meter
 */
export function catalogueDifference(from: Catalogue | null, to: Catalogue): PriceChange[] {
  const prices = new Map<string, Timelines>()
  for (const rate of from?.rates ?? []) timelinesOf(prices, rate).before.push(rate)
  for (const rate of to.rates) timelinesOf(prices, rate).after.push(rate)
  return [...prices.values()].flatMap(changesOf).sort(byPlace)
}

interface Timelines {
  before: Rate[]
  after: Rate[]
}

function timelinesOf(prices: Map<string, Timelines>, rate: Rate): Timelines {
  const threshold = rate.abovePromptTokens?.toString() ?? null
  const key = JSON.stringify([rate.provider, rate.resource, rate.meter, threshold])
  const known = prices.get(key) ?? { before: [], after: [] }
  prices.set(key, known)
  return known
}

function changesOf({ before, after }: Timelines): PriceChange[] {
  const starts = [-Infinity, ...boundariesOf([...before, ...after])]
  const changes: PriceChange[] = []
  let isOpen = false
  for (const [index, start] of starts.entries()) {
    const [was, is] = [inForce(before, start), inForce(after, start)]
    const last = changes.at(-1)
    if (isSamePrice(was, is)) {
      isOpen = false
    } else if (isOpen && last !== undefined && isSamePrice(last.before, was) && isSamePrice(last.after, is)) {
      last.effectiveToMicros = instantOf(starts[index + 1])
    } else {
      changes.push(change(was, is, { start, end: starts[index + 1] }))
      isOpen = true
    }
  }
  return changes
}

function change(
  before: Rate | null,
  after: Rate | null,
  { start, end }: { start: number; end: number | undefined },
): PriceChange {
  const named = after ?? before
  return {
    kind: before === null ? 'ADDED' : after === null ? 'REMOVED' : 'CHANGED',
    provider: named?.provider ?? '',
    resource: named?.resource ?? '',
    meter: named?.meter ?? '',
    abovePromptTokens: named?.abovePromptTokens ?? null,
    effectiveFromMicros: instantOf(start),
    effectiveToMicros: instantOf(end),
    before,
    after,
  }
}

function boundariesOf(rates: readonly Rate[]): EpochMicros[] {
  const instants = rates.flatMap((rate) => [rate.effectiveFromMicros, rate.effectiveToMicros])
  return [...new Set(instants.filter((instant) => instant !== null))].sort((a, b) => a - b)
}

function inForce(rates: readonly Rate[], micros: number): Rate | null {
  const found = rates.find(
    ({ effectiveFromMicros, effectiveToMicros }) =>
      (effectiveFromMicros ?? -Infinity) <= micros && micros < (effectiveToMicros ?? Infinity),
  )
  return found ?? null
}

function isSamePrice(a: Rate | null, b: Rate | null): boolean {
  if (a === null || b === null) return a === b
  return a.unitPrice === b.unitPrice && a.currency === b.currency
}

function instantOf(micros: number | undefined): EpochMicros | null {
  return micros === undefined || micros === -Infinity ? null : micros
}

function byPlace(a: PriceChange, b: PriceChange): number {
  return (
    byText(a.provider, b.provider) ||
    byText(a.resource, b.resource) ||
    byText(a.meter, b.meter) ||
    Number((a.abovePromptTokens ?? -1n) - (b.abovePromptTokens ?? -1n)) ||
    (a.effectiveFromMicros ?? -Infinity) - (b.effectiveFromMicros ?? -Infinity)
  )
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
