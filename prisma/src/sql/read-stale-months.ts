import { plainArray } from './pg-array.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

/** A month as it was seen at an instant. */
export interface SeenMonth {
  month: string
  /** RFC 3339: the instants of the month, `[start, end)`, and when it was looked at. */
  start: string
  end: string
  snapshot: string
}

// An event that arrived is found by the index of arrivals, a re-rating by its job, not by its millions of ratings. $6 to $8 say the same of
// all months together, and the statement is planned with its values: only so does the planner know that little has arrived since, and
// leaves the index of the events' own time alone, by which it read every event of the month (268,000 pages of 330,000 events).
const NEWER: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT m.position::int AS position FROM unnest($2::date[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
      WITH ORDINALITY AS m(month, began, ended, seen, position)
    WHERE EXISTS (SELECT 1 FROM (SELECT 1 FROM invocation i WHERE i.tenant_id = $1::uuid
          AND i.ingested_at >= $6::timestamptz AND i.occurred_at >= $7::timestamptz AND i.occurred_at < $8::timestamptz
          AND tstzrange(m.began, m.ended) @> i.occurred_at AND i.ingested_at >= m.seen AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED', 'REPORT')
        ORDER BY i.ingested_at LIMIT 1) arrived)
      OR EXISTS (SELECT 1 FROM rerating r WHERE r.tenant_id = $1::uuid AND r.apply_started_at IS NOT NULL AND r.events_changed > 0
        AND r.updated_at >= m.seen AND r.range_from < (m.month + interval '1 month')::date AND r.range_to > m.month)
      OR EXISTS (SELECT 1 FROM invocation_correction c WHERE c.tenant_id = $1::uuid AND c.corrected_at >= m.seen
        AND c.occurred_at >= m.began AND c.occurred_at < m.ended)`,
}

/** For each month, whether events of it were recorded, rated again or corrected since it was seen. */
export async function readStaleMonths(db: TenantSql, months: readonly SeenMonth[]): Promise<boolean[]> {
  if (months.length === 0) return []
  const column = (pick: (month: SeenMonth) => string) => plainArray(months.map(pick))
  const rows = await db.query<{ position: number }>(NEWER, [
    column(({ month }) => month),
    column(({ start }) => start),
    column(({ end }) => end),
    column(({ snapshot }) => snapshot),
    earliest(months.map(({ snapshot }) => snapshot)),
    earliest(months.map(({ start }) => start)),
    months.map(({ end }) => end).reduce((a, b) => (Date.parse(b) > Date.parse(a) ? b : a)),
  ])
  const stale = new Set(rows.map(({ position }) => position))
  return months.map((_, index) => stale.has(index + 1))
}

/** To the millisecond, and never later than the earliest: instants of the same millisecond are given as its beginning. */
function earliest(instants: readonly string[]): string {
  return new Date(Math.min(...instants.map((instant) => Date.parse(instant)))).toISOString()
}
