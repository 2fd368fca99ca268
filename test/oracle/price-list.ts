import type { PublishedFxRate, PublishedRate, TenantFacts } from './delivery.ts'
import { addDays } from './local-time.ts'

interface PriceListPlan extends TenantFacts {
  priceChange: string
  range: { from: string; to: string }
}

const beginning = '2025-01-01T00:00:00Z'

/** What the tenant publishes before anything arrives: a price change, tiers, patterns, qualifiers, a foreign currency. */
export function publishedRates(plan: PriceListPlan): PublishedRate[] {
  const rate = (
    provider: string,
    resource: string,
    meter: string,
    [amount, per]: readonly [string, string],
    rest: Partial<PublishedRate> = {},
  ): PublishedRate => ({
    provider,
    resource,
    meter,
    price: { amount, currency: plan.currency },
    per,
    effectiveFrom: beginning,
    ...rest,
  })
  const old = { effectiveTo: plan.priceChange }
  const fresh = { effectiveFrom: plan.priceChange }
  const above8k = { abovePromptTokens: '8000' }
  return [
    rate('acme', 'small-1', 'input_tokens', ['0.0003', '1000'], old),
    rate('acme', 'small-1', 'input_tokens', ['0.00031', '1000'], fresh),
    rate('acme', 'small-1', 'output_tokens', ['0.6', '1000000'], old),
    rate('acme', 'small-1', 'output_tokens', ['0.000000599999', '1'], fresh),
    rate('acme', 'small-1', 'cache_read_tokens', ['0.00003', '1000']),
    rate('acme', 'small-1', 'reasoning_tokens', ['0.0013', '1000']),
    rate('acme', 'large-1', 'input_tokens', ['0.015', '1000']),
    rate('acme', 'large-1', 'input_tokens', ['0.03', '1000'], above8k),
    rate('acme', 'large-1', 'input_tokens', ['0.0075', '1000'], { qualifiers: { tier: 'batch' } }),
    rate('acme', 'large-1', 'input_tokens', ['0.016', '1000'], { ...above8k, qualifiers: { tier: 'batch' } }),
    rate('acme', 'large-1', 'output_tokens', ['0.06', '1000'], old),
    rate('acme', 'large-1', 'output_tokens', ['0.07', '1000'], fresh),
    rate('acme', 'large-1', 'output_tokens', ['0.09', '1000'], above8k),
    rate('acme', 'large-1', 'cache_read_tokens', ['0.0015', '1000']),
    rate('acme', 'large-1', 'reasoning_tokens', ['0.000000000001', '1']),
    // A pattern, a longer pattern and an exact name that wins over both.
    rate('acme', 'mini-*', 'input_tokens', ['0.1', '1000000']),
    rate('acme', 'mini-pro-*', 'input_tokens', ['0.25', '1000000']),
    rate('acme', 'mini-2', 'input_tokens', ['0.2', '1000000']),
    rate('acme', 'mini-*', 'output_tokens', ['0.4', '1000000']),
    rate('acme', 'mini-*', 'cache_read_tokens', ['0.01', '1000000']),
    rate('acme', 'mini-*', 'reasoning_tokens', ['0.4', '1000000']),
    ...['input_tokens', 'output_tokens', 'cache_read_tokens', 'reasoning_tokens'].map((meter) =>
      rate('acme', 'gratis', meter, ['0', '1']),
    ),
    rate('acme', 'search', 'requests', ['0.005', '1']),
    rate('globex', 'search', 'requests', ['12.5', '1000']),
    rate('globex', 'embed', 'input_tokens', ['0.02', '1000000']),
    rate('globex', 'embed', 'seconds', ['0.000123456789', '1']),
    rate('globex', 'vector-db', 'requests', ['0.0004', '1']),
    ...['input_tokens', 'output_tokens', 'cache_read_tokens', 'reasoning_tokens'].map((meter, index) =>
      rate('initech', 'euro-model', meter, [`0.00000${index + 1}37`, '1'], {
        price: { amount: `0.00000${index + 1}37`, currency: foreign(plan.currency) },
      }),
    ),
  ]
}

/** The price of a model that had none at first. */
export function ratesOfALatePrice(plan: PriceListPlan): PublishedRate[] {
  return ['input_tokens', 'output_tokens', 'cache_read_tokens', 'reasoning_tokens'].map((meter) => ({
    provider: 'initech',
    resource: 'late-1',
    meter,
    price: { amount: '0.002', currency: plan.currency },
    per: '1000',
    effectiveFrom: beginning,
  }))
}

/** A rate for every day around the month but three: usage on those stays unconverted. */
export function publishedFxRates(plan: PriceListPlan): PublishedFxRate[] {
  const rates: PublishedFxRate[] = []
  for (let day = 0; addDays(plan.range.from, day - 2) <= addDays(plan.range.to, 2); day += 1) {
    if (day === 9 || day === 10 || day === 20) continue
    const date = addDays(plan.range.from, day - 2)
    // Eleven decimals that end in 5, times a price of eight: the nineteenth decimal is often a tie for half-even to decide.
    const rate = `0.8${String((day * 7919) % 100_000).padStart(5, '0')}12345`
    rates.push({ base: foreign(plan.currency), quote: plan.currency, date, rate })
  }
  return rates
}

function foreign(currency: string): string {
  return currency === 'EUR' ? 'USD' : 'EUR'
}
