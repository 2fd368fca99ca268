import type { Pool } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import { formatInstant, parseInstant } from '@outlay/domain/periods/instant'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { cardToChange, type CardOutcome } from './rate-card-state.ts'
import { bumpConfig, lockTenant } from './tenant-lock.ts'

const END_RATES = `
UPDATE rate SET effective_to = $3::timestamptz
WHERE tenant_id = $1::uuid AND card_id = $2::uuid AND state = 'ACTIVE' AND effective_from < $3::timestamptz
  AND (effective_to IS NULL OR effective_to > $3::timestamptz)`

const WITHDRAW_RATES = `
UPDATE rate SET state = 'WITHDRAWN'
WHERE tenant_id = $1::uuid AND card_id = $2::uuid AND state = 'ACTIVE' AND effective_from >= $3::timestamptz`

const RETIRE_CARD = `
UPDATE rate_card SET status = 'RETIRED', retired_at = $3::timestamptz WHERE tenant_id = $1::uuid AND id = $2::uuid`

/**
 * Ends a published card at an instant: its rates that run then end there, those that begin then or later are withdrawn and never price
 * anything. What is rated stays (law L12); what the card had superseded stays ended. `at`: RFC 3339, also one that is over or to come.
 */
export async function retireRateCard(
  deps: { pool: Pool },
  tenantId: string,
  { cardId, at }: { cardId: string; at: string },
): Promise<CardOutcome> {
  let instant: string
  try {
    instant = formatInstant(parseInstant(at))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { cardId: null, userErrors: [{ code: error.code, message: error.message, field: ['input', 'at'] }] }
  }
  return tenantTransaction(deps.pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    const found = await cardToChange(client, tenantId, { cardId, status: 'PUBLISHED', change: 'retired' })
    if ('refusal' in found) return found.refusal
    const change = [tenantId, cardId, instant]
    for (const statement of [END_RATES, WITHDRAW_RATES, RETIRE_CARD]) await client.query(statement, change)
    await bumpConfig(client, tenantId)
    return { cardId, userErrors: [] }
  })
}
