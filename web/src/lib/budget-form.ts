import type { BudgetInput, BudgetScope, BudgetWindow } from '../generated/graphql.ts'
import { readAmountInput } from './amount-input.ts'
import { SCOPE_NAMES } from './alerts.ts'
import { WINDOW_NAMES } from './budgets.ts'
import { addDays, isDate } from './calendar.ts'
import { percentOfRatio, ratioOfPercent } from './pool-form.ts'
import { reading, text, Unreadable, type Read } from './read-form.ts'

/** The fields of a budget as the inputs hold them: all of it text. */
export interface BudgetFields {
  scope: BudgetScope
  key: string
  window: BudgetWindow
  /** Of a period: both days included. */
  from: string
  last: string
  /** Of a total: empty is from the beginning. */
  startsOn: string
  amount: string
  currency: string
  /** In percent: `80, 90, 100`; empty takes the usual ones. */
  thresholds: string
  forecastThresholds: string
  learn: boolean
  note: string
}

export function newBudget(
  currency: string,
  given: Partial<Pick<BudgetFields, 'scope' | 'key' | 'window'>> = {},
): BudgetFields {
  return {
    scope: 'FLEET',
    key: '',
    window: 'MONTH',
    from: '',
    last: '',
    startsOn: '',
    amount: '',
    currency,
    thresholds: '',
    forecastThresholds: '',
    learn: false,
    note: '',
    ...given,
  }
}

interface Stored {
  scope: BudgetScope
  key?: string | null
  window: BudgetWindow
  givenAmount: { amount: string; currency: string }
  thresholds: readonly string[]
  forecastThresholds: readonly string[]
  isLearned: boolean
  note?: string | null
}

/** Fields that hold a budget as it is; `start` and `end` are its window's days, the end not included. */
export function fieldsOfBudget(budget: Stored, start: string | null, end: string | null): BudgetFields {
  const percents = (ratios: readonly string[]) => ratios.map((ratio) => percentOfRatio(ratio)).join(', ')
  return {
    scope: budget.scope,
    key: budget.key ?? '',
    window: budget.window,
    from: budget.window === 'CUSTOM' ? (start ?? '') : '',
    last: budget.window === 'CUSTOM' && end !== null ? addDays(end, -1) : '',
    startsOn: budget.window === 'TOTAL' ? (start ?? '') : '',
    amount: budget.givenAmount.amount,
    currency: budget.givenAmount.currency,
    thresholds: percents(budget.thresholds),
    forecastThresholds: percents(budget.forecastThresholds),
    learn: budget.isLearned,
    note: budget.note ?? '',
  }
}

function isOneOf<Name extends string>(names: Readonly<Record<Name, unknown>>, value: string): value is Name {
  return value in names
}

/** `80, 90 %` as ratios; null when nothing is written. */
function ratiosOf(form: FormData, name: string): string[] | null {
  const parts = text(form, name)
    .split(/[,;\s]+/)
    .map((part) => part.replace(/%$/, ''))
    .filter((part) => part !== '')
  if (parts.length === 0) return null
  return parts.map((part) => {
    const ratio = ratioOfPercent(part)
    if (ratio === null) throw new Unreadable(name, 'Write thresholds in percent of the budget, like 80, 90, 100.')
    return ratio
  })
}

function dayOf(form: FormData, name: string, what: string): string {
  const day = text(form, name)
  if (!isDate(day)) throw new Unreadable(name, `Choose ${what}.`)
  return day
}

function periodOf(form: FormData): { from: string; to: string } {
  const from = dayOf(form, 'from', 'the first day')
  const last = dayOf(form, 'last', 'the last day')
  if (last < from) throw new Unreadable('last', 'The last day is before the first.')
  return { from, to: addDays(last, 1) }
}

/** What the fields of a budget say; what they leave out, the server's defaults say. */
export function readBudgetForm(form: FormData): Read<BudgetInput> {
  return reading(() => {
    const scope = text(form, 'scope')
    const window = text(form, 'window')
    if (!isOneOf(SCOPE_NAMES, scope)) throw new Unreadable('scope', 'Choose what the budget is of.')
    if (!isOneOf(WINDOW_NAMES, window)) throw new Unreadable('window', 'Choose for how long it counts.')
    const key = text(form, 'key')
    if (scope !== 'FLEET' && key === '')
      throw new Unreadable('key', `Choose which ${SCOPE_NAMES[scope].toLowerCase()} it is of.`)
    const amount = readAmountInput(text(form, 'amount'))
    if (amount === null) throw new Unreadable('amount', 'Write the amount like 640 or 5,600.00.')
    const startsOn = text(form, 'startsOn')
    const learn = scope === 'AGENT' && window === 'DAY' && form.get('learn') !== null
    return {
      scope,
      key: scope === 'FLEET' ? null : key,
      window,
      amount: { amount, currency: text(form, 'currency').toUpperCase() },
      thresholds: ratiosOf(form, 'thresholds'),
      forecastThresholds: ratiosOf(form, 'forecastThresholds'),
      period: window === 'CUSTOM' ? periodOf(form) : null,
      startsOn: window === 'TOTAL' && startsOn !== '' ? dayOf(form, 'startsOn', 'a day to begin with') : null,
      learn,
      note: text(form, 'note') || null,
    }
  })
}
