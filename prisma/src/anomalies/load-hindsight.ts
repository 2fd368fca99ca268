import type { DetectorSettings } from '@outlay/domain/anomaly/judge-series'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { AlertScope } from '../alerts/alert-row.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import type { Hindsight } from './judge-past.ts'

const SHIFTS: Prepared = {
  name: 'read_score_shifts',
  text: `SELECT series, score_shift::float8 AS shift FROM series_tuning WHERE tenant_id = $1::uuid AND score_shift <> 0`,
}

const RESETS: Prepared = {
  name: 'read_all_resets',
  text: `SELECT scope, member_id AS "memberId", day::text AS day FROM annotation
    WHERE tenant_id = $1::uuid AND ended_at IS NULL AND day >= $2::date ORDER BY day`,
}

const SINCE: Prepared = {
  name: 'read_incidents_going_on',
  text: `SELECT series, min(first_day)::text AS day FROM alert
    WHERE tenant_id = $1::uuid AND budget_id IS NULL AND kind IN ('COST_SPIKE', 'COST_SHIFT')
      AND state IN ('OPEN', 'ACKNOWLEDGED') AND first_day < $2::date
    GROUP BY series`,
}

/** What people said of the past from `from` on, and which incidents were going on before `day`. */
export async function loadHindsight(
  db: TenantSql,
  {
    settings,
    from,
    day,
  }: { settings: Pick<DetectorSettings, 'minExcess' | 'coldExcess'>; from: CalendarDate; day: CalendarDate },
): Promise<Hindsight> {
  const shifts = await db.query<{ series: string; shift: number }>(SHIFTS)
  const resets = new Map<string, CalendarDate[]>()
  for (const row of await db.query<{ scope: AlertScope; memberId: string; day: string }>(RESETS, [from])) {
    const key = row.scope === 'FLEET' ? 'FLEET' : `${row.scope} ${row.memberId}`
    resets.set(key, [...(resets.get(key) ?? []), row.day])
  }
  const since = await db.query<{ series: string; day: string }>(SINCE, [day])
  return {
    settings,
    shifts: new Map(shifts.map(({ series, shift }) => [series, shift])),
    resets,
    since: new Map(since.map((row) => [row.series, row.day])),
  }
}
