import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { fromEstimate } from '../anomaly/estimate.ts'
import { parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { addDays, daysBetween } from '../periods/calendar-date.ts'
import { forecastAccuracy } from './accuracy.ts'
import { forecast } from './forecast.ts'
import { seededRandom } from './random.ts'

const FIRST = '2026-01-05' // a Monday

function daysOf(costs: readonly number[]) {
  return costs.map((cost, index) => ({ day: addDays(FIRST, index), cost: fromEstimate(cost) }))
}

/** Days of an agent that works less at weekends, each off its usual by some three tenths. */
function noisy(seed: number, count: number): number[] {
  const random = seededRandom(seed)
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random())
  return Array.from({ length: count }, (_, index) => (index % 7 > 4 ? 20 : 100) * Math.exp(0.3 * normal()))
}

describe('forecast', () => {
  it('repeats a past that does not vary', () => {
    const days = daysOf(new Array<number>(28).fill(10))
    const today = addDays(FIRST, 28)
    const each = { p10: parseFixed18('10'), p50: parseFixed18('10'), p90: parseFixed18('10') }
    expect(forecast({ days, today, to: addDays(today, 3), seed: 1 })).toEqual({
      p10: parseFixed18('30'),
      p50: parseFixed18('30'),
      p90: parseFixed18('30'),
      days: [0, 1, 2].map((ahead) => ({ day: addDays(today, ahead), ...each })),
    })
  })

  it('leaves out what today has cost already, and never takes it for less than that', () => {
    const past = daysOf(new Array<number>(28).fill(10))
    const today = addDays(FIRST, 28)
    const of = (cost: string) =>
      forecast({
        days: [...past, { day: today, cost: parseFixed18(cost) }],
        today,
        to: addDays(today, 2),
        seed: 1,
      })
    expect(of('4')).toMatchObject({ p50: parseFixed18('16') })
    expect(of('25')).toMatchObject({ p50: parseFixed18('10') })
    expect(of('25')?.days[0]).toMatchObject({ p10: parseFixed18('25'), p90: parseFixed18('25') })
  })

  it('knows the weekdays', () => {
    const days = daysOf(Array.from({ length: 56 }, (_, index) => (index % 7 === 0 ? 80 : 10)))
    const today = addDays(FIRST, 56)
    const [monday, tuesday] = forecast({ days, today, to: addDays(today, 7), seed: 1 })?.days ?? []
    expect((monday?.p50 ?? 0n) > 4n * (tuesday?.p50 ?? 0n)).toBe(true)
  })

  it.each([
    [6, false],
    [7, true],
  ])('with %d days of cost is there: %p', (count, isThere) => {
    const today = addDays(FIRST, count)
    const made = forecast({ days: daysOf(new Array<number>(count).fill(1)), today, to: addDays(today, 5), seed: 1 })
    expect(made !== null).toBe(isThere)
  })

  it('forgets what is more than eight weeks ago, and has nothing to say of the past', () => {
    const days = daysOf(new Array<number>(10).fill(5))
    expect(forecast({ days, today: addDays(FIRST, 80), to: addDays(FIRST, 90), seed: 1 })).toBeNull()
    expect(forecast({ days, today: addDays(FIRST, 10), to: addDays(FIRST, 10), seed: 1 })).toBeNull()
  })

  it('is a function of its input, in order, and never below nothing', () => {
    const costs = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 8, maxLength: 70 })
    fc.assert(
      fc.property(costs, fc.integer({ min: 1, max: 40 }), fc.nat(), (all, ahead, seed) => {
        const today = addDays(FIRST, all.length - 1)
        const input = { days: daysOf(all), today, to: addDays(today, ahead), seed }
        const made = forecast(input)
        expect(forecast(input)).toEqual(made)
        if (made === null) return
        const isOrdered = ({ p10, p50, p90 }: { p10: Fixed18; p50: Fixed18; p90: Fixed18 }) =>
          p10 >= 0n && p10 <= p50 && p50 <= p90
        expect(isOrdered(made)).toBe(true)
        expect(made.days.every(isOrdered)).toBe(true)
        expect(made.days.map(({ day }) => day)).toEqual(
          Array.from({ length: daysBetween(input.today, input.to) }, (_, index) => addDays(today, index)),
        )
      }),
      { numRuns: 40 },
    )
  })

  it.each([1, 7, 30])('holds the sum of %d days within p10 and p90 about eight times in ten', (horizon) => {
    const worlds = 120
    let within = 0
    for (let world = 0; world < worlds; world += 1) {
      const days = daysOf(noisy(1_000 + world, 80 + horizon))
      const today = addDays(FIRST, 80)
      const made = forecast({ days: days.slice(0, 80), today, to: addDays(today, horizon), seed: world })
      const actual = days.slice(80).reduce((sum, { cost }) => sum + cost, 0n)
      if (made !== null && actual >= made.p10 && actual <= made.p90) within += 1
    }
    expect(within / worlds).toBeGreaterThan(0.72)
    expect(within / worlds).toBeLessThan(0.92)
  })
})

describe('forecastAccuracy', () => {
  it('finds no error in a past that does not vary', () => {
    const days = daysOf(new Array<number>(120).fill(10))
    expect(forecastAccuracy({ days, today: addDays(FIRST, 120), horizon: 14, seed: 1 })).toEqual({
      medianError: '0.0000',
      coverage: '1.0000',
      windows: 12,
    })
  })

  it('looks at the windows that have a past and a cost, and is not there without one', () => {
    const days = daysOf(new Array<number>(30).fill(10))
    expect(forecastAccuracy({ days, today: addDays(FIRST, 30), horizon: 14, seed: 1 })).toMatchObject({ windows: 2 })
    expect(forecastAccuracy({ days, today: addDays(FIRST, 20), horizon: 14, seed: 1 })).toBeNull()
    expect(forecastAccuracy({ days: [], today: FIRST, horizon: 14, seed: 1 })).toBeNull()
    expect(forecastAccuracy({ days, today: addDays(FIRST, 30), horizon: 0, seed: 1 })).toBeNull()
  })

  it('takes the mean of the middle two where their number is even', () => {
    // Two windows of a week: the last one cost twice what was known, the one before exactly that.
    const days = daysOf([...new Array<number>(14).fill(10), ...new Array<number>(7).fill(20)])
    expect(forecastAccuracy({ days, today: addDays(FIRST, 21), horizon: 7, seed: 1 })).toEqual({
      medianError: '0.2500',
      coverage: '0.5000',
      windows: 2,
    })
  })

  it('measures a noisy past as well as it is', () => {
    const days = daysOf(noisy(3, 200))
    const accuracy = forecastAccuracy({ days, today: addDays(FIRST, 200), horizon: 14, seed: 1 })
    expect(accuracy?.windows).toBe(12)
    expect(Number(accuracy?.medianError)).toBeLessThan(0.2)
    expect(Number(accuracy?.coverage)).toBeGreaterThan(0.5)
  })
})
