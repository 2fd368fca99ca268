import type { CostFilter } from '../rerating/event-filter.ts'
import type { DifferenceDimension } from '../rerating/differences.ts'
import type { ReratingKind, ReratingState, WhatIf } from '../rerating/rerating.ts'
import { instantText } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** A re-rating or simulation as it stands. Counts are texts of integers, instants RFC 3339. */
export interface ReratingRecord {
  id: string
  kind: ReratingKind
  state: ReratingState
  rangeFrom: string
  rangeTo: string
  filter: CostFilter | null
  whatIf: WhatIf | null
  eventsTotal: string | null
  eventsDone: string
  eventsChanged: string
  reason: string | null
  error: string | null
  requestedBy: string
  requestedAt: string
  startedAt: string | null
  previewedAt: string | null
  appliedBy: string | null
  applyStartedAt: string | null
  appliedAt: string | null
  updatedAt: string
}

const COLUMNS = `id, kind, state, range_from::text AS "rangeFrom", range_to::text AS "rangeTo", filter, what_if AS "whatIf",
  events_total::text AS "eventsTotal", events_done::text AS "eventsDone", events_changed::text AS "eventsChanged", reason, error,
  requested_by AS "requestedBy", ${instantText('requested_at')} AS "requestedAt", ${instantText('started_at')} AS "startedAt",
  ${instantText('previewed_at')} AS "previewedAt", applied_by AS "appliedBy", ${instantText('apply_started_at')} AS "applyStartedAt",
  ${instantText('applied_at')} AS "appliedAt", ${instantText('updated_at')} AS "updatedAt"`

const ONE: Prepared = {
  name: 'read_rerating',
  text: `SELECT ${COLUMNS} FROM rerating WHERE tenant_id = $1::uuid AND id = $2::uuid`,
}

export async function readRerating(db: TenantSql, id: string): Promise<ReratingRecord | null> {
  const rows = await db.query<ReratingRecord>(ONE, [id])
  return rows[0] ?? null
}

const LATEST: Prepared = {
  name: 'read_reratings',
  text: `SELECT ${COLUMNS} FROM rerating WHERE tenant_id = $1::uuid ORDER BY requested_at DESC, id DESC LIMIT $2::int`,
}

/** The latest re-ratings and simulations of the tenant, newest first. */
export function readReratings(db: TenantSql, limit: number): Promise<ReratingRecord[]> {
  return db.query(LATEST, [limit])
}

/** What one member of a dimension costs before and after. Amounts and counts are texts. */
export interface DifferenceRecord {
  reratingId: string
  dimension: DifferenceDimension
  /** Null: what has no tag, and the fleet. */
  key: string | null
  label: string | null
  invocations: string
  changed: string
  before: string
  after: string
  unpricedBefore: string
  unpricedAfter: string
  unconvertedBefore: string
  unconvertedAfter: string
}

/** Most members of a dimension in an answer. */
const MEMBERS_MAX = 1_000

// Ranked before they are named: only what is shown is looked up.
const DIFFERENCES: Prepared = {
  name: 'read_rerating_differences',
  text: `SELECT d.rerating_id AS "reratingId", d.dimension, coalesce(a.key, c.key, nullif(r.name, '')) AS key,
      coalesce(a.name, c.name, nullif(concat_ws('/', nullif(r.provider, ''), nullif(r.name, '')), '')) AS label,
      d.invocations::text, d.changed::text, d.cost_before::text AS before, d.cost_after::text AS after,
      d.unpriced_before::text AS "unpricedBefore", d.unpriced_after::text AS "unpricedAfter",
      d.unconverted_before::text AS "unconvertedBefore", d.unconverted_after::text AS "unconvertedAfter"
    FROM (
      SELECT x.*, row_number() OVER (PARTITION BY x.rerating_id, x.dimension
        ORDER BY abs(x.cost_after - x.cost_before) DESC, x.cost_before DESC, x.invocations DESC, x.member_id) AS place
      FROM rerating_difference x WHERE x.tenant_id = $1::uuid AND x.rerating_id = ANY ($2::uuid[])
    ) d
    LEFT JOIN agent a ON d.dimension = 'AGENT' AND a.tenant_id = $1::uuid AND a.id = d.member_id
    LEFT JOIN client c ON d.dimension = 'CLIENT' AND c.tenant_id = $1::uuid AND c.id = d.member_id
    LEFT JOIN resource r ON d.dimension = 'RESOURCE' AND r.tenant_id = $1::uuid AND r.id = d.member_id
    WHERE d.place <= ${MEMBERS_MAX} ORDER BY d.rerating_id, d.dimension, d.place`,
}

/** The differences of some jobs, the largest first; of each dimension at most 1,000 members. */
export function readReratingDifferences(db: TenantSql, ids: readonly string[]): Promise<DifferenceRecord[]> {
  return db.query(DIFFERENCES, [plainArray(ids)])
}
