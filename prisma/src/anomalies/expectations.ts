import type { PoolClient } from 'pg'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { plainArray } from '../sql/pg-array.ts'
import type { SeriesExpectation } from './judge-past.ts'

/** For so many days it is kept what was expected of one. */
const KEPT_DAYS = 8
/** An agent seen in a project in so many days is expected in it. */
const SEEN_DAYS = 28

const STORE = `
INSERT INTO series_expectation AS e (tenant_id, day, grain, a, b, status, expected, band_low, band_high, alarm_at, rule)
SELECT $1::uuid, * FROM unnest($2::date[], $3::smallint[], $4::uuid[], $5::uuid[], $6::text[], $7::numeric[], $8::numeric[], $9::numeric[],
  $10::numeric[], $11::text[])
ON CONFLICT (tenant_id, day, grain, a, b) DO UPDATE SET status = EXCLUDED.status, expected = EXCLUDED.expected,
  band_low = EXCLUDED.band_low, band_high = EXCLUDED.band_high, alarm_at = EXCLUDED.alarm_at, rule = EXCLUDED.rule,
  computed_at = clock_timestamp()
WHERE (e.status, e.expected, e.band_low, e.band_high, e.alarm_at, e.rule) IS DISTINCT FROM
  (EXCLUDED.status, EXCLUDED.expected, EXCLUDED.band_low, EXCLUDED.band_high, EXCLUDED.alarm_at, EXCLUDED.rule)`

/** Writes what is expected of days, for what comes in on them to be compared with. */
export async function storeExpectations(
  client: PoolClient,
  tenantId: string,
  expectations: readonly SeriesExpectation[],
): Promise<void> {
  if (expectations.length === 0) return
  const amounts = (of: (one: SeriesExpectation) => Fixed18 | null) =>
    plainArray(expectations.map((one) => textOf(of(one))))
  await client.query(STORE, [
    tenantId,
    plainArray(expectations.map(({ day }) => day)),
    plainArray(expectations.map(({ grain }) => grain)),
    plainArray(expectations.map(({ a }) => a)),
    plainArray(expectations.map(({ b }) => b)),
    plainArray(expectations.map(({ status }) => status)),
    amounts(({ expected }) => expected),
    amounts(({ low }) => low),
    amounts(({ high }) => high),
    amounts(({ alarmAt }) => alarmAt),
    plainArray(expectations.map(({ rule }) => rule)),
  ])
}

const textOf = (amount: Fixed18 | null): string | null => (amount === null ? null : formatFixed18(amount))

const STORE_PAIRS = `
INSERT INTO series_expectation (tenant_id, day, grain, a, b, status)
SELECT $1::uuid, w.day, ${Grain.PROJECT_AGENT}, p.a, p.b, 'LEARNING'
FROM (SELECT DISTINCT c.a, c.b FROM rollup_day c WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.PROJECT_AGENT}
    AND c.day >= $2::date AND c.day < $3::date AND c.a <> '${NIL_UUID}' AND c.b <> '${NIL_UUID}') p
CROSS JOIN unnest($4::date[]) AS w(day)
ON CONFLICT DO NOTHING`

/** Writes which agents are known in which project: who is not among them on the day is looked at. */
export async function storeKnownAgents(client: PoolClient, tenantId: string, day: CalendarDate): Promise<void> {
  const days = plainArray([day, addDays(day, 1)])
  await client.query(STORE_PAIRS, [tenantId, addDays(day, -SEEN_DAYS), day, days])
}

const FORGET = `DELETE FROM series_expectation WHERE tenant_id = $1::uuid AND day < $2::date`

export async function forgetExpectations(client: PoolClient, tenantId: string, day: CalendarDate): Promise<void> {
  await client.query(FORGET, [tenantId, addDays(day, -KEPT_DAYS)])
}
