import type { Item, PublishedFxRate, PublishedRate } from './delivery.ts'
import { instant } from './local-time.ts'
import { Rational } from './rational.ts'

export interface PricedLine {
  meter: string
  quantity: Rational
  /** In the reporting currency; null when the line has no rate or its currency no FX rate on that day. */
  amount: Rational | null
  outcome: 'RATED' | 'UNPRICED' | 'UNCONVERTED'
  /** What one unit was priced at, in the currency of its rate; null without a rate. */
  unitPrice: Rational | null
  /** What converted it; null where nothing was. */
  fxRate: Rational | null
}

export interface Pricing {
  status: 'RATED' | 'UNPRICED' | 'UNCONVERTED'
  cost: Rational | null
  lines: PricedLine[]
}

export interface PriceBook {
  currency: string
  rates: readonly PublishedRate[]
  fxRates: readonly PublishedFxRate[]
}

/** Prices an item with what was published when it was recorded (law L12: later rates do not reach back). */
export function price(item: Item, book: PriceBook): Pricing {
  const lines = item.usage.map((usage) => priceLine(item, usage.meter, Rational.parse(usage.quantity), book))
  const has = (outcome: PricedLine['outcome']): boolean => lines.some((line) => line.outcome === outcome)
  if (has('UNPRICED')) return { status: 'UNPRICED', cost: null, lines }
  if (has('UNCONVERTED')) return { status: 'UNCONVERTED', cost: null, lines }
  return { status: 'RATED', cost: Rational.sum(lines.map((line) => line.amount ?? Rational.zero)), lines }
}

const NO_PRICE = { unitPrice: null, fxRate: null }

function priceLine(item: Item, meter: string, quantity: Rational, book: PriceBook): PricedLine {
  // Nothing of something costs nothing, whether or not it has a price.
  if (quantity.isZero) return { meter, quantity, amount: Rational.zero, outcome: 'RATED', ...NO_PRICE }
  const rate = chooseRate(item, meter, book.rates)
  if (rate === undefined) return { meter, quantity, amount: null, outcome: 'UNPRICED', ...NO_PRICE }
  const unitPrice = Rational.parse(rate.price.amount).dividedBy(Rational.parse(rate.per))
  const amount = unitPrice.times(quantity)
  if (rate.price.currency === book.currency)
    return { meter, quantity, amount, outcome: 'RATED', unitPrice, fxRate: null }
  // A foreign price is converted with the rate of the event's UTC date, and that one product is rounded (law L7).
  const day = new Date(Number(instant(item.occurredAt) / 1000n)).toISOString().slice(0, 10)
  const fx = book.fxRates.findLast(
    (one) => one.base === rate.price.currency && one.quote === book.currency && one.date === day,
  )
  if (fx === undefined) return { meter, quantity, amount: null, outcome: 'UNCONVERTED', unitPrice, fxRate: null }
  const fxRate = Rational.parse(fx.rate)
  return { meter, quantity, amount: amount.times(fxRate).roundHalfEven(18), outcome: 'RATED', unitPrice, fxRate }
}

/** The rate in force at the instant: exact name before pattern, longer pattern before shorter, then the highest threshold. */
function chooseRate(item: Item, meter: string, rates: readonly PublishedRate[]): PublishedRate | undefined {
  const at = instant(item.occurredAt)
  const prompt = promptTokens(item)
  const fitting = rates.filter(
    (rate) =>
      rate.provider === item.provider &&
      rate.meter === meter &&
      instant(rate.effectiveFrom) <= at &&
      (rate.effectiveTo === undefined || at < instant(rate.effectiveTo)) &&
      (rate.abovePromptTokens === undefined || prompt.compare(Rational.parse(rate.abovePromptTokens)) > 0) &&
      Object.entries(rate.qualifiers ?? {}).every(([name, value]) => item.qualifiers?.[name] === value) &&
      item.resource !== undefined &&
      covers(rate.resource, item.resource),
  )
  return fitting.sort((a, b) => rank(b) - rank(a))[0]
}

function rank(rate: PublishedRate): number {
  const exactness = rate.resource.includes('*') ? rate.resource.replaceAll('*', '').length : 1000
  const qualifiers = Object.keys(rate.qualifiers ?? {}).length
  return (exactness * 100 + qualifiers) * 10_000_000 + Number(rate.abovePromptTokens ?? 0)
}

function covers(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name
  const escaped = pattern.split('*').map((literal) => literal.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`, 's').test(name)
}

/** Every token the model read: the prompt's size decides the tier, cached or not. */
function promptTokens(item: Item): Rational {
  const read = ['input_tokens', 'cache_read_tokens', 'cache_write_tokens', 'cache_write_1h_tokens']
  return Rational.sum(item.usage.filter((one) => read.includes(one.meter)).map((one) => Rational.parse(one.quantity)))
}
