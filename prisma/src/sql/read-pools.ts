import { convertPoolAmount } from '@outlay/domain/allocation/pool-amount'
import { policyInForce } from '@outlay/domain/allocation/policy-in-force'
import type { PoolCategory } from '@outlay/domain/allocation/policy'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { instantText } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import { readPoliciesOfPools, type PolicyRecord } from './read-policies.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** A shared cost of the fleet, of one month or of every month of a span. Months are given by their first day. */
export interface PoolRecord {
  nodeKind: 'CostPool'
  id: string
  name: string
  category: PoolCategory
  recurrence: 'ONCE' | 'MONTHLY'
  firstMonth: CalendarDate
  /** The last month it is of; null while it goes on. */
  lastMonth: CalendarDate | null
  currency: string
  /** The shared resource that it pays for; null: none is named. */
  resourceProvider: string | null
  resourceName: string | null
  /** In the unit of the policy's basis; decimal text. */
  capacity: string | null
  createdBy: string
  createdAt: string
}

const POOLS = `SELECT 'CostPool' AS "nodeKind", p.id, p.name, p.category, p.recurrence, p.first_month::text AS "firstMonth",
    p.last_month::text AS "lastMonth", p.currency, p.resource_provider AS "resourceProvider", p.resource_name AS "resourceName",
    p.capacity::text AS capacity, p.created_by AS "createdBy", ${instantText('p.created_at')} AS "createdAt"
  FROM cost_pool p WHERE p.tenant_id = $1::uuid`

/** Most pools of one answer. */
export const POOLS_MAX = 5_000

const OF_MONTH: Prepared = {
  name: 'read_pools',
  text: `${POOLS} AND ($2::date IS NULL OR (p.first_month <= $2::date AND (p.last_month IS NULL OR p.last_month >= $2::date)))
    ORDER BY p.name, p.first_month, p.id LIMIT ${POOLS_MAX + 1}`,
}

/** The pools of a month (of all months when null), by name; one more than POOLS_MAX says that there are too many. */
export function readPools(db: TenantSql, month: CalendarDate | null): Promise<PoolRecord[]> {
  return db.query(OF_MONTH, [month])
}

const BY_IDS: Prepared = { name: 'read_pools_ids', text: `${POOLS} AND p.id = ANY ($2::uuid[])` }

/** Pools by id, in no order; an id of another tenant is not found. */
export function readPoolsByIds(db: TenantSql, ids: readonly string[]): Promise<PoolRecord[]> {
  return db.query(BY_IDS, [plainArray(ids)])
}

/** What a pool comes to in a month. */
export interface PoolTotal {
  month: CalendarDate
  poolId: string
  /** In its own currency. */
  amount: Fixed18
  currency: string
  /** In the reporting currency, rounded once to its minor unit; null: the FX rate of the month's last day is not there. */
  converted: Fixed18 | null
  /** The FX rate taken, decimal text; null: the pool is in the reporting currency, or there is no rate. */
  fxRate: string | null
  /** Which of its amounts this is. */
  fromMonth: CalendarDate
  revision: number
}

/** A pool's total as Postgres answers it. */
export interface PoolTotalRow {
  month: string
  poolId: string
  amount: string
  currency: string
  reporting: string
  rate: string | null
  fromMonth: string
  revision: number
}

/**
 * The query of PoolTotalRow: what pools come to in each of some months (the parameter `months`, dates). Of the amounts that have begun, the
 * one that began last, and of that month the last revision.
 */
export function poolTotalRows(months: string): string {
  return `SELECT m.month::text AS month, p.id AS "poolId", a.amount::text AS amount, p.currency, t.currency AS reporting,
      f.rate::text AS rate, a.from_month::text AS "fromMonth", a.revision
    FROM unnest(${months}::date[]) AS m(month)
    JOIN tenant t ON t.id = $1::uuid
    JOIN cost_pool p ON p.tenant_id = $1::uuid AND p.first_month <= m.month AND (p.last_month IS NULL OR p.last_month >= m.month)
    CROSS JOIN LATERAL (
      SELECT c.amount, c.from_month, c.revision FROM cost_pool_amount c
      WHERE c.tenant_id = $1::uuid AND c.pool_id = p.id AND c.from_month <= m.month
      ORDER BY c.from_month DESC, c.revision DESC LIMIT 1) AS a
    LEFT JOIN fx_rate f ON f.tenant_id = $1::uuid AND f.base = p.currency AND f.quote = t.currency
      AND f.date = (m.month + interval '1 month')::date - 1`
}

