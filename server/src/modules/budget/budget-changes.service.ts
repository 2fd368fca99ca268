import { FROM_THE_BEGINNING } from '@outlay/db/alerts/cross-budgets'
import { resolveBudget } from '@outlay/db/budgets/resolve-budget'
import { readScopeDays } from '@outlay/db/sql/read-budgets'
import { dayWords } from '@outlay/domain/alerts/limit-words'
import { backtestBudget, type BudgetFiring } from '@outlay/domain/budgets/backtest'
import type { BudgetScope, BudgetWindow } from '@outlay/domain/budgets/budget'
import type { BudgetWish } from '@outlay/domain/budgets/check-budget'
import { windowOf } from '@outlay/domain/budgets/window-of'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import type { MoneyInputValue } from '../money/money.schema.ts'
import type { UserErrorSource } from '../user-error.schema.ts'
import { findBudget, type BudgetSource } from './budget.service.ts'

/** A budget as the API takes it. */
export interface BudgetInputValue {
  scope: BudgetScope
  key?: string | null | undefined
  window: BudgetWindow
  amount: MoneyInputValue
  thresholds?: readonly string[] | null | undefined
  forecastThresholds?: readonly string[] | null | undefined
  period?: { from: string; to: string } | null | undefined
  startsOn?: string | null | undefined
  learn?: boolean | null | undefined
  note?: string | null | undefined
}

export interface BudgetPayloadSource {
  budget: BudgetSource | null
  userErrors: UserErrorSource[]
}

function wishOf(input: BudgetInputValue): BudgetWish {
  const { scope, window, amount } = input
  return {
    scope,
    window,
    amount,
    key: input.key ?? null,
    thresholds: input.thresholds ?? null,
    forecastThresholds: input.forecastThresholds ?? null,
    period: input.period ?? null,
    startsOn: input.startsOn ?? null,
    learn: input.learn ?? false,
    note: input.note ?? null,
  }
}

export async function setBudget(context: Context, input: BudgetInputValue): Promise<BudgetPayloadSource> {
  const { services, tenant } = context
  const outcome = await services.budgets.set(tenant.id, { wish: wishOf(input), by: await actorOf(context) })
  return payload(context, outcome)
}

export async function endBudget(context: Context, uuid: string): Promise<BudgetPayloadSource> {
  const { services, tenant } = context
  const outcome = await services.budgets.end(tenant.id, { budgetId: uuid, by: await actorOf(context) })
  return payload(context, outcome)
}

async function payload(
  context: Context,
  { budgetId, userErrors }: { budgetId: string | null; userErrors: UserErrorSource[] },
): Promise<BudgetPayloadSource> {
  return { budget: budgetId === null ? null : await findBudget(context, budgetId), userErrors }
}

export interface BacktestSource {
  from: CalendarDate
  to: CalendarDate
  firings: (Omit<BudgetFiring, 'windowStart'> & { windowStart: CalendarDate })[]
  sentence: string
}

const DAYS_MAX = 366
const NAMED_DAYS = 5

/** When a budget would have alerted in the last `days` days, today included. */
export async function backtest(context: Context, input: BudgetInputValue, days: number): Promise<BacktestSource> {
  if (days < 1 || days > DAYS_MAX) throw badInput('days', `days is ${days}; it must be 1 to ${DAYS_MAX}.`)
  const { db, tenant, now } = context
  const budget = await resolveBudget(db, wishOf(input), { currency: tenant.currency, nowMs: now })
  const to = addDays(today(now, tenant.timeZone), 1)
  const from = addDays(to, -days)
  const begin = windowOf(budget, from)?.start ?? budget.startsOn ?? (budget.window === 'TOTAL' ? null : from)
  const [costs = []] = await readScopeDays(db, { scopes: [budget], from: begin, to })
  const firings = backtestBudget({ budget, days: costs, from, to }).map((firing) => ({
    ...firing,
    windowStart: firing.windowStart ?? FROM_THE_BEGINNING,
  }))
  return { from, to, firings, sentence: sentenceOf(firings, days) }
}

/** `It would have alerted 3 times in the last 90 days: on 3 September 2026, …` */
function sentenceOf(firings: readonly { day: CalendarDate }[], days: number): string {
  const span = days === 1 ? 'today' : `in the last ${days} days`
  if (firings.length === 0) return `It would not have alerted ${span}.`
  const times = firings.length === 1 ? 'once' : `${firings.length} times`
  const named = firings.slice(-NAMED_DAYS).map(({ day }) => dayWords(day))
  const more = firings.length > NAMED_DAYS ? 'last ' : ''
  return `It would have alerted ${times} ${span}: ${more}on ${named.join(', ')}.`
}
