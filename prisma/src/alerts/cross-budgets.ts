import { alertKindOf } from '@outlay/domain/budgets/alert-kind-of'
import { crossings, thresholdAmount } from '@outlay/domain/budgets/crossings'
import { severityOf } from '@outlay/domain/budgets/severity-of'
import { windowOf } from '@outlay/domain/budgets/window-of'
import { limitReason, limitTitle } from '@outlay/domain/alerts/limit-words'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds } from '@outlay/domain/periods/local-day'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { BudgetRow } from '../budgets/budget-row.ts'
import { plainArray } from '../sql/pg-array.ts'
import { readCrossings, readLearnedAmounts, readSpent, type Crossing } from '../sql/read-budgets.ts'
import type { AlertDraft, AlertRow } from './alert-row.ts'
import { changeIncident, resolveByItself, type IncidentChange } from './change-alert.ts'
import type { Watch, Watched } from './evaluate-limits.ts'
import { limitContributors } from './limit-contributors.ts'
import { loadAlerts } from './load-alert.ts'
import { raiseAlert } from './raise-alert.ts'

/** A budget in one of its windows, `[start, end)`; without an end it goes on. */
export interface BudgetWindow {
  budget: BudgetRow
  /** Null: from the beginning. */
  start: CalendarDate | null
  end: CalendarDate | null
  /** The latest day of those that have changed in it. */
  day: CalendarDate
}

/** How the window of a TOTAL budget without a first day is named where a name is needed. */
export const FROM_THE_BEGINNING = '0001-01-01'

/** An open alert says what it has come to at most so often, unless that is told to people. */
const SAY_AGAIN_MS = 60_000

/** A penny over a budget of thousands doubles many times a day: what is over by less than a tenth of the budget counts as a tenth. */
const TENTH = 10n

/** The windows of budgets that some days lie in, each once. */
export function windowsOfDays(budgets: readonly BudgetRow[], days: readonly CalendarDate[]): BudgetWindow[] {
  const windows = new Map<string, BudgetWindow>()
  for (const budget of budgets) {
    for (const day of days) {
      const window = windowOf(budget, day)
      if (window === null) continue
      const key = `${budget.id} ${window.start}`
      const known = windows.get(key)
      if (known === undefined || known.day < day) windows.set(key, { budget, ...window, day })
    }
  }
  return [...windows.values()]
}

/**
 * Compares what was spent in some windows with their thresholds. The highest threshold that is newly crossed raises an alert, and the
 * lower ones are recorded with it; a budget that was changed begins anew. An alert whose sum has fallen below its threshold (events were
 * voided, or rated again) ends by itself; its crossing stays, so the same threshold of the window does not alert twice. `deferredDays`:
 * days of windows whose open alert has grown a moment after it last said so, to be looked at again.
 */
export async function crossBudgets(
  watch: Watch,
  windows: readonly BudgetWindow[],
): Promise<Watched & { deferredDays: Set<CalendarDate> }> {
  const deferredDays = new Set<CalendarDate>()
  const result: Watched = { alertIds: [], deliveryIds: [] }
  if (windows.length === 0) return { ...result, deferredDays }
  const sums = await readSpent(
    watch.db,
    windows.map(({ budget: { scope, memberId }, start, end }) => ({ scope, memberId, from: start, to: end })),
  )
  const known = await knownCrossings(watch, windows)
  const learned = await learnedAmounts(watch, windows)
  const open = await openAlerts(watch, [...known.values()].flat())
  for (const [index, window] of windows.entries()) {
    const { budget, day } = window
    const sum = sums[index]
    if (sum === undefined) continue
    const spent = sum.direct + sum.shared
    const amount = learned.get(`${budget.id} ${window.start}`) ?? budget.amount
    const before = known.get(keyOf(window)) ?? []
    const crossed = crossings({ amount, spent, thresholds: budget.thresholds })
    const fresh = crossed.filter((threshold) => !before.some((one) => isActual(one) && one.threshold === threshold))
    const raised = fresh.length === 0 ? null : await raise(watch, { window, spent, amount, fresh })
    if (raised !== null) add(result, raised)
    for (const alertId of new Set(before.filter(isActual).map((one) => one.alertId))) {
      const alert = open.get(alertId)
      if (alert === undefined) continue
      const followed = await follow(watch, alert, { window, spent, amount })
      if (followed === 'deferred') deferredDays.add(day)
      else if (followed !== null) add(result, followed)
    }
  }
  return { ...result, deferredDays }
}

