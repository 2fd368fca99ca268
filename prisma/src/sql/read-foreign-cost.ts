import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** What usage cost that was priced in one foreign currency, or reported in it. */
export interface ForeignSum {
  currency: string
  /** In that currency, rounded half away from zero at 18 decimals. */
  native: Fixed18
  /** In the reporting currency, at the rates of the days of use. */
  cost: Fixed18
}

// Grouped by rate first: the price of a rate is looked up once, not once an event.
const FOREIGN: Prepared = {
  name: 'read_foreign_cost',
  text: `WITH used AS (
      SELECT l.rate_id, sum(l.quantity) AS quantity, sum(l.amount) AS cost
      FROM invocation i CROSS JOIN LATERAL unnest(i.quantities, i.rate_ids, i.amounts, i.fx_rates) AS l(quantity, rate_id, amount, fx_rate)
      WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
        AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED') AND i.cost IS NOT NULL AND i.cost_basis = 'RATES' AND l.fx_rate IS NOT NULL
      GROUP BY l.rate_id
    ), foreign_sums AS (
      SELECT coalesce(t.currency, c.currency) AS currency, u.quantity * coalesce(t.unit_price, c.unit_price) AS native, u.cost
      FROM used u
      LEFT JOIN rate t ON t.tenant_id = $1::uuid AND t.id = u.rate_id
      LEFT JOIN catalogue_rate c ON c.id = u.rate_id
      UNION ALL
      SELECT i.reported_currency, i.reported_amount, i.cost FROM invocation i
      WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
        AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED') AND i.cost IS NOT NULL AND i.cost_basis = 'REPORTED'
    )
    SELECT currency, round(sum(native), 18)::text AS native, sum(cost)::text AS cost FROM foreign_sums
    WHERE currency <> $4::text GROUP BY currency ORDER BY currency`,
}

/** The cost of a period by the foreign currency that it was priced in. `start` and `end`: the instants of the period. Reads its events. */
export async function readForeignCost(
  db: TenantSql,
  { start, end, currency }: { start: string; end: string; currency: string },
): Promise<ForeignSum[]> {
  const rows = await db.query<{ currency: string; native: string; cost: string }>(FOREIGN, [start, end, currency])
  return rows.map((row) => ({
    currency: row.currency,
    native: parseFixed18(row.native),
    cost: parseFixed18(row.cost),
  }))
}
