import type { Prepared } from './tenant-sql.ts'

/** A pool of a month as it was declared at an instant, with the policy in force. Numbers are texts. */
export interface AllocationPoolRow {
  id: string
  name: string
  currency: string
  resourceProvider: string | null
  resourceName: string | null
  capacity: string | null
  amount: string
  /** Into the reporting currency on the last day of the month; null: the same currency, or no rate. */
  fxRate: string | null
  /** Null when none is approved for the month. */
  policyId: string | null
  method: string | null
  basis: string | null
  rate: string | null
  scope: string[] | null
  fallback: string[] | null
  idle: string | null
  multipliers: unknown
  exemptions: unknown
  feeds: unknown
  /** The pools that its current run passed money to. */
  fedBefore: string[]
}

/**
 * $2 the month's first day, $3 its last, $4 the reporting currency, $5 the instant (null: now). Of the approved versions that have begun
 * the one that began last is in force, and of those the highest; what was set or approved after the instant is not seen.
 */
export const ALLOCATION_POOLS: Prepared = {
  name: 'allocation_pools',
  text: `SELECT p.id, p.name, p.currency, p.resource_provider AS "resourceProvider", p.resource_name AS "resourceName",
      p.capacity::text AS capacity, a.amount::text AS amount, f.rate::text AS "fxRate",
      v.id AS "policyId", v.method, v.basis, v.rate::text AS rate, v.scope::text[] AS scope, v.fallback, v.idle, v.multipliers, v.exemptions,
      v.feeds, coalesce(c.fed, '{}') AS "fedBefore"
    FROM cost_pool p
    JOIN LATERAL (
      SELECT x.amount FROM cost_pool_amount x WHERE x.tenant_id = $1::uuid AND x.pool_id = p.id AND x.from_month <= $2::date
        AND ($5::timestamptz IS NULL OR x.set_at < $5::timestamptz)
      ORDER BY x.from_month DESC, x.revision DESC LIMIT 1
    ) a ON true
    LEFT JOIN LATERAL (
      SELECT y.* FROM allocation_policy y WHERE y.tenant_id = $1::uuid AND y.pool_id = p.id AND y.state = 'APPROVED'
        AND y.effective_from <= $2::date AND ($5::timestamptz IS NULL OR y.approved_at < $5::timestamptz)
      ORDER BY y.effective_from DESC, y.version DESC LIMIT 1
    ) v ON true
    LEFT JOIN LATERAL (
      SELECT array_agg(e ->> 'poolId') AS fed FROM allocation_run r, jsonb_array_elements(r.feeds) e
      WHERE r.tenant_id = $1::uuid AND r.month = $2::date AND r.pool_id = p.id AND r.state = 'CURRENT'
    ) c ON true
    LEFT JOIN fx_rate f ON f.tenant_id = $1::uuid AND f.base = p.currency AND f.quote = $4 AND f.date = $3::date
    WHERE p.tenant_id = $1::uuid AND p.first_month <= $2::date AND (p.last_month IS NULL OR p.last_month >= $2::date)
    ORDER BY p.name, p.id`,
}
