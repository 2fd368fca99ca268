import type { Catalogue } from '../catalogue/catalogue.ts'
import { DomainError } from '../errors.ts'
import { FIXED18_LIMIT, type Fixed18 } from '../money/fixed18.ts'
import type { EpochMicros } from '../periods/instant.ts'
import { isPromptMeter } from '../usage/meter.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import { costOf, type UnitPrice12 } from '../usage/unit-price.ts'
import { resourceRates, type Candidate, type CandidateLookup, type ResourceRates } from './candidates.ts'
import { convert, fxTable, type FxTable } from './fx-table.ts'
import { indexLadders, splitOverSteps, type Ladder, type LadderIndex } from './ladder.ts'
import type { FxRate, Rate } from './rate.ts'
import { indexTenantRates, type TenantRates } from './tenant-rates.ts'

export interface UsageQuantity {
  meter: string
  quantity: Quantity6
}

/** What rating needs to know of an event. */
export interface UsageToRate {
  provider: string | null
  resource: string | null
  kind: string
  occurredAtMicros: EpochMicros
  usage: readonly UsageQuantity[]
  qualifiers: Readonly<Record<string, string>>
}

/**
 * The arithmetic of one meter: quantity × unitPrice = amountNative in `currency`, × fxRate = amount. Where a quantity crosses a step of
 * a graduated price, the meter has a line for each step.
 */
export interface RatedLine {
  meter: string
  quantity: Quantity6
  /** The ladder whose counter this quantity is a part of; null where the price does not depend on the month. */
  ladder: string | null
  /** The version of the rate that was used (law L10); null when there is none. */
  rateId: string | null
  unitPrice: UnitPrice12 | null
  /** The currency of the rate. */
  currency: string | null
  amountNative: Fixed18 | null
  /** As published; null when the rate is in the reporting currency, or no FX rate is there. */
  fxRate: string | null
  /** In the reporting currency; null when unpriced or unconverted. */
  amount: Fixed18 | null
}

export type RatingStatus = 'RATED' | 'UNPRICED' | 'UNCONVERTED'

export interface RatingResult {
  status: RatingStatus
  /** The sum of the lines in the reporting currency; null unless RATED. */
  cost: Fixed18 | null
  lines: RatedLine[]
}

/** What the month of an event has used of a ladder before it. */
export type PositionOf = (ladder: string) => Quantity6

/** The steps that price a meter of an event, and the rate of what lies below the first of them. */
export interface GraduatedPrice extends Ladder {
  below: Rate | null
}

/** What a rate book is made of. */
export interface Prices {
  /** The tenant's own. */
  rates: readonly Rate[]
  catalogue: Catalogue | null
  /** Into `currency`. */
  fx: readonly FxRate[]
  /** The reporting currency. */
  currency: string
  /** Names a ladder by its key (ladder.ts); the key itself serves where nothing is stored. */
  ladderId?: (key: string) => string
}

export interface RateBook {
  /** The reporting currency, of `cost` and of every line's `amount`. */
  currency: string
  /** Whether any price is graduated, in whatever version. */
  hasLadders: boolean
  /** Without `positionOf`, every ladder is used from its beginning. */
  rateUsage(event: UsageToRate, positionOf?: PositionOf): RatingResult
  /** The graduated price of one of the event's meters; null when its price does not depend on the month. */
  graduatedPrice(event: UsageToRate, meter: string): GraduatedPrice | null
  /** One line at one rate, converted by the FX rate of the instant's UTC date. */
  rateLine(input: LineToRate): RatedLine
  /** Where the steps of a ladder begin in any of their versions, zero left out. */
  ladderBoundaries(ladder: string): readonly Quantity6[]
}

export interface LineToRate {
  meter: string
  quantity: Quantity6
  /** null: unpriced. */
  rate: Rate | null
  ladder: string | null
  atMicros: EpochMicros
}

// A sender may invent resources without end; what does not fit is resolved again.
const RESOLUTIONS_REMEMBERED_MAX = 20_000

