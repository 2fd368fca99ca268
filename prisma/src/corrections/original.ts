import type { Pool } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import { parseInvocation } from '@outlay/domain/invocation/parse-invocation'
import { canonicalContent, type Invocation } from '@outlay/domain/invocation/invocation'
import { formatQuantity, parseQuantity } from '@outlay/domain/usage/quantity'
import { instantText } from '../sql/cell-sums.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { StatedFields } from './correction.ts'

/** A stored event as its sender stated it: the fields of `InvocationInput`, and the raw attributes beside them. */
export interface Original {
  item: Record<string, unknown>
  raw: Record<string, unknown> | null
}

interface Row {
  agent: string | null
  task: string | null
  client: string | null
  project: string | null
  trace: string | null
  span: string | null
  parentSpan: string | null
  kind: string
  provider: string | null
  resource: string | null
  name: string | null
  occurredAt: string
  endedAt: string | null
  sharedKey: string | null
  qualifiers: Record<string, string> | null
  failure: string | null
  meters: string[]
  quantities: string[]
  reportedAmount: string | null
  reportedCurrency: string | null
  raw: Record<string, unknown> | null
}

// Numbers come as text arrays: node-pg would make floats of numeric[].
const ORIGINAL = `
SELECT a.key AS agent, t.key AS task, c.key AS client, p.key AS project, i.trace_id AS trace, i.span_id AS span,
  i.parent_span_id AS "parentSpan", i.kind, nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource, i.name,
  ${instantText('i.occurred_at')} AS "occurredAt", ${instantText('i.ended_at')} AS "endedAt", i.shared_key AS "sharedKey", i.qualifiers, i.failure,
  i.meters, i.quantities::text[] AS quantities, i.reported_amount::text AS "reportedAmount", i.reported_currency AS "reportedCurrency", i.raw
FROM invocation_key k JOIN invocation i ON i.tenant_id = $1::uuid AND i.occurred_at = k.occurred_at AND i.id = k.id
LEFT JOIN agent a ON a.tenant_id = $1::uuid AND a.id = i.agent_id
LEFT JOIN task t ON t.tenant_id = $1::uuid AND t.id = i.task_id
LEFT JOIN client c ON c.tenant_id = $1::uuid AND c.id = i.client_id
LEFT JOIN project p ON p.tenant_id = $1::uuid AND p.id = i.project_id
LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = i.resource_id
WHERE k.tenant_id = $1::uuid AND k.id = $2`

/** A stored event as it was stated; null for an unknown id. What an event states never changes, so no lock is needed. */
export async function readOriginal(pool: Pool, tenantId: string, id: string): Promise<Original | null> {
  const row = await tenantTransaction(pool, tenantId, async (client) => {
    const result = await client.query<Row>({ name: 'original_event', text: ORIGINAL, values: [tenantId, id] })
    return result.rows[0]
  })
  if (row === undefined) return null
  const { meters, quantities, reportedAmount, reportedCurrency, raw, ...stated } = row
  const reportedCost = reportedAmount === null ? null : { amount: reportedAmount, currency: reportedCurrency }
  return { item: { ...stated, id, usage: usageOf(meters, quantities), reportedCost }, raw }
}

/** Rating may have cut a meter into several lines: what was used is their sum. */
function usageOf(meters: readonly string[], quantities: readonly string[]): { meter: string; quantity: string }[] {
  const sums = new Map<string, bigint>()
  meters.forEach((meter, i) => sums.set(meter, (sums.get(meter) ?? 0n) + parseQuantity(quantities[i] ?? '0')))
  return [...sums].map(([meter, quantity]) => ({ meter, quantity: formatQuantity(quantity) }))
}

/**
 * The event that takes the place of an original: its fields, with those that are stated in place of its own. The raw attributes go along
 * while they still say where usage and agent come from.
 *
 * Throws DomainError, with the codes of `parseInvocation`, and NO_CHANGE for a replacement that says what the original says.
 */
export function replacementOf(
  original: Original,
  stated: StatedFields,
  { id, now }: { id: string; now: number },
): Invocation {
  const given = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== undefined))
  if (given['kind'] === null)
    throw new DomainError('MISSING_FIELD', 'An invocation has a kind; it cannot be cleared.', 'kind')
  const keepsRaw = !('usage' in given) && !('agent' in given)
  const options = { now, raw: keepsRaw ? original.raw : null, isReplacement: true }
  const replacement = parseInvocation({ ...original.item, ...given, id }, options)
  if (canonicalContent(replacement) === canonicalContent(parseInvocation(original.item, options))) {
    throw new DomainError('NO_CHANGE', 'The replacement says what the invocation says already.')
  }
  return replacement
}
