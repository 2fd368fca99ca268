import { formatFixed18 } from '@outlay/domain/money/fixed18'
import type { CellDeltas, DayCell, FineCell, Measures, TaskCell } from '@outlay/domain/rollup/cells'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import { plainArray, textArray } from './pg-array.ts'

/**
 * The one statement that records a batch: identities, events, carriers of shared uses, who took part in which task, and every rollup
 * cell. It is one statement so that the facts and their sums cannot part, and so that a batch costs one round trip.
 *
 * $1 is the tenant. Every other parameter is an array, one a column, unnested side by side; the lines of an event travel as one array
 * literal an event (`'{1,2}'`) and are cast, because unnest would flatten nested arrays. ON CONFLICT DO NOTHING is the second lock
 * behind the tenant's advisory lock: the counts that come back are compared with what was sent, and a difference rolls back.
 * The upserts name their cells in key order, the order in which every writer takes row locks.
 */
export const WRITE_BATCH = `
WITH key AS (
  INSERT INTO invocation_key (tenant_id, id, occurred_at, content_hash)
  SELECT $1::uuid, * FROM unnest($2::text[], $3::timestamptz[], $4::uuid[])
  ON CONFLICT DO NOTHING RETURNING 1
), event AS (
  INSERT INTO invocation (tenant_id, id, occurred_at, ended_at, agent_id, client_id, project_id, task_id, resource_id,
    trace_id, span_id, parent_span_id, kind, billing, status, name, shared_key, meters, quantities, rate_ids, amounts, fx_rates,
    cost, reported_amount, reported_currency, qualifiers, raw)
  SELECT $1::uuid, e.id, e.occurred_at, e.ended_at, e.agent_id, e.client_id, e.project_id, e.task_id, e.resource_id,
    e.trace_id, e.span_id, e.parent_span_id, e.kind, e.billing, e.status, e.name, e.shared_key, e.meters::text[],
    e.quantities::numeric[], e.rate_ids::uuid[], e.amounts::numeric[], e.fx_rates::numeric[],
    e.cost, e.reported_amount, e.reported_currency, e.qualifiers::jsonb, e.raw::jsonb
  FROM unnest($2::text[], $3::timestamptz[], $5::timestamptz[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[],
    $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
    $21::text[], $22::text[], $23::text[], $24::numeric[], $25::numeric[], $26::text[], $27::text[], $28::text[])
    AS e(id, occurred_at, ended_at, agent_id, client_id, project_id, task_id, resource_id, trace_id, span_id, parent_span_id,
      kind, billing, status, name, shared_key, meters, quantities, rate_ids, amounts, fx_rates, cost, reported_amount,
      reported_currency, qualifiers, raw)
  ON CONFLICT DO NOTHING RETURNING 1
), carrier AS (
  INSERT INTO shared_use (tenant_id, trace_id, shared_key, invocation_id, occurred_at)
  SELECT $1::uuid, * FROM unnest($29::text[], $30::text[], $31::text[], $32::timestamptz[])
  ON CONFLICT DO NOTHING RETURNING 1
), participant AS (
  INSERT INTO task_agent (tenant_id, task_id, agent_id)
  SELECT $1::uuid, * FROM unnest($33::uuid[], $34::uuid[])
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
  SELECT $1::uuid, * FROM unnest($35::timestamptz[], $36::uuid[], $37::uuid[], $38::uuid[], $39::uuid[], $40::text[],
    $41::numeric[], $42::numeric[], $43::bigint[], $44::numeric[], $45::bigint[], $46::bigint[])
  ON CONFLICT (tenant_id, bucket, agent_id, client_id, project_id, resource_id, kind) DO UPDATE SET
    cost_direct = c.cost_direct + EXCLUDED.cost_direct, cost_shared = c.cost_shared + EXCLUDED.cost_shared,
    invocations = c.invocations + EXCLUDED.invocations, tokens = c.tokens + EXCLUDED.tokens,
    unpriced = c.unpriced + EXCLUDED.unpriced, unconverted = c.unconverted + EXCLUDED.unconverted
), daily AS (
  INSERT INTO rollup_day AS c (tenant_id, grain, day, a, b, cost_direct, cost_shared, invocations, tokens, unpriced, unconverted)
  SELECT $1::uuid, * FROM unnest($47::smallint[], $48::date[], $49::uuid[], $50::uuid[],
    $51::numeric[], $52::numeric[], $53::bigint[], $54::numeric[], $55::bigint[], $56::bigint[])
  ON CONFLICT (tenant_id, grain, day, a, b) DO UPDATE SET
    cost_direct = c.cost_direct + EXCLUDED.cost_direct, cost_shared = c.cost_shared + EXCLUDED.cost_shared,
    invocations = c.invocations + EXCLUDED.invocations, tokens = c.tokens + EXCLUDED.tokens,
    unpriced = c.unpriced + EXCLUDED.unpriced, unconverted = c.unconverted + EXCLUDED.unconverted
), task_cell AS (
  INSERT INTO rollup_task AS c (tenant_id, task_id, day, agent_id, cost_direct, cost_shared, invocations, tokens, unpriced, unconverted)
  SELECT $1::uuid, * FROM unnest($57::uuid[], $58::date[], $59::uuid[],
    $60::numeric[], $61::numeric[], $62::bigint[], $63::numeric[], $64::bigint[], $65::bigint[])
  ON CONFLICT (tenant_id, task_id, day, agent_id) DO UPDATE SET
    cost_direct = c.cost_direct + EXCLUDED.cost_direct, cost_shared = c.cost_shared + EXCLUDED.cost_shared,
    invocations = c.invocations + EXCLUDED.invocations, tokens = c.tokens + EXCLUDED.tokens,
    unpriced = c.unpriced + EXCLUDED.unpriced, unconverted = c.unconverted + EXCLUDED.unconverted
)
SELECT (SELECT count(*) FROM key)::int AS keys, (SELECT count(*) FROM event)::int AS events, (SELECT count(*) FROM carrier)::int AS carriers`

