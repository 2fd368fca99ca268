import { describe, expect, it } from '@jest/globals'
import { BUDGET_SCOPES, BUDGET_WINDOWS } from './budget.ts'
import { defaultThresholds } from './default-thresholds.ts'

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
