import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { MonthFraction } from '@outlay/domain/periods/accrual'
import { Grain } from '@outlay/domain/rollup/grain'
import { accrualByMonth, accrued } from './accrued.ts'
import { ACCRUED, fractionRows } from './read-allocated.ts'
import { poolTotal, poolTotalRows, type PoolTotalRow } from './read-pools.ts'

// $6 and $7: months and their fractions, beside the parameters of the statement that holds these.
const FRACTIONS = fractionRows('$6', '$7')

function byGrain(grain: Grain): string {
  return `(SELECT ${ACCRUED} FROM ${FRACTIONS} JOIN allocated_month m ON m.tenant_id = $1::uuid AND m.grain = ${grain} AND m.month = f.month)`
}

/**
 * The select list of what pools add to law L15: shares by fleet, agent, task and client, each added up from rows of its own, the current
 * runs and the pools. Part of the statement of conservation, because one statement is one snapshot.
 */
export const FULLY_LOADED = `${byGrain(Grain.FLEET)} AS "allocatedByFleet", ${byGrain(Grain.AGENT)} AS "allocatedByAgent",
    (SELECT ${ACCRUED} FROM ${FRACTIONS} JOIN allocated_place m ON m.tenant_id = $1::uuid AND m.month = f.month) AS "allocatedByTask",
    ${byGrain(Grain.CLIENT)} AS "allocatedByClient",
    (SELECT coalesce(json_agg(r), '[]') FROM (SELECT r.month::text AS month, r.pool_id AS "poolId", r.pool_amount::text AS "poolAmount",
        r.allocated::text AS allocated, (r.unallocated + r.under_absorbed)::text AS kept
      FROM allocation_run r WHERE r.tenant_id = $1::uuid AND r.state = 'CURRENT' AND r.month = ANY ($6::date[])) r) AS runs,
    (SELECT coalesce(json_agg(p), '[]') FROM (${poolTotalRows('$6')}) p) AS pools`

export interface FullyLoadedRow {
  allocatedByFleet: string
  allocatedByAgent: string
  allocatedByTask: string
  allocatedByClient: string
  runs: { month: string; poolId: string; poolAmount: string; allocated: string; kept: string }[]
  pools: PoolTotalRow[]
}

/** What pools add to law L15, within a range. */
export interface FullyLoadedSums {
  /** What the pools come to. Those without an FX rate are in no sum. */
  pools: Fixed18
  allocatedByFleet: Fixed18
  allocatedByAgent: Fixed18
  allocatedByTask: Fixed18
  allocatedByClient: Fixed18
  /** As the current runs say. */
  allocatedByRuns: Fixed18
  /** What the runs kept back or did not absorb, pools that have no run, and what a pool's amount was changed by since its run. */
  unallocated: Fixed18
}

/** Whether it holds of the pools: every view holds what the runs allocated, and that and the unallocated are the pools. */
export function isFullyLoadedBalanced(sums: FullyLoadedSums): boolean {
  const { pools, allocatedByFleet, allocatedByAgent, allocatedByTask, allocatedByClient } = sums
  const { allocatedByRuns, unallocated } = sums
  const views = [allocatedByFleet, allocatedByAgent, allocatedByTask, allocatedByClient]
  return views.every((sum) => sum === allocatedByRuns) && pools === allocatedByRuns + unallocated
}

export function fullyLoadedSums(row: FullyLoadedRow, fractions: readonly MonthFraction[]): FullyLoadedSums {
  const accrual = accrualByMonth(fractions)
  const within = (amounts: { month: string; amount: Fixed18 }[]) => accrued(amounts, accrual)
  const ofRuns = (amountOf: (run: FullyLoadedRow['runs'][number]) => Fixed18) =>
    within(row.runs.map((run) => ({ month: run.month, amount: amountOf(run) })))
  const pools = within(row.pools.map((pool) => ({ month: pool.month, amount: poolTotal(pool).converted ?? 0n })))
  const runAmounts = ofRuns((run) => parseFixed18(run.poolAmount))
  return {
    pools,
    allocatedByFleet: parseFixed18(row.allocatedByFleet),
    allocatedByAgent: parseFixed18(row.allocatedByAgent),
    allocatedByTask: parseFixed18(row.allocatedByTask),
    allocatedByClient: parseFixed18(row.allocatedByClient),
    allocatedByRuns: ofRuns((run) => parseFixed18(run.allocated)),
    unallocated: pools - runAmounts + ofRuns((run) => parseFixed18(run.kept)),
  }
}
