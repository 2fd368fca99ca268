import type { PoolClient } from 'pg'
import { chainShape, type ChainShape } from '@outlay/domain/anomaly/structural'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds } from '@outlay/domain/periods/local-day'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { ChainFinding } from './finding.ts'

/** Depths and fan-outs up to it have a position of their own; the last counts what is larger. */
const POSITIONS = 64
/** A trace of more spans is looked at by so many of them. */
const SPANS_MAX = 50_000
const PAGE = 5_000
/** Days whose shapes are the past, and for how long they are kept. */
const PAST_DAYS = 28
const KEPT_DAYS = 90

/** A span of a trace, as far as its shape goes. */
export interface ShapedSpan {
  spanId: string
  parentSpanId: string | null
}

/**
 * How deep a trace is and how many children its widest span has. A span whose parent is not there is a root; spans that are each other's
 * ancestors are as deep as the way to the first repetition.
 */
export function shapeOf(spans: readonly ShapedSpan[]): { depth: number; fanout: number } {
  const parents = new Map(spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]))
  const children = new Map<string, number>()
  for (const parent of parents.values()) if (parent !== null) children.set(parent, (children.get(parent) ?? 0) + 1)
  const depths = new Map<string, number>()
  let depth = 0
  for (const spanId of parents.keys()) {
    const way: string[] = []
    const onWay = new Set<string>()
    let at: string | null = spanId
    while (at !== null && parents.has(at) && !depths.has(at) && !onWay.has(at)) {
      way.push(at)
      onWay.add(at)
      at = parents.get(at) ?? null
    }
    let known = at === null ? 0 : (depths.get(at) ?? 0)
    for (const step of way.reverse()) depths.set(step, (known += 1))
    depth = Math.max(depth, known)
  }
  return { depth, fanout: largest(children.values()) }
}

function largest(counts: Iterable<number>): number {
  let most = 0
  for (const count of counts) most = Math.max(most, count)
  return most
}

/** The shapes of a day's traces of one project. */
interface DayShape extends ChainShape {
  depths: bigint[]
  fanouts: bigint[]
  deepest: { depth: number; traceId: string } | null
  widest: { fanout: number; traceId: string } | null
}

const SPANS = `
DECLARE chain_spans NO SCROLL CURSOR FOR
SELECT i.trace_id AS "traceId", i.span_id AS "spanId", i.parent_span_id AS "parentSpanId",
  coalesce(i.project_id, t.project_id)::text AS "projectId"
FROM invocation i LEFT JOIN task t ON t.tenant_id = i.tenant_id AND t.id = i.task_id
WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
  AND i.trace_id IS NOT NULL AND i.span_id IS NOT NULL AND i.billing <> 'VOID'
ORDER BY i.trace_id, i.occurred_at, i.id`

interface SpanRow extends ShapedSpan {
  traceId: string
  projectId: string | null
}

/** Reads a day's spans in pages and counts the shapes of its traces, by project: one trace and one page are in memory. */
export async function countShapes(
  client: PoolClient,
  tenantId: string,
  { day, timeZone, signal }: { day: CalendarDate; timeZone: string; signal: AbortSignal },
): Promise<Map<string, DayShape>> {
  const { start, end } = dayBounds(day, timeZone)
  await client.query(SPANS, [tenantId, new Date(start).toISOString(), new Date(end).toISOString()])
  const shapes = new Map<string, DayShape>()
  let trace: SpanRow[] = []
  for (;;) {
    signal.throwIfAborted()
    const { rows } = await client.query<SpanRow>(`FETCH ${PAGE} FROM chain_spans`)
    for (const span of rows) {
      if (trace.length > 0 && trace[0]?.traceId !== span.traceId) {
        count(shapes, trace)
        trace = []
      }
      if (trace.length < SPANS_MAX) trace.push(span)
    }
    if (rows.length < PAGE) break
  }
  count(shapes, trace)
  await client.query('CLOSE chain_spans')
  return shapes
}

