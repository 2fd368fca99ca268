import type { AllocationMethod, UsageBasis } from '@outlay/domain/allocation/policy'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { MonthFraction } from '@outlay/domain/periods/accrual'
import { fractionParameters, fractionRows } from './read-allocated.ts'
import { filterCondition, Statement, type RollupFilter } from './read-rollup.ts'
import type { Dimension, RollupSource } from './rollup-source.ts'
import { PLANNED_EACH_TIME, type TenantSql } from './tenant-sql.ts'

/** What the current run of a pool in one month gave to those that a filter keeps. */
export interface ShareLine {
  runId: string
  poolId: string
  month: CalendarDate
  method: AllocationMethod
  basis: UsageBasis | null
  policyVersion: number
  /** What the run gave to everybody. */
  allocated: Fixed18
  /** The weights of those kept; null where the filter tells parts of an agent apart, which have no weight of their own. */
  weight: string | null
  /** The weights of everybody. */
  weights: string
  /** Of the whole month. */
  amount: Fixed18
  /** How much of the month is asked about, decimal text. */
  fraction: string
}

const AGENT_SHARES: Pick<RollupSource, 'from' | 'columns'> = {
  from: 'allocation_share c',
  columns: { AGENT: 'c.agent_id' },
}

const PLACES: Pick<RollupSource, 'from' | 'columns'> = {
  from: `(SELECT s.tenant_id, s.run_id, s.agent_id, p.task_id, p.client_id, p.project_id, p.amount, NULL::numeric AS weight
    FROM allocation_share s CROSS JOIN LATERAL unnest(s.task_ids, s.client_ids, s.project_ids, s.amounts) AS p(task_id, client_id, project_id, amount)) c`,
  columns: { AGENT: 'c.agent_id', TASK: 'c.task_id', CLIENT: 'c.client_id', PROJECT: 'c.project_id' },
}

/**
 * Shares of pools by pool and month, the largest first. `fractions`: how much of which months is asked about; null for all of every month.
 * The filter may name agents, clients, projects and tasks; a share has no other tags.
 */
export async function readShareLines(
  db: TenantSql,
  { filter, fractions }: { filter: RollupFilter; fractions: readonly MonthFraction[] | null },
): Promise<ShareLine[]> {
  const dimensions = Object.keys(filter) as Dimension[]
  const isByAgent = dimensions.every((dimension) => dimension === 'AGENT')
  const told: RollupSource = {
    ...(isByAgent ? AGENT_SHARES : PLACES),
    ...{ name: 's', where: [], time: 'day', cellKey: null, kindIsUuid: false },
  }
  const statement = new Statement()
  const conditions = dimensions.map((dimension) => filterCondition(dimension, filter[dimension] ?? [], told, statement))
  const months =
    fractions === null
      ? `(SELECT DISTINCT m.month, 1::numeric FROM allocation_run m WHERE m.tenant_id = $1::uuid AND m.state = 'CURRENT') AS f(month, fraction)`
      : monthsOf(fractions, statement)
  const text = `SELECT r.id AS "runId", r.pool_id AS "poolId", r.month::text AS month, r.method, r.basis, y.version AS "policyVersion",
      r.allocated::text AS allocated, trim_scale(c.weight)::text AS weight,
      (SELECT trim_scale(sum(w.weight))::text FROM allocation_share w WHERE w.tenant_id = $1::uuid AND w.run_id = r.id) AS weights,
      c.amount::text AS amount, trim_scale(f.fraction)::text AS fraction
    FROM ${months}
    JOIN allocation_run r ON r.tenant_id = $1::uuid AND r.state = 'CURRENT' AND r.month = f.month
    JOIN allocation_policy y ON y.tenant_id = $1::uuid AND y.id = r.policy_id
    JOIN LATERAL (
      SELECT sum(c.amount) AS amount, sum(c.weight) AS weight FROM ${told.from}
      WHERE ${['c.tenant_id = $1::uuid', 'c.run_id = r.id', ...conditions].join(' AND ')} HAVING count(*) > 0
    ) c ON true
    ORDER BY abs(c.amount) DESC, r.month, r.id`
  const rows = await db.query<
    Omit<ShareLine, 'allocated' | 'amount' | 'weights'> & { allocated: string; amount: string; weights: string | null }
  >({ name: PLANNED_EACH_TIME, text }, statement.values)
  return rows.map((row) => ({
    ...row,
    allocated: parseFixed18(row.allocated),
    weights: row.weights ?? '0',
    amount: parseFixed18(row.amount),
  }))
}

function monthsOf(fractions: readonly MonthFraction[], statement: Statement): string {
  const [months, parts] = fractionParameters(fractions)
  return fractionRows(statement.param(months, 'date[]'), statement.param(parts, 'numeric[]'))
}
