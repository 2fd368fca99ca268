import { v7 as uuidv7 } from 'uuid'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { tenantTransaction } from '@outlay/db/tenancy/tenant-transaction'
import type { CapturedStatement } from './captured-statements.ts'
import { measured, type Parts, type Usage } from './processes.ts'

export interface StatementMeasurement {
  connections: number
  events: number
  usage: Usage
}

/**
 * How fast Postgres runs the ingest statements alone: the parameters of real batches, each in its own transaction, as outlay_app under
 * row-level security, with nothing parsed, rated or looked up between them. Every connection writes for a new tenant of its own, so that
 * all rows are new and nobody waits for another's lock.
 */
export async function measureStatement(
  pool: TenantPool,
  captured: readonly (readonly CapturedStatement[])[],
  { connections, eventsEach, parts }: { connections: number; eventsEach: number; parts: Parts },
): Promise<StatementMeasurement> {
  const replay = async () => {
    const tenantId = uuidv7()
    for (const batch of captured) {
      await tenantTransaction(pool, tenantId, (client) =>
        Promise.all(
          batch.map(({ name, text, values: [, ...rest] }) => client.query({ name, text, values: [tenantId, ...rest] })),
        ),
      )
    }
  }
  const { usage } = await measured(parts, () => Promise.all(Array.from({ length: connections }, replay)))
  return { connections, events: eventsEach * connections, usage }
}
