import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { calm, cents, day, series } from './anomaly-test-kit.ts'
import { DEFAULT_DETECTOR, expectDay, judgeSeries, type DayCost, type DayJudgement } from './judge-series.ts'

function judge(costs: readonly (string | null)[], options: { from?: number; resets?: string[]; shift?: number } = {}) {
  const settings = { ...DEFAULT_DETECTOR, scoreShift: options.shift ?? 0 }
  const from = day(options.from ?? 0)
  return judgeSeries({ days: series(costs), from, to: day(costs.length - 1), settings, resets: options.resets ?? [] })
}

/** Which days are flagged, and by what. */
function flags(judgements: readonly DayJudgement[], first = day(0)) {
  return judgements.flatMap(({ day, flag }) => {
    const offset = Math.round((Date.parse(day) - Date.parse(first)) / 86_400_000)
    return flag === null ? [] : [[offset, flag.rule]]
  })
}

describe('judgeSeries', () => {
  it('tells an agent of £50 a day that costs £300', () => {
    const judgement = judge([...calm(50, 56), '300'], { from: 56 })[0]!
    expect(judgement).toMatchObject({ status: 'READY', actual: parseFixed18('300'), rule: 'POINT' })
    expect(judgement.flag).toMatchObject({ rule: 'POINT', kind: 'COST_SPIKE' })
    expect(judgement.flag!.ratio).toBeGreaterThan(5.8)
    expect(judgement.flag!.excess).toBe(parseFixed18('300') - judgement.expected!)
    expect(Number(formatFixed18(judgement.expected!))).toBeCloseTo(50, -0.5)
    expect(formatFixed18(judgement.expected!)).toMatch(/^\d+(\.\d{1,6})?$/)
  })

  it('is learning until there were three active days, and says nothing of them', () => {
    const judgements = judge(['50', null, '55', '50', '50'])
    expect(judgements.map(({ status, expected, alarmAt, flag }) => [status, expected, alarmAt, flag])).toEqual([
      ['LEARNING', null, null, null],
      ['LEARNING', null, null, null],
      ['LEARNING', null, null, null],
      ['LEARNING', null, null, null],
      ['COLD', parseFixed18('50'), parseFixed18('200'), null],
    ])
  })

  it('tells four times the median, £20 more and half more than the dearest day while a series is cold, and does not learn from it', () => {
    expect(flags(judge(['10', '10', '40', '59.99']))).toEqual([])
    expect(flags(judge(['10', '10', '40', '60']))).toEqual([[3, 'COLD_START']])
    expect(flags(judge(['10', '10', '10', '39.99']))).toEqual([])
    expect(flags(judge(['10', '10', '10', '40']))).toEqual([[3, 'COLD_START']])
    expect(flags(judge(['2', '2', '2', '21.99']))).toEqual([])
    expect(flags(judge(['2', '2', '2', '22']))).toEqual([[3, 'COLD_START']])
    expect(flags(judge(['10', '10', '10', '40', '40']))).toEqual([
      [3, 'COLD_START'],
      [4, 'COLD_START'],
    ])
  })

  it('is silent below the least excess, however large the ratio', () => {
    expect(flags(judge([...calm(0.5, 56), '4.9']))).toEqual([])
    expect(flags(judge([...calm(0.5, 56), '5.8']))).toEqual([[56, 'POINT']])
  })

  it('tells what is far above anything there was, where the series is too torn for a score', () => {
    const torn = Array.from({ length: 56 }, (_, n) => (n % 2 === 0 ? '20' : '400'))
    const judgement = judge([...torn, '1300'], { from: 56 })[0]!
    expect(judgement).toMatchObject({ rule: 'BACKSTOP', alarmAt: parseFixed18('1200'), flag: { rule: 'BACKSTOP' } })
    expect(flags(judge([...torn, '1199.99'], { from: 56 }))).toEqual([])
  })

  it('knows the weekends of an agent that works on weekdays', () => {
    const week = ['100', '102', '98', '101', '99', '20', '21']
    const weeks = Array.from({ length: 8 }, () => week).flat()
    expect(flags(judge([...weeks, ...week]))).toEqual([])
    // A Saturday like a Monday is five times its usual cost.
    expect(flags(judge([...weeks, ...week.slice(0, 5), '100']))).toEqual([[61, 'POINT']])
  })

  it('tells a lasting change that a restless series hides on each single day', () => {
    const swings = [0, 35, -30, 20, -40, 45, -15, 30, -25, 10, -35, 25]
    const restless = (level: number, days: number) =>
      Array.from({ length: days }, (_, i) => cents(level * (100 + swings[i % swings.length]!)))
    const found = flags(judge([...restless(50, 84), ...restless(80, 8)]))
    expect(found[0]).toEqual([expect.any(Number), 'SHIFT'])
    expect(found[0]![0]).toBeGreaterThanOrEqual(84)
  })

  it('takes a new level for normal after two weeks, of whatever size', () => {
    for (const level of [100, 300, 5000]) {
      const found = flags(judge([...calm(50, 56), ...calm(level, 40)])).map(([offset]) => offset as number)
      expect(found[0]).toBe(56)
      expect(Math.max(...found)).toBeLessThanOrEqual(56 + 14)
    }
  })

  it('still sees a spike after a fall to a new level', () => {
    expect(flags(judge([...calm(300, 56), ...calm(50, 20), '300']))).toEqual([[76, 'POINT']])
  })

  it('lets a spike leave the past as it was', () => {
    const before = judge([...calm(50, 57)], { from: 56 })[0]!
    const after = judge([...calm(50, 55), '5000', ...calm(50, 1)], { from: 56 })[0]!
    expect(Number(after.expected) / Number(before.expected)).toBeLessThan(1.02)
    expect(Number(after.alarmAt) / Number(before.alarmAt)).toBeLessThan(1.1)
  })

  it('is not blinded by a first day of pennies, or of thousands', () => {
    for (const first of ['0.05', '9000']) {
      expect(flags(judge([first, ...calm(50, 20), '150']))).toEqual([[21, 'POINT']])
    }
  })

  it('forgets what was before a reset', () => {
    const costs = [...calm(50, 56), ...calm(300, 10)]
    const judgements = judge(costs, { from: 56, resets: [day(56)] })
    expect(flags(judgements)).toEqual([])
    expect(judgements.map(({ status }) => status)).toEqual([
      ...Array<string>(3).fill('LEARNING'),
      ...Array<string>(4).fill('COLD'),
      ...Array<string>(3).fill('READY'),
    ])
  })

  it('needs more after feedback that it was wrong, and less after feedback that it was right', () => {
    const alarm = (shift: number) => Number(judge([...calm(50, 57)], { from: 56, shift })[0]!.alarmAt)
    expect(alarm(1.5)).toBeGreaterThan(alarm(0))
    expect(alarm(-0.5)).toBeLessThanOrEqual(alarm(0))
  })

  it('has nothing to say of a series without days', () => {
    expect(judge([null, null])).toMatchObject([
      { day: day(0), status: 'LEARNING', actual: 0n, flag: null },
      { day: day(1), status: 'LEARNING', actual: 0n, flag: null },
    ])
  })
})

