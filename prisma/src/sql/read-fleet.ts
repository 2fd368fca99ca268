import { invariant } from '@outlay/domain/errors'
import type { MonthFraction } from '@outlay/domain/periods/accrual'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { CELL_SUMS, cellSums, instantText, type CellSums, type CellSumsRow } from './cell-sums.ts'
import { FULLY_LOADED, fullyLoadedSums, type FullyLoadedRow, type FullyLoadedSums } from './fully-loaded.ts'
import { plainArray } from './pg-array.ts'
import { fractionParameters } from './read-allocated.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

const FLEET_SUMS: Prepared = {
  name: 'read_fleet_sums',
  text: `SELECT ${CELL_SUMS}
    FROM unnest($2::date[], $3::date[]) WITH ORDINALITY AS r(first, after_last, position)
    LEFT JOIN rollup_day c ON c.tenant_id = $1::uuid AND c.grain = ${Grain.FLEET} AND c.day >= r.first AND c.day < r.after_last
    GROUP BY r.position ORDER BY r.position`,
}

/** The cost of the fleet in each of some ranges, in one statement. */
export async function readFleetSums(db: TenantSql, ranges: readonly DateRange[]): Promise<CellSums[]> {
  const values = [plainArray(ranges.map((range) => range.from)), plainArray(ranges.map((range) => range.to))]
  const rows = await db.query<CellSumsRow>(FLEET_SUMS, values)
  return rows.map(cellSums)
}

/** Sums of a local day. */
export interface DaySums {
  day: string
  sums: CellSums
}

const DAYS: Prepared = {
  name: 'read_days',
  text: `SELECT c.day::text AS day, ${CELL_SUMS} FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = $2 AND c.day >= $3::date AND c.day < $4::date AND c.a = $5::uuid AND c.b = $6::uuid
    GROUP BY c.day ORDER BY c.day`,
}

/** The days with cost of one member of a grain: `a` is nil for the fleet and for the named remainder. */
export async function readDays(
  db: TenantSql,
  { grain, a = NIL_UUID, b = NIL_UUID, range }: { grain: Grain; a?: string; b?: string; range: DateRange },
): Promise<DaySums[]> {
  const rows = await db.query<CellSumsRow & { day: string }>(DAYS, [grain, range.from, range.to, a, b])
  return rows.map((row) => ({ day: row.day, sums: cellSums(row) }))
}

/** Sums of a UTC bucket. */
export interface BucketSums {
  /** Milliseconds since 1970. */
  startMs: number
  sums: CellSums
}

const BUCKETS: Prepared = {
  name: 'read_buckets',
  text: `SELECT (extract(epoch FROM c.bucket) * 1000)::bigint::text AS start, ${CELL_SUMS} FROM rollup_fine c
    WHERE c.tenant_id = $1::uuid AND c.bucket >= $2::timestamptz AND c.bucket < $3::timestamptz
      AND ($4::uuid IS NULL OR c.agent_id = $4::uuid)
    GROUP BY c.bucket ORDER BY c.bucket`,
}

/** The buckets of some hours, of the fleet or of one agent. */
export async function readBuckets(
  db: TenantSql,
  { start, end, agentId = null }: { start: string; end: string; agentId?: string | null },
): Promise<BucketSums[]> {
  const rows = await db.query<CellSumsRow & { start: string }>(BUCKETS, [start, end, agentId])
  return rows.map((row) => ({ startMs: Number(row.start), sums: cellSums(row) }))
}

const REMAINDERS: Prepared = {
  name: 'read_remainders',
  text: `SELECT
    (SELECT coalesce(sum(c.cost_direct), 0)::text FROM rollup_day c
      WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.AGENT} AND c.day >= $2::date AND c.day < $3::date AND c.a = '${NIL_UUID}') AS agent,
    (SELECT coalesce(sum(c.cost_direct + c.cost_shared), 0)::text FROM rollup_task c
      WHERE c.tenant_id = $1::uuid AND c.task_id = '${NIL_UUID}' AND c.day >= $2::date AND c.day < $3::date) AS task,
    (SELECT coalesce(sum(c.cost_direct + c.cost_shared), 0)::text FROM rollup_day c
      WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.CLIENT} AND c.day >= $2::date AND c.day < $3::date AND c.a = '${NIL_UUID}') AS client`,
}

