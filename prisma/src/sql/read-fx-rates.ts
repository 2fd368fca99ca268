import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** 1 `base` is `rate` `quote` on the UTC date; decimals as text. */
export interface FxRateRecord {
  date: string
  base: string
  quote: string
  rate: string
  source: string
}

/** Most rates of one answer: a year of 27 pairs. */
export const FX_RATES_MAX = 10_000

const COLUMNS = 'f.date::text AS date, f.base, f.quote, f.rate::text AS rate, f.source'

const OF_DAYS: Prepared = {
  name: 'read_fx_rates',
  text: `SELECT ${COLUMNS} FROM fx_rate f
    WHERE f.tenant_id = $1::uuid AND f.date >= $2::date AND f.date < $3::date
      AND ($4::text IS NULL OR f.base = $4::text) AND ($5::text IS NULL OR f.quote = $5::text)
    ORDER BY f.date, f.base, f.quote LIMIT ${FX_RATES_MAX + 1}`,
}

/** The FX rates of the days of a range, of one currency where it is named; one more than FX_RATES_MAX says that there are too many. */
export function readFxRates(
  db: TenantSql,
  { from, to, base, quote }: { from: string; to: string; base: string | null; quote: string | null },
): Promise<FxRateRecord[]> {
  return db.query(OF_DAYS, [from, to, base, quote])
}

const BY_KEYS: Prepared = {
  name: 'read_fx_rates_by_keys',
  text: `SELECT ${COLUMNS} FROM unnest($2::text[], $3::text[], $4::date[]) AS w(base, quote, date)
    JOIN fx_rate f ON f.tenant_id = $1::uuid AND f.base = w.base AND f.quote = w.quote AND f.date = w.date
    GROUP BY f.tenant_id, f.base, f.quote, f.date ORDER BY f.date, f.base, f.quote`,
}

/** The stored rates of some pairs and days, each once. */
export function readFxRatesByKeys(
  db: TenantSql,
  keys: readonly { date: string; base: string; quote: string }[],
): Promise<FxRateRecord[]> {
  return db.query(BY_KEYS, [
    plainArray(keys.map((key) => key.base)),
    plainArray(keys.map((key) => key.quote)),
    plainArray(keys.map((key) => key.date)),
  ])
}
