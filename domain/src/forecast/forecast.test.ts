import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { toEstimate } from '../anomaly/estimate.ts'
import { parseFixed18 } from '../money/fixed18.ts'
import { addDays } from '../periods/calendar-date.ts'
import { forecastAccuracy } from './accuracy.ts'
import { FIRST_DAY, generate, SHAPES, type Shape } from './forecast-test-kit.ts'
import { forecast } from './forecast.ts'
import { seededRandom } from './random.ts'

const steady = (days: number, cost = '10') =>
  Array.from({ length: days }, (_, offset) => ({ day: addDays(FIRST_DAY, offset), cost: parseFixed18(cost) }))
const after = (days: number) => addDays(FIRST_DAY, days)

describe('forecast', () => {
  it('goes on with what never changes', () => {
    const ten = parseFixed18('10')
    const made = forecast({ days: steady(28), today: after(28), to: after(31), seed: 1 })
    const day = (offset: number) => ({ day: after(offset), p10: ten, p50: ten, p90: ten })
    expect(made).toEqual({ p10: 3n * ten, p50: 3n * ten, p90: 3n * ten, days: [day(28), day(29), day(30)] })
  })

  it('knows what today has cost already', () => {
    const days = (cost: string) => [...steady(28), { day: after(28), cost: parseFixed18(cost) }]
    const made = (cost: string) => forecast({ days: days(cost), today: after(28), to: after(30), seed: 1 })
    expect(made('4')).toMatchObject({ p50: parseFixed18('16'), days: [{ p50: parseFixed18('10') }, {}] })
    expect(made('35')).toMatchObject({ p50: parseFixed18('10'), days: [{ p50: parseFixed18('35') }, {}] })
  })

  it.each<[string, Parameters<typeof forecast>[0]]>([
    ['six days of cost', { days: steady(6), today: after(6), to: after(10), seed: 1 }],
    ['a past of more than eight weeks ago', { days: steady(28), today: after(84), to: after(90), seed: 1 }],
    ['no past', { days: [], today: after(6), to: after(10), seed: 1 }],
    ['a window that is over', { days: steady(28), today: after(28), to: after(28), seed: 1 }],
  ])('says nothing of %s', (_, input) => {
    expect(forecast(input)).toBeNull()
  })

  it('is a function of what it is made from', () => {
    const days = generate(SHAPES.weekly, { seed: 3, days: 70, sigma: 0.4 })
    const made = (seed: number) => forecast({ days, today: after(70), to: after(90), seed })
    expect(made(1)).toEqual(made(1))
    expect(made(1)).not.toEqual(made(2))
  })

  it('spends nothing on the weekdays on which nothing is ever spent', () => {
    const days = generate(SHAPES.workingDays, { seed: 5, days: 56, sigma: 0.3 })
    const made = forecast({ days, today: after(56), to: after(63), seed: 1 })
    expect(made?.days.map(({ p90 }) => p90 > 0n)).toEqual([true, true, true, true, true, false, false])
  })

  it('is in order, never below zero, and of any past', () => {
    const cost = fc.oneof(fc.constant(0n), fc.bigInt({ min: -(10n ** 18n), max: 10n ** 24n }))
    const past = fc.array(cost, { minLength: 7, maxLength: 120 })
    fc.assert(
      fc.property(past, fc.integer({ min: 1, max: 40 }), fc.nat(), (costs, ahead, seed) => {
        const days = costs.map((one, offset) => ({ day: after(offset), cost: one }))
        const made = forecast({ days, today: after(costs.length), to: after(costs.length + ahead), seed })
        if (made === null) return
        expect(made.days).toHaveLength(ahead)
        for (const { p10, p50, p90 } of [made, ...made.days]) expect(0n <= p10 && p10 <= p50 && p50 <= p90).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  // What lies between P10 and P90 is to be 8 in 10. The seeds are fixed, so these are facts and not chances.
  const HORIZON = 15
  function coverageOf(shape: Shape, { history, sigma }: { history: number; sigma: number }) {
    const SERIES = 60
    let within = 0
    const errors: number[] = []
    for (let seed = 0; seed < SERIES; seed += 1) {
      const days = generate(shape, { seed, days: history + HORIZON, sigma })
      const [today, to] = [after(history), after(history + HORIZON)]
      const known = days.filter(({ day }) => day < today)
      const made = forecast({ days: known, today, to, seed })
      if (made === null) throw new Error('The series has a past')
      const actual = days.filter(({ day }) => day >= today).reduce((sum, { cost }) => sum + cost, 0n)
      if (actual >= made.p10 && actual <= made.p90) within += 1
      errors.push(Math.abs(toEstimate(made.p50 - actual)) / toEstimate(actual))
    }
    return { coverage: within / SERIES, medianError: errors.sort((a, b) => a - b)[SERIES / 2] ?? 1 }
  }

  it.each(
    (['flat', 'weekly', 'workingDays'] as const).flatMap((shape) =>
      [0.15, 0.3, 0.5].map((sigma) => [shape, sigma] as const),
    ),
  )('covers what comes of a %s series with noise %d', (shape, sigma) => {
    const { coverage, medianError } = coverageOf(SHAPES[shape], { history: 112, sigma })
    expect(coverage).toBeGreaterThanOrEqual(0.72)
    expect(coverage).toBeLessThanOrEqual(0.95)
    expect(medianError).toBeLessThan(sigma / 3.5)
  })

  it.each([14, 28])('covers most of what comes after %d days only', (history) => {
    const { coverage, medianError } = coverageOf(SHAPES.weekly, { history, sigma: 0.3 })
    expect(coverage).toBeGreaterThanOrEqual(0.65)
    expect(medianError).toBeLessThan(0.15)
  })

  it('covers what comes of a series that costs nothing on six days in ten', () => {
    expect(coverageOf(SHAPES.sparse, { history: 112, sigma: 0.3 }).coverage).toBeGreaterThanOrEqual(0.72)
  })

  it('follows a price that fell by 40 % twelve days ago', () => {
    const { coverage, medianError } = coverageOf(SHAPES.cheaper, { history: 112, sigma: 0.15 })
    expect(coverage).toBeGreaterThanOrEqual(0.8)
    expect(medianError).toBeLessThan(0.1)
  })
})

describe('forecastAccuracy', () => {
  it('forecasts what is known, a week apart', () => {
    const days = steady(112)
    expect(forecastAccuracy({ days, today: after(112), horizon: 14, seed: 1 })).toEqual({
      medianError: '0',
      coverage: '1',
      windows: 12,
    })
  })

  it('measures what it would have missed', () => {
    const days = generate(SHAPES.weekly, { seed: 11, days: 112, sigma: 0.3 })
    const accuracy = forecastAccuracy({ days, today: after(112), horizon: 14, seed: 1 })
    expect(accuracy?.windows).toBe(12)
    expect(Number(accuracy?.medianError)).toBeGreaterThan(0)
    expect(Number(accuracy?.medianError)).toBeLessThan(0.3)
    expect(Number(accuracy?.coverage)).toBeGreaterThanOrEqual(0.5)
  })

  it('looks at nothing that was not known when a window began', () => {
    const days = generate(SHAPES.flat, { seed: 11, days: 60, sigma: 0.3 })
    const today = after(60)
    const later = Array.from({ length: 30 }, (_, offset) => ({ day: after(60 + offset), cost: parseFixed18('9999') }))
    const accuracy = (known: typeof days) => forecastAccuracy({ days: known, today, horizon: 10, seed: 1 })
    expect(accuracy([...days, ...later])).toEqual(accuracy(days))
  })

  it.each([
    ['a short past', { days: steady(12), horizon: 14 }],
    ['no past', { days: [], horizon: 14 }],
    ['no horizon', { days: steady(60), horizon: 0 }],
  ])('says nothing of %s', (_, { days, horizon }) => {
    expect(forecastAccuracy({ days, today: after(days.length), horizon, seed: 1 })).toBeNull()
  })
})

describe('seededRandom', () => {
  it('gives the numbers of mulberry32', () => {
    const random = seededRandom(1)
    expect([random(), random(), random()].map((number) => Math.floor(number * 2 ** 32))).toEqual([
      2_693_262_067, 11_749_833, 2_265_367_787,
    ])
  })

  it('is even: each tenth has a tenth', () => {
    const random = seededRandom(42)
    const counts = Array<number>(10).fill(0)
    for (let round = 0; round < 100_000; round += 1) counts[Math.floor(random() * 10)]! += 1
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })
})
