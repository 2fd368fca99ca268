import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '../money/fixed18.ts'
import { addMonths } from '../periods/calendar-date.ts'
import { forecastMonths, monthsAccuracy } from './forecast-months.ts'

const history = (costs: readonly (string | number)[]) =>
  costs.map((cost, index) => ({ month: addMonths('2026-01-01', index), cost: parseFixed18(String(cost)) }))

describe('the forecast of months', () => {
  it('says nothing without a month, and no interval of one', () => {
    expect(forecastMonths({ history: [], months: 12 })).toBeNull()
    expect(monthsAccuracy([])).toBeNull()
    expect(forecastMonths({ history: history(['10.5']), months: 2 })).toEqual([
      { month: '2026-02-01', mid: parseFixed18('10.5'), low: null, high: null },
      { month: '2026-03-01', mid: parseFixed18('10.5'), low: null, high: null },
    ])
    expect(monthsAccuracy(history([10, 10]))).toBeNull()
  })

  it('of a constant past is that constant, with an interval that contains it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 2, max: 24 }), (pounds, count) => {
        const past = history(Array.from({ length: count }, () => pounds))
        const cost = parseFixed18(String(pounds))
        for (const one of forecastMonths({ history: past, months: 12 }) ?? [])
          expect(one).toMatchObject({ mid: cost, low: cost, high: cost })
        const accuracy = monthsAccuracy(past)
        if (count > 2) expect(accuracy).toMatchObject({ wape: pounds === 0 ? null : '0.0000', coverage: '1.0000' })
      }),
    )
  })

  it('is a number within its interval whatever the past, and widens', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 2, maxLength: 24 }), (costs) => {
        const made = forecastMonths({ history: history(costs), months: 12 }) ?? []
        expect(made).toHaveLength(12)
        for (const { mid, low, high } of made) {
          expect(low !== null && high !== null && low >= 0n && low <= mid && mid <= high).toBe(true)
        }
        const widths = made.map(({ mid, high }) => (high ?? 0n) - mid)
        expect(
          widths.every((width, index) => index === 0 || width >= (widths[index - 1] ?? 0n) - 1_000_000_000_000n),
        ).toBe(true)
      }),
    )
  })

  it('follows a rise, ever less, and is not moved by one odd month', () => {
    const made = forecastMonths({ history: history([100, 110, 120, 130, 140, 1_000, 160, 170]), months: 3 }) ?? []
    // 170 + 10 × (0.8, 0.8 + 0.64, …)
    expect(made.map(({ mid }) => Math.round(Number(mid / 10n ** 14n)) / 10_000)).toEqual([178, 184.4, 189.52])
  })

  it('is tried on the past, each origin against every month after it', () => {
    // Medians 10 and 10 against 10 and 40; then 10 against 40.
    expect(monthsAccuracy(history([10, 10, 10, 40]))).toEqual({
      wape: '0.6667',
      mape: '0.5000',
      coverage: '0.3333',
      points: 3,
    })
  })
})
