import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import { forecastMonths } from '../forecast/forecast-months.ts'
import { formatFixed18, multiplyFixed18HalfEven, parseFixed18, roundHalfEven } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { baseLines, type PastWork } from './base-lines.ts'
import { checkPlan } from './check-plan.ts'
import { PLAN_DRIVERS, type PlanChange, type PlanLine } from './plan.ts'
import { priceOf, scenarioLines } from './scenario-lines.ts'
import { planVariance } from './variance.ts'

const GBP = 'GBP'
const MILLION = 1_000_000n
const ALL = { clientId: null, agentId: null } as const
const sum = (lines: readonly { amount: bigint }[]) => lines.reduce((total, { amount }) => total + amount, 0n)

const anyWork = fc
  .array(
    fc.record({
      cost: fc.oneof(fc.bigInt({ min: -100n, max: 0n }), fc.bigInt({ min: 10n ** 18n, max: 10n ** 24n })),
      tasks: fc.bigInt({ min: 0n, max: 5_000n }),
      tokens: fc.bigInt({ min: 0n, max: 10n ** 13n }),
      calls: fc.bigInt({ min: 0n, max: 100_000n }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((works) => works.map((work, index): PastWork => ({ ...work, clientId: `c${index % 3}`, agentId: `a${index}` })))
const anyExpected = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 24n }), { minLength: 1, maxLength: 12 })
  .map((mids) =>
    mids.map((mid, index) => ({ month: `2027-${String(index + 1).padStart(2, '0')}-01`, mid, low: null, high: null })),
  )
const anyChange = fc.record({
  driver: fc.constantFrom(...PLAN_DRIVERS),
  pace: fc.constantFrom('EACH_MONTH' as const, 'ONCE' as const),
  percent: fc.integer({ min: -100, max: 50 }).map(String),
  from: fc.constantFrom('2026-11-01', '2027-01-01', '2027-05-01'),
  clientId: fc.constantFrom(null, 'c0', 'c1'),
  agentId: fc.constantFrom(null, 'a1'),
})

const base = (past: readonly PastWork[], expected: Parameters<typeof baseLines>[0]['expected'], pools = 0n) =>
  baseLines({ past, expected, pools, currency: GBP })

describe('the base lines', () => {
  it('sum to what is forecast of each month, to the penny, and pools beside them', () => {
    fc.assert(
      fc.property(anyWork, anyExpected, (past, expected) => {
        const lines = base(past, expected, parseFixed18('12.34'))
        for (const { month, mid } of expected) {
          const work = lines.filter((line) => line.month === month && line.kind === 'WORK')
          if (past.some(({ cost }) => cost > 0n)) expect(sum(work)).toBe(roundHalfEven(mid, 2))
          expect(sum(lines.filter((line) => line.month === month && line.kind === 'POOLS'))).toBe(parseFixed18('12.34'))
        }
      }),
    )
  })

  it('count tasks, what each uses and what that costs', () => {
    const past = [{ ...ALL, cost: parseFixed18('30'), tasks: 60n, tokens: 120_000n * MILLION, calls: 90n }]
    const [line] = base(past, [{ month: '2027-01-01', mid: parseFixed18('11'), low: null, high: null }])
    // Three months of 20 tasks at £10: a month of £11 is 22 tasks of 2,000 tokens at £0.00025.
    expect(line).toMatchObject({ unit: 'TASKS', measure: 'TOKENS', volume: 22n * MILLION, use: 2_000n * MILLION })
    expect(formatFixed18(priceOf(line as PlanLine) ?? 0n)).toBe('0.00025')
  })

  it('count months where the work is in no task, and calls where it has no tokens', () => {
    const past = [{ ...ALL, cost: parseFixed18('30'), tasks: 0n, tokens: 0n, calls: 90n }]
    const [line] = base(past, [{ month: '2027-01-01', mid: parseFixed18('10'), low: null, high: null }])
    expect(line).toMatchObject({ unit: 'MONTHS', measure: 'CALLS', volume: MILLION, use: 30n * MILLION })
  })

  it('follow the forecast of a history', () => {
    const history = ['2026-10-01', '2026-11-01'].map((month) => ({ month, cost: parseFixed18('10') }))
    const expected = forecastMonths({ history, months: 12 }) ?? []
    expect(sum(base([{ ...ALL, cost: parseFixed18('20'), tasks: 1n, tokens: 1n, calls: 1n }], expected))).toBe(
      parseFixed18('120'),
    )
  })
})

describe('the lines of a scenario', () => {
  it('without a change are the base', () => {
    fc.assert(
      fc.property(anyWork, anyExpected, (past, expected) => {
        const lines = base(past, expected, 5n)
        expect(scenarioLines(lines, { changes: [], currency: GBP })).toEqual(lines)
        const none: PlanChange = { driver: 'PRICE', pace: 'EACH_MONTH', percent: '0', from: '2026-01-01', ...ALL }
        expect(scenarioLines(lines, { changes: [none], currency: GBP })).toEqual(lines)
      }),
    )
  })

  it('grow with each driver, line by line', () => {
    fc.assert(
      fc.property(
        anyWork,
        anyExpected,
        fc.array(anyChange, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (past, expected, changes, pick) => {
          const lines = base(past, expected)
          const at = pick % changes.length
          const more = changes.map((change, index) =>
            index === at ? { ...change, percent: String(Number.parseInt(change.percent, 10) + 7) } : change,
          )
          const [less, grown] = [changes, more].map((made) => scenarioLines(lines, { changes: made, currency: GBP }))
          for (const [index, line] of (less ?? []).entries()) {
            expect((grown?.[index]?.amount ?? -1n) >= line.amount && line.amount >= 0n).toBe(true)
          }
        },
      ),
    )
  })

  it('multiply back to their amounts', () => {
    fc.assert(
      fc.property(anyWork, anyExpected, fc.array(anyChange, { maxLength: 3 }), (past, expected, changes) => {
        for (const line of scenarioLines(base(past, expected), { changes, currency: GBP })) {
          const price = priceOf(line)
          if (price === null) continue
          const used = divideHalfEven(line.volume * line.use * 10n ** 6n, 1n)
          expect(roundHalfEven(multiplyFixed18HalfEven(used, price), 2)).toBe(line.amount)
        }
      }),
    )
  })

  it('change once or again each month, for whom it is about, and never pools', () => {
    const work = ['c0', 'c1'].map((clientId) => ({
      ...{ clientId, agentId: 'a', cost: parseFixed18('1'), tasks: 1n, tokens: MILLION, calls: 1n },
    }))
    const expected = ['2027-01-01', '2027-02-01', '2027-03-01'].map((month) => ({
      ...{ month, mid: parseFixed18('200'), low: null, high: null },
    }))
    const lines = base(work, expected, parseFixed18('50'))
    const made = scenarioLines(lines, {
      currency: GBP,
      changes: [
        { driver: 'VOLUME', pace: 'EACH_MONTH', percent: '10', from: '2027-02-01', clientId: 'c0', agentId: null },
        { driver: 'PRICE', pace: 'ONCE', percent: '-50', from: '2027-03-01', clientId: null, agentId: null },
      ],
    })
    const amounts = (of: string | null) =>
      made.filter(({ clientId }) => clientId === of).map(({ amount }) => formatFixed18(amount))
    expect(amounts('c0')).toEqual(['100', '110', '60.5'])
    expect(amounts('c1')).toEqual(['100', '100', '50'])
    expect(amounts(null)).toEqual(['50', '50', '50'])
  })
})

describe('the variance of a line', () => {
  const planned = (amount: string): PlanLine => ({
    ...{ kind: 'WORK', ...ALL, month: '2027-01-01', unit: 'TASKS', measure: 'TOKENS' },
    ...{ volume: 10n * MILLION, use: 100n * MILLION, amount: parseFixed18(amount) },
  })

  it('is told by its drivers', () => {
    const actual = { cost: parseFixed18('15.4'), tasks: 12n, tokens: 1_440n * MILLION, calls: 9n }
    const made = planVariance(planned('10'), actual)
    expect(Object.values(made).map((one) => formatFixed18(one))).toEqual(['2', '2.4', '1', '0'])
  })

  it('adds up exactly, whatever is known', () => {
    const anyActual = anyWork.map(([work]) => work ?? null)
    fc.assert(
      fc.property(anyWork, anyExpected, fc.option(anyActual), fc.boolean(), (past, expected, actual, isPlanned) => {
        const line = isPlanned ? (base(past, expected)[0] ?? null) : null
        const { volume, use, price, rest } = planVariance(line, actual)
        expect(volume + use + price + rest).toBe((actual?.cost ?? 0n) - (line?.amount ?? 0n))
      }),
    )
  })
})

describe('a plan that somebody asks for', () => {
  const change: PlanChange = { driver: 'VOLUME', pace: 'ONCE', percent: '5.0', from: '2027-01-01', ...ALL }
  const wish = (scenario: object) => ({
    name: ' 2027 ',
    note: ' ',
    scenarios: [{ name: 'High', changes: [change], ...scenario }],
  })

  it('is put into its one form', () => {
    expect(checkPlan(wish({}))).toEqual({
      ...{ name: '2027', note: null, scenarios: [{ name: 'High', changes: [{ ...change, percent: '5' }] }] },
    })
  })

  it.each([
    ['a scenario without a name', { name: ' ' }, 'scenarios.0.name'],
    ['the name of the base', { name: 'base' }, 'scenarios.0.name'],
    ['less than nothing', { changes: [{ ...change, percent: '-100.1' }] }, 'scenarios.0.changes.0.percent'],
    ['a day within a month', { changes: [{ ...change, from: '2027-01-02' }] }, 'scenarios.0.changes.0.from'],
    ['too many changes', { changes: Array.from({ length: 51 }, () => change) }, 'scenarios.0.changes'],
  ])('is refused with %s', (_what, scenario, field) => {
    const refused = (): unknown => {
      try {
        return checkPlan(wish(scenario))
      } catch (error) {
        return error
      }
    }
    expect(refused()).toBeInstanceOf(DomainError)
    expect(refused()).toMatchObject({ field })
  })
})
