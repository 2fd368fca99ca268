import { amount, count, CURRENCY, instant, text } from '../columns.ts'
import type { ExportKind } from '../export-kind.ts'

/** What is in an amount; a further report, a claim and what was voided are rows without a counted cost. */
const IS_COUNTED = `i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')`

/** The lines of a rating as a person reads them: `input_tokens=1200; output_tokens=30`. */
function lines(values: string): string {
  return `(SELECT string_agg(l.meter || '=' || coalesce(trim_scale(l.value)::text, 'n/a'), '; ' ORDER BY l.place)
    FROM unnest(i.meters, ${values}) WITH ORDINALITY AS l(meter, value, place))`
}

/** As prisma/src/rerating/event-filter.ts has it, of the task that is joined under the name `task`. */
export function placeOf(column: string, task: string): string {
  return `CASE WHEN i.billing = 'SHARED' THEN coalesce(${task}.${column}, i.${column}) ELSE i.${column} END`
}

/**
 * Every event of a period, with what it counts for: the sum of its costs is the direct and chain-shared cost of the fleet. A shared use has
 * no agent, and the client and project of its task (law L13), as in every other table.
 */
export const invocations: ExportKind = {
  name: 'invocations',
  label: 'Invocations',
  action: 'cost.read',
  isOfPeriod: true,
  columns: [
    text('Id', 'i.id'),
    instant('Occurred', 'i.occurred_at'),
    instant('Ended', 'i.ended_at'),
    instant('Received', 'i.ingested_at'),
    text('Agent', `CASE WHEN i.billing <> 'SHARED' THEN a.name END`),
    text('Agent key', `CASE WHEN i.billing <> 'SHARED' THEN a.key END`),
    text('Used by agent', `CASE WHEN i.billing = 'SHARED' THEN a.key END`),
    text('Client', 'c.name'),
    text('Client key', 'c.key'),
    text('Project', 'p.name'),
    text('Project key', 'p.key'),
    text('Task key', 't.key'),
    text('Trace', 'i.trace_id'),
    text('Span', 'i.span_id'),
    text('Parent span', 'i.parent_span_id'),
    text('Kind', 'i.kind'),
    text('Provider', `nullif(r.provider, '')`),
    text('Resource', `nullif(r.name, '')`),
    text('Name', 'i.name'),
    text('Counts as', 'i.billing'),
    text('Status', 'i.status'),
    CURRENCY,
    amount('Counted cost', `CASE WHEN ${IS_COUNTED} THEN i.cost END`),
    text('Quantities', lines('i.quantities')),
    text('Amounts', lines('i.amounts')),
    count('Lines', 'cardinality(i.meters)'),
    amount('Reported cost', 'i.reported_amount'),
    text('Reported currency', 'i.reported_currency'),
    text('Cost from', 'i.cost_basis'),
  ],
  from: `invocation i
    LEFT JOIN agent a ON a.tenant_id = $1::uuid AND a.id = i.agent_id
    LEFT JOIN task t ON t.tenant_id = $1::uuid AND t.id = i.task_id
    LEFT JOIN client c ON c.tenant_id = $1::uuid AND c.id = ${placeOf('client_id', 't')}
    LEFT JOIN project p ON p.tenant_id = $1::uuid AND p.id = ${placeOf('project_id', 't')}
    LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = i.resource_id`,
  where: 'i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz',
  orderBy: 'i.occurred_at, i.id COLLATE "C"',
  filters: {
    agent: `(i.billing <> 'SHARED' AND a.key = ANY (?))`,
    client: 'c.key = ANY (?)',
    project: 'p.key = ANY (?)',
    task: 't.key = ANY (?)',
    provider: 'r.provider = ANY (?)',
    resource: `(r.name = ANY (?) OR r.provider || '/' || r.name = ANY (?))`,
    kind: 'i.kind = ANY (?)',
    status: 'i.status = ANY (?)',
  },
  about: [
    ['Counted cost is', 'direct and chain-shared; further reports, claims and voided events have none'],
    ['Quantities and amounts are', 'by meter, in the order of the rating'],
  ],
}
