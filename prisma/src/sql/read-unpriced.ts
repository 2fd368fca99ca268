import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** Usage that waits for a price; counts and quantities as text. */
export interface UnpricedRecord {
  provider: string | null
  resource: string | null
  meter: string
  invocations: string
  quantity: string
  tasks: string
  clients: string
  firstSeen: string
  lastSeen: string
}

/** What counts in an amount: not a further report, not a claim, not what was voided. */
const BILLED = `i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')`

// Answered from the partial index of events that are not rated: what has a price is not looked at. A shared use belongs to the client of
// its task (law L13); of anything else the task is not looked up, which a join would do by reading all tasks.
const UNPRICED: Prepared = {
  name: 'read_unpriced',
  text: `SELECT nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource, l.meter, count(*)::text AS invocations,
      sum(l.quantity)::text AS quantity, count(DISTINCT i.task_id)::text AS tasks,
      count(DISTINCT coalesce(CASE i.billing WHEN 'SHARED'
        THEN (SELECT t.client_id FROM task t WHERE t.tenant_id = $1::uuid AND t.id = i.task_id) END, i.client_id))::text AS clients,
      ${instantText('min(i.occurred_at)')} AS "firstSeen", ${instantText('max(i.occurred_at)')} AS "lastSeen"
    FROM invocation i
    CROSS JOIN LATERAL unnest(i.meters, i.quantities, i.rate_ids, i.amounts) AS l(meter, quantity, rate_id, amount)
    LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = i.resource_id
    WHERE i.tenant_id = $1::uuid AND i.status = 'UNPRICED' AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
      AND ${BILLED} AND l.rate_id IS NULL AND l.amount IS NULL
    GROUP BY 1, 2, l.meter ORDER BY count(*) DESC, 1, 2, l.meter LIMIT 1000`,
}

/** What has no price, by provider, resource and meter. `start` and `end`: the instants of the range. */
export function readUnpriced(db: TenantSql, { start, end }: { start: string; end: string }): Promise<UnpricedRecord[]> {
  return db.query(UNPRICED, [start, end])
}

/** Usage that waits for an FX rate of one currency and day. */
export interface UnconvertedRecord {
  currency: string
  date: string
  invocations: string
  isPublished: boolean
}

// A line that has a rate and no amount lacks the FX rate of its rate's currency; a cost that its sender reported lacks that of its own.
// An invocation counts once for each currency, however many of its lines wait.
const UNCONVERTED: Prepared = {
  name: 'read_unconverted',
  text: `WITH waiting AS (
      SELECT i.occurred_at, i.id, coalesce(t.currency, c.currency) AS currency
      FROM invocation i
      CROSS JOIN LATERAL unnest(i.rate_ids, i.amounts) AS l(rate_id, amount)
      LEFT JOIN rate t ON t.tenant_id = $1::uuid AND t.id = l.rate_id
      LEFT JOIN catalogue_rate c ON c.id = l.rate_id
      WHERE i.tenant_id = $1::uuid AND i.status <> 'RATED' AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
        AND ${BILLED} AND i.cost_basis = 'RATES' AND l.rate_id IS NOT NULL AND l.amount IS NULL
      UNION
      SELECT i.occurred_at, i.id, i.reported_currency
      FROM invocation i
      WHERE i.tenant_id = $1::uuid AND i.status = 'UNCONVERTED' AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
        AND ${BILLED} AND i.cost_basis = 'REPORTED'
    ), days AS (
      SELECT w.currency, (w.occurred_at AT TIME ZONE 'UTC')::date AS date, count(*) AS invocations FROM waiting w GROUP BY 1, 2
    )
    SELECT d.currency, d.date::text AS date, d.invocations::text AS invocations, f.rate IS NOT NULL AS "isPublished"
    FROM days d
    LEFT JOIN fx_rate f ON f.tenant_id = $1::uuid AND f.base = d.currency AND f.quote = $4::text AND f.date = d.date
    ORDER BY d.date, d.currency LIMIT 10000`,
}

/** Which FX rates into the reporting currency are missing, by day and currency. `start` and `end`: the instants of the range. */
export function readUnconverted(
  db: TenantSql,
  { start, end, currency }: { start: string; end: string; currency: string },
): Promise<UnconvertedRecord[]> {
  return db.query(UNCONVERTED, [start, end, currency])
}
