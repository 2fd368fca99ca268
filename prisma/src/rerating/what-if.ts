import type { Pool } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import { firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { withDraftRates } from '@outlay/domain/rating/draft-rates'
import type { Rate } from '@outlay/domain/rating/rate'
import { LadderPositions } from '@outlay/domain/rating/ladder-positions'
import { compileRateBook } from '@outlay/domain/rating/rate-book'
import { compileSubstitutions, type PricedResource } from '@outlay/domain/rating/substitution'
import { BILLED } from '@outlay/domain/rollup/cells'
import type { TenantConfig } from '../ingest/tenant-config.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { loadDraftRates } from './draft-card.ts'
import { usesOf, type StoredEvent } from './event-page.ts'
import { changedRating, rateInPlace, ratePage, type RatePage } from './rate-page.ts'
import type { Rerating, WhatIf } from './rerating.ts'

/**
 * How the events of a job are rated: under the configuration as it is, or as a simulation asks. A simulation changes what it is about
 * and nothing else: an event that no substitution names and no draft rate prices keeps the cost it has, so the difference is that of
 * the question alone and not also that of every price which changed since.
 */
export async function raterOf(
  pool: Pool,
  { tenantId, rerating, config }: { tenantId: string; rerating: Rerating; config: TenantConfig },
): Promise<RatePage> {
  const { whatIf, rangeFrom } = rerating
  // Where prices are graduated, a range is of whole months: it begins where nothing is used yet.
  const positions = new LadderPositions({ month: firstOfMonth(rangeFrom), used: [] })
  if (whatIf === null) {
    const { hasLadders } = config.rateBook
    return (events) => Promise.resolve(ratePage(events, { config, positions: hasLadders ? positions : null }))
  }
  const draft = await draftOf(pool, tenantId, whatIf)
  const prices = { ...config.prices, rates: withDraftRates(config.prices.rates, draft) }
  const supposed = { ...config, prices, rateBook: compileRateBook(prices) }
  const substitute = compileSubstitutions(whatIf.substitutions)
  const draftIds = new Set(draft.map(({ id }) => id))
  return (events) =>
    Promise.resolve(
      events.map((event) => {
        const stand = substitute(event.invocation)
        const asked = stand === null ? event : insteadOf(event, stand)
        const { rating, uses } = rateInPlace(asked, { config: supposed, positions })
        const isMeant = stand !== null || idsOf(rating.rateIds).some((id) => draftIds.has(id))
        if (BILLED.has(event.billing)) positions.advance(isMeant ? uses : usesOf(event))
        return isMeant ? changedRating(event, rating) : null
      }),
    )
}

async function draftOf(pool: Pool, tenantId: string, { draftCardId: cardId }: WhatIf): Promise<readonly Rate[]> {
  if (cardId === null) return []
  const rates = await tenantTransaction(pool, tenantId, (client) => loadDraftRates(client, { tenantId, cardId }))
  if (rates.length === 0) throw new DomainError('NOT_A_DRAFT', 'The rate card of the simulation is no draft any more.')
  return rates
}

/** The same usage of another resource. What a provider reported is the cost of what was used, not of what stands in for it. */
function insteadOf(event: StoredEvent, stand: PricedResource): StoredEvent {
  return { ...event, invocation: { ...event.invocation, ...stand, reportedCost: null } }
}

function idsOf(literal: string): string[] {
  return literal.slice(1, -1).split(',')
}
