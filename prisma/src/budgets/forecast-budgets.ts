import { crossings, thresholdAmount } from '@outlay/domain/budgets/crossings'
import { windowOf } from '@outlay/domain/budgets/window-of'
import { forecast } from '@outlay/domain/forecast/forecast'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays } from '@outlay/domain/periods/calendar-date'
import type { AlertRow } from '../alerts/alert-row.ts'
import { changeIncident, resolveByItself } from '../alerts/change-alert.ts'
import { FROM_THE_BEGINNING, limitDraft, recordCrossings, type BudgetWindow } from '../alerts/cross-budgets.ts'
import type { Watch, Watched } from '../alerts/evaluate-limits.ts'
import { loadAlerts } from '../alerts/load-alert.ts'
import { raiseAlert } from '../alerts/raise-alert.ts'
import { readBudgets, readCrossings, readScopeDays, readSpent, type Crossing } from '../sql/read-budgets.ts'

/** Days that a forecast looks back at. */
const PAST_DAYS = 120
/** The same draw whenever it is asked, here as in the API. */
const SEED = 1

/**
 * Compares what the windows of budgets are expected to come to by their end with the thresholds that were set for that: the middle of the
 * forecast counts. Each threshold of a window alerts once, the highest of those newly reached; none whose actual crossing has alerted. An
 * alert ends by itself when the forecast falls below its threshold, or when the threshold is crossed in fact. Under the tenant's alert lock.
 */
export async function forecastBudgets(watch: Watch): Promise<Watched> {
  const result: Watched = { alertIds: [], deliveryIds: [] }
  const windows = (await readBudgets(watch.db)).flatMap((budget): BudgetWindow[] => {
    const window = budget.forecastThresholds.length === 0 ? null : windowOf(budget, watch.today)
    return window === null || window.end === null ? [] : [{ budget, ...window, day: watch.today }]
  })
  if (windows.length === 0) return result
  const scopes = windows.map(({ budget: { scope, memberId } }) => ({ scope, memberId }))
  const sums = await readSpent(
    watch.db,
    windows.map(({ start, end }, index) => ({ ...scopes[index]!, from: start, to: end })),
  )
  const { today } = watch
  const days = await readScopeDays(watch.db, { scopes, from: addDays(today, -PAST_DAYS), to: addDays(today, 1) })
  const crossed = await readCrossings(
    watch.db,
    windows.map(({ budget, start }) => ({
      budgetId: budget.id,
      version: budget.version,
      windowStart: start ?? FROM_THE_BEGINNING,
    })),
  )
  const open = await loadAlerts(watch.client, watch.tenantId, [...new Set(crossed.map(({ alertId }) => alertId))])
  for (const [index, window] of windows.entries()) {
    const sum = sums[index]
    if (sum === undefined || window.end === null) continue
    const spent = sum.direct + sum.shared
    const made = forecast({ days: days[index] ?? [], today, to: window.end, seed: SEED })
    const known = crossed.filter((one) => isOf(one, window))
    const projected = made === null ? null : spent + made.p50
    for (const one of [
      await raise(watch, { window, projected, known }),
      ...(await follow(watch, { window, projected, known, open })),
    ]) {
      if (one === null) continue
      result.alertIds.push(one.alertId)
      result.deliveryIds.push(...one.deliveryIds)
    }
  }
  return result
}

type Told = { alertId: string; deliveryIds: string[] }

interface Projection {
  window: BudgetWindow
  /** Null: there is too little past for a forecast. */
  projected: Fixed18 | null
  /** Thresholds of the window that have alerted. */
  known: readonly Crossing[]
}

function isOf({ budgetId, windowStart }: Crossing, { budget, start }: BudgetWindow): boolean {
  return budgetId === budget.id && windowStart === (start ?? FROM_THE_BEGINNING)
}

async function raise(watch: Watch, { window, projected, known }: Projection): Promise<Told | null> {
  if (projected === null) return null
  const { amount, forecastThresholds } = window.budget
  const reached = crossings({ amount, spent: projected, thresholds: forecastThresholds })
  const fresh = reached.filter((threshold) => !known.some((one) => one.threshold === threshold))
  const threshold = fresh.at(-1)
  if (threshold === undefined) return null
  const draft = await limitDraft(watch, { window, spent: projected, amount, threshold, basis: 'FORECAST' })
  const raised = await raiseAlert(watch.client, watch.tenantId, draft, watch)
  if (raised === null) return null
  await recordCrossings(watch, { window, basis: 'FORECAST', thresholds: fresh, alertId: raised.alertId })
  return raised
}

async function follow(
  watch: Watch,
  { window, projected, known, open }: Projection & { open: ReadonlyMap<string, AlertRow> },
): Promise<(Told | null)[]> {
  const alertIds = new Set(known.filter(({ basis }) => basis === 'FORECAST').map(({ alertId }) => alertId))
  const told: (Told | null)[] = []
  for (const alertId of alertIds) {
    const alert = open.get(alertId)
    if (alert === undefined || (alert.state !== 'OPEN' && alert.state !== 'ACKNOWLEDGED')) continue
    told.push(await followOne(watch, alert, { window, projected, known }))
  }
  return told
}

async function followOne(
  watch: Watch,
  alert: AlertRow,
  { window, projected, known }: Projection,
): Promise<Told | null> {
  const { client, tenantId, nowMs } = watch
  const { threshold } = alert
  if (threshold === null || projected === null) return null
  const isCrossed = known.some((one) => one.basis === 'ACTUAL' && one.threshold === threshold)
  const isBelow = projected < thresholdAmount(window.budget.amount, threshold)
  if (isCrossed || isBelow) {
    const note = isCrossed
      ? 'What was expected has come: the threshold is crossed, and told as such.'
      : 'The forecast is below the threshold again.'
    const resolved = await resolveByItself(client, tenantId, alert.id, { note, nowMs })
    return resolved === null ? null : { alertId: alert.id, ...resolved }
  }
  const { amount } = window.budget
  const impact = projected > amount ? projected - amount : null
  const lastDay = watch.today > alert.lastDay ? watch.today : alert.lastDay
  const changed = await changeIncident(client, tenantId, alert.id, { actual: projected, impact, lastDay }, { nowMs })
  return changed.isChanged ? { alertId: alert.id, deliveryIds: changed.deliveryIds } : null
}
