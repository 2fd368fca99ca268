import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { CorrectionCause } from '@outlay/domain/rollup/cells'
import { Grain, NIL_UUID, type InvocationKind } from '@outlay/domain/rollup/grain'
import type { BridgeLine } from '../periods/bridge.ts'
import { PERIOD_COLUMNS, untouched, type PeriodAction, type PeriodRecord } from '../periods/period.ts'
import type { SnapshotContent } from '../periods/snapshot.ts'
import { cellSums, instantText, type CellSums, type CellSumsRow } from './cell-sums.ts'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

const MONTHS: Prepared = {
  name: 'read_periods',
  text: `SELECT ${PERIOD_COLUMNS} FROM period p WHERE p.tenant_id = $1::uuid AND p.month = ANY ($2::date[])`,
}

/** Some months as they stand, in the order they are asked for; one that nobody has touched is open. */
export async function readPeriods(db: TenantSql, months: readonly CalendarDate[]): Promise<PeriodRecord[]> {
  const rows = await db.query<PeriodRecord>(MONTHS, [plainArray(months)])
  return months.map((month) => rows.find((row) => row.month === month) ?? untouched(month))
}

const FIRST: Prepared = {
  name: 'read_first_month',
  text: `SELECT date_trunc('month', least(
      (SELECT min(c.day) FROM rollup_day c WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.FLEET}),
      (SELECT min(p.first_month) FROM cost_pool p WHERE p.tenant_id = $1::uuid))::timestamp)::date::text AS month`,
}

/** The first month with usage or a pool; null before any. */
export async function readFirstMonth(db: TenantSql): Promise<CalendarDate | null> {
  const [row] = await db.query<{ month: string | null }>(FIRST)
  return row?.month ?? null
}

/** An edition of a month: what it came to when it was closed. */
export interface SnapshotRecord {
  month: CalendarDate
  edition: number
  hash: string
  content: SnapshotContent
  bridge: BridgeLine[] | null
  closedBy: string
  closedAt: string
  fleet: SnapshotSums
}

/** What a row of an edition holds. */
export interface SnapshotSums extends CellSums {
  allocated: Fixed18
  /** Decimal text in the reporting currency; null when nothing was billed. */
  revenue: string | null
}

type SumsRow = CellSumsRow & { allocated: string; revenue: string | null }

const SUMS = `r.cost_direct::text AS direct, r.cost_shared::text AS shared, r.cost_allocated::text AS allocated, r.revenue::text AS revenue,
  r.invocations::text AS invocations, r.tokens::text AS tokens, r.unpriced::text AS unpriced, r.unconverted::text AS unconverted`

function snapshotSums(row: SumsRow): SnapshotSums {
  return { ...cellSums(row), allocated: parseFixed18(row.allocated), revenue: row.revenue }
}

const SNAPSHOTS: Prepared = {
  name: 'read_period_snapshots',
  text: `SELECT s.month::text AS month, s.edition, s.hash, s.content, s.bridge, s.closed_by AS "closedBy", ${instantText('s.closed_at')} AS "closedAt",
      ${SUMS}
    FROM period_snapshot s JOIN period_snapshot_row r ON r.tenant_id = $1::uuid AND r.month = s.month AND r.edition = s.edition
      AND r.dimension = 'FLEET'
    WHERE s.tenant_id = $1::uuid AND s.month = ANY ($2::date[]) ORDER BY s.month, s.edition DESC`,
}

/** The editions of some months, the newest first. */
export async function readSnapshots(db: TenantSql, months: readonly CalendarDate[]): Promise<SnapshotRecord[]> {
  const rows = await db.query<SumsRow & Omit<SnapshotRecord, 'fleet'>>(SNAPSHOTS, [plainArray(months)])
  return rows.map((row) => {
    const { month, edition, hash, content, bridge, closedBy, closedAt } = row
    return { month, edition, hash, content, bridge, closedBy, closedAt, fleet: snapshotSums(row) }
  })
}

export type SnapshotDimension = 'AGENT' | 'CLIENT' | 'PROJECT' | 'TASK'

export interface SnapshotRow {
  /** The nil uuid is the named remainder. */
  memberId: string
  sums: SnapshotSums
  total: string
}

const ROW_TOTAL = '(r.cost_direct + r.cost_shared + r.cost_allocated)'

const ROWS: Prepared = {
  name: 'read_period_snapshot_rows',
  text: `SELECT r.member_id AS "memberId", ${ROW_TOTAL}::text AS total, ${SUMS} FROM period_snapshot_row r
    WHERE r.tenant_id = $1::uuid AND r.month = $2::date AND r.edition = $3::int AND r.dimension = $4
      AND ($5::numeric IS NULL OR (${ROW_TOTAL}, r.member_id) < ($5::numeric, $6::uuid))
    ORDER BY ${ROW_TOTAL} DESC, r.member_id DESC LIMIT $7`,
}

interface RowsOf {
  month: CalendarDate
  edition: number
  dimension: SnapshotDimension
}

