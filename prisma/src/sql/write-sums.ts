import { v7 as uuidv7 } from 'uuid'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import type {
  CellDeltas,
  DayCell,
  FineCell,
  Measures,
  PeriodCorrectionCell,
  Posting,
  TaskCell,
} from '@outlay/domain/rollup/cells'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import { WRITE_CLIENT_ACTIVITY } from './client-activity.ts'
import { MARK_CHANGED } from './mark-changed.ts'
import { plainArray, textArray } from './pg-array.ts'

/**
 * Records what a batch changes beside its events: carriers of shared uses, who took part in which task, every rollup cell and, from
 * the cells that begin or cease to count anything, who was active for which client: in one round trip. $1 is the tenant; every other parameter is an array, one a column. The upserts name their cells in key order, the order in
 * which every writer takes row locks.
 */
export const WRITE_SUMS = `
WITH carrier AS (
  INSERT INTO shared_use (tenant_id, trace_id, shared_key, invocation_id, occurred_at)
  SELECT $1::uuid, * FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[])
  ON CONFLICT DO NOTHING RETURNING 1
), participant AS (
  INSERT INTO task_agent (tenant_id, task_id, agent_id)
  SELECT $1::uuid, * FROM unnest($6::uuid[], $7::uuid[])
  ON CONFLICT DO NOTHING RETURNING task_id, agent_id
), completed AS (
  INSERT INTO completed_cell AS c (tenant_id, day, agent_id, tasks)
  SELECT $1::uuid, t.completed_on, p.agent_id, count(*)
  FROM participant p JOIN task t ON t.tenant_id = $1::uuid AND t.id = p.task_id
  WHERE t.completed_on IS NOT NULL GROUP BY t.completed_on, p.agent_id ORDER BY 2, 3
  ON CONFLICT (tenant_id, day, agent_id) DO UPDATE SET tasks = c.tasks + EXCLUDED.tasks
), fine AS (
  INSERT INTO rollup_fine AS c (tenant_id, bucket, agent_id, client_id, project_id, resource_id, kind,
    cost_direct, cost_shared, invocations, tokens, unpriced, unconverted)
  SELECT $1::uuid, * FROM unnest($8::timestamptz[], $9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::text[],
    $14::numeric[], $15::numeric[], $16::bigint[], $17::numeric[], $18::bigint[], $19::bigint[])
  ON CONFLICT (tenant_id, bucket, agent_id, client_id, project_id, resource_id, kind) DO UPDATE SET
    cost_direct = c.cost_direct + EXCLUDED.cost_direct, cost_shared = c.cost_shared + EXCLUDED.cost_shared,
    invocations = c.invocations + EXCLUDED.invocations, tokens = c.tokens + EXCLUDED.tokens,
    unpriced = c.unpriced + EXCLUDED.unpriced, unconverted = c.unconverted + EXCLUDED.unconverted
), daily AS (
  INSERT INTO rollup_day AS c (tenant_id, grain, day, a, b, cost_direct, cost_shared, invocations, tokens, unpriced, unconverted)
  SELECT $1::uuid, * FROM unnest($20::smallint[], $21::date[], $22::uuid[], $23::uuid[],
    $24::numeric[], $25::numeric[], $26::bigint[], $27::numeric[], $28::bigint[], $29::bigint[])
  ON CONFLICT (tenant_id, grain, day, a, b) DO UPDATE SET
    cost_direct = c.cost_direct + EXCLUDED.cost_direct, cost_shared = c.cost_shared + EXCLUDED.cost_shared,
    invocations = c.invocations + EXCLUDED.invocations, tokens = c.tokens + EXCLUDED.tokens,
    unpriced = c.unpriced + EXCLUDED.unpriced, unconverted = c.unconverted + EXCLUDED.unconverted
), task_cell AS (
  INSERT INTO rollup_task AS c (tenant_id, task_id, day, agent_id, cost_direct, cost_shared, invocations, tokens, unpriced, unconverted)
  SELECT $1::uuid, * FROM unnest($30::uuid[], $31::date[], $32::uuid[],
    $33::numeric[], $34::numeric[], $35::bigint[], $36::numeric[], $37::bigint[], $38::bigint[])
  ON CONFLICT (tenant_id, task_id, day, agent_id) DO UPDATE SET
    cost_direct = c.cost_direct + EXCLUDED.cost_direct, cost_shared = c.cost_shared + EXCLUDED.cost_shared,
    invocations = c.invocations + EXCLUDED.invocations, tokens = c.tokens + EXCLUDED.tokens,
    unpriced = c.unpriced + EXCLUDED.unpriced, unconverted = c.unconverted + EXCLUDED.unconverted
), change AS (
  ${MARK_CHANGED('SELECT day FROM unnest($21::date[] || $39::date[]) AS d(day) GROUP BY day')}
), ${WRITE_CLIENT_ACTIVITY}
SELECT (SELECT count(*) FROM carrier)::int AS carriers`

