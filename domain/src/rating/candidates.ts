import type { CatalogueModel } from '../catalogue/catalogue.ts'
import { pricingMeters } from '../catalogue/meter-fallback.ts'
import type { EpochMicros } from '../periods/instant.ts'
import { QUANTITY6_ONE, type Quantity6 } from '../usage/quantity.ts'
import type { Ladder, LadderIndex, LadderStep } from './ladder.ts'
import type { Rate, RateSource } from './rate.ts'
import { isResourcePattern, literalLength } from './resource-pattern.ts'

/** A rate that may apply, with what it asks of the event. */
export interface Candidate {
  /** Of a ladder: its first step. */
  rate: Rate
  /** The steps of a graduated price, which together are one candidate; null for any other. */
  ladder: Ladder | null
  /** The prompt must be larger than this; null when its size does not matter. */
  promptAbove: Quantity6 | null
  /** What the event must be qualified with; null when nothing. */
  qualifiers: readonly (readonly [name: string, value: string])[] | null
}

const NO_METERS: ReadonlySet<string> = new Set()

/** The candidates of one meter at one time; the first that applies is the rate (law L11). */
export type CandidateLookup = (meter: string) => readonly Candidate[]

/** All rates of one resource, cut into the spans of time in which the same ones are in force. */
export interface ResourceRates {
  at(micros: EpochMicros): CandidateLookup
}

/**
 * Gathers what may price a resource, in the order of precedence: the source first (a contract before what was entered by hand, both
 * before the catalogue), then an exact name before a pattern and a longer pattern before a shorter, then more qualifiers before fewer,
 * then the highest prompt threshold, then a graduated price before a plain one. Each meter has an order of its own, so a contract that
 * names one meter leaves the others to the next source. A meter that the catalogue bills as another one takes the tenant's own price of
 * that one first. Docs: docs/decisions/0009.
 */
export function resourceRates(
  tenantRates: readonly Rate[],
  model: CatalogueModel | null,
  ladders: LadderIndex,
): ResourceRates {
  const own = [...tenantRates].sort(byPrecedence)
  const listed = [...(model?.rates ?? [])].sort(byPrecedence)
  const rates = { own, listed, unpriced: model?.unpriced ?? NO_METERS, ladders }
  const boundaries = boundariesOf([...own, ...listed])
  const spans: CandidateLookup[] = []
  // Events come mostly in order: the span of the last one is tried first.
  let lastStart = Infinity
  let lastEnd = -Infinity
  let lastLookup: CandidateLookup | null = null
  return {
    at: (micros) => {
      if (lastLookup !== null && micros >= lastStart && micros < lastEnd) return lastLookup
      const index = spanOf(boundaries, micros)
      lastStart = boundaries[index - 1] ?? -Infinity
      lastEnd = boundaries[index] ?? Infinity
      return (lastLookup = spans[index] ??= lookupAt(rates, micros))
    },
  }
}

interface RatesOfResource {
  own: readonly Rate[]
  listed: readonly Rate[]
  unpriced: ReadonlySet<string>
  ladders: LadderIndex
}

function lookupAt(rates: RatesOfResource, micros: EpochMicros): CandidateLookup {
  const ownNow = candidatesOf(
    rates.own.filter((rate) => isInForce(rate, micros)),
    rates.ladders,
  )
  const listedNow = rates.listed.filter((rate) => isInForce(rate, micros)).map((rate) => candidate(rate, null))
  const byMeter = new Map<string, readonly Candidate[]>()
  return (meter) => {
    const known = byMeter.get(meter)
    if (known !== undefined) return known
    const candidates = [...ofMeter(ownNow, meter), ...ofNearestMeter({ ownNow, listedNow }, meter, rates.unpriced)]
    // Meters are the sender's words: only what has a price is remembered, so that memory stays bounded.
    if (candidates.length > 0) byMeter.set(meter, candidates)
    return candidates
  }
}

function ofMeter(candidates: readonly Candidate[], meter: string): Candidate[] {
  return candidates.filter(({ rate }) => rate.meter === meter)
}

