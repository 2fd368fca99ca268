import type { Pool } from 'pg'
import { DomainError, quoted } from '@outlay/domain/errors'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { isCalendarDate } from '@outlay/domain/periods/calendar-date'
import { plainArray } from '../sql/pg-array.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { bumpConfig, lockTenant } from './tenant-lock.ts'
import type { UserError } from './user-error.ts'

/** Most rates of one call. */
export const MAX_FX_RATES = 5_000

export interface FxRateInput {
  /** UTC calendar date. */
  date: string
  /** 1 `base` is `rate` `quote`. */
  base: string
  quote: string
  rate: string
}

const UPSERT = `
INSERT INTO fx_rate AS f (tenant_id, base, quote, date, rate, source)
SELECT $1::uuid, *, $6 FROM unnest($2::text[], $3::text[], $4::date[], $5::numeric[])
ON CONFLICT (tenant_id, base, quote, date) DO UPDATE SET rate = EXCLUDED.rate, source = EXCLUDED.source`

/**
 * Publishes FX rates, each for the UTC date it holds on; a rate of the same day and pair is replaced. All or none: any wrong rate comes
 * back as a userError and nothing changes. Lines that are rated already keep the rate they used (law L12).
 */
export async function publishFxRates(
  deps: { pool: Pool },
  tenantId: string,
  { rates, source = 'published' }: { rates: readonly FxRateInput[]; source?: string },
): Promise<{ count: number; userErrors: UserError[] }> {
  const userErrors = check(rates)
  if (userErrors.length > 0) return { count: 0, userErrors }
  const latest = new Map(rates.map((rate) => [`${rate.base}${rate.quote}${rate.date}`, rate]))
  const rows = [...latest.values()]
  await tenantTransaction(deps.pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    await client.query(UPSERT, [
      tenantId,
      plainArray(rows.map((rate) => rate.base)),
      plainArray(rows.map((rate) => rate.quote)),
      plainArray(rows.map((rate) => rate.date)),
      plainArray(rows.map((rate) => formatFixed18(parseFixed18(rate.rate)))),
      source,
    ])
    await bumpConfig(client, tenantId)
  })
  return { count: rows.length, userErrors: [] }
}

function check(rates: readonly FxRateInput[]): UserError[] {
  if (rates.length > MAX_FX_RATES) {
    const message = `${rates.length} rates in one call; the most is ${MAX_FX_RATES}.`
    return [{ code: 'TOO_MANY_ITEMS', message, field: ['input', 'rates'] }]
  }
  return rates.flatMap((rate, index) => {
    try {
      checkOne(rate)
      return []
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      return [
        { code: error.code, message: error.message, field: ['input', 'rates', String(index), error.field ?? 'rate'] },
      ]
    }
  })
}

function checkOne({ date, base, quote, rate }: FxRateInput): void {
  for (const [field, code] of [
    ['base', base],
    ['quote', quote],
  ] as const) {
    if (!isCurrencyCode(code)) throw new DomainError('INVALID_FIELD', `${quoted(code)} is not an ISO 4217 code.`, field)
  }
  if (base === quote) throw new DomainError('INVALID_FIELD', `A rate from ${base} to itself says nothing.`, 'quote')
  if (!isCalendarDate(date))
    throw new DomainError('INVALID_FIELD', `${quoted(date)} is not a date such as 2026-11-23.`, 'date')
  if (parseFixed18(rate) <= 0n)
    throw new DomainError('INVALID_FIELD', `The rate ${quoted(rate)} is not above zero.`, 'rate')
}
