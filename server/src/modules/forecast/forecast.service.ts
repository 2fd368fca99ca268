import { budgetMember } from '@outlay/db/budgets/resolve-budget'
import { readScopeDays } from '@outlay/db/sql/read-budgets'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import type { BudgetScope } from '@outlay/domain/budgets/budget'
import { forecastAccuracy, type ForecastAccuracy } from '@outlay/domain/forecast/accuracy'
import { forecast } from '@outlay/domain/forecast/forecast'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, addMonths, daysBetween, firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { once } from '../../reads/once.ts'

export interface ForecastDaySource {
  day: CalendarDate
  actual: Fixed18 | null
  p10: Fixed18 | null
  p50: Fixed18 | null
  p90: Fixed18 | null
}

export interface ForecastSource {
  from: CalendarDate
  to: CalendarDate
  spent: Fixed18
  p10: Fixed18
  p50: Fixed18
  p90: Fixed18
  days: ForecastDaySource[]
  accuracy: () => Promise<ForecastAccuracy | null>
}

/** Enough past for a back-test of twelve windows. */
const PAST_DAYS = 200
const SEED = 1
const MONTHS_AHEAD_MAX = 12

export async function openForecast(
  context: Context,
  args: { scope: BudgetScope; key?: string | null | undefined; month?: string | null | undefined },
): Promise<ForecastSource | null> {
  const { db, tenant, now } = context
  const { scope } = args
  const key = args.key ?? null
  if (scope === 'FLEET' && key !== null) throw badInput('key', 'The fleet is one; leave the key out.')
  if (scope !== 'FLEET' && key === null) throw badInput('key', `Which ${scope.toLowerCase()}? Its key is missing.`)
  const day = today(now, tenant.timeZone)
  const from = args.month ?? firstOfMonth(day)
  checkMonth(from, 'month')
  const to = addMonths(from, 1)
  if (to <= day || from > addMonths(firstOfMonth(day), MONTHS_AHEAD_MAX)) {
    throw badInput(
      'month',
      `The month of ${from} is over or too far away; a forecast is of the running one or the twelve after it.`,
    )
  }
  const memberId = await budgetMember(db, { scope, key })
  const [days = []] = await readScopeDays(db, {
    scopes: [{ scope, memberId }],
    from: addDays(day, -PAST_DAYS),
    to: addDays(day, 1),
  })
  const made = forecast({ days, today: day, to, seed: SEED })
  if (made === null) return null
  const inMonth = days.filter((one) => one.day >= from)
  const spent = inMonth.reduce((sum, { cost }) => sum + cost, 0n)
  const ahead = made.days.filter((one) => one.day >= from)
  // A month that has not begun is forecast with the days before it; only its own are shown and summed.
  const whole = from > day ? forecastOfDays(ahead) : made
  const past = new Map(inMonth.map((one) => [one.day, one.cost]))
  const listed: ForecastDaySource[] = []
  for (let one = from; one < to; one = addDays(one, 1)) {
    const expected = ahead.find((it) => it.day === one)
    listed.push({
      day: one,
      actual: one > day ? null : (past.get(one) ?? 0n),
      p10: expected?.p10 ?? null,
      p50: expected?.p50 ?? null,
      p90: expected?.p90 ?? null,
    })
  }
  return {
    from,
    to,
    spent,
    p10: spent + whole.p10,
    p50: spent + whole.p50,
    p90: spent + whole.p90,
    days: listed,
    accuracy: once(async () =>
      forecastAccuracy({ days, today: day, horizon: Math.min(daysBetween(day, to), 31), seed: SEED }),
    ),
  }
}

/** Sums of days are wider than what their sum deviates by; a month that has not begun is seldom asked for, and rather too wide. */
function forecastOfDays(days: readonly { p10: Fixed18; p50: Fixed18; p90: Fixed18 }[]): {
  p10: Fixed18
  p50: Fixed18
  p90: Fixed18
} {
  const sumOf = (pick: 'p10' | 'p50' | 'p90') => days.reduce((sum, day) => sum + day[pick], 0n)
  return { p10: sumOf('p10'), p50: sumOf('p50'), p90: sumOf('p90') }
}
