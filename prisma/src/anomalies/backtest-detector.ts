import type { AlertKind } from '@outlay/domain/alerts/alert'
import { incidentsOf } from '@outlay/domain/anomaly/incidents'
import { judgeSeries, type DetectorSettings } from '@outlay/domain/anomaly/judge-series'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { PAST_DAYS } from '../sql/read-alert-course.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { loadSeries } from './load-series.ts'
import { identityOf, type SeriesIdentity } from './series-names.ts'

/** An incident that a detector would have found. */
export interface DetectorFiring extends SeriesIdentity {
  kind: AlertKind
  firstDay: CalendarDate
  lastDay: CalendarDate
  impact: Fixed18
}

/** What a detector would have found in the days `[from, to)`, the largest impact first: before it is changed. */
export async function backtestDetector(
  db: TenantSql,
  input: {
    settings: Pick<DetectorSettings, 'minExcess' | 'coldExcess'>
    disabledKinds: readonly AlertKind[]
    from: CalendarDate
    to: CalendarDate
  },
): Promise<DetectorFiring[]> {
  const { settings, disabledKinds, from, to } = input
  const firings: DetectorFiring[] = []
  for (const { days, ...place } of await loadSeries(db, { from: addDays(from, -PAST_DAYS), to })) {
    const judged = judgeSeries({
      days,
      from,
      to: addDays(to, -1),
      settings: { ...settings, scoreShift: 0 },
      resets: [],
    })
    for (const { kind, firstDay, lastDay, impact } of incidentsOf(judged)) {
      if (!disabledKinds.includes(kind)) firings.push({ ...identityOf(place), kind, firstDay, lastDay, impact })
    }
  }
  return firings.sort((x, y) => (x.impact > y.impact ? -1 : x.impact < y.impact ? 1 : 0))
}