const cost = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 2_000, max: 9_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 50_000, 900_000_000, -500) },
)
const costs = fc.array(cost, { minLength: 1, maxLength: 90 })
const asDays = (hundredths: readonly number[], factor = 1n): DayCost[] =>
  hundredths.map((cost, offset) => ({ day: day(offset), cost: BigInt(cost) * 10n ** 16n * factor }))
const shifts = fc.constantFrom(-0.5, 0, 0.25, 1.5)

describe('laws of judgeSeries', () => {
  it('flags a spike exactly when the cost reaches alarmAt, as expectDay said before', () => {
    fc.assert(
      fc.property(costs, shifts, (list, scoreShift) => {
        const settings = { ...DEFAULT_DETECTOR, scoreShift }
        const input = { days: asDays(list), settings, resets: [] }
        const [judgement] = judgeSeries({ ...input, from: day(list.length - 1), to: day(list.length - 1) })
        const { actual, alarmAt, flag, rule } = judgement!
        const isSpike = flag !== null && flag.rule !== 'SHIFT'
        expect(isSpike).toBe(alarmAt !== null && actual >= alarmAt)
        if (isSpike) expect(flag.rule).toBe(rule)
        const { day: _, actual: __, flag: ___, ...expectation } = judgement!
        const before = { ...input, days: input.days.slice(0, -1) }
        if (list.length > 1) expect(expectDay({ ...before, day: day(list.length - 1) })).toEqual(expectation)
      }),
      { numRuns: 300 },
    )
  })

  it('is at the alarm with alarmAt itself, and not with the least bit less', () => {
    fc.assert(
      fc.property(costs, (list) => {
        const days = asDays(list)
        const input = { settings: DEFAULT_DETECTOR, resets: [] }
        const next = day(list.length)
        const { alarmAt } = expectDay({ ...input, days, day: next })
        if (alarmAt === null) return
        const ruleAt = (cost: bigint) =>
          judgeSeries({ ...input, days: [...days, { day: next, cost }], from: next, to: next })[0]!.flag?.rule ?? 'NONE'
        expect(['POINT', 'BACKSTOP', 'COLD_START']).toContain(ruleAt(alarmAt))
        expect(['NONE', 'SHIFT']).toContain(ruleAt(alarmAt - 1n))
      }),
      { numRuns: 200 },
    )
  })

  it('judges a day the same whatever the order of rows, and wherever the judgement begins', () => {
    fc.assert(
      fc.property(costs, fc.nat(), (list, salt) => {
        const days = asDays(list)
        const input = { settings: DEFAULT_DETECTOR, resets: [], from: day(0), to: day(list.length - 1) }
        const whole = judgeSeries({ ...input, days })
        const turned = salt % list.length
        expect(judgeSeries({ ...input, days: [...days.slice(turned), ...days.slice(0, turned)].reverse() })).toEqual(
          whole,
        )
        expect(judgeSeries({ ...input, days, from: day(turned) })).toEqual(whole.slice(turned))
      }),
      { numRuns: 100 },
    )
  })

  it('does not depend on the currency, floors apart', () => {
    fc.assert(
      fc.property(costs, fc.constantFrom(2n, 8n, 1024n), (list, factor) => {
        const verdicts = (scale: bigint) =>
          judgeSeries({
            days: asDays(list, scale),
            from: day(0),
            to: day(list.length - 1),
            settings: { minExcess: 5n * 10n ** 18n * scale, coldExcess: 20n * 10n ** 18n * scale, scoreShift: 0 },
            resets: [],
          }).map(({ flag, status }) => [status, flag?.rule, flag?.score.toPrecision(4)])
        expect(verdicts(factor)).toEqual(verdicts(1n))
      }),
      { numRuns: 100 },
    )
  })
})
