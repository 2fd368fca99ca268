import type { PoolClient } from 'pg'
import { isLeafKind } from '../sql/event-facts.ts'

/** A shared use within a trace. */
export interface SharedUsePlace {
  traceId: string
  sharedKey: string
}

// The order of the reports of a use is the order in which they were recorded. A replacement stands where its original stood, if that
// reported the same use; the chain is walked back to the first that did.
const NEXT_CARRIER = `
SELECT i.id FROM invocation i CROSS JOIN LATERAL (
  WITH RECURSIVE chain AS (
    SELECT i.id, i.ingested_at, 0 AS steps
    UNION ALL
    SELECT o.id, o.ingested_at, n.steps + 1 FROM chain n
    JOIN invocation_correction c ON c.tenant_id = $1::uuid AND c.replacement_id = n.id
    JOIN invocation o ON o.tenant_id = $1::uuid AND o.occurred_at = c.occurred_at AND o.id = c.invocation_id
    WHERE o.trace_id = $2 AND o.shared_key = $3 AND ${isLeafKind('o')}
  )
  SELECT n.ingested_at FROM chain n ORDER BY n.steps DESC LIMIT 1
) AS stood
WHERE i.tenant_id = $1::uuid AND i.trace_id = $2 AND i.shared_key = $3 AND i.billing = 'REPORT'
ORDER BY stood.ingested_at, i.occurred_at, i.id LIMIT 1`

const CARRY = `
WITH carrier AS (
  UPDATE invocation i SET billing = 'SHARED' FROM invocation_key k
  WHERE k.tenant_id = $1::uuid AND k.id = $4 AND i.tenant_id = $1::uuid AND i.occurred_at = k.occurred_at AND i.id = k.id
  RETURNING i.id, i.occurred_at
)
UPDATE shared_use s SET invocation_id = c.id, occurred_at = c.occurred_at FROM carrier c
WHERE s.tenant_id = $1::uuid AND s.trace_id = $2 AND s.shared_key = $3`

/**
 * Hands a shared use whose carrier was taken out to the earliest report that remains, and answers that report's id. Without one the use
 * is over, and the next report that arrives carries it again (law L13).
 */
export async function handOnSharedUse(
  client: PoolClient,
  tenantId: string,
  use: SharedUsePlace,
): Promise<string | null> {
  const place = [tenantId, use.traceId, use.sharedKey]
  const found = await client.query<{ id: string }>({ name: 'next_carrier', text: NEXT_CARRIER, values: place })
  const next = found.rows[0]
  if (next === undefined) {
    await endSharedUse(client, tenantId, use)
    return null
  }
  await client.query({ name: 'carry_shared_use', text: CARRY, values: [...place, next.id] })
  return next.id
}

const END = 'DELETE FROM shared_use WHERE tenant_id = $1::uuid AND trace_id = $2 AND shared_key = $3'

/** Leaves a shared use without a carrier: the next report that is recorded becomes it. */
export async function endSharedUse(client: PoolClient, tenantId: string, use: SharedUsePlace): Promise<void> {
  await client.query({ name: 'end_shared_use', text: END, values: [tenantId, use.traceId, use.sharedKey] })
}