/**
 * Records what happened to closed months, beside the cells of WRITE_SUMS. $1 tenant, $2 reference, $3 and $4 where it is counted; every
 * other parameter is an array, one a column.
 */
export const WRITE_CORRECTIONS = `
INSERT INTO period_correction (tenant_id, reference, posted_bucket, posted_day, created_at, id, cause, usage_bucket, usage_day, agent_id,
  client_id, project_id, task_id, resource_id, kind, cost_direct, cost_shared, invocations, tokens, unpriced, unconverted)
SELECT $1::uuid, $2::text, $3::timestamptz, $4::date, clock_timestamp(), * FROM unnest($5::uuid[], $6::text[], $7::timestamptz[], $8::date[],
  $9::uuid[], $10::uuid[], $11::uuid[], $12::uuid[], $13::uuid[], $14::text[], $15::numeric[], $16::numeric[], $17::bigint[],
  $18::numeric[], $19::bigint[], $20::bigint[])`

export interface Carrier {
  traceId: string
  sharedKey: string
  invocationId: string
  occurredAt: string
}

export interface Participant {
  taskId: string
  agentId: string
}

/** What a batch changes beside its events. */
export interface Sums {
  carriers: readonly Carrier[]
  participants: readonly Participant[]
  deltas: CellDeltas
}

/** The parameters of WRITE_SUMS. */
export function sumParameters(tenantId: string, sums: Sums): (string | null)[] {
  const { carriers, participants, deltas } = sums
  const fine = deltas.fineCells().sort(byFineKey)
  const daily = deltas.dayCells().sort(byDayKey)
  const tasks = deltas.taskCells().sort(byTaskKey)
  return [
    tenantId,
    textArray(carriers.map((c) => c.traceId)),
    textArray(carriers.map((c) => c.sharedKey)),
    textArray(carriers.map((c) => c.invocationId)),
    plainArray(carriers.map((c) => c.occurredAt)),
    plainArray(participants.map((p) => p.taskId)),
    plainArray(participants.map((p) => p.agentId)),
    plainArray(fine.map((c) => new Date(c.bucket).toISOString())),
    plainArray(fine.map((c) => c.agentId)),
    plainArray(fine.map((c) => c.clientId)),
    plainArray(fine.map((c) => c.projectId)),
    plainArray(fine.map((c) => c.resourceId)),
    plainArray(fine.map((c) => c.kind)),
    ...measureArrays(fine),
    plainArray(daily.map((c) => c.grain)),
    plainArray(daily.map((c) => c.day)),
    plainArray(daily.map((c) => c.a)),
    plainArray(daily.map((c) => c.b)),
    ...measureArrays(daily),
    plainArray(tasks.map((c) => c.taskId)),
    plainArray(tasks.map((c) => c.day)),
    plainArray(tasks.map((c) => c.agentId)),
    ...measureArrays(tasks),
    plainArray(deltas.touchedDays()),
  ]
}

/** The parameters of WRITE_CORRECTIONS. */
export function correctionParameters(
  tenantId: string,
  posting: Posting,
  corrections: readonly PeriodCorrectionCell[],
): (string | null)[] {
  return [
    tenantId,
    posting.reference,
    new Date(posting.bucket).toISOString(),
    posting.day,
    plainArray(corrections.map(() => uuidv7())),
    plainArray(corrections.map((c) => c.cause)),
    plainArray(corrections.map((c) => new Date(c.usageBucket).toISOString())),
    plainArray(corrections.map((c) => c.usageDay)),
    plainArray(corrections.map((c) => c.agentId)),
    plainArray(corrections.map((c) => c.clientId)),
    plainArray(corrections.map((c) => c.projectId)),
    plainArray(corrections.map((c) => c.taskId)),
    plainArray(corrections.map((c) => c.resourceId)),
    plainArray(corrections.map((c) => c.kind)),
    ...measureArrays(corrections),
  ]
}

function measureArrays(cells: readonly Measures[]): string[] {
  return [
    plainArray(cells.map((c) => formatFixed18(c.costDirect))),
    plainArray(cells.map((c) => formatFixed18(c.costShared))),
    plainArray(cells.map((c) => c.invocations)),
    plainArray(cells.map((c) => formatQuantity(c.tokens))),
    plainArray(cells.map((c) => c.unpriced)),
    plainArray(cells.map((c) => c.unconverted)),
  ]
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function byFineKey(x: FineCell, y: FineCell): number {
  return (
    x.bucket - y.bucket ||
    compare(x.agentId, y.agentId) ||
    compare(x.clientId, y.clientId) ||
    compare(x.projectId, y.projectId) ||
    compare(x.resourceId, y.resourceId) ||
    compare(x.kind, y.kind)
  )
}

function byDayKey(x: DayCell, y: DayCell): number {
  return x.grain - y.grain || compare(x.day, y.day) || compare(x.a, y.a) || compare(x.b, y.b)
}

function byTaskKey(x: TaskCell, y: TaskCell): number {
  return compare(x.taskId, y.taskId) || compare(x.day, y.day) || compare(x.agentId, y.agentId)
}
