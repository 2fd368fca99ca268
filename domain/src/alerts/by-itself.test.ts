import { describe, expect, it } from '@jest/globals'
import { ALERT_STATES, type AlertSeverity, type AlertState } from './alert.ts'
import { endsByItself, escalate } from './by-itself.ts'

const NOW = Date.parse('2026-11-03T12:00:00Z')
const YOUNG = {
  state: 'OPEN' as AlertState,
  severity: 'WARNING' as AlertSeverity,
  raisedAt: '2026-11-03T11:00:00Z',
  escalatedAt: null,
  snoozedUntil: null,
  suppressedBy: null,
}
const after = (minutes: number, alert: Parameters<typeof escalate>[0]) =>
  escalate(alert, { nowMs: NOW, afterMinutes: minutes })
const ESCALATED = { severity: 'CRITICAL', escalatedAt: '2026-11-03T12:00:00Z' }

describe('escalate', () => {
  it.each<[AlertSeverity, AlertSeverity]>([
    ['INFO', 'WARNING'],
    ['WARNING', 'CRITICAL'],
    ['CRITICAL', 'CRITICAL'],
  ])('makes %s of what nobody attends to %s', (severity, next) => {
    expect(after(60, { ...YOUNG, severity })).toEqual({ ...ESCALATED, severity: next })
  })

  it.each<[AlertState, boolean]>([
    ['OPEN', true],
    ['ACKNOWLEDGED', false],
    ['RESOLVED', false],
    ['DISMISSED', false],
  ])('of %s: %s', (state, isEscalated) => {
    expect(after(60, { ...YOUNG, state })).toEqual(isEscalated ? ESCALATED : null)
  })

  it.each<[string, number, Partial<Parameters<typeof escalate>[0]>, boolean]>([
    ['a minute too early', 61, {}, false],
    ['once only', 60, { escalatedAt: '2026-11-03T11:30:00Z' }, false],
    ['not while it is snoozed', 60, { snoozedUntil: '2026-11-03T12:00:01Z' }, false],
    ['when it is snoozed no longer', 60, { snoozedUntil: '2026-11-03T12:00:00Z' }, true],
    ['not what another alert explains', 60, { suppressedBy: 'other' }, false],
  ])('does it %s', (_, minutes, alert, isEscalated) => {
    expect(after(minutes, { ...YOUNG, ...alert })).toEqual(isEscalated ? ESCALATED : null)
  })
})

describe('endsByItself', () => {
  it.each(ALERT_STATES)('of %s after two complete days without a flag', (state) => {
    const ends = (judgedThrough: string) => endsByItself({ state, lastDay: '2026-02-27' }, judgedThrough)
    const isOpen = state === 'OPEN' || state === 'ACKNOWLEDGED'
    expect(['2026-02-26', '2026-02-27', '2026-02-28', '2026-03-01', '2026-04-01'].map(ends)).toEqual([
      false,
      false,
      false,
      isOpen,
      isOpen,
    ])
  })
})
