import { graphql } from '../../../generated/gql.ts'
import type { RateCardsQuery, RateRowFragment } from '../../../generated/graphql.ts'
import { first, type SearchParams } from '../../../lib/search-params.ts'

/** What tables, timelines and panels show of a rate. */
graphql(`
  fragment RateRow on Rate {
    id
    provider
    resource
    meter
    per
    effectiveFrom
    effectiveTo
    abovePromptTokens
    aboveMonthlyQuantity
    qualifiers
    source
    state
    card
    price {
      amount
      currency
    }
  }
`)

export type Card = RateCardsQuery['rateCards'][number]

/** Whether a rate prices what happens at this instant. */
export function isInForce(rate: RateRowFragment, nowMs: number): boolean {
  if (rate.state !== 'ACTIVE') return false
  const from = rate.effectiveFrom == null ? -Infinity : Date.parse(rate.effectiveFrom)
  const to = rate.effectiveTo == null ? Infinity : Date.parse(rate.effectiveTo)
  return from <= nowMs && nowMs < to
}

export interface RateFilter {
  provider: string | null
  resource: string | null
  meter: string | null
  source: 'own' | 'catalogue' | 'all'
  isNowOnly: boolean
}

/** Which rates the address asks for: one's own unless there are none. */
export function readRateFilter(params: SearchParams, hasOwn: boolean): RateFilter {
  const source = first(params.source)
  return {
    provider: first(params.provider),
    resource: first(params.resource),
    meter: first(params.meter),
    source: source === 'own' || source === 'catalogue' || source === 'all' ? source : hasOwn ? 'own' : 'catalogue',
    isNowOnly: first(params.now) === 'on',
  }
}

export function matchesFilter(rate: RateRowFragment, filter: RateFilter, nowMs: number): boolean {
  if (filter.provider !== null && rate.provider !== filter.provider) return false
  if (filter.resource !== null && rate.resource !== filter.resource) return false
  if (filter.meter !== null && rate.meter !== filter.meter) return false
  if (filter.source === 'own' && rate.source === 'CATALOGUE') return false
  if (filter.source === 'catalogue' && rate.source !== 'CATALOGUE') return false
  return !filter.isNowOnly || isInForce(rate, nowMs)
}

/** The distinct values of the rates, by name. */
export function namesOf(rates: readonly RateRowFragment[], name: 'provider' | 'resource' | 'meter'): string[] {
  return [...new Set(rates.map((rate) => rate[name]))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}
