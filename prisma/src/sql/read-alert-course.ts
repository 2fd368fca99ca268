import { judgeSeries, DEFAULT_DETECTOR, type DayCost, type DetectorSettings } from '@outlay/domain/anomaly/judge-series'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { AlertRow } from '../alerts/alert-row.ts'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** Which cells hold what an alert is about. */
export interface SeriesPlace {
  grain: number
  a: string
  b: string
}

/** The series of an alert: the resource it names, an agent's work for a client, or its scope as a whole. */
export function placeOf({ scope, memberId, secondId }: Pick<AlertRow, 'scope' | 'memberId' | 'secondId'>): SeriesPlace {
  if (secondId !== null && scope === 'AGENT') return { grain: Grain.CLIENT_AGENT, a: secondId, b: memberId }
  if (secondId !== null) return { grain: Grain.RESOURCE, a: secondId, b: NIL_UUID }
  const grain = { FLEET: Grain.FLEET, AGENT: Grain.AGENT, CLIENT: Grain.CLIENT, PROJECT: Grain.PROJECT }[scope]
  return { grain, a: scope === 'FLEET' ? NIL_UUID : memberId, b: NIL_UUID }
}

/** Days of the past that a judgement looks at, twice: those of the past of the past. */
export const PAST_DAYS = 112

const DAYS: Prepared = {
  name: 'read_series_days',
  text: `SELECT c.day::text AS day, (c.cost_direct + c.cost_shared)::text AS cost FROM rollup_day c
    WHERE c.tenant_id = $1::uuid AND c.grain = $2 AND c.a = $3::uuid AND c.b = $4::uuid AND c.day >= $5::date AND c.day < $6::date
    ORDER BY c.day`,
}

/** What a series cost on each day of `[from, to)` that has a cell. */
export async function readSeriesDays(
  db: TenantSql,
  { place, from, to }: { place: SeriesPlace; from: CalendarDate; to: CalendarDate },
): Promise<DayCost[]> {
  const rows = await db.query<{ day: string; cost: string }>(DAYS, [place.grain, place.a, place.b, from, to])
  return rows.map(({ day, cost }) => ({ day, cost: parseFixed18(cost) }))
}

/** A day of a series beside what was expected of it. */
export interface CourseDay {
  day: CalendarDate
  actual: Fixed18
  expected: Fixed18 | null
  low: Fixed18 | null
  high: Fixed18 | null
  isFlagged: boolean
}

/** The days `[from, to)` of a series, each judged by its own past, as the detector did. */
export async function readCourse(
  db: TenantSql,
  input: {
    place: SeriesPlace
    from: CalendarDate
    to: CalendarDate
    settings?: DetectorSettings
    resets?: readonly CalendarDate[]
  },
): Promise<CourseDay[]> {
  const { place, from, to, settings = DEFAULT_DETECTOR, resets = [] } = input
  const days = await readSeriesDays(db, { place, from: addDays(from, -PAST_DAYS), to })
  return judgeSeries({ days, from, to: addDays(to, -1), settings, resets }).map(({ day, actual, expected, low, high, flag }) => ({
    day,
    actual,
    expected,
    low,
    high,
    isFlagged: flag !== null,
  }))
}

const BUCKETS: Prepared = {
  name: 'read_series_buckets',
  text: `SELECT w.position::int AS position, (extract(epoch FROM c.bucket) * 1000)::bigint::text AS start,
      sum(c.cost_direct + c.cost_shared)::text AS cost
    FROM unnest($2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY AS w(first, after_last, position)
    JOIN rollup_fine c ON c.tenant_id = $1::uuid AND c.bucket >= w.first AND c.bucket < w.after_last
    WHERE ($4::uuid IS NULL OR c.agent_id = $4::uuid) AND ($5::uuid IS NULL OR c.client_id = $5::uuid)
      AND ($6::uuid IS NULL OR c.project_id = $6::uuid) AND ($7::uuid IS NULL OR c.resource_id = $7::uuid)
    GROUP BY 1, 2 ORDER BY 1, 2::bigint`,
}

/** A UTC bucket of a series. */
export interface CourseBucket {
  startMs: number
  cost: Fixed18
}

/** The buckets of a series within each of some spans of time, ascending. */
export async function readSeriesBuckets(
  db: TenantSql,
  { place, spans }: { place: SeriesPlace; spans: readonly { start: number; end: number }[] },
): Promise<CourseBucket[][]> {
  const { grain, a, b } = place
  const agent = grain === Grain.AGENT ? a : grain === Grain.CLIENT_AGENT ? b : null
  const client = grain === Grain.CLIENT || grain === Grain.CLIENT_AGENT ? a : null
  const rows = await db.query<{ position: number; start: string; cost: string }>(BUCKETS, [
    plainArray(spans.map(({ start }) => new Date(start).toISOString())),
    plainArray(spans.map(({ end }) => new Date(end).toISOString())),
    agent,
    client,
    grain === Grain.PROJECT ? a : null,
    grain === Grain.RESOURCE ? a : null,
  ])
  const found: CourseBucket[][] = spans.map(() => [])
  for (const { position, start, cost } of rows)
    found[position - 1]?.push({ startMs: Number(start), cost: parseFixed18(cost) })
  return found
}