/** The rows of an edition by one dimension, the most expensive first. */
export async function readSnapshotRows(
  db: TenantSql,
  { month, edition, dimension, after, limit }: RowsOf & { after: { total: string; id: string } | null; limit: number },
): Promise<SnapshotRow[]> {
  const values = [month, edition, dimension, after?.total ?? null, after?.id ?? NIL_UUID, limit]
  const rows = await db.query<SumsRow & { memberId: string; total: string }>(ROWS, values)
  return rows.map((row) => ({ memberId: row.memberId, total: row.total, sums: snapshotSums(row) }))
}

const COUNT_ROWS: Prepared = {
  name: 'count_period_snapshot_rows',
  text: `SELECT count(*)::int AS count FROM period_snapshot_row r
    WHERE r.tenant_id = $1::uuid AND r.month = $2::date AND r.edition = $3::int AND r.dimension = $4`,
}

export async function countSnapshotRows(db: TenantSql, { month, edition, dimension }: RowsOf): Promise<number> {
  const [row] = await db.query<{ count: number }>(COUNT_ROWS, [month, edition, dimension])
  return row?.count ?? 0
}

/** What happened to a closed month afterwards, in one bucket and place. Ids: the nil uuid is none. */
export interface PeriodCorrectionRecord {
  id: string
  cause: CorrectionCause
  reference: string | null
  usageDay: CalendarDate
  postedDay: CalendarDate
  agentId: string
  clientId: string
  projectId: string
  taskId: string
  resourceId: string
  kind: InvocationKind
  cost: string
  invocations: string
  createdAt: string
  isReturned: boolean
}

const OF_MONTH = 'k.tenant_id = $1::uuid AND k.usage_day >= $2::date AND k.usage_day < $3::date'

// Ids are in the order of time.
const CORRECTIONS: Prepared = {
  name: 'read_period_corrections',
  text: `SELECT k.id, k.cause, k.reference, k.usage_day::text AS "usageDay", k.posted_day::text AS "postedDay", k.agent_id AS "agentId",
      k.client_id AS "clientId", k.project_id AS "projectId", k.task_id AS "taskId", k.resource_id AS "resourceId", k.kind,
      (k.cost_direct + k.cost_shared)::text AS cost, k.invocations::text AS invocations, ${instantText('k.created_at')} AS "createdAt",
      k.returned_at IS NOT NULL AS "isReturned"
    FROM period_correction k WHERE ${OF_MONTH} AND ($4::uuid IS NULL OR k.id < $4::uuid) ORDER BY k.id DESC LIMIT $5`,
}

/** What was posted elsewhere for a month, the latest first; what has gone home since is among it. */
export function readPeriodCorrections(
  db: TenantSql,
  { month, after, limit }: { month: CalendarDate; after: string | null; limit: number },
): Promise<PeriodCorrectionRecord[]> {
  return db.query(CORRECTIONS, [month, addMonths(month, 1), after, limit])
}

const COUNT_CORRECTIONS: Prepared = {
  name: 'count_period_corrections',
  text: `SELECT count(*)::int AS count FROM period_correction k WHERE ${OF_MONTH}`,
}

export async function countPeriodCorrections(db: TenantSql, month: CalendarDate): Promise<number> {
  const [row] = await db.query<{ count: number }>(COUNT_CORRECTIONS, [month, addMonths(month, 1)])
  return row?.count ?? 0
}

const CORRECTION_SUMS: Prepared = {
  name: 'read_period_correction_sums',
  text: `SELECT coalesce(sum(k.cost_direct + k.cost_shared) FILTER (WHERE k.usage_day >= $2::date AND k.usage_day < $3::date), 0)::text AS posted,
      coalesce(sum(k.cost_direct + k.cost_shared) FILTER (WHERE k.posted_day >= $2::date AND k.posted_day < $3::date), 0)::text AS received
    FROM period_correction k WHERE k.tenant_id = $1::uuid AND k.returned_at IS NULL
      AND ((k.usage_day >= $2::date AND k.usage_day < $3::date) OR (k.posted_day >= $2::date AND k.posted_day < $3::date))`,
}

/** Σ of what a month has posted elsewhere and of what others have posted to it, as it stands: decimal texts. */
export async function readCorrectionSums(
  db: TenantSql,
  month: CalendarDate,
): Promise<{ posted: string; received: string }> {
  const [row] = await db.query<{ posted: string; received: string }>(CORRECTION_SUMS, [month, addMonths(month, 1)])
  return row ?? { posted: '0', received: '0' }
}

/** What was done to a month. */
export interface PeriodEventRecord {
  action: PeriodAction
  reason: string | null
  actedBy: string
  actedAt: string
}

const EVENTS: Prepared = {
  name: 'read_period_events',
  text: `SELECT e.action, e.reason, e.acted_by AS "actedBy", ${instantText('e.acted_at')} AS "actedAt" FROM period_event e
    WHERE e.tenant_id = $1::uuid AND e.month = $2::date ORDER BY e.acted_at DESC, e.id DESC LIMIT 500`,
}

/** The history of a month, the latest first. */
export function readPeriodEvents(db: TenantSql, month: CalendarDate): Promise<PeriodEventRecord[]> {
  return db.query(EVENTS, [month])
}
