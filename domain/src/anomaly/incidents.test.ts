import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { day } from './anomaly-test-kit.ts'
import { incidentsOf } from './incidents.ts'
import type { DayJudgement, FlagRule } from './judge-series.ts'

function judged(offset: number, actual: string, rule: FlagRule | null): DayJudgement {
  const expected = parseFixed18('50')
  const excess = parseFixed18(actual) - expected
  const kind = rule === 'SHIFT' ? 'COST_SHIFT' : 'COST_SPIKE'
  return {
    day: day(offset),
    status: 'READY',
    expected,
    low: parseFixed18('40'),
    high: parseFixed18('60'),
    alarmAt: parseFixed18('90'),
    rule: 'POINT',
    actual: parseFixed18(actual),
    flag: rule === null ? null : { rule, kind, score: 4, ratio: 2, excess },
  }
}

describe('incidentsOf', () => {
  it('takes flags at most seven days apart as one, with the sums of its flagged days', () => {
    const days = [
      judged(12, '150', 'POINT'),
      judged(5, '100', 'POINT'),
      judged(6, '50', null),
      judged(20, '90', 'POINT'),
    ]
    expect(incidentsOf(days)).toEqual([
      {
        firstDay: day(5),
        lastDay: day(12),
        flagged: [days[1], days[0]],
        kind: 'COST_SPIKE',
        expected: parseFixed18('100'),
        low: parseFixed18('80'),
        high: parseFixed18('120'),
        actual: parseFixed18('250'),
        impact: parseFixed18('150'),
        peak: days[0],
      },
      expect.objectContaining({ firstDay: day(20), lastDay: day(20), impact: parseFixed18('40') }),
    ])
  })

  it('is a shift with a SHIFT among its flags, or with three flagged days', () => {
    const kinds = (days: DayJudgement[]) => incidentsOf(days).map(({ kind }) => kind)
    expect(kinds([judged(0, '100', 'POINT'), judged(1, '90', 'SHIFT')])).toEqual(['COST_SHIFT'])
    expect(kinds([judged(0, '100', 'POINT'), judged(1, '100', 'POINT')])).toEqual(['COST_SPIKE'])
    expect(kinds([0, 1, 2].map((offset) => judged(offset, '100', 'POINT')))).toEqual(['COST_SHIFT'])
  })

  it('is nothing without a flag', () => {
    expect(incidentsOf([judged(0, '50', null)])).toEqual([])
  })
})
