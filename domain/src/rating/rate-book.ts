import type { Catalogue } from '../catalogue/catalogue.ts'
import { DomainError } from '../errors.ts'
import { FIXED18_LIMIT, type Fixed18 } from '../money/fixed18.ts'
import type { EpochMicros } from '../periods/instant.ts'
import { isPromptMeter } from '../usage/meter.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import { costOf, type UnitPrice12 } from '../usage/unit-price.ts'
import { resourceRates, type Candidate, type ResourceRates } from './candidates.ts'
import { convert, fxTable, type FxTable } from './fx-table.ts'
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

/** The arithmetic of one meter: quantity × unitPrice = amountNative in `currency`, × fxRate = amount. */
export interface RatedLine {
  meter: string
  quantity: Quantity6
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

/** What a rate book is made of. */
export interface Prices {
  /** The tenant's own. */
  rates: readonly Rate[]
  catalogue: Catalogue | null
  /** Into `currency`. */
  fx: readonly FxRate[]
  /** The reporting currency. */
  currency: string
}

export interface RateBook {
  /** The reporting currency, of `cost` and of every line's `amount`. */
  currency: string
  rateUsage(event: UsageToRate): RatingResult
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
 *     book.rateUsage({ provider: 'acme', resource: 'large', kind: 'MODEL', usage: [{ meter: 'input_tokens', quantity: 2_000_000_000n }], … })
 *     // at 0.015 per 1,000: 2,000 × 0.000015 = { status: 'RATED', cost: 0.03, … }
 */
export function compileRateBook(prices: Prices): RateBook {
  const resolve = resolver(indexTenantRates(prices.rates), prices.catalogue)
  const fx = fxTable(prices.fx, prices.currency)
  return { currency: prices.currency, rateUsage: (event) => rateUsage(event, resolve, fx) }
}

type Resolver = (provider: string | null, resource: string) => ResourceRates

function resolver(tenantRates: TenantRates, catalogue: Catalogue | null): Resolver {
  const remembered = new Map<string | null, Map<string, ResourceRates>>()
  let count = 0
  return (provider, resource) => {
    const known = remembered.get(provider)?.get(resource)
    if (known !== undefined) return known
    if (count >= RESOLUTIONS_REMEMBERED_MAX) {
      remembered.clear()
      count = 0
    }
    const resolved = resourceRates(tenantRates.fitting(provider, resource), catalogue?.find(provider, resource) ?? null)
    const ofProvider = remembered.get(provider) ?? new Map<string, ResourceRates>()
    remembered.set(provider, ofProvider.set(resource, resolved))
    count += 1
    return resolved
  }
}

function rateUsage(event: UsageToRate, resolve: Resolver, fx: FxTable): RatingResult {
  const { usage } = event
  if (usage.length === 0) return { status: 'UNPRICED', cost: null, lines: [] }
  const candidates = event.resource === null ? null : resolve(event.provider, event.resource).at(event.occurredAtMicros)
  const lines: RatedLine[] = []
  let promptSize: Quantity6 | null = null
  let cost = 0n
  let isUnpriced = false
  let isUnconverted = false
  for (const { meter, quantity } of usage) {
    let found: Rate | null = null
    for (const candidate of candidates?.(meter) ?? []) {
      if (candidate.promptAbove !== null && (promptSize ??= promptOf(usage)) <= candidate.promptAbove) continue
      if (!isQualified(candidate, event.qualifiers)) continue
      found = candidate.rate
      break
    }
    if (found === null) {
      if (quantity === 0n || isCountOnly(event, meter)) continue
      lines.push(unpricedLine(meter, quantity))
      isUnpriced = true
      continue
    }
    const line = ratedLine({ meter, quantity, rate: found, fx, atMicros: event.occurredAtMicros })
    lines.push(line)
    if (line.amount === null) isUnconverted = true
    else cost += line.amount
  }
  if (cost >= FIXED18_LIMIT) throw new DomainError('AMOUNT_TOO_LARGE', 'The usage costs 10^20 or more.', 'usage')
  if (isUnpriced) return { status: 'UNPRICED', cost: null, lines }
  if (isUnconverted) return { status: 'UNCONVERTED', cost: null, lines }
  return { status: 'RATED', cost, lines }
}

function ratedLine(input: {
  meter: string
  quantity: Quantity6
  rate: Rate
  fx: FxTable
  atMicros: EpochMicros
}): RatedLine {
  const { meter, quantity, rate } = input
  const amountNative = costOf(rate.unitPrice, quantity)
  const conversion = input.fx(rate.currency, input.atMicros)
  // Nothing used is nothing to convert: it costs 0 in every currency.
  const amount = conversion === null ? (quantity === 0n ? 0n : null) : convert(amountNative, conversion)
  return {
    meter,
    quantity,
    rateId: rate.id,
    unitPrice: rate.unitPrice,
    currency: rate.currency,
    amountNative,
    fxRate: conversion?.text ?? null,
    amount,
  }
}

function unpricedLine(meter: string, quantity: Quantity6): RatedLine {
  return {
    meter,
    quantity,
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
