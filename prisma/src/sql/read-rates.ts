import { instantText } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** A price, the tenant's own or the catalogue's. Decimals as text. */
export interface RateRecord {
  id: string
  /** null for a rate of the catalogue. */
  cardId: string | null
  state: 'DRAFT' | 'ACTIVE' | 'WITHDRAWN'
  source: 'CONTRACT' | 'MANUAL' | 'CATALOGUE'
  provider: string
  resource: string
  meter: string
  price: string
  per: string
  unitPrice: string
  currency: string
  effectiveFrom: string | null
  effectiveTo: string | null
  abovePromptTokens: string | null
  aboveMonthlyQuantity: string | null
  qualifiers: Record<string, unknown> | null
  cardVersion: string
}

const PRICE = `price::text AS price, per::text AS per, unit_price::text AS "unitPrice", currency,
  ${instantText('effective_from')} AS "effectiveFrom", ${instantText('effective_to')} AS "effectiveTo",
  above_prompt_tokens::text AS "abovePromptTokens"`

const TENANT_RATES = `SELECT r.id, r.card_id AS "cardId", r.state, r.source, r.provider, r.resource, r.meter, ${PRICE},
    above_monthly_quantity::text AS "aboveMonthlyQuantity", r.qualifiers, c.version::text AS "cardVersion"
  FROM rate r JOIN rate_card c ON c.tenant_id = r.tenant_id AND c.id = r.card_id
  WHERE r.tenant_id = $1::uuid`

// The catalogue belongs to nobody, so nothing in it names a tenant; $1 is mentioned because every statement gets it.
const CATALOGUE_RATES = `SELECT r.id, NULL::uuid AS "cardId", 'ACTIVE' AS state, 'CATALOGUE' AS source, r.provider, r.resource, r.meter, ${PRICE},
    NULL::text AS "aboveMonthlyQuantity", NULL::jsonb AS qualifiers, r.version AS "cardVersion"
  FROM catalogue_rate r WHERE $1::uuid IS NOT NULL`

const BY_IDS: Prepared = {
  name: 'read_rates_ids',
  text: `${TENANT_RATES} AND r.id = ANY ($2::uuid[]) UNION ALL ${CATALOGUE_RATES} AND r.id = ANY ($2::uuid[])`,
}

/** Rates by id, wherever they are. */
export function readRatesByIds(db: TenantSql, ids: readonly string[]): Promise<RateRecord[]> {
  return db.query(BY_IDS, [plainArray(ids)])
}

/** Most rates of one answer. */
const RATES_MAX = 10_000

const OF_CARDS: Prepared = {
  name: 'read_rates_cards',
  text: `${TENANT_RATES} AND r.card_id = ANY ($2::uuid[]) AND ($3::timestamptz IS NULL OR (r.state <> 'WITHDRAWN'
      AND r.effective_from <= $3::timestamptz AND (r.effective_to IS NULL OR r.effective_to > $3::timestamptz)))
    ORDER BY r.resource, r.meter, r.effective_from, r.above_prompt_tokens NULLS FIRST, r.above_monthly_quantity NULLS FIRST, r.id
    LIMIT ${RATES_MAX}`,
}

/** The rates of some cards; `at` keeps those that an event of that instant may be priced by. */
export function readRatesOfCards(
  db: TenantSql,
  { cardIds, at }: { cardIds: readonly string[]; at: string | null },
): Promise<RateRecord[]> {
  return db.query(OF_CARDS, [plainArray(cardIds), at])
}

/** A version of the prices of one provider, without its rates. */
export interface RateCardRecord {
  id: string
  provider: string
  version: string
  source: 'CONTRACT' | 'MANUAL'
  status: 'DRAFT' | 'PUBLISHED' | 'RETIRED'
  note: string | null
  createdBy: string | null
  createdAt: string
  publishedAt: string | null
  retiredAt: string | null
}

const CARDS = `SELECT c.id, c.provider, c.version::text AS version, c.source, c.status, c.note, c.created_by AS "createdBy",
    ${instantText('c.created_at')} AS "createdAt", ${instantText('c.published_at')} AS "publishedAt",
    ${instantText('c.retired_at')} AS "retiredAt"
  FROM rate_card c WHERE c.tenant_id = $1::uuid`

/** Most cards of one answer. */
const CARDS_MAX = 1_000

const ALL_CARDS: Prepared = {
  name: 'read_rate_cards',
  text: `${CARDS} AND ($2::text IS NULL OR c.provider = $2::text)
    AND CASE WHEN $3::text IS NULL THEN c.status <> 'DRAFT' ELSE c.status = $3::text END
    ORDER BY c.provider, c.version DESC LIMIT ${CARDS_MAX}`,
}

/** The cards of a provider (of all when null) in a status (all but drafts when null), newest first. */
export function readRateCards(
  db: TenantSql,
  { provider, status }: { provider: string | null; status: RateCardRecord['status'] | null },
): Promise<RateCardRecord[]> {
  return db.query(ALL_CARDS, [provider, status])
}

const ONE_CARD: Prepared = { name: 'read_rate_card', text: `${CARDS} AND c.id = $2::uuid` }

/** A card by its id; null when the tenant has none of that id. */
export async function readRateCard(db: TenantSql, id: string): Promise<RateCardRecord | null> {
  const rows = await db.query<RateCardRecord>(ONE_CARD, [id])
  return rows[0] ?? null
}