/** One row of `invocation`, as texts that Postgres reads. */
export interface StoredEvent {
  id: string
  /** RFC 3339, microseconds. */
  occurredAt: string
  endedAt: string | null
  contentHash: string
  agentId: string | null
  clientId: string | null
  projectId: string | null
  taskId: string | null
  resourceId: string | null
  traceId: string | null
  spanId: string | null
  parentSpanId: string | null
  kind: string
  billing: string
  status: string
  name: string | null
  sharedKey: string | null
  /** Array literals of the lines, side by side. */
  meters: string
  quantities: string
  rateIds: string
  amounts: string
  fxRates: string | null
  cost: string | null
  reportedAmount: string | null
  reportedCurrency: string | null
  qualifiers: string | null
  raw: string | null
}

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

export interface Batch {
  events: readonly StoredEvent[]
  carriers: readonly Carrier[]
  participants: readonly Participant[]
  deltas: CellDeltas
}

/** The parameters of WRITE_BATCH. */
export function batchParameters(tenantId: string, batch: Batch): (string | null)[] {
  const { events, carriers, participants, deltas } = batch
  const fine = deltas.fineCells().sort(byFineKey)
  const daily = deltas.dayCells().sort(byDayKey)
  const tasks = deltas.taskCells().sort(byTaskKey)
  const plain = (pick: (event: StoredEvent) => string | null) => plainArray(events.map(pick))
  const text = (pick: (event: StoredEvent) => string | null) => textArray(events.map(pick))
  return [
    tenantId,
    text((e) => e.id),
    plain((e) => e.occurredAt),
    plain((e) => e.contentHash),
    plain((e) => e.endedAt),
    plain((e) => e.agentId),
    plain((e) => e.clientId),
    plain((e) => e.projectId),
    plain((e) => e.taskId),
    plain((e) => e.resourceId),
    text((e) => e.traceId),
    text((e) => e.spanId),
    text((e) => e.parentSpanId),
    plain((e) => e.kind),
    plain((e) => e.billing),
    plain((e) => e.status),
    text((e) => e.name),
    text((e) => e.sharedKey),
    text((e) => e.meters),
    text((e) => e.quantities),
    text((e) => e.rateIds),
    text((e) => e.amounts),
    text((e) => e.fxRates),
    plain((e) => e.cost),
    plain((e) => e.reportedAmount),
    plain((e) => e.reportedCurrency),
    text((e) => e.qualifiers),
    text((e) => e.raw),
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
