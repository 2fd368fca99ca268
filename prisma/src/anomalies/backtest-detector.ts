import type { AlertKind } from '@outlay/domain/alerts/alert'
import { incidentsOf, type Incident } from '@outlay/domain/anomaly/incidents'
import { judgeSeries, type DetectorSettings } from '@outlay/domain/anomaly/judge-series'
import { suppressions, type Suspect } from '@outlay/domain/anomaly/suppress'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { PAST_DAYS } from '../sql/read-alert-course.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { resetsOf } from './judge-past.ts'
import { loadHindsight } from './load-hindsight.ts'
import { loadSeries, WATCHED_GRAINS } from './load-series.ts'
import { identityOf, type SeriesIdentity } from './series-names.ts'

/** An incident that a detector would have found. */
export interface DetectorFiring extends SeriesIdentity {
  kind: AlertKind
  firstDay: CalendarDate
  lastDay: CalendarDate
  impact: Fixed18
}

/**
 * What a detector would have told of the days `[from, to)`, the largest impact first: before it is changed. What people said of the past
 * (annotations, feedback) holds as it does for the detector, and what an agent's own incident says already is left out.
 */
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
  const past = addDays(from, -PAST_DAYS)
  const { shifts, resets } = await loadHindsight(db, { settings, from: past, day: to })
  const found: Found[] = []
  for (const grain of WATCHED_GRAINS) {
    for (const { days, ...place } of await loadSeries(db, { from: past, to, grains: [grain] })) {
      const identity = identityOf(place)
      const judged = judgeSeries({
        ...{ days, from, to: addDays(to, -1), resets: resetsOf(place, resets) },
        settings: { ...settings, scoreShift: shifts.get(identity.series) ?? 0 },
      })
      for (const incident of incidentsOf(judged)) {
        if (!disabledKinds.includes(incident.kind)) found.push({ identity, incident })
      }
    }
  }
  return withoutExplained(found)
    .map(({ identity, incident: { kind, firstDay, lastDay, impact } }) => ({
      ...identity,
      kind,
      firstDay,
      lastDay,
      impact,
    }))
    .sort((x, y) => (x.impact > y.impact ? -1 : x.impact < y.impact ? 1 : 0))
}

interface Found {
  identity: SeriesIdentity
  incident: Incident
}

/** Of a client an agent explains what it does for that client, of the fleet all that it does; more the daily sums of series do not say. */
function withoutExplained(found: readonly Found[]): Found[] {
  const ids = new Map(found.map((one, index) => [String(index), one]))
  const suspects = [...ids].map(([id, { identity, incident }]): Suspect => {
    const { suspect, scope, memberId } = identity
    const days = incident.flagged.map(({ day }) => day)
    return {
      ...{ id, scope: suspect, agentId: scope === 'AGENT' ? memberId : null, days, impact: incident.impact },
      explains: (broader) => partOf({ identity, incident }, ids.get(broader), found),
    }
  })
  const suppressed = suppressions(suspects)
  return [...ids].filter(([id]) => !suppressed.has(id)).map(([, one]) => one)
}

function partOf({ identity, incident }: Found, broader: Found | undefined, found: readonly Found[]): Fixed18 {
  if (broader?.identity.suspect === 'FLEET') return incident.impact
  if (broader?.identity.suspect !== 'CLIENT') return 0n
  const work = found.find(
    ({ identity: one, incident: its }) =>
      one.suspect === 'AGENT_CLIENT' &&
      one.memberId === identity.memberId &&
      one.secondId === broader.identity.memberId &&
      its.firstDay <= broader.incident.lastDay &&
      its.lastDay >= broader.incident.firstDay,
  )
  return work?.incident.impact ?? 0n
}
