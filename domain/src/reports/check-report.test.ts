import { describe, expect, it } from '@jest/globals'
import { DomainError } from '../errors.ts'
import { checkReport, periodOf, suitsKind, type PeriodRule } from './check-report.ts'
import type { ReportKind } from './document.ts'

const october = { from: '2026-10-01', to: '2026-11-01' }
const week = { from: '2026-11-16', to: '2026-11-23' }

describe('the days of a rule', () => {
  it.each<[PeriodRule, string, string, string]>([
    ['LAST_MONTH', '2026-11-26', '2026-10-01', '2026-11-01'],
    ['LAST_MONTH', '2027-01-01', '2026-12-01', '2027-01-01'],
    ['LAST_WEEK', '2026-11-26', '2026-11-16', '2026-11-23'],
    ['LAST_WEEK', '2026-11-23', '2026-11-16', '2026-11-23'],
    ['LAST_WEEK', '2026-11-22', '2026-11-09', '2026-11-16'],
    ['LAST_7_DAYS', '2026-11-26', '2026-11-19', '2026-11-26'],
  ])('%s on %s', (rule, today, from, to) => {
    expect(periodOf(rule, today)).toEqual({ from, to })
  })

  it('are those that the kind is of', () => {
    expect([suitsKind('FINANCE_PACK', 'LAST_WEEK'), suitsKind('PROJECT_WEEKLY', 'LAST_WEEK')]).toEqual([false, true])
  })
})

describe('a report that is asked for', () => {
  it.each<[ReportKind, { from: string; to: string }, boolean, string | null]>([
    ['FINANCE_PACK', october, false, null],
    ['FINANCE_PACK', { from: '2026-11-01', to: '2026-12-01' }, false, null],
    ['FINANCE_PACK', { from: '2026-12-01', to: '2027-01-01' }, false, 'INVALID_RANGE range'],
    ['FINANCE_PACK', week, false, 'INVALID_FIELD range'],
    ['FINANCE_PACK', { from: '2026-10-01', to: '2026-12-01' }, false, 'INVALID_FIELD range'],
    ['FINANCE_PACK', { from: '2026-10-01', to: '2026-10-01' }, false, 'INVALID_RANGE to'],
    ['FINANCE_PACK', october, true, 'INVALID_FIELD clientKey'],
    ['CLIENT_STATEMENT', october, true, null],
    ['CLIENT_STATEMENT', october, false, 'MISSING_FIELD clientKey'],
    ['PROJECT_WEEKLY', week, false, null],
    ['PROJECT_WEEKLY', october, false, 'INVALID_FIELD range'],
  ])('%s of %j, of a client: %s', (kind, range, hasClient, refusal) => {
    const check = () => checkReport({ kind, range, hasClient, today: '2026-11-26' })
    if (refusal === null) expect(check()).toBeUndefined()
    else expect(refusalOf(check)).toBe(refusal)
  })
})

function refusalOf(check: () => void): string {
  try {
    check()
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.field}`
    throw error
  }
  return 'none'
}
