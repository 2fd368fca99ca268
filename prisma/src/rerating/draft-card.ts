import type { PoolClient } from 'pg'
import type { Rate } from '@outlay/domain/rating/rate'
import { loadCardRates } from '../ingest/load-rates.ts'

const IS_DRAFT = `SELECT 1 FROM rate_card WHERE tenant_id = $1::uuid AND id = $2::uuid AND status = 'DRAFT'`

/** The rates of a card that is a draft; none when it is not, or is not there. */
export async function loadDraftRates(
  client: PoolClient,
  card: { tenantId: string; cardId: string },
): Promise<readonly Rate[]> {
  const draft = await client.query(IS_DRAFT, [card.tenantId, card.cardId])
  return draft.rowCount === 1 ? loadCardRates(client, card) : []
}
