import type { Pool, PoolClient } from 'pg'
import { planPublication } from '@outlay/domain/rating/overlap'
import type { NewRate } from '@outlay/domain/rating/rate'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { checkNote } from './check-note.ts'
import { loadTenantRates } from './load-rates.ts'
import { parseRates, rateError, type RateInput } from './parse-rates.ts'
import { closeRates, insertCard, insertRate, refusedOverlap, type CardHead } from './store-rate-card.ts'
import { bumpConfig, lockTenant } from './tenant-lock.ts'
import type { UserError } from './user-error.ts'

export interface PublishedRates {
  /** In the order of the input. */
  rateIds: string[]
  userErrors: UserError[]
}

/**
 * Publishes rates as a new version of their provider's card, all or none. A rate that begins while an open-ended one of the same key and
 * source runs closes that one at its start; any other overlap is refused and named. What is rated already keeps its rate (law L12).
 */
export async function publishRates(
  deps: { pool: Pool },
  tenantId: string,
  inputs: readonly RateInput[],
  { source = 'MANUAL', note = null, by = null }: Partial<Omit<CardHead, 'provider'>> = {},
): Promise<PublishedRates> {
  const { rates, userErrors } = parseRates(inputs)
  userErrors.push(...checkNote(note))
  if (userErrors.length > 0 || rates.length === 0) return { rateIds: [], userErrors }
  try {
    return await tenantTransaction(deps.pool, tenantId, (client) =>
      publish(client, tenantId, { rates, source, note, by }),
    )
  } catch (error) {
    return { rateIds: [], userErrors: [refusedOverlap(error, ['input', 'rates'])] }
  }
}

async function publish(
  client: PoolClient,
  tenantId: string,
  { rates, source, note, by }: Omit<CardHead, 'provider'> & { rates: readonly NewRate[] },
): Promise<PublishedRates> {
  await lockTenant(client, tenantId)
  const plan = planPublication(await loadTenantRates(client, tenantId), { source, rates })
  if (plan.errors.length > 0) {
    return { rateIds: [], userErrors: plan.errors.map((error) => rateError(error.index, error)) }
  }
  await closeRates(client, tenantId, plan.closes)
  const cards = new Map<string, string>()
  for (const provider of new Set(rates.map((rate) => rate.provider))) {
    cards.set(provider, await insertCard(client, tenantId, { provider, source, note, by, status: 'PUBLISHED' }))
  }
  const rateIds: string[] = []
  for (const { rate } of plan.inserts) {
    const cardId = cards.get(rate.provider) ?? ''
    rateIds.push(await insertRate(client, tenantId, { cardId, source, state: 'ACTIVE', rate }))
  }
  await bumpConfig(client, tenantId)
  return { rateIds, userErrors: [] }
}
