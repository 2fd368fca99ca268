import { endsByItself } from '@outlay/domain/alerts/by-itself'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { changeIncident, resolveByItself } from '../alerts/change-alert.ts'
import { ALERT_COLUMNS, alertRow, type StoredAlert } from '../alerts/alert-row.ts'
import type { Watch, Watched } from '../alerts/evaluate-limits.ts'
import type { Prepared } from '../sql/tenant-sql.ts'
import { stillUnpriced } from './find-resources.ts'

const OPEN: Prepared = {
  name: 'read_open_anomalies',
  text: `SELECT ${ALERT_COLUMNS} FROM alert a
    WHERE a.tenant_id = $1::uuid AND a.budget_id IS NULL AND a.kind <> 'UNPRICED_USAGE' AND a.state IN ('OPEN', 'ACKNOWLEDGED')
      AND a.last_day <= $2::date
    ORDER BY a.last_day, a.id LIMIT $3`,
}

/** Alerts that one transaction ends at most. */
const PORTION = 100

/**
 * Ends incidents that are over, under the tenant's alert lock: two complete days without a flag, or days that do not stand out any more
 * (events were corrected, or came late and made the usual larger). `flagged`: the series with a flagged day now. What was said today is left
 * standing until tomorrow, so that nobody is told of something and of its end in one breath.
 */
export async function resolveQuiet(
  watch: Watch,
  { judgedThrough, flagged }: { judgedThrough: CalendarDate; flagged: ReadonlySet<string> },
): Promise<Watched> {
  const result: Watched = { alertIds: [], deliveryIds: [] }
  const rows = await watch.db.query<StoredAlert>(OPEN, [judgedThrough, PORTION])
  for (const alert of rows.map(alertRow)) {
    const isCost = alert.kind === 'COST_SPIKE' || alert.kind === 'COST_SHIFT'
    const note = isCost && !flagged.has(alert.series) && !isOver(alert, judgedThrough) ? VANISHED : OVER
    if (note === OVER && (!isOver(alert, judgedThrough) || saidToday(watch, alert.updatedAt))) continue
    const resolved = await resolveByItself(watch.client, watch.tenantId, alert.id, { note, nowMs: watch.nowMs })
    if (resolved === null) continue
    result.alertIds.push(alert.id)
    result.deliveryIds.push(...resolved.deliveryIds)
  }
  return result
}

const OVER = 'Two days have passed without anything unusual.'
const VANISHED = 'Its days do not stand out any more, with everything that has come in since.'

const isOver = (alert: Parameters<typeof endsByItself>[0], through: CalendarDate): boolean =>
  endsByItself(alert, through)

const saidToday = (watch: Watch, updatedAt: string): boolean =>
  today(Date.parse(updatedAt), watch.timeZone) >= watch.today

/** Ends alerts of usage without a price once all of it has one, and says how much it is where it has grown. */
export async function followUnpriced(watch: Watch): Promise<Watched> {
  const { client, tenantId, nowMs } = watch
  const result: Watched = { alertIds: [], deliveryIds: [] }
  for (const { alertId, invocations, lastDay } of await stillUnpriced(watch.db)) {
    const outcome =
      invocations > 0n
        ? await changeIncident(client, tenantId, alertId, { lastDay }, { nowMs })
        : await resolveByItself(client, tenantId, alertId, { note: 'All of its usage has a price now.', nowMs })
    if (outcome === null || ('isChanged' in outcome && !outcome.isChanged)) continue
    result.alertIds.push(alertId)
    result.deliveryIds.push(...outcome.deliveryIds)
  }
  return result
}