const isActual = ({ basis }: Crossing): boolean => basis === 'ACTUAL'

function add(result: Watched, one: { alertId: string; deliveryIds: string[] }): void {
  result.alertIds.push(one.alertId)
  result.deliveryIds.push(...one.deliveryIds)
}

const startOf = ({ start }: { start: CalendarDate | null }): CalendarDate => start ?? FROM_THE_BEGINNING

const keyOf = (window: BudgetWindow): string => `${window.budget.id} ${startOf(window)}`

async function knownCrossings(watch: Watch, windows: readonly BudgetWindow[]): Promise<Map<string, Crossing[]>> {
  const rows = await readCrossings(
    watch.db,
    windows.map((window) => ({
      budgetId: window.budget.id,
      version: window.budget.version,
      windowStart: startOf(window),
    })),
  )
  const known = new Map<string, Crossing[]>()
  for (const row of rows) {
    const key = `${row.budgetId} ${row.windowStart}`
    known.set(key, [...(known.get(key) ?? []), row])
  }
  return known
}

function learnedAmounts(watch: Watch, windows: readonly BudgetWindow[]): Promise<Map<string, Fixed18>> {
  const wanted = windows.flatMap(({ budget, start }) =>
    budget.isLearned && start !== null ? [{ budgetId: budget.id, day: start }] : [],
  )
  return readLearnedAmounts(watch.db, wanted)
}

async function openAlerts(watch: Watch, crossed: readonly Crossing[]): Promise<Map<string, AlertRow>> {
  if (crossed.length === 0) return new Map()
  const alerts = await loadAlerts(watch.client, watch.tenantId, [...new Set(crossed.map(({ alertId }) => alertId))])
  for (const [id, { state }] of alerts) if (state === 'RESOLVED' || state === 'DISMISSED') alerts.delete(id)
  return alerts
}

const INSERT_CROSSINGS = `
INSERT INTO budget_crossing (tenant_id, budget_id, version, window_start, basis, threshold, alert_id, crossed_at)
SELECT $1::uuid, $2::uuid, $3, $4::date, $5, t, $6::uuid, clock_timestamp() FROM unnest($7::numeric[]) AS t
ON CONFLICT DO NOTHING`

/** Records that thresholds have alerted. */
export async function recordCrossings(
  watch: Watch,
  crossed: { window: BudgetWindow; basis: Crossing['basis']; thresholds: readonly string[]; alertId: string },
): Promise<void> {
  const { window, basis, thresholds, alertId } = crossed
  const { id, version } = window.budget
  const values = [watch.tenantId, id, version, startOf(window), basis, alertId, plainArray(thresholds)]
  await watch.client.query(INSERT_CROSSINGS, values)
}

async function raise(
  watch: Watch,
  crossed: { window: BudgetWindow; spent: Fixed18; amount: Fixed18; fresh: readonly string[] },
): Promise<{ alertId: string; deliveryIds: string[] } | null> {
  const { window, spent, amount, fresh } = crossed
  const threshold = fresh.at(-1) ?? '1'
  const draft = await limitDraft(watch, { window, spent, amount, threshold, basis: 'ACTUAL' })
  const told = { nowMs: watch.nowMs, toldAtLeast: amount / TENTH }
  const raised = await raiseAlert(watch.client, watch.tenantId, draft, told)
  if (raised === null) return null
  await recordCrossings(watch, { window, basis: 'ACTUAL', thresholds: fresh, alertId: raised.alertId })
  return raised
}