/**
 * Everything that prices a tenant's usage, ready for the way of every event: which rates can apply to a resource is found once and
 * remembered (laws L7 and L9 to L11).
 *
 * `rateUsage` prices each meter of an event by the most specific rate in force when it occurred. A quantity of 0 needs no rate, nor
 * does `requests` beside other meters of a MODEL or EMBEDDING. Any other meter without a rate makes the whole event UNPRICED, with
 * the lines that did find theirs; an event without usage is UNPRICED too. A rate in another currency without an FX rate for the
 * event's UTC date makes it UNCONVERTED. Throws DomainError AMOUNT_TOO_LARGE when a cost reaches 10^20.
 *
 * A graduated price is one candidate, whatever its steps. `positionOf` says where the event begins on it, and the quantity is divided
 * over the steps from there. What lies below the first step is priced by the next rate without steps, and is unpriced when there is
 * none; it counts for the ladder all the same. A quantity of 0 stands on the first step and counts for nothing.
 *
 *     book.rateUsage({ provider: 'acme', resource: 'large', kind: 'MODEL', usage: [{ meter: 'input_tokens', quantity: 2_000_000_000n }], … })
 *     // at 0.015 per 1,000: 2,000 × 0.000015 = { status: 'RATED', cost: 0.03, … }
 */
export function compileRateBook(prices: Prices): RateBook {
  const ladders = indexLadders(prices.rates, prices.ladderId)
  const resolve = resolver(indexTenantRates(prices.rates), prices.catalogue, ladders)
  const fx = fxTable(prices.fx, prices.currency)
  return {
    currency: prices.currency,
    hasLadders: !ladders.isEmpty,
    rateUsage: (event, positionOf = FROM_THE_BEGINNING) => rateUsage(event, { resolve, fx, positionOf }),
    graduatedPrice: (event, meter) => graduatedPrice(event, meter, resolve),
    rateLine: (line) => rateLine(line, fx),
    ladderBoundaries: (ladder) => ladders.boundariesOf(ladder),
  }
}

const FROM_THE_BEGINNING: PositionOf = () => 0n

type Resolver = (provider: string | null, resource: string) => ResourceRates

function resolver(tenantRates: TenantRates, catalogue: Catalogue | null, ladders: LadderIndex): Resolver {
  const remembered = new Map<string | null, Map<string, ResourceRates>>()
  let count = 0
  return (provider, resource) => {
    const known = remembered.get(provider)?.get(resource)
    if (known !== undefined) return known
    if (count >= RESOLUTIONS_REMEMBERED_MAX) {
      remembered.clear()
      count = 0
    }
    const model = catalogue?.find(provider, resource) ?? null
    const resolved = resourceRates(tenantRates.fitting(provider, resource), model, ladders)
    const ofProvider = remembered.get(provider) ?? new Map<string, ResourceRates>()
    remembered.set(provider, ofProvider.set(resource, resolved))
    count += 1
    return resolved
  }
}

interface Terms {
  resolve: Resolver
  fx: FxTable
  positionOf: PositionOf
}

function rateUsage(event: UsageToRate, { resolve, fx, positionOf }: Terms): RatingResult {
  const { usage } = event
  if (usage.length === 0) return { status: 'UNPRICED', cost: null, lines: [] }
  const choice = new Choice(event, resolve)
  const atMicros = event.occurredAtMicros
  const lines: RatedLine[] = []
  for (const { meter, quantity } of usage) {
    const found = choice.of(meter)
    if (found === null) {
      if (quantity === 0n || isCountOnly(event, meter)) continue
      lines.push(rateLine({ meter, quantity, rate: null, ladder: null, atMicros }, fx))
    } else if (found.ladder === null || quantity === 0n) {
      lines.push(rateLine({ meter, quantity, rate: found.rate, ladder: null, atMicros }, fx))
    } else {
      const { id: ladder, steps } = found.ladder
      for (const part of splitOverSteps({ position: positionOf(ladder), quantity, steps })) {
        const rate = part.rate ?? choice.below(meter, found)
        lines.push(rateLine({ meter, quantity: part.quantity, rate, ladder, atMicros }, fx))
      }
    }
  }
  return { ...sumLines(lines), lines }
}

function graduatedPrice(event: UsageToRate, meter: string, resolve: Resolver): GraduatedPrice | null {
  const choice = new Choice(event, resolve)
  const found = choice.of(meter)
  return found === null || found.ladder === null ? null : { ...found.ladder, below: choice.below(meter, found) }
}

