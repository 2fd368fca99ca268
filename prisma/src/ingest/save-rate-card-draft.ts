import type { Pool, PoolClient } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import { planPublication } from '@outlay/domain/rating/overlap'
import type { NewRate } from '@outlay/domain/rating/rate'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { checkNote } from './check-note.ts'
import { parseRates, rateError, type RateInput } from './parse-rates.ts'
import { cardToChange, type CardOutcome } from './rate-card-state.ts'
import { insertCard, insertRate, type CardHead } from './store-rate-card.ts'
import { lockTenant } from './tenant-lock.ts'
import type { UserError } from './user-error.ts'

/**
 * Stores a rate card that prices nothing yet, or puts other rates into one that is still a draft. Its rates are checked on their own; what
 * they would overlap is told when it is published.
 */
export async function saveRateCardDraft(
  deps: { pool: Pool },
  tenantId: string,
  draft: CardHead & { cardId: string | null; rates: readonly RateInput[] },
): Promise<CardOutcome> {
  const { rates, userErrors } = parseRates(draft.rates, { provider: draft.provider })
  const overlaps = planPublication([], { source: draft.source, rates }).errors.map((error) =>
    rateError(error.index, error),
  )
  const errors = [...checkProviderName(draft.provider), ...checkNote(draft.note), ...userErrors, ...overlaps]
  if (errors.length > 0) return { cardId: null, userErrors: errors }
  return tenantTransaction(deps.pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    return draft.cardId === null
      ? storeRates(client, tenantId, {
          cardId: await insertCard(client, tenantId, { ...draft, status: 'DRAFT' }),
          source: draft.source,
          rates,
        })
      : replace(client, tenantId, { ...draft, cardId: draft.cardId, rates })
  })
}

// The number of a version belongs to its provider: with another provider the draft gets another number.
const UPDATE_CARD = `
UPDATE rate_card c SET provider = $3, source = $4, note = $5, version = CASE WHEN c.provider = $3 THEN c.version ELSE
  (SELECT coalesce(max(o.version), 0) + 1 FROM rate_card o WHERE o.tenant_id = $1::uuid AND o.provider = $3) END
WHERE c.tenant_id = $1::uuid AND c.id = $2::uuid`

const DELETE_RATES = `DELETE FROM rate WHERE tenant_id = $1::uuid AND card_id = $2::uuid`

async function replace(
  client: PoolClient,
  tenantId: string,
  draft: CardHead & { cardId: string; rates: readonly NewRate[] },
): Promise<CardOutcome> {
  const { cardId, provider, source, note, rates } = draft
  const found = await cardToChange(client, tenantId, { cardId, status: 'DRAFT', change: 'edited' })
  if ('refusal' in found) return found.refusal
  await client.query(UPDATE_CARD, [tenantId, cardId, provider, source, note])
  await client.query(DELETE_RATES, [tenantId, cardId])
  return storeRates(client, tenantId, { cardId, source, rates })
}

async function storeRates(
  client: PoolClient,
  tenantId: string,
  { cardId, source, rates }: { cardId: string; source: CardHead['source']; rates: readonly NewRate[] },
): Promise<CardOutcome> {
  for (const rate of rates) await insertRate(client, tenantId, { cardId, source, state: 'DRAFT', rate })
  return { cardId, userErrors: [] }
}

function checkProviderName(provider: string): UserError[] {
  try {
    checkKey(provider, 'provider')
    return []
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return [{ code: error.code, message: error.message, field: ['input', 'provider'] }]
  }
}
