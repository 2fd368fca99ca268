import { instantText } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** A price, the tenant's own or the catalogue's. Decimals as text. */
export interface RateRecord {
  id: string
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
  qualifiers: Record<string, unknown> | null
  cardVersion: string
}

const PRICE = `price::text AS price, per::text AS per, unit_price::text AS "unitPrice", currency,
  ${instantText('effective_from')} AS "effectiveFrom", ${instantText('effective_to')} AS "effectiveTo",
  above_prompt_tokens::text AS "abovePromptTokens"`

const TENANT_RATES = `SELECT r.id, r.source, r.provider, r.resource, r.meter, ${PRICE}, r.qualifiers, c.version::text AS "cardVersion"
  FROM rate r JOIN rate_card c ON c.tenant_id = r.tenant_id AND c.id = r.card_id
  WHERE r.tenant_id = $1::uuid`

// The catalogue belongs to nobody, so nothing in it names a tenant; $1 is mentioned because every statement gets it.
const CATALOGUE_RATES = `SELECT r.id, 'CATALOGUE' AS source, r.provider, r.resource, r.meter, ${PRICE}, NULL::jsonb AS qualifiers, r.version AS "cardVersion"
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

const IN_FORCE = `($3::timestamptz IS NULL OR ((r.effective_from IS NULL OR r.effective_from <= $3::timestamptz)
  AND (r.effective_to IS NULL OR r.effective_to > $3::timestamptz)))`

const OF_TENANT: Prepared = {
  name: 'read_rates_tenant',
  text: `${TENANT_RATES} AND ($2::text IS NULL OR r.provider = $2::text) AND ${IN_FORCE}
    ORDER BY r.provider, c.version DESC, r.resource, r.meter, r.effective_from, r.above_prompt_tokens NULLS FIRST, r.id LIMIT ${RATES_MAX}`,
}

const OF_CATALOGUE: Prepared = {
  name: 'read_rates_catalogue',
  text: `${CATALOGUE_RATES} AND ${IN_FORCE}
    AND r.version = (SELECT v.version FROM catalogue_version v ORDER BY v.imported_at DESC, v.version DESC LIMIT 1)
    AND CASE WHEN $2::text IS NULL THEN r.provider IN (SELECT DISTINCT u.provider FROM resource u WHERE u.tenant_id = $1::uuid)
      ELSE r.provider = $2::text END
    ORDER BY r.provider, r.resource, r.meter, r.effective_from NULLS FIRST, r.above_prompt_tokens NULLS FIRST, r.id LIMIT ${RATES_MAX}`,
}

/** The rates of a provider (of all when null), of the tenant and of the loaded catalogue; `at` keeps those in force at an instant. */
export async function readRates(
  db: TenantSql,
  { provider, at }: { provider: string | null; at: string | null },
): Promise<{ tenant: RateRecord[]; catalogue: RateRecord[] }> {
  const [tenant, catalogue] = await Promise.all([
    db.query<RateRecord>(OF_TENANT, [provider, at]),
    db.query<RateRecord>(OF_CATALOGUE, [provider, at]),
  ])
  return { tenant, catalogue }
}
