import { parseUnitPrice } from '@outlay/domain/usage/unit-price'

/**
 * The demo counts money in ticks of £0.0000001, the price of one embedding token. Every price below is a whole number of ticks, so
 * that a sum which must come out to the penny is a matter of whole numbers.
 */
export type Ticks = bigint
export const TICKS_PER_POUND = 10_000_000n

/** Ticks of an amount in pence: `fromPence(441n)` is £4.41. */
export function fromPence(pence: bigint): Ticks {
  return (pence * TICKS_PER_POUND) / 100n
}

export interface DemoPrice {
  provider: string
  /** Exact name, or a pattern with `*`. */
  resource: string
  meter: string
  /** Pounds for `per` units, as rate cards state it. */
  price: string
  per: string
}

/** The model prices until the last full month begins; then the gateway became cheaper. */
export const FORMER_MODEL_PRICES: readonly DemoPrice[] = [
  { provider: 'gateway', resource: 'large-reasoning', meter: 'input_tokens', price: '0.018', per: '1000' },
  { provider: 'gateway', resource: 'large-reasoning', meter: 'cache_read_tokens', price: '0.0018', per: '1000' },
  { provider: 'gateway', resource: 'large-reasoning', meter: 'output_tokens', price: '0.09', per: '1000' },
]

/** The model prices since: those of the worked example. */
export const MODEL_PRICES: readonly DemoPrice[] = [
  { provider: 'gateway', resource: 'large-reasoning', meter: 'input_tokens', price: '0.015', per: '1000' },
  { provider: 'gateway', resource: 'large-reasoning', meter: 'cache_read_tokens', price: '0.0015', per: '1000' },
  { provider: 'gateway', resource: 'large-reasoning', meter: 'output_tokens', price: '0.075', per: '1000' },
]

/** What did not change: the small model, embeddings, tools per call or second, and vector indexes by pattern. */
export const STEADY_PRICES: readonly DemoPrice[] = [
  { provider: 'gateway', resource: 'small-model', meter: 'input_tokens', price: '0.0003', per: '1000' },
  { provider: 'gateway', resource: 'small-model', meter: 'output_tokens', price: '0.0015', per: '1000' },
  { provider: 'gateway', resource: 'embeddings', meter: 'input_tokens', price: '0.0001', per: '1000' },
  { provider: 'tools', resource: 'web-search', meter: 'requests', price: '0.006', per: '1' },
  { provider: 'tools', resource: 'fetch-page', meter: 'requests', price: '0.001', per: '1' },
  { provider: 'tools', resource: 'audience-lookup', meter: 'requests', price: '0.0032', per: '1' },
  { provider: 'tools', resource: 'image-render', meter: 'images', price: '0.0385', per: '1' },
  { provider: 'tools', resource: 'sandbox', meter: 'seconds', price: '0.0001', per: '1' },
  { provider: 'vector-store', resource: 'market-index', meter: 'requests', price: '0.0024', per: '1' },
  { provider: 'vector-store', resource: '*-index', meter: 'requests', price: '0.0018', per: '1' },
]

/** The ticks of one unit of a meter of an exactly named resource. */
export type PriceBook = (use: { provider: string; resource: string; meter: string }) => Ticks

/** Looks prices up as the product will: the exact name, then a pattern that ends the name. Unknown is a mistake of the generator. */
export function priceBook(prices: readonly DemoPrice[]): PriceBook {
  const exact = new Map(prices.map((price) => [keyOf(price), ticksOf(price)]))
  const patterns = prices.filter(({ resource }) => resource.startsWith('*'))
  return (use) => {
    const found = exact.get(keyOf(use))
    if (found !== undefined) return found
    const pattern = patterns.find(
      ({ provider, resource, meter }) =>
        provider === use.provider && meter === use.meter && use.resource.endsWith(resource.slice(1)),
    )
    if (pattern === undefined) throw new RangeError(`The demo has no price for ${keyOf(use)}`)
    return ticksOf(pattern)
  }
}

function keyOf({ provider, resource, meter }: { provider: string; resource: string; meter: string }): string {
  return `${provider}/${resource}/${meter}`
}

function ticksOf(price: DemoPrice): Ticks {
  // A unit price is scaled 10^12, a tick is 10^-7.
  return parseUnitPrice(price) / 100_000n
}
