import type { Pool } from 'pg'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { textArray } from './pg-array.ts'

export interface StoredSpanTags {
  traceId: string
  spanId: string
  agent: string | null
  task: string | null
  client: string | null
  project: string | null
  /** Whether its agent is only the service's name, as its raw attributes say. */
  isAgentFromService: boolean
}

// Of a voided span, who did the work below it is still known; what stands at the span goes before it, then the latest correction.
const SPAN_TAGS = `
SELECT s.trace_id AS "traceId", s.span_id AS "spanId", a.key AS agent, t.key AS task, c.key AS client, p.key AS project,
  coalesce(s.raw ? 'service.name', false) AS "isAgentFromService"
FROM unnest($2::text[], $3::text[]) AS w(trace_id, span_id) CROSS JOIN LATERAL (
  SELECT * FROM invocation e WHERE e.tenant_id = $1::uuid AND e.trace_id = w.trace_id AND e.span_id = w.span_id
  ORDER BY e.billing = 'VOID', CASE WHEN e.billing = 'VOID' THEN e.ingested_at END DESC, e.occurred_at, e.id LIMIT 1
) s
LEFT JOIN agent a ON a.tenant_id = $1::uuid AND a.id = s.agent_id
LEFT JOIN task t ON t.tenant_id = $1::uuid AND t.id = s.task_id
LEFT JOIN client c ON c.tenant_id = $1::uuid AND c.id = s.client_id
LEFT JOIN project p ON p.tenant_id = $1::uuid AND p.id = s.project_id`

/** The tags of stored spans, as keys: what spans of a later export inherit. */
export async function readSpanTags(
  pool: Pool,
  { tenantId, spans }: { tenantId: string; spans: readonly { traceId: string; spanId: string }[] },
): Promise<StoredSpanTags[]> {
  if (spans.length === 0) return []
  const values = [tenantId, textArray(spans.map((span) => span.traceId)), textArray(spans.map((span) => span.spanId))]
  return tenantTransaction(pool, tenantId, async (client) => {
    const result = await client.query<StoredSpanTags>({ name: 'span_tags', text: SPAN_TAGS, values })
    return result.rows
  })
}
