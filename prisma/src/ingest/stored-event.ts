import type { PoolClient } from 'pg'
import { invariant } from '@outlay/domain/errors'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { bucketStart } from '@outlay/domain/periods/bucket'
import { microsToMs } from '@outlay/domain/periods/instant'
import { localDay } from '@outlay/domain/periods/local-day'
import type { Billing, CountedEvent, RatingStatus } from '@outlay/domain/rollup/cells'
import type { InvocationKind } from '@outlay/domain/rollup/grain'
import { plainArray, textArray } from '../sql/pg-array.ts'
import type { Links } from './dimensions.ts'
import type { TenantConfig } from './tenant-config.ts'

/** 10^18 ÷ 10^6. */
const FIXED18_PER_QUANTITY6 = 1_000_000_000_000n

/** A stored invocation as far as the rollups know it, with the client and project it counts for. */
export interface StoredCount {
  id: string
  occurredAtMicros: number
  billing: Billing
  status: RatingStatus
  cost: string | null
  tokens: string
  kind: InvocationKind
  agentId: string | null
  clientId: string | null
  projectId: string | null
  taskId: string | null
  resourceId: string | null
}

// A shared use counts for the client and project of its task; anything else for its own tags (law L13).
export const COUNT_COLUMNS = `i.id, (extract(epoch FROM i.occurred_at) * 1000000)::bigint::text AS micros, i.billing, i.status, i.cost::text AS cost, i.kind,
  (SELECT coalesce(sum(l.quantity), 0)::text FROM unnest(i.meters, i.quantities) AS l(meter, quantity) WHERE l.meter LIKE '%\\_tokens') AS tokens,
  i.agent_id, i.task_id, i.resource_id, i.client_id AS own_client_id, i.project_id AS own_project_id,
  CASE WHEN i.billing = 'SHARED' THEN coalesce(t.client_id, i.client_id) ELSE i.client_id END AS client_id,
  CASE WHEN i.billing = 'SHARED' THEN coalesce(t.project_id, i.project_id) ELSE i.project_id END AS project_id`

export const COUNT_TABLES = 'invocation i LEFT JOIN task t ON t.tenant_id = i.tenant_id AND t.id = i.task_id'

const SELECT = `SELECT ${COUNT_COLUMNS} FROM ${COUNT_TABLES} WHERE i.tenant_id = $1::uuid AND `

export interface CountRow {
  id: string
  micros: string
  billing: Billing
  status: RatingStatus
  cost: string | null
  tokens: string
  kind: InvocationKind
  agent_id: string | null
  client_id: string | null
  project_id: string | null
  task_id: string | null
  resource_id: string | null
  own_client_id: string | null
  own_project_id: string | null
}

/** Stored invocations by their ids. */
export async function loadStoredEvents(
  client: PoolClient,
  { tenantId, ids }: { tenantId: string; ids: readonly string[] },
): Promise<StoredCount[]> {
  const where = `(i.id, i.occurred_at) IN (SELECT k.id, k.occurred_at FROM invocation_key k WHERE k.tenant_id = $1::uuid AND k.id = ANY ($2::text[]))`
  const result = await client.query<CountRow>({
    name: 'stored_events',
    text: SELECT + where,
    values: [tenantId, textArray(ids)],
  })
  return result.rows.map(storedCount)
}

/** The shared uses that belong to some tasks, each with the tags of its own event. */
export async function loadSharedUsesOfTasks(
  client: PoolClient,
  { tenantId, taskIds }: { tenantId: string; taskIds: readonly string[] },
): Promise<{ use: StoredCount; own: Links }[]> {
  const where = `i.task_id = ANY ($2::uuid[]) AND i.billing = 'SHARED'`
  const values = [tenantId, plainArray(taskIds)]
  const result = await client.query<CountRow>({ name: 'shared_uses_of_tasks', text: SELECT + where, values })
  return result.rows.map((row) => ({
    use: storedCount(row),
    own: { clientId: row.own_client_id, projectId: row.own_project_id },
  }))
}

export function storedCount(row: CountRow): StoredCount {
  const occurredAtMicros = Number(row.micros)
  invariant(Number.isSafeInteger(occurredAtMicros), `The instant ${row.micros} is not exact`)
  return {
    id: row.id,
    occurredAtMicros,
    billing: row.billing,
    status: row.status,
    cost: row.cost,
    tokens: row.tokens,
    kind: row.kind,
    agentId: row.agent_id,
    clientId: row.client_id,
    projectId: row.project_id,
    taskId: row.task_id,
    resourceId: row.resource_id,
  }
}

/** The event as it is in the cells now. */
export function countedEvent(event: StoredCount, config: TenantConfig): CountedEvent {
  const ms = microsToMs(event.occurredAtMicros)
  return {
    billing: event.billing,
    status: event.status,
    cost: event.cost === null ? null : parseFixed18(event.cost),
    // A sum of quantities may have more digits than one quantity; it is exact in the wider form.
    tokens: parseFixed18(event.tokens) / FIXED18_PER_QUANTITY6,
    kind: event.kind,
    agentId: event.agentId,
    clientId: event.clientId,
    projectId: event.projectId,
    taskId: event.taskId,
    resourceId: event.resourceId,
    bucket: bucketStart(ms, config.bucketMinutes),
    day: localDay(ms, config.timeZone),
  }
}
