import type { Pool } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { fxRateKey, fxRateProblems } from '@outlay/domain/rating/fx-rate'
import type { FxRate } from '@outlay/domain/rating/rate'
import { plainArray } from '../sql/pg-array.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { bumpConfig, lockTenant } from './tenant-lock.ts'
import type { UserError } from './user-error.ts'

/** Most rates of one call. */
export const MAX_FX_RATES = 5_000

export interface PublishFxRatesInput {
  rates: readonly FxRate[]
  /** Where the rates come from, in words. */
  source?: string | null
}

const UPSERT = `
INSERT INTO fx_rate AS f (tenant_id, base, quote, date, rate, source)
SELECT $1::uuid, *, $6 FROM unnest($2::text[], $3::text[], $4::date[], $5::numeric[])
ON CONFLICT (tenant_id, base, quote, date) DO UPDATE SET rate = EXCLUDED.rate, source = EXCLUDED.source
WHERE (f.rate, f.source) IS DISTINCT FROM (EXCLUDED.rate, EXCLUDED.source)`

/**
 * Publishes FX rates, each for the UTC date it holds on; a rate of the same day and pair is replaced. All or none: any wrong rate comes
 * back as a userError and nothing changes. Lines that are rated already keep the rate they used (law L12).
 */
export async function publishFxRates(
  deps: { pool: Pool },
  tenantId: string,
  { rates, source }: PublishFxRatesInput,
): Promise<{ count: number; userErrors: UserError[] }> {
  const from = source ?? 'published'
  const userErrors = [...sourceErrors(from), ...rateErrors(rates)]
  if (userErrors.length > 0) return { count: 0, userErrors }
  const rows = [...new Map(rates.map((rate) => [fxRateKey(rate), rate])).values()]
  await tenantTransaction(deps.pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    const written = await client.query(UPSERT, [
      tenantId,
      plainArray(rows.map((rate) => rate.base)),
      plainArray(rows.map((rate) => rate.quote)),
      plainArray(rows.map((rate) => rate.date)),
      plainArray(rows.map((rate) => formatFixed18(parseFixed18(rate.rate)))),
      from,
    ])
    // A file that is imported again changes nothing, and makes nobody load the rates again.
    if ((written.rowCount ?? 0) > 0) await bumpConfig(client, tenantId)
  })
  return { count: rows.length, userErrors: [] }
}

function rateErrors(rates: readonly FxRate[]): UserError[] {
  if (rates.length > MAX_FX_RATES) {
    const message = `${rates.length} rates in one call; the most is ${MAX_FX_RATES}.`
    return [{ code: 'TOO_MANY_ITEMS', message, field: ['input', 'rates'] }]
  }
  return fxRateProblems(rates).map(({ index, code, message, field }) => ({
    code,
    message,
    field: ['input', 'rates', String(index), field],
  }))
}

function sourceErrors(source: string): UserError[] {
  try {
    checkKey(source, 'source')
    return []
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return [{ code: error.code, message: error.message, field: ['input', 'source'] }]
  }
}
