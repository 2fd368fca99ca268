import type { PoolClient } from 'pg'
import type { Substitution } from '@outlay/domain/rating/substitution'
import type { CostFilter } from './event-filter.ts'

/** RERATING: what history costs under the prices of now, to be applied. SIMULATION: what it would have cost under others. */
export type ReratingKind = 'RERATING' | 'SIMULATION'

/**
 * Where a job is. Its row is its whole state and its place in the queue: PREVIEW_QUEUED and APPLY_QUEUED wait for a worker, PREVIEWING and
 * APPLYING go on at the cursor, whoever picks them up. STALE: the prices have changed since the preview, so it is never applied (any more).
 */
export type ReratingState =
  'PREVIEW_QUEUED' | 'PREVIEWING' | 'PREVIEWED' | 'APPLY_QUEUED' | 'APPLYING' | 'APPLIED' | 'STALE' | 'FAILED'

/** What a simulation puts in the place of what was. */
export interface WhatIf {
  substitutions: readonly Substitution[]
  /** A card that is a draft, as if it had been published. */
  draftCardId: string | null
}

/** The names of a job: all that a queue carries. */
export interface ReratingRef {
  tenantId: string
  reratingId: string
}

/** A row of `rerating`, as far as the work on it needs it. */
export interface Rerating {
  kind: ReratingKind
  state: ReratingState
  /** Dates of the tenant's zone, half-open. */
  rangeFrom: string
  rangeTo: string
  filter: CostFilter | null
  whatIf: WhatIf | null
  configVersion: number | null
  eventsTotal: bigint
  eventsDone: bigint
  /** The last event that is done. */
  cursor: Cursor | null
}

/** A place in the order of events: (occurred_at, id). */
export interface Cursor {
  /** Microseconds since 1970. */
  occurredAt: number
  id: string
}

interface Row {
  kind: ReratingKind
  state: ReratingState
  range_from: string
  range_to: string
  filter: CostFilter | null
  what_if: WhatIf | null
  config_version: number | null
  events_total: string | null
  events_done: string
  cursor_micros: string | null
  cursor_id: string | null
}

const LOCK_RERATING = `
SELECT kind, state, range_from::text AS range_from, range_to::text AS range_to, filter, what_if, config_version,
  events_total::text AS events_total, events_done::text AS events_done,
  (extract(epoch FROM cursor_at) * 1000000)::bigint::text AS cursor_micros, cursor_id
FROM rerating WHERE tenant_id = $1::uuid AND id = $2::uuid FOR UPDATE`

/** The row of a job, kept from everybody else until the transaction ends; null when the tenant has no such job. */
export async function lockRerating(
  client: PoolClient,
  { tenantId, reratingId }: ReratingRef,
): Promise<Rerating | null> {
  const result = await client.query<Row>(LOCK_RERATING, [tenantId, reratingId])
  const row = result.rows[0]
  if (row === undefined) return null
  return {
    kind: row.kind,
    state: row.state,
    rangeFrom: row.range_from,
    rangeTo: row.range_to,
    filter: row.filter,
    whatIf: row.what_if,
    configVersion: row.config_version,
    eventsTotal: BigInt(row.events_total ?? 0),
    eventsDone: BigInt(row.events_done),
    cursor: row.cursor_id === null ? null : { occurredAt: Number(row.cursor_micros), id: row.cursor_id },
  }
}

/** The version of the tenant's configuration, without its lock: for work that writes nothing of events or sums. */
export async function configVersion(client: PoolClient, tenantId: string): Promise<number> {
  const result = await client.query<{ config_version: number }>(
    'SELECT config_version FROM tenant WHERE id = $1::uuid',
    [tenantId],
  )
  const row = result.rows[0]
  if (row === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  return row.config_version
}

/** Ends a job that cannot go on, with the sentence that says why. */
export async function endRerating(
  client: PoolClient,
  { tenantId, reratingId }: ReratingRef,
  end: { state: 'STALE' | 'FAILED'; error: string },
): Promise<void> {
  await client.query(
    `UPDATE rerating SET state = $3, error = $4, updated_at = clock_timestamp()
     WHERE tenant_id = $1::uuid AND id = $2::uuid AND state <> 'APPLIED'`,
    [tenantId, reratingId, end.state, end.error],
  )
}