/**
 * What lines cost together, and whether that is known. A line without a rate and without an amount is unpriced.
 * Throws DomainError AMOUNT_TOO_LARGE from 10^20.
 */
export function sumLines(
  lines: readonly Pick<RatedLine, 'rateId' | 'amount'>[],
): Pick<RatingResult, 'status' | 'cost'> {
  let cost = 0n
  let isUnpriced = false
  let isUnconverted = false
  for (const { rateId, amount } of lines) {
    if (amount !== null) cost += amount
    else if (rateId === null) isUnpriced = true
    else isUnconverted = true
  }
  if (cost >= FIXED18_LIMIT) throw new DomainError('AMOUNT_TOO_LARGE', 'The usage costs 10^20 or more.', 'usage')
  if (isUnpriced) return { status: 'UNPRICED', cost: null }
  if (isUnconverted) return { status: 'UNCONVERTED', cost: null }
  return { status: 'RATED', cost }
}

/** Chooses what prices the meters of one event. */
class Choice {
  readonly #event: UsageToRate
  readonly #candidates: CandidateLookup | null
  #promptSize: Quantity6 | null = null

  constructor(event: UsageToRate, resolve: Resolver) {
    this.#event = event
    this.#candidates =
      event.resource === null ? null : resolve(event.provider, event.resource).at(event.occurredAtMicros)
  }

  of(meter: string): Candidate | null {
    for (const candidate of this.#candidates?.(meter) ?? NO_CANDIDATES) if (this.#applies(candidate)) return candidate
    return null
  }

  /** What prices usage below the first step of a ladder: the next rate without steps. */
  below(meter: string, ladder: Candidate): Rate | null {
    const candidates = this.#candidates?.(meter) ?? NO_CANDIDATES
    const next = candidates.slice(candidates.indexOf(ladder) + 1)
    return next.find((candidate) => candidate.ladder === null && this.#applies(candidate))?.rate ?? null
  }

  #applies(candidate: Candidate): boolean {
    const { promptAbove } = candidate
    if (promptAbove !== null && (this.#promptSize ??= promptOf(this.#event.usage)) <= promptAbove) return false
    return isQualified(candidate, this.#event.qualifiers)
  }
}

const NO_CANDIDATES: readonly Candidate[] = []

function rateLine({ meter, quantity, rate, ladder, atMicros }: LineToRate, fx: FxTable): RatedLine {
  if (rate === null) return unpricedLine({ meter, quantity, ladder })
  const amountNative = costOf(rate.unitPrice, quantity)
  const conversion = fx(rate.currency, atMicros)
  // Nothing used is nothing to convert: it costs 0 in every currency.
  const amount = conversion === null ? (quantity === 0n ? 0n : null) : convert(amountNative, conversion)
  return {
    meter,
    quantity,
    ladder,
    rateId: rate.id,
    unitPrice: rate.unitPrice,
    currency: rate.currency,
    amountNative,
    fxRate: conversion?.text ?? null,
    amount,
  }
}

function unpricedLine(line: Pick<RatedLine, 'meter' | 'quantity' | 'ladder'>): RatedLine {
  return {
    ...line,
    rateId: null,
    unitPrice: null,
    currency: null,
    amountNative: null,
    fxRate: null,
    amount: null,
  }
}

/** Models are sold by the token: a count of calls beside other meters is information, not a missing price. */
function isCountOnly({ kind, usage }: UsageToRate, meter: string): boolean {
  return (
    meter === 'requests' &&
    (kind === 'MODEL' || kind === 'EMBEDDING') &&
    usage.some((line) => line.meter !== 'requests')
  )
}

function isQualified(candidate: Candidate, qualifiers: Readonly<Record<string, string>>): boolean {
  if (candidate.qualifiers === null) return true
  return candidate.qualifiers.every(([name, value]) => qualifiers[name] === value)
}

function promptOf(usage: readonly UsageQuantity[]): Quantity6 {
  let size = 0n
  for (const { meter, quantity } of usage) if (isPromptMeter(meter)) size += quantity
  return size
}
