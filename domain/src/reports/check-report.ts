import { DomainError } from '../errors.ts'
import {
  addDays,
  addMonths,
  checkDateRange,
  daysBetween,
  firstOfMonth,
  mondayOf,
  type CalendarDate,
  type DateRange,
} from '../periods/calendar-date.ts'
import type { ReportKind } from './document.ts'

/** Of which days a schedule makes its reports, counted from the day that it makes them on. */
export const PERIOD_RULES = ['LAST_MONTH', 'LAST_WEEK', 'LAST_7_DAYS'] as const
export type PeriodRule = (typeof PERIOD_RULES)[number]

const RULES_OF: Readonly<Record<ReportKind, readonly PeriodRule[]>> = {
  FINANCE_PACK: ['LAST_MONTH'],
  PROJECT_WEEKLY: ['LAST_WEEK', 'LAST_7_DAYS'],
  CLIENT_STATEMENT: ['LAST_MONTH'],
}

/** Whether reports of a kind are made of such days: packs and statements are of months, weeklies of seven days. */
export function suitsKind(kind: ReportKind, rule: PeriodRule): boolean {
  return RULES_OF[kind].includes(rule)
}

/**
 * The days that a rule names on a day. A week begins on Monday.
 *
 *     periodOf('LAST_MONTH', '2026-11-26')  // { from: '2026-10-01', to: '2026-11-01' }
 *     periodOf('LAST_WEEK', '2026-11-26')   // { from: '2026-11-16', to: '2026-11-23' }
 *     periodOf('LAST_7_DAYS', '2026-11-26') // { from: '2026-11-19', to: '2026-11-26' }
 */
export function periodOf(rule: PeriodRule, today: CalendarDate): DateRange {
  switch (rule) {
    case 'LAST_MONTH': {
      const to = firstOfMonth(today)
      return { from: addMonths(to, -1), to }
    }
    case 'LAST_WEEK': {
      const to = mondayOf(today)
      return { from: addDays(to, -7), to }
    }
    case 'LAST_7_DAYS':
      return { from: addDays(today, -7), to: today }
    default:
      return rule satisfies never
  }
}

/**
 * Refuses a report that cannot be made: of days that are not a month (packs and statements) or seven days (weeklies), of days that have not
 * begun, a statement of nobody, or another report of one client.
 * Throws DomainError INVALID_DATE, INVALID_RANGE and INVALID_FIELD on `range`, MISSING_FIELD and INVALID_FIELD on `clientKey`.
 */
export function checkReport({
  kind,
  range,
  hasClient,
  today,
}: {
  kind: ReportKind
  range: DateRange
  hasClient: boolean
  today: CalendarDate
}): void {
  checkClient(kind, hasClient)
  checkDateRange(range)
  if (range.from > today) throw new DomainError('INVALID_RANGE', `${range.from} has not begun yet.`, 'range')
  if (kind === 'PROJECT_WEEKLY') {
    if (daysBetween(range.from, range.to) !== 7)
      throw new DomainError('INVALID_FIELD', 'A project weekly is of seven days.', 'range')
    return
  }
  const isMonth = range.from === firstOfMonth(range.from) && range.to === addMonths(range.from, 1)
  if (!isMonth)
    throw new DomainError('INVALID_FIELD', 'It is of a month, from its first day to the first of the next.', 'range')
}

/** Refuses a statement of nobody, and another report of one client. Throws DomainError MISSING_FIELD and INVALID_FIELD on `clientKey`. */
export function checkClient(kind: ReportKind, hasClient: boolean): void {
  if (kind === 'CLIENT_STATEMENT' && !hasClient)
    throw new DomainError('MISSING_FIELD', 'A client statement is of a client: which?', 'clientKey')
  if (kind !== 'CLIENT_STATEMENT' && hasClient)
    throw new DomainError('INVALID_FIELD', 'Only a client statement is of one client.', 'clientKey')
}
