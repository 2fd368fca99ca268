import type { PoolClient } from 'pg'
import type { FxRate, Rate } from '@outlay/domain/rating/rate'
import { parseQuantity } from '@outlay/domain/usage/quantity'
import { readUnitPrice } from '@outlay/domain/usage/unit-price'

interface RateRow {
  id: string
  provider: string
  resource: string
  meter: string
  price: string
  per: string
  unit_price: string
  currency: string
  from_micros: string
  to_micros: string | null
  above_prompt_tokens: string | null
  above_monthly_quantity: string | null
  qualifiers: Record<string, string> | null
  source: 'CONTRACT' | 'MANUAL'
  version: number
}

const RATES = `
SELECT r.id, r.provider, r.resource, r.meter, trim_scale(r.price)::text AS price, trim_scale(r.per)::text AS per,
  r.unit_price::text AS unit_price, r.currency, (extract(epoch FROM r.effective_from) * 1000000)::bigint::text AS from_micros,
  (extract(epoch FROM r.effective_to) * 1000000)::bigint::text AS to_micros, r.above_prompt_tokens::text AS above_prompt_tokens,
  trim_scale(r.above_monthly_quantity)::text AS above_monthly_quantity, r.qualifiers, r.source, c.version
FROM rate r JOIN rate_card c ON c.tenant_id = r.tenant_id AND c.id = r.card_id WHERE r.tenant_id = $1::uuid`

/** Every rate the tenant has published and not withdrawn, past ones too: an event is rated by when it occurred. */
export async function loadTenantRates(client: PoolClient, tenantId: string): Promise<Rate[]> {
  const result = await client.query<RateRow>(`${RATES} AND r.state = 'ACTIVE'`, [tenantId])
  return result.rows.map(rateOf)
}

/** The rates of one card, whatever its state. */
export async function loadCardRates(
  client: PoolClient,
  { tenantId, cardId }: { tenantId: string; cardId: string },
): Promise<Rate[]> {
  const result = await client.query<RateRow>(`${RATES} AND r.card_id = $2::uuid ORDER BY r.id`, [tenantId, cardId])
  return result.rows.map(rateOf)
}

function rateOf(row: RateRow): Rate {
  return {
    id: row.id,
    provider: row.provider,
    resource: row.resource,
    meter: row.meter,
    unitPrice: readUnitPrice(row.unit_price),
    priceText: row.price,
    perText: row.per,
    currency: row.currency,
    effectiveFromMicros: micros(row.from_micros),
    effectiveToMicros: row.to_micros === null ? null : micros(row.to_micros),
    abovePromptTokens: row.above_prompt_tokens === null ? null : BigInt(row.above_prompt_tokens),
    aboveMonthlyQuantity: row.above_monthly_quantity === null ? null : parseQuantity(row.above_monthly_quantity),
    qualifiers: row.qualifiers ?? {},
    source: row.source,
    card: `${row.provider} v${row.version}`,
  }
}

/** Microseconds since 1970 fit a number exactly until the year 2255. */
function micros(text: string): number {
  return Number.parseInt(text, 10)
}

const FX_RATES = `
SELECT to_char(date, 'YYYY-MM-DD') AS date, base, quote, trim_scale(rate)::text AS rate FROM fx_rate
WHERE tenant_id = $1::uuid AND quote = $2`

/** The rates into the tenant's reporting currency. */
export async function loadFxRates(
  client: PoolClient,
  { tenantId, quote }: { tenantId: string; quote: string },
): Promise<FxRate[]> {
  const result = await client.query<FxRate>(FX_RATES, [tenantId, quote])
  return result.rows
}
