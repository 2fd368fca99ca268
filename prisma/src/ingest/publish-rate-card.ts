import type { Pool, PoolClient } from 'pg'
import { planPublication } from '@outlay/domain/rating/overlap'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { loadCardRates, loadTenantRates } from './load-rates.ts'
import { cardToChange, refusal, type CardOutcome } from './rate-card-state.ts'
import { closeRates, instantOrNull, refusedOverlap } from './store-rate-card.ts'
import { bumpConfig, lockTenant } from './tenant-lock.ts'

const ACTIVATE_RATE = `
UPDATE rate SET state = 'ACTIVE', effective_to = $3::timestamptz WHERE tenant_id = $1::uuid AND id = $2::uuid`

const PUBLISH_CARD = `
UPDATE rate_card SET status = 'PUBLISHED', published_at = now() WHERE tenant_id = $1::uuid AND id = $2::uuid`

/**
 * Puts the rates of a draft into force, all or none: by the same rules as publishRates, with the ids they had as a draft. A rate that
 * would overlap another is refused and named, and the draft stays one.
 */
export async function publishRateCard(deps: { pool: Pool }, tenantId: string, cardId: string): Promise<CardOutcome> {
  try {
    return await tenantTransaction(deps.pool, tenantId, (client) => publish(client, tenantId, cardId))
  } catch (error) {
    return { cardId: null, userErrors: [refusedOverlap(error, ['input', 'id'])] }
  }
}

async function publish(client: PoolClient, tenantId: string, cardId: string): Promise<CardOutcome> {
  await lockTenant(client, tenantId)
  const found = await cardToChange(client, tenantId, { cardId, status: 'DRAFT', change: 'published' })
  if ('refusal' in found) return found.refusal
  const { source, provider, version } = found.card
  const rates = await loadCardRates(client, { tenantId, cardId })
  if (rates.length === 0) return refusal('RATE_CARD_EMPTY', `The rate card ${provider} v${version} has no rates.`)
  const plan = planPublication(await loadTenantRates(client, tenantId), { source, rates })
  if (plan.errors.length > 0) {
    return { cardId: null, userErrors: plan.errors.flatMap(({ code, message }) => refusal(code, message).userErrors) }
  }
  await closeRates(client, tenantId, plan.closes)
  for (const { index, rate } of plan.inserts) {
    await client.query(ACTIVATE_RATE, [tenantId, rates[index]?.id, instantOrNull(rate.effectiveToMicros)])
  }
  await client.query(PUBLISH_CARD, [tenantId, cardId])
  await bumpConfig(client, tenantId)
  return { cardId, userErrors: [] }
}