/** What the alert of a threshold says. `spent` is what was spent, or is expected to be by the end of the window. */
export async function limitDraft(
  watch: Watch,
  limit: {
    window: BudgetWindow
    spent: Fixed18
    amount: Fixed18
    threshold: string
    basis: Crossing['basis']
  },
): Promise<AlertDraft> {
  const { window, spent, amount, threshold, basis } = limit
  const { budget, start, end, day } = window
  const { scope, memberId, label } = budget
  const expected = thresholdAmount(amount, threshold)
  const words = {
    scope,
    label,
    window: budget.window,
    windowStart: start,
    windowEnd: end,
    amount,
    spent,
    threshold,
    basis,
    currency: watch.currency,
    isLearned: budget.isLearned,
  }
  const firstDay = start ?? day
  const lastDay = day < firstDay ? firstDay : day
  return {
    kind: alertKindOf(scope),
    severity: severityOf({ scope, window: budget.window, threshold, basis }),
    scope,
    memberId: scope === 'FLEET' ? NIL_UUID : memberId,
    secondId: null,
    series: seriesOf(budget.id),
    dedupeKey: `budget/${budget.id}/v${budget.version}/${startOf(window)}/${basis}/${threshold}`,
    budgetId: budget.id,
    threshold,
    title: limitTitle(words),
    reason: limitReason(words),
    expected,
    bandLow: null,
    bandHigh: null,
    actual: spent,
    impact: spent > amount ? spent - amount : null,
    impactPerHour: null,
    firstDay,
    lastDay,
    windowStart: instantOf(dayBounds(firstDay, watch.timeZone).start),
    windowEnd: instantOf(dayBounds(end === null ? lastDay : addDays(end, -1), watch.timeZone).end),
    contributors: await limitContributors(watch.db, { scope, memberId, from: start, to: end, spent }),
    decomposition: null,
    evidence: { basis, budget: budget.id, version: budget.version },
    suppressedBy: null,
  }
}

const instantOf = (ms: number): string => new Date(ms).toISOString()

async function follow(
  watch: Watch,
  alert: AlertRow,
  now: { window: BudgetWindow; spent: Fixed18; amount: Fixed18 },
): Promise<{ alertId: string; deliveryIds: string[] } | 'deferred' | null> {
  const { spent, amount } = now
  const { client, tenantId, nowMs } = watch
  if (alert.threshold !== null && spent < thresholdAmount(amount, alert.threshold)) {
    const note = 'What was spent is below the threshold again: events were corrected, moved or rated again.'
    const resolved = await resolveByItself(client, tenantId, alert.id, { note, nowMs })
    return resolved === null ? null : { alertId: alert.id, ...resolved }
  }
  if (alert.actual === spent) return null
  const impact = spent > amount ? spent - amount : null
  const told = alert.toldImpact ?? 0n
  const isDoubled = impact !== null && told > 0n && impact >= 2n * told
  if (!isDoubled && nowMs - Date.parse(alert.updatedAt) < SAY_AGAIN_MS) return 'deferred'
  const change = await changeIncident(client, tenantId, alert.id, await grown(watch, alert, { ...now, impact }), {
    nowMs,
  })
  return change.isChanged ? { alertId: alert.id, deliveryIds: change.deliveryIds } : null
}

/** What an alert has come to: the sum and who spent it. Its reason stays: it says why it was raised. */
async function grown(
  watch: Watch,
  alert: AlertRow,
  { window, spent, impact }: { window: BudgetWindow; spent: Fixed18; impact: Fixed18 | null },
): Promise<IncidentChange> {
  const { budget, start, end, day } = window
  const { scope, memberId } = budget
  const contributors = await limitContributors(watch.db, { scope, memberId, from: start, to: end, spent })
  return { actual: spent, impact, contributors, lastDay: day > alert.lastDay ? day : alert.lastDay }
}

const OPEN_OF_BUDGET = `
SELECT a.id FROM alert a WHERE a.tenant_id = $1::uuid AND a.series = $2 AND a.state IN ('OPEN', 'ACKNOWLEDGED') ORDER BY a.raised_at, a.id`

/** Ends the open alerts of a budget that says something else now, or is no more: nothing compares its sums with what they say any longer. */
export async function endAlertsOf(watch: Watch, budgetId: string, note: string): Promise<Watched> {
  const { client, tenantId, nowMs } = watch
  const { rows } = await client.query<{ id: string }>(OPEN_OF_BUDGET, [tenantId, seriesOf(budgetId)])
  const result: Watched = { alertIds: [], deliveryIds: [] }
  for (const { id } of rows) {
    const resolved = await resolveByItself(client, tenantId, id, { note, nowMs })
    if (resolved !== null) add(result, { alertId: id, ...resolved })
  }
  return result
}

const seriesOf = (budgetId: string): string => `BUDGET:${budgetId}`
