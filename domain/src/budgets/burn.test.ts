import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { addDays } from '../periods/calendar-date.ts'
import { burn } from './burn.ts'

const today = '2026-03-20'

/** Costs of the days before today, the last one last. */
function before(...costs: string[]) {
  return costs.map((cost, index) => ({ day: addDays(today, index - costs.length), cost: parseFixed18(cost) }))
}

const week = before('5', '5', '5', '5', '5', '5', '5')
const budget = {
  amount: parseFixed18('100'),
  spent: parseFixed18('80'),
  recent: week,
  today,
  windowStart: '2026-03-01',
  windowEnd: '2026-04-01',
}

describe('burn', () => {
  it('divides what is left by the mean of the last seven complete days', () => {
    expect(burn(budget)).toEqual({ perDay: parseFixed18('5'), daysToCap: '4', capOn: '2026-03-24' })
  })

  it('looks neither at today nor at the days before those seven', () => {
    const recent = [
      { day: '2026-03-12', cost: parseFixed18('900') },
      ...week,
      { day: today, cost: parseFixed18('900') },
    ]
    expect(burn({ ...budget, recent })).toEqual(burn(budget))
  })

  it('counts a day without cost as nothing, and only days of the window', () => {
    expect(burn({ ...budget, recent: before('7', '7') })?.perDay).toBe(parseFixed18('2'))
    expect(burn({ ...budget, recent: before('7', '7'), windowStart: '2026-03-18' })?.perDay).toBe(parseFixed18('7'))
  })

  it('knows nothing while the window has no complete day', () => {
    expect(burn({ ...budget, windowStart: today })).toBeNull()
  })

  it('says when nothing is left, and when nothing is spent any more', () => {
    expect(burn({ ...budget, spent: parseFixed18('100') })).toMatchObject({ daysToCap: '0', capOn: today })
    expect(burn({ ...budget, recent: [] })).toEqual({ perDay: 0n, daysToCap: null, capOn: null })
  })

  it('names no day on which the cap is reached when the window ends before', () => {
    expect(burn({ ...budget, windowEnd: '2026-03-24' })).toMatchObject({ daysToCap: '4', capOn: null })
    expect(burn({ ...budget, windowEnd: null, spent: 0n })).toMatchObject({ daysToCap: '20', capOn: '2026-04-09' })
  })

  it('rounds the days to one decimal and stays within the calendar however little is spent', () => {
    expect(burn({ ...budget, spent: parseFixed18('83') })).toMatchObject({ daysToCap: '3.4', capOn: '2026-03-23' })
    const recent = before('0.000000000000000007')
    expect(burn({ ...budget, recent, windowEnd: null })?.capOn).toBeNull()
  })
})
