import type { Catalogue } from '../catalogue/catalogue.ts'
import { ratio, type Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { formatScaledDecimal } from '../money/scaled-decimal.ts'
import type { EpochMicros } from '../periods/instant.ts'
import { QUANTITY6_ONE, type Quantity6 } from '../usage/quantity.ts'
import { costOf, formatUnitPrice, type UnitPrice12 } from '../usage/unit-price.ts'
import { plainPriceBefore } from './plain-price.ts'
import type { Rate, RateSource } from './rate.ts'
import { indexTenantRates } from './tenant-rates.ts'

/** The prices a tenant is rated by: its own, past ones too, and the catalogue behind them. */
export interface Prices {
  rates: readonly Rate[]
  catalogue: Catalogue | null
}

/** What one rate priced of one meter of one resource in a quarter. */
export interface PricedUsage {
  provider: string | null
  resource: string | null
  meter: string
  rateId: string
  source: RateSource
  currency: string
  unitPrice: UnitPrice12
  /** Above zero. */
  quantity: Quantity6
  invocations: bigint
}

/** What was paid for a meter of a resource in one currency, beside what the card and the catalogue say. */
export interface ReviewRow {
  provider: string | null
  resource: string | null
  meter: string
  currency: string
  invocations: bigint
  quantity: Quantity6
  /** Σ quantity × unit price, exact. */
  paid: Fixed18
  /** paid ÷ quantity, half-even at 18 decimals. */
  effectiveUnitPrice: Fixed18
  /** The own price without conditions at the end of the quarter; null when there is none in this currency. */
  card: Rate | null
  /** The same of the catalogue. */
  catalogue: Rate | null
  /** effective ÷ card − 1 as decimal text; null where there is nothing to divide by. */
  driftFromCard: string | null
  driftFromCatalogue: string | null
  /** Beyond ± 5 % of the card or of the catalogue. */
  isDrifting: boolean
}

/** A version worth publishing. `impact`: what the quarter's quantity would have cost more (less when negative), exact. */
export interface RateProposal {
  provider: string
  resource: string
  meter: string
  currency: string
  currentUnitPrice: Fixed18
  proposedUnitPrice: Fixed18
  reason: string
  impact: Fixed18
}

export interface RateReview {
  rows: ReviewRow[]
  proposals: RateProposal[]
  /** Own rates in force at some time of the quarter that priced nothing in it. */
  unusedRates: Rate[]
}

/** A price drifts when it is more than this many percent away. */
const DRIFT_PERCENT = 5n

/** The catalogue prices much when it is at least this share of a quarter's amount in a currency, in percent. */
const LARGE_SHARE_PERCENT = 10n

/**
 * Reviews the prices of a quarter `[start, end)`: by provider, resource, meter and currency what was really paid for a unit, against the
 * price of the tenant's card and of the catalogue that held at the end of the quarter. Prices are compared within one currency only: a
 * change of the exchange rate is no change of a price. A row that paid for what is free drifts, without a ratio.
 *
 * Proposed are the catalogue's price where the card's is more than 5 % away from it, and a price of one's own where the catalogue alone
 * priced a tenth or more of the quarter's amount in that currency.
 *
 *     // 1,000 tokens at 0.02, then 3,000 at 0.01; the card says 0.01 at the end:
 *     // paid 50, effective 0.0125, driftFromCard '0.25', isDrifting
 */
export function reviewRates(
  usage: readonly PricedUsage[],
  { prices, start, end }: { prices: Prices; start: EpochMicros; end: EpochMicros },
): RateReview {
  const tenantRates = indexTenantRates(prices.rates)
  const groups = [...grouped(usage).values()]
  const paidIn = totals(usage)
  const rows: ReviewRow[] = []
  const proposals: RateProposal[] = []
  for (const group of groups) {
    const row = reviewRow(group, ({ provider, resource, meter }) =>
      resource === null
        ? { own: null, listed: null }
        : {
            own: plainPriceBefore(end, { meter, own: tenantRates.fitting(provider, resource) }),
            listed: plainPriceBefore(end, { meter, model: prices.catalogue?.find(provider, resource) ?? null }),
          },
    )
    rows.push(row)
    const proposal = cardProposal(row) ?? catalogueProposal(row, { group, total: paidIn.get(row.currency) ?? 0n })
    if (proposal !== null) proposals.push(proposal)
  }
  const used = new Set(usage.map(({ rateId }) => rateId))
  return {
    rows,
    proposals,
    unusedRates: prices.rates.filter((rate) => !used.has(rate.id) && isInForce(rate, start, end)),
  }
}

function grouped(usage: readonly PricedUsage[]): Map<string, PricedUsage[]> {
  const groups = new Map<string, PricedUsage[]>()
  for (const use of [...usage].sort(byName)) {
    const key = JSON.stringify([use.provider, use.resource, use.meter, use.currency])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [use])
    else group.push(use)
  }
  return groups
}

function totals(usage: readonly PricedUsage[]): Map<string, Fixed18> {
  const byCurrency = new Map<string, Fixed18>()
  for (const use of usage) byCurrency.set(use.currency, (byCurrency.get(use.currency) ?? 0n) + paidFor(use))
  return byCurrency
}

