import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Grain } from '@outlay/domain/rollup/grain'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'

/** How far the past has been judged, and of how much. */
export interface WatchState {
  judgedThrough: CalendarDate | null
  series: number
  learning: number
}

const STATE: Prepared = {
  name: 'read_watch_state',
  text: `SELECT (SELECT max(r.day)::text FROM anomaly_run r WHERE r.tenant_id = $1::uuid AND r.state = 'DONE') AS day,
      count(*)::int AS series, (count(*) FILTER (WHERE e.status = 'LEARNING'))::int AS learning
    FROM series_expectation e WHERE e.tenant_id = $1::uuid AND e.day = $2::date
      AND e.grain <> ${Grain.PROJECT_AGENT}`,
}

export async function readWatchState(db: TenantSql, today: CalendarDate): Promise<WatchState> {
  const [row] = await db.query<{ day: string | null; series: number; learning: number }>(STATE, [today])
  const day = row?.day ?? null
  return {
    judgedThrough: day === null ? null : addDays(day, -1),
    series: row?.series ?? 0,
    learning: row?.learning ?? 0,
  }
}
