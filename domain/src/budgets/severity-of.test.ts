import { describe, expect, it } from '@jest/globals'
import { alertKindOf } from './alert-kind-of.ts'
import { BUDGET_SCOPES, BUDGET_WINDOWS, type BudgetScope } from './budget.ts'
import { severityOf } from './severity-of.ts'

describe('severityOf', () => {
  it('is critical from the whole amount on, of an agent’s day from twice of it, and never for a forecast', () => {
    for (const scope of BUDGET_SCOPES) {
      for (const window of BUDGET_WINDOWS) {
        const of = (threshold: string) => severityOf({ scope, window, threshold, basis: 'ACTUAL' })
        const isAgentDay = scope === 'AGENT' && window === 'DAY'
        expect(['0.999999', '1', '1.5', '1.999999', '2', '100'].map(of)).toEqual(
          isAgentDay
            ? ['WARNING', 'WARNING', 'WARNING', 'WARNING', 'CRITICAL', 'CRITICAL']
            : ['WARNING', 'CRITICAL', 'CRITICAL', 'CRITICAL', 'CRITICAL', 'CRITICAL'],
        )
        expect(severityOf({ scope, window, threshold: '100', basis: 'FORECAST' })).toBe('WARNING')
      }
    }
  })
})

describe('alertKindOf', () => {
  it.each<[BudgetScope, string]>([
    ['FLEET', 'FLEET_CEILING'],
    ['AGENT', 'AGENT_DAILY_LIMIT'],
    ['CLIENT', 'CLIENT_BUDGET'],
    ['PROJECT', 'PROJECT_BUDGET'],
  ])('of %s is %s', (scope, kind) => {
    expect(alertKindOf(scope)).toBe(kind)
  })
})