function reviewRow(
  group: readonly PricedUsage[],
  pricesOf: (use: PricedUsage) => { own: Rate | null; listed: Rate | null },
): ReviewRow {
  const [first] = group as [PricedUsage, ...PricedUsage[]]
  const { provider, resource, meter, currency } = first
  const { own, listed } = pricesOf(first)
  const card = own?.currency === currency ? own : null
  const catalogue = listed?.currency === currency ? listed : null
  const quantity = group.reduce((sum, use) => sum + use.quantity, 0n)
  const paid = group.reduce((sum, use) => sum + paidFor(use), 0n)
  const drift = (rate: Rate | null) => (rate === null ? null : driftFrom(paid, costOf(rate.unitPrice, quantity)))
  const [fromCard, fromCatalogue] = [drift(card), drift(catalogue)]
  return {
    provider,
    resource,
    meter,
    currency,
    invocations: group.reduce((sum, use) => sum + use.invocations, 0n),
    quantity,
    paid,
    effectiveUnitPrice: divideHalfEven(paid * QUANTITY6_ONE, quantity),
    card,
    catalogue,
    driftFromCard: fromCard?.ratio ?? null,
    driftFromCatalogue: fromCatalogue?.ratio ?? null,
    isDrifting: (fromCard?.isBeyond ?? false) || (fromCatalogue?.isBeyond ?? false),
  }
}

function paidFor({ unitPrice, quantity }: PricedUsage): Fixed18 {
  return costOf(unitPrice, quantity)
}

/** How far an amount is from what it would be at another price; exactly 5 % away is not beyond. */
function driftFrom(paid: bigint, expected: bigint): { ratio: string | null; isBeyond: boolean } {
  const difference = paid - expected
  return { ratio: ratio(difference, expected), isBeyond: magnitude(difference) * 100n > DRIFT_PERCENT * expected }
}

function cardProposal({ card, catalogue, ...row }: ReviewRow): RateProposal | null {
  if (card === null || catalogue === null || row.resource === null) return null
  const { isBeyond } = driftFrom(card.unitPrice, catalogue.unitPrice)
  if (!isBeyond) return null
  const [own, listed] = [formatUnitPrice(card.unitPrice), formatUnitPrice(catalogue.unitPrice)]
  const reason = `The card's ${own} ${row.currency} is ${distance(card.unitPrice, catalogue.unitPrice)} the ${listed} of ${catalogue.card}.`
  return {
    ...named(row, { provider: card.provider, resource: row.resource }),
    currentUnitPrice: fixed18(card.unitPrice),
    proposedUnitPrice: fixed18(catalogue.unitPrice),
    reason,
    impact: costOf(catalogue.unitPrice, row.quantity) - row.paid,
  }
}

function catalogueProposal(
  { card, catalogue, ...row }: ReviewRow,
  { group, total }: { group: readonly PricedUsage[]; total: Fixed18 },
): RateProposal | null {
  if (card !== null || catalogue === null || row.resource === null) return null
  const paid = group.reduce((sum, use) => (use.source === 'CATALOGUE' ? sum + paidFor(use) : sum), 0n)
  if (paid === 0n || paid * 100n < LARGE_SHARE_PERCENT * total) return null
  const reason = `${percent(paid, total)} of what the quarter paid in ${row.currency} is this meter at the price of ${catalogue.card}; publish the price you agreed, or this one, to make it your own.`
  return {
    ...named(row, { provider: row.provider ?? catalogue.provider, resource: row.resource }),
    currentUnitPrice: row.effectiveUnitPrice,
    proposedUnitPrice: fixed18(catalogue.unitPrice),
    reason,
    impact: costOf(catalogue.unitPrice, row.quantity) - row.paid,
  }
}

function named(
  { meter, currency }: Pick<ReviewRow, 'meter' | 'currency'>,
  { provider, resource }: { provider: string; resource: string },
): Pick<RateProposal, 'provider' | 'resource' | 'meter' | 'currency'> {
  return { provider, resource, meter, currency }
}

/** `20 % above`, `12.5 % below`; what is above nothing is above it without a percentage. */
function distance(price: UnitPrice12, other: UnitPrice12): string {
  const side = price > other ? 'above' : 'below'
  return other === 0n ? side : `${percent(magnitude(price - other), other)} ${side}`
}

/** At one decimal, half to even: `20 %`, `33.3 %`. */
function percent(part: bigint, whole: bigint): string {
  return `${formatScaledDecimal(divideHalfEven(part * 1_000n, whole), 1)} %`
}

function isInForce({ effectiveFromMicros, effectiveToMicros }: Rate, start: EpochMicros, end: EpochMicros): boolean {
  return (effectiveFromMicros ?? -Infinity) < end && (effectiveToMicros ?? Infinity) > start
}

function byName(a: PricedUsage, b: PricedUsage): number {
  return (
    byText(a.provider ?? '', b.provider ?? '') ||
    byText(a.resource ?? '', b.resource ?? '') ||
    byText(a.meter, b.meter) ||
    byText(a.currency, b.currency)
  )
}

function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** 10^18 ÷ 10^12. */
function fixed18(unitPrice: UnitPrice12): Fixed18 {
  return unitPrice * 1_000_000n
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
