import type { Pool } from 'pg'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { cardToChange, type CardOutcome } from './rate-card-state.ts'
import { lockTenant } from './tenant-lock.ts'

/** Deletes a draft with its rates. What has once been published cannot go: ratings name it. */
export async function discardRateCardDraft(
  deps: { pool: Pool },
  tenantId: string,
  cardId: string,
): Promise<CardOutcome> {
  return tenantTransaction(deps.pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    const found = await cardToChange(client, tenantId, { cardId, status: 'DRAFT', change: 'discarded' })
    if ('refusal' in found) return found.refusal
    await client.query('DELETE FROM rate WHERE tenant_id = $1::uuid AND card_id = $2::uuid', [tenantId, cardId])
    await client.query('DELETE FROM rate_card WHERE tenant_id = $1::uuid AND id = $2::uuid', [tenantId, cardId])
    return { cardId, userErrors: [] }
  })
}