const TOTALS: Prepared = {
  name: 'read_pool_totals',
  text: `${poolTotalRows('$2')}
    WHERE $3::uuid[] IS NULL OR p.id = ANY ($3::uuid[])
    ORDER BY m.month, p.name, p.id`,
}

/** What pools come to in each of some months, in one statement: of all pools, or of those named. A pool has no total outside its months. */
export async function readPoolTotals(
  db: TenantSql,
  months: readonly CalendarDate[],
  poolIds: readonly string[] | null = null,
): Promise<PoolTotal[]> {
  if (months.length === 0) return []
  const ids = poolIds === null ? null : plainArray(poolIds)
  const rows = await db.query<PoolTotalRow>(TOTALS, [plainArray(months), ids])
  return rows.map(poolTotal)
}

export function poolTotal({ amount: text, reporting, rate, ...row }: PoolTotalRow): PoolTotal {
  const amount = parseFixed18(text)
  const isReporting = row.currency === reporting
  return {
    ...row,
    amount,
    converted: converted(amount, { isReporting, rate, reporting }),
    fxRate: isReporting ? null : rate,
  }
}

function converted(
  amount: Fixed18,
  { isReporting, rate, reporting }: { isReporting: boolean; rate: string | null; reporting: string },
): Fixed18 | null {
  if (isReporting) return amount
  return rate === null ? null : convertPoolAmount(amount, { rate: parseFixed18(rate), currency: reporting })
}

/** A pool as a month sees it. */
export interface PoolOfMonth extends PoolRecord, Omit<PoolTotal, 'poolId'> {
  /** The policy that splits it in the month; null: none is approved, so it is not run. */
  policy: PolicyRecord | null
}

/** The pools of a month with what they come to and the policy that splits them, by name. */
export async function readPoolsOfMonth(db: TenantSql, month: CalendarDate): Promise<PoolOfMonth[]> {
  const [pools, totals] = await Promise.all([readPools(db, month), readPoolTotals(db, [month])])
  const policies = await readPoliciesOfPools(
    db,
    pools.map(({ id }) => id),
  )
  return pools.flatMap((pool) => {
    const total = totals.find(({ poolId }) => poolId === pool.id)
    if (total === undefined) return []
    const { poolId, ...ofMonth } = total
    return [
      {
        ...pool,
        ...ofMonth,
        policy: policyInForce(
          policies.filter((policy) => policy.poolId === poolId),
          month,
        ),
      },
    ]
  })
}

/** What was said a pool comes to, from a month on. */
export interface PoolAmountRecord {
  poolId: string
  fromMonth: CalendarDate
  /** Of one month the highest counts. */
  revision: number
  /** In the pool's currency. */
  amount: string
  note: string | null
  setBy: string
  setAt: string
}

const AMOUNTS: Prepared = {
  name: 'read_pool_amounts',
  text: `SELECT a.pool_id AS "poolId", a.from_month::text AS "fromMonth", a.revision, a.amount::text AS amount, a.note, a.set_by AS "setBy",
      ${instantText('a.set_at')} AS "setAt"
    FROM cost_pool_amount a WHERE a.tenant_id = $1::uuid AND a.pool_id = ANY ($2::uuid[])
    ORDER BY a.pool_id, a.from_month DESC, a.revision DESC`,
}

/** All that was ever said of the amounts of some pools, the latest month and its last revision first. */
export function readPoolAmounts(db: TenantSql, poolIds: readonly string[]): Promise<PoolAmountRecord[]> {
  return db.query(AMOUNTS, [plainArray(poolIds)])
}
