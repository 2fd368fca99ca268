import type { PoolClient } from 'pg'
import type { OwnRateSource } from '@outlay/domain/rating/rate'
import type { UserError } from './user-error.ts'

export type RateCardStatus = 'DRAFT' | 'PUBLISHED' | 'RETIRED'

export interface StoredCard {
  id: string
  provider: string
  version: number
  source: OwnRateSource
  status: RateCardStatus
}

/** What became of a change to one card: its id, or why nothing changed. */
export interface CardOutcome {
  cardId: string | null
  userErrors: UserError[]
}

const CARD = `SELECT id, provider, version, source, status FROM rate_card WHERE tenant_id = $1::uuid AND id = $2::uuid`

/** The card as it stands under the tenant's lock, if it is in the state that a change asks for; else what to tell the user. */
export async function cardToChange(
  client: PoolClient,
  tenantId: string,
  { cardId, status, change }: { cardId: string; status: RateCardStatus; change: string },
): Promise<{ card: StoredCard } | { refusal: CardOutcome }> {
  const result = await client.query<StoredCard>(CARD, [tenantId, cardId])
  const card = result.rows[0]
  if (card === undefined) return { refusal: refusal('NOT_FOUND', 'This rate card does not exist.') }
  if (card.status === status) return { card }
  const message = `The rate card ${card.provider} v${card.version} is ${card.status}; only one that is ${status} can be ${change}.`
  return { refusal: refusal('RATE_CARD_STATE', message) }
}

/** An outcome in which nothing changed. */
export function refusal(code: string, message: string): CardOutcome {
  return { cardId: null, userErrors: [{ code, message, field: ['input', 'id'] }] }
}
