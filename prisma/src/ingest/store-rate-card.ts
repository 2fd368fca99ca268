import type { PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { formatInstant } from '@outlay/domain/periods/instant'
import type { PublicationPlan } from '@outlay/domain/rating/overlap'
import type { NewRate, OwnRateSource } from '@outlay/domain/rating/rate'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import { formatUnitPrice } from '@outlay/domain/usage/unit-price'
import type { UserError } from './user-error.ts'

/** What a card is beside its rates. */
export interface CardHead {
  provider: string
  source: OwnRateSource
  note: string | null
  /** Who made it: an e-mail address, or `API key <name>`; null when the program did. */
  by: string | null
}

const INSERT_CARD = `
INSERT INTO rate_card (tenant_id, id, provider, version, source, status, note, created_by, published_at)
SELECT $1::uuid, $2::uuid, $3, coalesce(max(version), 0) + 1, $4, $5, $6, $7, CASE WHEN $5 = 'PUBLISHED' THEN now() END
FROM rate_card WHERE tenant_id = $1::uuid AND provider = $3`

/** Stores a card as the next version of its provider and answers its id. */
export async function insertCard(
  client: PoolClient,
  tenantId: string,
  { provider, source, note, by, status }: CardHead & { status: 'DRAFT' | 'PUBLISHED' },
): Promise<string> {
  const id = uuidv7()
  await client.query(INSERT_CARD, [tenantId, id, provider, source, status, note, by])
  return id
}

const INSERT_RATE = `
INSERT INTO rate (tenant_id, id, card_id, source, state, provider, resource, meter, price, per, unit_price, currency, effective_from,
  effective_to, above_prompt_tokens, above_monthly_quantity, qualifiers, qualifiers_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::numeric, $10::numeric, $11::numeric, $12, $13::timestamptz, $14::timestamptz, $15::bigint,
  $16::numeric, $17::jsonb, $18)`

/** Stores a rate of a card and answers its id. */
export async function insertRate(
  client: PoolClient,
  tenantId: string,
  { cardId, source, state, rate }: { cardId: string; source: OwnRateSource; state: 'DRAFT' | 'ACTIVE'; rate: NewRate },
): Promise<string> {
  const id = uuidv7()
  const qualifiers = Object.keys(rate.qualifiers).length > 0 ? JSON.stringify(rate.qualifiers) : null
  await client.query(INSERT_RATE, [
    tenantId,
    id,
    cardId,
    source,
    state,
    rate.provider,
    rate.resource,
    rate.meter,
    rate.priceText,
    rate.perText,
    formatUnitPrice(rate.unitPrice),
    rate.currency,
    formatInstant(rate.effectiveFromMicros ?? 0),
    instantOrNull(rate.effectiveToMicros),
    rate.abovePromptTokens?.toString() ?? null,
    rate.aboveMonthlyQuantity === null ? null : formatQuantity(rate.aboveMonthlyQuantity),
    qualifiers,
    qualifiers ?? '',
  ])
  return id
}

/** Ends the rates that a publication supersedes, each where its successor begins. */
export async function closeRates(
  client: PoolClient,
  tenantId: string,
  closes: PublicationPlan['closes'],
): Promise<void> {
  for (const { rateId, effectiveToMicros } of closes) {
    await client.query('UPDATE rate SET effective_to = $3::timestamptz WHERE tenant_id = $1::uuid AND id = $2::uuid', [
      tenantId,
      rateId,
      formatInstant(effectiveToMicros),
    ])
  }
}

export function instantOrNull(micros: number | null): string | null {
  return micros === null ? null : formatInstant(micros)
}

/**
 * What the database's own constraint against overlap refused, as the user is told; anything else is thrown on. Writers of a tenant take
 * turns, so only what went round that lock gets here.
 */
export function refusedOverlap(error: unknown, field: string[]): UserError {
  if (!isOverlap(error)) throw error
  const message =
    'A rate of the same kind was published for part of the period at the same moment; nothing was changed.'
  return { code: 'RATE_OVERLAP', message, field }
}

function isOverlap(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'rate_no_overlap'
}
