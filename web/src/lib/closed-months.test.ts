import { describe, expect, it } from '@jest/globals'
import { closedMonthsIn, closedText, type MonthState } from './closed-months.ts'

const months: MonthState[] = [
  { month: '2026-11-01', state: 'OPEN', edition: 0 },
  { month: '2026-10-01', state: 'SOFT_CLOSED', edition: 1 },
  { month: '2026-09-01', state: 'CLOSED', edition: 2 },
  { month: '2026-08-01', state: 'CLOSED', edition: 1 },
]

describe('the closed months of a range', () => {
  it.each([
    ['2026-11-01', '2026-11-24', []],
    ['2026-10-01', '2026-11-01', ['2026-10-01']],
    ['2026-10-31', '2026-11-01', ['2026-10-01']],
    ['2026-09-30', '2026-10-01', ['2026-09-01']],
    ['2026-08-27', '2026-11-24', ['2026-10-01', '2026-09-01', '2026-08-01']],
  ])('%s to %s touches %j', (from, to, expected) => {
    expect(closedMonthsIn(months, { from, to }).map(({ month }) => month)).toEqual(expected)
  })

  it('are named one by one, and counted when there are several', () => {
    const [, soft, second, first] = months as [MonthState, MonthState, MonthState, MonthState]
    expect([[], [second], [soft], [soft, second, first], [second, first]].map(closedText)).toEqual([
      null,
      { text: 'September 2026 closed, edition 2', href: '/allocation/close/2026-09' },
      { text: 'October 2026 soft-closed', href: '/allocation/close/2026-10' },
      { text: '2 closed, 1 soft-closed months', href: '/allocation/close' },
      { text: '2 closed months', href: '/allocation/close' },
    ])
  })
})