/** Cost without an agent, without a task, without a client: decimal texts. */
export async function readRemainderSums(
  db: TenantSql,
  range: DateRange,
): Promise<{ agent: string; task: string; client: string }> {
  const rows = await db.query<{ agent: string; task: string; client: string }>(REMAINDERS, [range.from, range.to])
  return rows[0] ?? { agent: '0', task: '0', client: '0' }
}

// One statement is one snapshot: under live ingest five statements would differ and cry wolf. The ledger of a range is its events, without
// what of them was posted to other months, and with what of closed months was posted to it (law L23).
const CONSERVATION: Prepared = {
  name: 'read_conservation',
  text: `SELECT
    ((SELECT coalesce(sum(i.cost), 0) FROM invocation i WHERE i.tenant_id = $1::uuid
        AND i.occurred_at >= $4::timestamptz AND i.occurred_at < $5::timestamptz AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED'))
      - (SELECT coalesce(sum(k.cost_direct + k.cost_shared), 0) FROM period_correction k WHERE k.tenant_id = $1::uuid
        AND k.usage_day >= $2::date AND k.usage_day < $3::date AND k.returned_at IS NULL)
      + (SELECT coalesce(sum(k.cost_direct + k.cost_shared), 0) FROM period_correction k WHERE k.tenant_id = $1::uuid
        AND k.posted_day >= $2::date AND k.posted_day < $3::date AND k.returned_at IS NULL))::text AS ledger,
    (SELECT coalesce(sum(c.cost_direct + c.cost_shared), 0)::text FROM rollup_day c
      WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.AGENT} AND c.day >= $2::date AND c.day < $3::date) AS "byAgent",
    (SELECT coalesce(sum(c.cost_direct + c.cost_shared), 0)::text FROM rollup_task c
      WHERE c.tenant_id = $1::uuid AND c.day >= $2::date AND c.day < $3::date) AS "byTask",
    (SELECT coalesce(sum(c.cost_direct + c.cost_shared), 0)::text FROM rollup_day c
      WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.CLIENT} AND c.day >= $2::date AND c.day < $3::date) AS "byClient",
    (SELECT coalesce(sum(c.cost_direct + c.cost_shared), 0)::text FROM rollup_fine c
      WHERE c.tenant_id = $1::uuid AND c.bucket >= $4::timestamptz AND c.bucket < $5::timestamptz) AS "byRollup",
    ${FULLY_LOADED}`,
}

export interface ConservationSums {
  ledger: string
  byAgent: string
  byTask: string
  byClient: string
  byRollup: string
}

/** The five sums of law L15 as decimal texts, and those of what pools add to it. `start` and `end`: the instants of the range. */
export async function readConservationSums(
  db: TenantSql,
  options: { range: DateRange; start: string; end: string; fractions: readonly MonthFraction[] },
): Promise<ConservationSums & { fullyLoaded: FullyLoadedSums }> {
  const { range, start, end, fractions } = options
  const values = [range.from, range.to, start, end, ...fractionParameters(fractions)]
  const [row] = await db.query<ConservationSums & FullyLoadedRow>(CONSERVATION, values)
  invariant(row !== undefined, 'A statement of sums answered no row.')
  const { ledger, byAgent, byTask, byClient, byRollup } = row
  return { ledger, byAgent, byTask, byClient, byRollup, fullyLoaded: fullyLoadedSums(row, fractions) }
}

const COMPLETED: Prepared = {
  name: 'read_completed_count',
  text: `SELECT coalesce(sum(v.tasks), 0)::int AS count FROM client_revenue v
    WHERE v.tenant_id = $1::uuid AND v.day >= $2::date AND v.day < $3::date`,
}

/** Tasks completed on the days of a range. */
export async function readCompletedCount(db: TenantSql, range: DateRange): Promise<number> {
  const rows = await db.query<{ count: number }>(COMPLETED, [range.from, range.to])
  return rows[0]?.count ?? 0
}

const DATA_THROUGH: Prepared = {
  name: 'read_data_through',
  text: `SELECT ${instantText('i.occurred_at')} AS at FROM invocation i
    WHERE i.tenant_id = $1::uuid AND i.occurred_at <= $2::timestamptz AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
    ORDER BY i.occurred_at DESC LIMIT 1`,
}

/** When the latest billed invocation up to `now` occurred; null before the first. The first entry of an index. */
export async function readLatestOccurrence(db: TenantSql, now: string): Promise<string | null> {
  const rows = await db.query<{ at: string }>(DATA_THROUGH, [now])
  return rows[0]?.at ?? null
}
