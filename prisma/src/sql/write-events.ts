import { literalArray, plainArray, textArray } from './pg-array.ts'

/**
 * Records events: their identities and their rows. Every parameter but $1, the tenant, is an array, one a column, unnested side by side;
 * the lines of an event travel as one array literal an event (`'{1,2}'`) and are cast, because unnest would flatten nested arrays.
 * ON CONFLICT DO NOTHING is the second lock behind the tenant's advisory lock: the counts that come back are compared with what was
 * sent, and a difference rolls back. An event is stamped as its row is made, under the tenant's lock: `ingested_at` is the order in which
 * the tenant's events were recorded, which decides who carries a shared use (law L13).
 */
export const WRITE_EVENTS = `
WITH key AS (
  INSERT INTO invocation_key (tenant_id, id, occurred_at, content_hash)
  SELECT $1::uuid, * FROM unnest($2::text[], $3::timestamptz[], $4::uuid[])
  ON CONFLICT DO NOTHING RETURNING 1
), event AS (
  INSERT INTO invocation (tenant_id, id, occurred_at, ended_at, agent_id, client_id, project_id, task_id, resource_id,
    trace_id, span_id, parent_span_id, kind, billing, status, name, shared_key, meters, quantities, rate_ids, amounts, fx_rates,
    cost, reported_amount, reported_currency, qualifiers, raw, cost_basis, reported_fx_rate, ladders, failure, ingested_at)
  SELECT $1::uuid, e.id, e.occurred_at, e.ended_at, e.agent_id, e.client_id, e.project_id, e.task_id, e.resource_id,
    e.trace_id, e.span_id, e.parent_span_id, e.kind, e.billing, e.status, e.name, e.shared_key, e.meters::text[],
    e.quantities::numeric[], e.rate_ids::uuid[], e.amounts::numeric[], e.fx_rates::numeric[],
    e.cost, e.reported_amount, e.reported_currency, e.qualifiers::jsonb, e.raw::jsonb, e.cost_basis, e.reported_fx_rate,
    e.ladders::uuid[], e.failure, clock_timestamp()
  FROM unnest($2::text[], $3::timestamptz[], $5::timestamptz[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[],
    $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[],
    $21::text[], $22::text[], $23::text[], $24::numeric[], $25::numeric[], $26::text[], $27::text[], $28::text[],
    $29::text[], $30::numeric[], $31::text[], $32::text[])
    AS e(id, occurred_at, ended_at, agent_id, client_id, project_id, task_id, resource_id, trace_id, span_id, parent_span_id,
      kind, billing, status, name, shared_key, meters, quantities, rate_ids, amounts, fx_rates, cost, reported_amount,
      reported_currency, qualifiers, raw, cost_basis, reported_fx_rate, ladders, failure)
  ON CONFLICT DO NOTHING RETURNING 1
)
SELECT (SELECT count(*) FROM key)::int AS keys, (SELECT count(*) FROM event)::int AS events`

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
  /** null when no line is a part of a graduated price. */
  ladders: string | null
  cost: string | null
  reportedAmount: string | null
  reportedCurrency: string | null
  qualifiers: string | null
  raw: string | null
  costBasis: string
  reportedFxRate: string | null
  failure: string | null
}

/** The parameters of WRITE_EVENTS. */
export function eventParameters(tenantId: string, events: readonly StoredEvent[]): (string | null)[] {
  const plain = (pick: (event: StoredEvent) => string | null) => plainArray(events.map(pick))
  const text = (pick: (event: StoredEvent) => string | null) => textArray(events.map(pick))
  const literal = (pick: (event: StoredEvent) => string | null) => literalArray(events.map(pick))
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
    literal((e) => e.meters),
    literal((e) => e.quantities),
    literal((e) => e.rateIds),
    literal((e) => e.amounts),
    literal((e) => e.fxRates),
    plain((e) => e.cost),
    plain((e) => e.reportedAmount),
    plain((e) => e.reportedCurrency),
    text((e) => e.qualifiers),
    text((e) => e.raw),
    plain((e) => e.costBasis),
    plain((e) => e.reportedFxRate),
    literal((e) => e.ladders),
    text((e) => e.failure),
  ]
}