function count(shapes: Map<string, DayShape>, trace: readonly SpanRow[]): void {
  const [first] = trace
  if (first === undefined) return
  const projectId = trace.find((span) => span.projectId !== null)?.projectId ?? NIL_UUID
  const shape = shapes.get(projectId) ?? { depths: zeros(), fanouts: zeros(), deepest: null, widest: null }
  shapes.set(projectId, shape)
  const { depth, fanout } = shapeOf(trace)
  add(shape.depths, depth)
  add(shape.fanouts, fanout)
  const { traceId } = first
  if (shape.deepest === null || depth > shape.deepest.depth) shape.deepest = { depth, traceId }
  if (shape.widest === null || fanout > shape.widest.fanout) shape.widest = { fanout, traceId }
}

const zeros = (): bigint[] => Array.from({ length: POSITIONS }, () => 0n)

/** A trace without any child has no fan-out to count. */
function add(counts: bigint[], value: number): void {
  if (value < 1) return
  const position = Math.min(value, POSITIONS) - 1
  counts[position] = (counts[position] ?? 0n) + 1n
}

const PAST = `
SELECT project_id AS "projectId", depths::text[] AS depths, fanouts::text[] AS fanouts FROM chain_shape
WHERE tenant_id = $1::uuid AND day >= $2::date AND day < $3::date`

/** Which projects ran a chain deeper or wider than the 28 days before know. */
export async function findChains(
  client: PoolClient,
  tenantId: string,
  { day, shapes }: { day: CalendarDate; shapes: ReadonlyMap<string, DayShape> },
): Promise<ChainFinding[]> {
  const { rows } = await client.query<{ projectId: string; depths: string[]; fanouts: string[] }>(PAST, [
    tenantId,
    addDays(day, -PAST_DAYS),
    day,
  ])
  const past = new Map<string, ChainShape[]>()
  for (const { projectId, depths, fanouts } of rows) {
    const shape = { depths: depths.map(BigInt), fanouts: fanouts.map(BigInt) }
    past.set(projectId, [...(past.get(projectId) ?? []), shape])
  }
  const found: ChainFinding[] = []
  for (const [projectId, today] of shapes) {
    const unusual = chainShape({ today, past: past.get(projectId) ?? [] })
    if (unusual === null) continue
    const isDepth = unusual.what === 'DEPTH'
    const value = isDepth ? (today.deepest?.depth ?? unusual.value) : (today.widest?.fanout ?? unusual.value)
    found.push({
      kind: 'CHAIN_SHAPE',
      series: `CHAIN:${projectId}`,
      scope: projectId === NIL_UUID ? 'FLEET' : 'PROJECT',
      memberId: projectId,
      secondId: null,
      firstDay: day,
      lastDay: day,
      day,
      ...unusual,
      value,
      traceId: (isDepth ? today.deepest?.traceId : today.widest?.traceId) ?? null,
    })
  }
  return found
}

const STORE = `
INSERT INTO chain_shape (tenant_id, day, project_id, depths, fanouts, deepest_trace, widest_trace)
VALUES ($1::uuid, $2::date, $3::uuid, $4::bigint[], $5::bigint[], $6, $7)
ON CONFLICT (tenant_id, day, project_id) DO UPDATE SET depths = EXCLUDED.depths, fanouts = EXCLUDED.fanouts,
  deepest_trace = EXCLUDED.deepest_trace, widest_trace = EXCLUDED.widest_trace, computed_at = clock_timestamp()
WHERE (chain_shape.depths, chain_shape.fanouts) IS DISTINCT FROM (EXCLUDED.depths, EXCLUDED.fanouts)`

const FORGET = `DELETE FROM chain_shape WHERE tenant_id = $1::uuid AND day < $2::date`

/** Keeps the shapes of a day, and forgets those that are past any use. */
export async function storeShapes(
  client: PoolClient,
  tenantId: string,
  { day, shapes }: { day: CalendarDate; shapes: ReadonlyMap<string, DayShape> },
): Promise<void> {
  for (const [projectId, { depths, fanouts, deepest, widest: widestTrace }] of shapes) {
    const traces = [deepest?.traceId ?? null, widestTrace?.traceId ?? null]
    await client.query(STORE, [tenantId, day, projectId, depths.map(String), fanouts.map(String), ...traces])
  }
  await client.query(FORGET, [tenantId, addDays(day, -KEPT_DAYS)])
}
