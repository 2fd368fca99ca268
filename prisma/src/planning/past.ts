import {
  forecastMonths,
  monthsAccuracy,
  type ExpectedMonth,
  type MonthCost,
} from '@outlay/domain/forecast/forecast-months'
import type { MonthsAccuracy } from '@outlay/domain/forecast/forecast-months'
import { baseAmounts, baseLines, type PastWork, type PlanAmount } from '@outlay/domain/planning/base-lines'
import { placeKey, type PlanLine } from '@outlay/domain/planning/plan'
import { addMonths, firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { readPoolTotals } from '../sql/read-pools.ts'
import { readFirstDay, readMonthCosts, readMonthWork, readPairCosts, type MonthWork } from '../sql/read-plans.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'

/** What is known of the whole months before a month. */
export interface PastMonths {
  /** At most twelve whole months, ascending, without a gap. */
  history: MonthCost[]
  /** How many of the last of them drivers are of: three, or as many as there are. */
  pastMonths: number
  /** Shared infrastructure of a month, from the pools of the month. */
  pools: Fixed18
  unconvertedPools: number
  accuracy: MonthsAccuracy | null
}

/** The same with what drives a plan. */
export interface PlanningPast extends PastMonths {
  /** Who worked for whom in the months that drivers are of. */
  past: PastWork[]
}

const HISTORY_MONTHS = 12
const DRIVER_MONTHS = 3
/** A first month that began later is not a month: it would make a rise of the start. */
const FIRST_DAYS = 3

/** The past of a month: `before` is its first day, and the months that ended by then count. */
export async function readPastMonths(db: TenantSql, before: CalendarDate): Promise<PastMonths> {
  const from = addMonths(before, -HISTORY_MONTHS)
  const [costs, firstDay, totals] = await Promise.all([
    readMonthCosts(db, { from, to: before }),
    readFirstDay(db),
    readPoolTotals(db, [before]),
  ])
  const history = historyOf(costs, { from, before, firstDay })
  return {
    history,
    pastMonths: Math.min(history.length, DRIVER_MONTHS),
    pools: totals.reduce((sum, { converted }) => sum + (converted ?? 0n), 0n),
    unconvertedPools: totals.filter(({ converted }) => converted === null).length,
    accuracy: monthsAccuracy(history),
  }
}

/** The same, and who worked for whom in the last months of it. */
export async function readPlanningPast(db: TenantSql, before: CalendarDate): Promise<PlanningPast> {
  const months = await readPastMonths(db, before)
  const from = driversFrom(months)
  const works = from === null ? [] : await readMonthWork(db, { from, to: before })
  return { ...months, past: together(works) }
}

/** The first of the months that drivers are of; null before there is a whole month. */
function driversFrom({ history }: Pick<PastMonths, 'history'>): CalendarDate | null {
  return (history.at(-DRIVER_MONTHS) ?? history[0])?.month ?? null
}

function historyOf(
  costs: ReadonlyMap<CalendarDate, Fixed18>,
  { from, before, firstDay }: { from: CalendarDate; before: CalendarDate; firstDay: CalendarDate | null },
): MonthCost[] {
  if (firstDay === null) return []
  const isWhole = Number.parseInt(firstDay.slice(8), 10) <= FIRST_DAYS
  const began = isWhole ? firstOfMonth(firstDay) : addMonths(firstOfMonth(firstDay), 1)
  const history: MonthCost[] = []
  for (let month = began > from ? began : from; month < before; month = addMonths(month, 1))
    history.push({ month, cost: costs.get(month) ?? 0n })
  return history
}

/** The same of several months as one. */
function together(works: readonly MonthWork[]): PastWork[] {
  const byPair = new Map<string, PastWork>()
  for (const { clientId, agentId, cost, tasks, tokens, calls } of works) {
    const key = placeKey({ kind: 'WORK', clientId, agentId })
    const known = byPair.get(key) ?? { clientId, agentId, cost: 0n, tasks: 0n, tokens: 0n, calls: 0n }
    byPair.set(key, {
      ...known,
      cost: known.cost + cost,
      tasks: known.tasks + tasks,
      tokens: known.tokens + tokens,
      calls: known.calls + calls,
    })
  }
  return [...byPair.values()]
}

/** What the months of `[from, to)` are expected to cost, as far as they are not over before the past ends. */
export function expectedMonths(
  { history }: Pick<PastMonths, 'history'>,
  from: CalendarDate,
  to: CalendarDate,
): ExpectedMonth[] {
  const last = history.at(-1)?.month
  if (last === undefined) return []
  let months = 0
  while (addMonths(last, months + 1) < to) months += 1
  return (forecastMonths({ history, months }) ?? []).filter(({ month }) => month >= from)
}

/** The same by client and agent. */
export function expectedLines(past: PlanningPast, expected: readonly ExpectedMonth[], currency: string): PlanLine[] {
  return baseLines({ past: past.past, expected, pools: past.pools, currency })
}

/** What the months of `[from, to)` are expected to cost by client and agent, from those that ended before `before`. */
export async function readExpectedAmounts(
  db: TenantSql,
  { before, from, to, currency }: { before: CalendarDate; from: CalendarDate; to: CalendarDate; currency: string },
): Promise<PlanAmount[]> {
  const months = await readPastMonths(db, before)
  const first = driversFrom(months)
  const past = first === null ? [] : await readPairCosts(db, { from: first, to: before })
  return baseAmounts({ past, expected: expectedMonths(months, from, to), pools: months.pools, currency })
}
