import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '../money/fixed18.ts'
import { ALERT_STATES } from './alert.ts'
import { isEndTold, purposeOfUpdate, type Tellable } from './when-to-tell.ts'

const NOW = Date.parse('2026-11-03T12:00:00Z')
const LATER = '2026-11-03T12:00:01Z'
const PAST = '2026-11-03T12:00:00Z'
const TOLD: Tellable = {
  state: 'OPEN',
  severity: 'WARNING',
  impact: parseFixed18('100'),
  toldImpact: parseFixed18('100'),
  suppressedBy: null,
  snoozedUntil: null,
}

const purpose = (after: Partial<Tellable>, before: Partial<Tellable> = {}) =>
  purposeOfUpdate({ ...TOLD, ...before }, { ...TOLD, ...before, ...after }, { nowMs: NOW })

describe('purposeOfUpdate', () => {
  it.each<[string, Partial<Tellable>, Partial<Tellable>, ReturnType<typeof purposeOfUpdate>]>([
    ['nothing new', {}, {}, null],
    ['nearly doubled', { impact: parseFixed18('199.99') }, {}, null],
    ['doubled', { impact: parseFixed18('200') }, {}, 'UPDATED'],
    ['doubled and acknowledged', { impact: parseFixed18('200') }, { state: 'ACKNOWLEDGED' }, 'UPDATED'],
    ['doubled and snoozed', { impact: parseFixed18('200') }, { snoozedUntil: LATER }, null],
    ['doubled, snoozed no longer', { impact: parseFixed18('200') }, { snoozedUntil: PAST }, 'UPDATED'],
    ['doubled, explained by another', { impact: parseFixed18('200') }, { suppressedBy: 'other' }, null],
    ['an impact where none was told', { impact: parseFixed18('200') }, { toldImpact: null }, null],
    ['no impact any more', { impact: null }, {}, null],
    ['fallen', { impact: parseFixed18('1') }, {}, null],
    ['more urgent', { severity: 'CRITICAL' }, {}, 'ESCALATED'],
    ['more urgent and doubled', { severity: 'CRITICAL', impact: parseFixed18('200') }, {}, 'ESCALATED'],
    ['more urgent and snoozed', { severity: 'CRITICAL' }, { snoozedUntil: LATER }, null],
    ['less urgent', { severity: 'INFO' }, {}, null],
    ['explained by nothing any more', { suppressedBy: null }, { suppressedBy: 'other', toldImpact: null }, 'RAISED'],
    ['explained from now on', { suppressedBy: 'other', severity: 'CRITICAL' }, {}, null],
  ])('%s', (_, after, before, told) => {
    expect(purpose(after, before)).toBe(told)
  })

  it.each(['RESOLVED', 'DISMISSED'] as const)('tells nothing of what is %s', (state) => {
    expect(purpose({ state, severity: 'CRITICAL', impact: parseFixed18('900') })).toBeNull()
  })

  it('tells an impact that grows from 1 to n at most once more for each doubling', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 1n, max: 10n ** 6n }), { minLength: 1, maxLength: 200 }), (steps) => {
        let [impact, toldImpact, told] = [1n, 1n, 0]
        for (const step of steps) {
          impact += step
          if (purpose({ impact }, { toldImpact }) !== 'UPDATED') continue
          told += 1
          toldImpact = impact
        }
        expect(2n ** BigInt(told) <= impact).toBe(true)
        expect(impact < 2n * toldImpact).toBe(true)
      }),
    )
  })
})

describe('isEndTold', () => {
  it.each<[string, Partial<Tellable>, boolean]>([
    ['what was told', {}, true],
    ['what another alert explains', { suppressedBy: 'other' }, false],
    ['what is snoozed', { snoozedUntil: LATER }, false],
    ['what is snoozed no longer', { snoozedUntil: PAST }, true],
  ])('%s', (_, alert, told) => {
    expect(ALERT_STATES.map((state) => isEndTold({ ...TOLD, ...alert, state } as Tellable, { nowMs: NOW }))).toEqual(
      ALERT_STATES.map(() => told),
    )
  })
})
