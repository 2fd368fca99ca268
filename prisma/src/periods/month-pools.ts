import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { readPoolsOfMonth, type PoolOfMonth } from '../sql/read-pools.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'

/** The run that counts of a pool in a month. */
export interface CurrentRun {
  poolId: string
  runId: string
  policyId: string
  inputsHash: string
  /** In the reporting currency, as it was when it ran. */
  poolAmount: string
  allocated: string
  isOvertaken: boolean
}

/** The pools of a month as a close sees them. */
export interface MonthPools {
  runs: CurrentRun[]
  /** Those that can be run and have not been. */
  notAllocated: PoolOfMonth[]
  withoutPolicy: PoolOfMonth[]
  /** No FX rate of the month's last day: in no amount. */
  unconverted: PoolOfMonth[]
  /** Run before something that it should have seen. */
  stale: PoolOfMonth[]
  /** Σ of the pools, in the reporting currency. */
  total: Fixed18
  /** Σ of the pools less what the current runs have allocated. */
  unallocated: Fixed18
}

// Overtaken: an event, a correction or a re-rating of the month is newer than what the run has seen.
const RUNS: Prepared = {
  name: 'read_month_runs',
  text: `WITH run AS (
      SELECT r.* FROM allocation_run r WHERE r.tenant_id = $1::uuid AND r.month = $2::date AND r.state = 'CURRENT'
    ), seen AS (SELECT min(snapshot) AS first, max(snapshot) AS last FROM run), newest AS (
      SELECT greatest(
        (SELECT max(i.ingested_at) FROM invocation i, seen WHERE i.tenant_id = $1::uuid AND i.ingested_at >= seen.first
          AND i.occurred_at >= $3::timestamptz AND i.occurred_at < $4::timestamptz AND i.billing <> 'VOID'),
        (SELECT max(c.corrected_at) FROM invocation_correction c, seen WHERE c.tenant_id = $1::uuid AND c.corrected_at >= seen.first
          AND c.occurred_at >= $3::timestamptz AND c.occurred_at < $4::timestamptz),
        (SELECT max(s.superseded_at) FROM superseded_rating s, seen WHERE s.tenant_id = $1::uuid AND s.superseded_at >= seen.first
          AND s.occurred_at >= $3::timestamptz AND s.occurred_at < $4::timestamptz)) AS at
    )
    SELECT r.pool_id AS "poolId", r.id AS "runId", r.policy_id AS "policyId", r.inputs_hash AS "inputsHash",
      r.pool_amount::text AS "poolAmount", r.allocated::text AS allocated, coalesce(newest.at >= r.snapshot, false) AS "isOvertaken"
    FROM run r, newest ORDER BY r.pool_id`,
}

/** `start` and `end`: the instants of the month. */
export async function readMonthPools(
  db: TenantSql,
  month: CalendarDate,
  { start, end }: { start: string; end: string },
): Promise<MonthPools> {
  const [pools, runs] = await Promise.all([
    readPoolsOfMonth(db, month),
    db.query<CurrentRun>(RUNS, [month, start, end]),
  ])
  const runOf = new Map(runs.map((run) => [run.poolId, run]))
  const unconverted = pools.filter(({ converted }) => converted === null)
  const withoutPolicy = pools.filter(({ policy }) => policy === null)
  const runnable = pools.filter(({ converted, policy }) => converted !== null && policy !== null)
  const total = pools.reduce((sum, { converted }) => sum + (converted ?? 0n), 0n)
  const allocated = runs.reduce((sum, run) => sum + parseFixed18(run.allocated), 0n)
  return {
    runs,
    notAllocated: runnable.filter(({ id }) => !runOf.has(id)),
    withoutPolicy,
    unconverted,
    stale: pools.filter((pool) => isStale(pool, runOf.get(pool.id))),
    total,
    unallocated: total - allocated,
  }
}

function isStale({ converted, policy }: PoolOfMonth, run: CurrentRun | undefined): boolean {
  if (run === undefined) return false
  return run.isOvertaken || converted !== parseFixed18(run.poolAmount) || policy?.id !== run.policyId
}
