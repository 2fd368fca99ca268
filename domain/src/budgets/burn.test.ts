import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '../money/fixed18.ts'
import { addDays } from '../periods/calendar-date.ts'
import { anyAmount, costsFrom } from './budget-test-kit.ts'
import { burn } from './burn.ts'

const amount = parseFixed18('100')
const TODAY = '2026-02-20'
const WINDOW = { today: TODAY, windowStart: '2026-02-01', windowEnd: '2026-03-01' }
const week = (cents: number[]) => costsFrom(addDays(TODAY, -7), cents)

describe('burn', () => {
  it.each([
    ['80', [500, 500, 500, 500, 500, 500, 500], { perDay: '5', daysToCap: '4', capOn: '2026-02-24' }],
    ['80', [0, 0, 0, 0, 0, 0, 700], { perDay: '1', daysToCap: '20', capOn: null }],
    ['99.5', [700, 0, 0, 0, 0, 0, 0], { perDay: '1', daysToCap: '0.5', capOn: TODAY }],
    ['100', [700, 0, 0, 0, 0, 0, 0], { perDay: '1', daysToCap: '0', capOn: TODAY }],
    ['250', [0, 0, 0, 0, 0, 0, 0], { perDay: '0', daysToCap: '0', capOn: TODAY }],
    ['20', [0, 0, 0, 0, 0, 0, 0], { perDay: '0', daysToCap: null, capOn: null }],
    ['20', [-700, 0, 0, 0, 0, 0, 0], { perDay: '-1', daysToCap: null, capOn: null }],
  ])('with %s of 100.00 spent after a week of %j', (spent, cents, expected) => {
    const burnt = burn({ amount, spent: parseFixed18(spent), recent: week(cents), ...WINDOW })
    expect(burnt).toEqual({ ...expected, perDay: parseFixed18(expected.perDay) })
  })

  it('looks at the complete days of the window only, and not at today', () => {
    const recent = [...week([9_999, 9_999, 9_999, 9_999, 9_999, 100, 300]), ...costsFrom(TODAY, [5_000])]
    const burnt = burn({ amount, spent: parseFixed18('54'), recent, ...WINDOW, windowStart: '2026-02-18' })
    expect(burnt).toEqual({ perDay: parseFixed18('2'), daysToCap: '23', capOn: null })
  })

  it('knows nothing on the first day of a window', () => {
    const input = { amount, spent: 0n, recent: week([100, 100, 100, 100, 100, 100, 100]) }
    expect(burn({ ...input, ...WINDOW, windowStart: TODAY })).toBeNull()
  })

  it('reaches the cap on a day far away without naming it', () => {
    const burnt = burn({
      amount: parseFixed18('999999999999'),
      spent: 0n,
      recent: week([1, 0, 0, 0, 0, 0, 0]),
      ...WINDOW,
      windowEnd: null,
    })
    expect(burnt?.capOn).toBeNull()
    expect(burnt?.daysToCap).toMatch(/^[0-9]+(\.[0-9])?$/)
  })

  it('spends what is left in the days it says, within a tenth of a day', () => {
    const cents = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 7, maxLength: 7 })
    fc.assert(
      fc.property(anyAmount, cents, fc.integer({ min: 0, max: 99 }), (whole, costs, percent) => {
        const spent = (whole * BigInt(percent)) / 100n
        const burnt = burn({ amount: whole, spent, recent: week(costs), ...WINDOW, windowEnd: null })
        if (burnt?.daysToCap == null) return expect(costs.every((cost) => cost === 0)).toBe(true)
        const gone = (burnt.perDay * parseFixed18(burnt.daysToCap)) / 10n ** 18n
        const off = gone - (whole - spent)
        expect((off < 0n ? -off : off) <= burnt.perDay / 20n + 1n).toBe(true)
        if (burnt.capOn !== null) expect(burnt.capOn >= TODAY).toBe(true)
      }),
    )
  })
})
