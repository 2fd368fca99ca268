import { describe, expect, it } from '@jest/globals'
import { alertKindOf } from './alert-kind-of.ts'
import { BUDGET_SCOPES, BUDGET_WINDOWS } from './budget.ts'
import { defaultThresholds } from './default-thresholds.ts'
import { severityOf } from './severity-of.ts'

describe('alertKindOf', () => {
  it('gives each scope a kind of its own', () => {
    expect(BUDGET_SCOPES.map(alertKindOf)).toEqual([
      'FLEET_CEILING',
      'AGENT_DAILY_LIMIT',
      'CLIENT_BUDGET',
      'PROJECT_BUDGET',
    ])
  })
})

describe('defaultThresholds', () => {
  it('are the shares that alert where nobody says otherwise, cell by cell', () => {
    const table = Object.fromEntries(
      BUDGET_SCOPES.map((scope) => [
        scope,
        Object.fromEntries(BUDGET_WINDOWS.map((window) => [window, defaultThresholds(scope, window).join(' ')])),
      ]),
    )
    expect(table).toEqual({
      FLEET: { DAY: '1', MONTH: '0.8 1', TOTAL: '1', CUSTOM: '1' },
      AGENT: { DAY: '1.5', MONTH: '1', TOTAL: '1', CUSTOM: '1' },
      CLIENT: { DAY: '0.8 0.9 1', MONTH: '0.8 0.9 1', TOTAL: '0.8 0.9 1', CUSTOM: '0.8 0.9 1' },
      PROJECT: { DAY: '0.8 0.9 1', MONTH: '0.8 0.9 1', TOTAL: '0.8 0.9 1', CUSTOM: '0.8 0.9 1' },
    })
  })
})

describe('severityOf', () => {
  it.each([
    ['CLIENT', 'MONTH', '0.999999', 'WARNING'],
    ['CLIENT', 'MONTH', '1', 'CRITICAL'],
    ['FLEET', 'MONTH', '0.8', 'WARNING'],
    ['FLEET', 'DAY', '1.5', 'CRITICAL'],
    ['AGENT', 'DAY', '1.5', 'WARNING'],
    ['AGENT', 'DAY', '2', 'CRITICAL'],
    ['AGENT', 'MONTH', '1', 'CRITICAL'],
    ['PROJECT', 'TOTAL', '10', 'CRITICAL'],
  ] as const)('of a budget of %s and %s at %s is %s, and only a warning while it is expected', (...cell) => {
    const [scope, window, threshold, severity] = cell
    expect(severityOf({ scope, window, threshold, basis: 'ACTUAL' })).toBe(severity)
    expect(severityOf({ scope, window, threshold, basis: 'FORECAST' })).toBe('WARNING')
  })
})