/**
 * What the catalogue bills a meter as: itself, or the nearest meter that has a price. Where it bills reasoning as output, say, the
 * tenant's own price of output goes before the public one.
 */
function ofNearestMeter(
  { ownNow, listedNow }: { ownNow: readonly Candidate[]; listedNow: readonly Candidate[] },
  meter: string,
  unpriced: ReadonlySet<string>,
): Candidate[] {
  for (const name of pricingMeters(meter)) {
    if (unpriced.has(name)) return []
    const found = ofMeter(listedNow, name)
    if (found.length > 0) return name === meter ? found : [...ofMeter(ownNow, name), ...found]
  }
  return []
}

/** Steps of one ladder follow each other upwards: the first of them stands for all. */
function candidatesOf(rates: readonly Rate[], ladders: LadderIndex): Candidate[] {
  const stepsById = new Map<string, LadderStep[]>()
  const candidates: Candidate[] = []
  for (const rate of rates) {
    const id = ladders.idOf(rate)
    if (id === null) {
      candidates.push(candidate(rate, null))
      continue
    }
    const steps = stepsById.get(id) ?? []
    steps.push({ above: rate.aboveMonthlyQuantity ?? 0n, rate })
    if (steps.length > 1) continue
    stepsById.set(id, steps)
    candidates.push(candidate(rate, { id, steps }))
  }
  return candidates
}

function candidate(rate: Rate, ladder: Ladder | null): Candidate {
  const qualifiers = Object.entries(rate.qualifiers)
  return {
    rate,
    ladder,
    promptAbove: rate.abovePromptTokens === null ? null : rate.abovePromptTokens * QUANTITY6_ONE,
    qualifiers: qualifiers.length === 0 ? null : qualifiers,
  }
}

function isInForce({ effectiveFromMicros, effectiveToMicros }: Rate, micros: EpochMicros): boolean {
  return (
    (effectiveFromMicros === null || effectiveFromMicros <= micros) &&
    (effectiveToMicros === null || micros < effectiveToMicros)
  )
}

function boundariesOf(rates: readonly Rate[]): EpochMicros[] {
  const instants = rates.flatMap(({ effectiveFromMicros, effectiveToMicros }) => [
    effectiveFromMicros,
    effectiveToMicros,
  ])
  return [...new Set(instants.filter((instant) => instant !== null))].sort((a, b) => a - b)
}

/** How many boundaries are at or before the instant: the index of its span. */
function spanOf(boundaries: readonly EpochMicros[], micros: EpochMicros): number {
  let low = 0
  let high = boundaries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((boundaries[middle] ?? Infinity) <= micros) low = middle + 1
    else high = middle
  }
  return low
}

const SOURCE_RANK: Readonly<Record<RateSource, number>> = { CONTRACT: 0, MANUAL: 1, CATALOGUE: 2 }

function byPrecedence(a: Rate, b: Rate): number {
  return (
    SOURCE_RANK[a.source] - SOURCE_RANK[b.source] ||
    byResource(a.resource, b.resource) ||
    Object.keys(b.qualifiers).length - Object.keys(a.qualifiers).length ||
    byText(qualifierText(a), qualifierText(b)) ||
    byThresholdDown(a.abovePromptTokens, b.abovePromptTokens) ||
    byStepUp(a.aboveMonthlyQuantity, b.aboveMonthlyQuantity) ||
    byText(a.id, b.id)
  )
}

function byResource(a: string, b: string): number {
  if (a === b) return 0
  if (isResourcePattern(a) !== isResourcePattern(b)) return isResourcePattern(a) ? 1 : -1
  return literalLength(b) - literalLength(a) || byText(a, b)
}

function byThresholdDown(a: bigint | null, b: bigint | null): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a > b ? -1 : 1
}

function byStepUp(a: Quantity6 | null, b: Quantity6 | null): number {
  if (a === b) return 0
  if (a === null) return 1
  if (b === null) return -1
  return a < b ? -1 : 1
}

function qualifierText({ qualifiers }: Rate): string {
  return JSON.stringify(Object.entries(qualifiers).sort(([a], [b]) => byText(a, b)))
}

function byText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
