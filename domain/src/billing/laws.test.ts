import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { FIXED18_ONE, formatFixed18, type Fixed18 } from '../money/fixed18.ts'
import { addDays, daysBetween } from '../periods/calendar-date.ts'
import { facts, timeOf, wish } from './billing-test-kit.ts'
import { sumOf } from './adjust.ts'
import { single } from './charge-line.ts'
import { chargeMonths, dependsOnThePast, type Charge } from './charge-months.ts'
import { checkTerms, type TermsWish } from './check-terms.ts'
import type { PeriodFacts } from './facts.ts'
import { monthParts, prorate } from './part-of-month.ts'
import { chargeOfDays } from './revenue.ts'
import { roundLines } from './round-lines.ts'
import { wholeIncrements } from './time.ts'

const PENNY = FIXED18_ONE / 100n

const pennies = fc
  .oneof(fc.constantFrom(0, 1, 99), fc.nat(1_000_000))
  .map((count) => formatFixed18(BigInt(count) * PENNY))
const fraction = fc.nat(1_000_000).map((millionths) => formatFixed18((BigInt(millionths) * FIXED18_ONE) / 1_000_000n))
const whole = fc.nat(50).map(String)
const unitPrice = fc.nat(10 ** 9).map((price) => formatFixed18(BigInt(price) * 10n ** 6n))
const unit = fc.constantFrom('TASKS', 'TOKENS', 'INVOCATIONS', 'HOURS')

const graduated = fc.record({
  unit,
  mode: fc.constant('GRADUATED' as const),
  steps: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }).chain((above) => {
    const begins = [0, ...above.sort((a, b) => a - b)]
    return fc.tuple(...begins.map((from) => unitPrice.map((price) => ({ above: String(from), price, per: '1' }))))
  }),
})

const models: fc.Arbitrary<TermsWish> = fc.oneof(
  fc.constant(wish({ model: 'PASS_THROUGH' })),
  fc.tuple(fraction, fc.option(pennies), fc.option(pennies)).map(([markup, least, more]) => {
    const markupCap = more === null ? null : add(least ?? '0', more)
    return wish({ model: 'COST_PLUS', markup, markupFloor: least, markupCap })
  }),
  graduated.map((price) => wish({ model: 'RATE_CARD', prices: [price] })),
  pennies.map((price) => wish({ model: 'PER_TASK', price })),
  fc
    .record({
      ...{ price: pennies, unit, allowance: whole, overagePrice: unitPrice, carryOverMonths: fc.nat(3) },
      carryOverMax: fc.option(whole),
    })
    .map((terms) => wish({ model: 'RETAINER', ...terms })),
  fc.tuple(pennies, fc.boolean()).map(([price, isProrated]) => wish({ model: 'PER_AGENT', price, isProrated })),
  fc
    .tuple(pennies, fc.option(fc.nat(60)))
    .map(([price, reversalDays]) => wish({ model: 'OUTCOME', price, reversalDays })),
  fc.tuple(pennies, fc.integer({ min: 1, max: 90 })).map(([price, incrementMinutes]) => {
    return wish({ model: 'TIME', price, incrementMinutes })
  }),
)

const adjusted: fc.Arbitrary<TermsWish> = fc
  .record({
    model: models,
    discount: fc.option(fraction),
    least: fc.option(pennies),
    more: fc.option(pennies),
    credit: fc.option(pennies),
  })
  .map(({ model, discount, least, more, credit }) => {
    const cap = more === null ? null : add(least ?? '0', more)
    return { ...model, discount, minimum: least, cap, credit }
  })

const cost = fc.bigInt({ min: 0n, max: 5_000n * FIXED18_ONE })
const days = fc.tuple(fc.nat(29), fc.nat(29)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) + 1 }))

function month(first: string): fc.Arbitrary<PeriodFacts> {
  return fc
    .record({
      ...{ days, tokens: fc.nat(60), invocations: fc.nat(60), completed: fc.nat(30), reversed: fc.nat(5) },
      costs: fc.array(cost, { maxLength: 6 }),
      agents: fc.array(fc.nat(29), { maxLength: 4 }),
      intervals: fc.array(fc.tuple(fc.nat(3), fc.nat(600), fc.nat(300)), { maxLength: 8 }),
    })
    .map((used) => ({
      ...facts({ month: first, from: addDays(first, used.days.from), to: addDays(first, used.days.to) }),
      tokens: BigInt(used.tokens) * 1_000_000n,
      invocations: BigInt(used.invocations),
      costs: used.costs.map((amount, index) => ({
        taskId: index === 0 ? null : `T${index}`,
        label: `T${index}`,
        cost: amount,
      })),
      completed: named('C', used.completed),
      reversed: named('R', used.reversed).map((task) => ({ ...task, completedOn: '2026-05-20', reversedOn: first })),
      agents: used.agents.map((day, index) => ({
        ...{ agentId: `A${index}`, label: `A${index}`, firstOn: addDays(first, Math.min(day, used.days.to - 1)) },
      })),
      time: timeOf(used.intervals.map(([task, start, length]) => [`I${task}`, start, start + length])),
    }))
}

const months = fc.tuple(month('2026-06-01'), month('2026-07-01'), month('2026-08-01'))

function named(prefix: string, count: number): { taskId: string; label: string }[] {
  return Array.from({ length: count }, (_, index) => ({ taskId: `${prefix}${index}`, label: `${prefix}${index}` }))
}

function add(a: string, b: string): string {
  const sum = Number(a) * 100 + Number(b) * 100
  return (Math.round(sum) / 100).toFixed(2)
}

function charges(terms: TermsWish, used: readonly PeriodFacts[]): Charge[] {
  return chargeMonths(checkTerms(terms, 'GBP'), used, 2)
}

const amounts = ({ lines }: Charge) => lines.reduce((sum, line) => sum + line.amount, 0n)

/** The same with something more of everything that is used. */
function more(used: PeriodFacts): PeriodFacts {
  return {
    ...used,
    costs: [...used.costs, { taskId: 'more', label: 'more', cost: FIXED18_ONE / 3n }],
    tokens: used.tokens + 7_500_000n,
    invocations: used.invocations + 7n,
    completed: [...used.completed, { taskId: 'more', label: 'more' }],
    agents: [...used.agents, { agentId: 'more', label: 'more', firstOn: used.from }],
    time: [...used.time, { taskId: 'more', label: 'more', micros: 90_000_000n, lateMicros: 0n }],
  }
}

describe('the laws of charges', () => {
  it('sum their lines to their total, in whole pennies, each line within a penny of its exact amount', () => {
    fc.assert(
      fc.property(adjusted, months, (terms, used) => {
        for (const one of charges(terms, used)) {
          expect(amounts(one)).toBe(one.total)
          for (const { amount, exact } of one.lines) {
            expect(amount % PENNY).toBe(0n)
            const error = amount - exact
            expect((error < 0n ? -error : error) < PENNY).toBe(true)
          }
        }
      }),
    )
  })

  it('never charge less for more, whatever the model, the discount, the minimum and the cap', () => {
    fc.assert(
      fc.property(adjusted, month('2026-06-01'), (terms, used) => {
        const [less, most] = [
          charges({ ...terms, credit: null }, [used]),
          charges({ ...terms, credit: null }, [more(used)]),
        ]
        expect((most[0]?.total ?? 0n) >= (less[0]?.total ?? 0n)).toBe(true)
      }),
    )
  })

  it('keep within the minimum and the cap of the days charged', () => {
    fc.assert(
      fc.property(adjusted, months, (terms, used) => {
        const { minimum, cap } = checkTerms(terms, 'GBP')
        for (const one of charges({ ...terms, credit: null }, used)) {
          const part = { days: daysBetween(one.from, one.to), of: one.month === '2026-06-01' ? 30 : 31 }
          // The bounds of part of a month are rounded with it: half a penny either way.
          if (minimum !== null) expect(one.total + PENNY / 2n >= prorate(minimum, part)).toBe(true)
          if (cap !== null) expect(one.total - PENNY / 2n <= prorate(cap, part)).toBe(true)
        }
      }),
    )
  })

  it('keep a markup within its floor and cap', () => {
    const plus = models.filter(({ model }) => model === 'COST_PLUS')
    fc.assert(
      fc.property(plus, month('2026-06-01'), (terms, used) => {
        const whole = { ...used, from: '2026-06-01', to: '2026-07-01' }
        const [one] = charges(terms, [whole])
        const markup = sumOf(one?.lines.filter(({ kind }) => kind === 'MARKUP') ?? [])
        const { markupFloor: floor, markupCap: cap } = terms
        if (floor !== null) expect(markup >= toPounds(floor)).toBe(true)
        if (cap !== null) expect(markup <= toPounds(cap)).toBe(true)
      }),
    )
  })

  it('use a credit once: what is left and what was taken are always the whole, and none takes a charge below zero', () => {
    fc.assert(
      fc.property(adjusted, months, (terms, used) => {
        const { credit } = checkTerms(terms, 'GBP')
        const made = charges(terms, used)
        const taken = made.flatMap(({ lines }) => lines.filter(({ kind }) => kind === 'CREDIT'))
        expect(sumOf(taken) + credit).toBe(made.at(-1)?.creditLeft)
        for (const one of made) {
          if (one.lines.some(({ kind }) => kind === 'CREDIT')) expect(one.total >= 0n).toBe(true)
        }
      }),
    )
  })

  it('charge a month alone as among others, unless its terms carry something over', () => {
    fc.assert(
      fc.property(adjusted, months, (terms, used) => {
        if (dependsOnThePast(checkTerms(terms, 'GBP'))) return
        expect(charges(terms, used).slice(2)).toEqual(charges(terms, used.slice(2)))
      }),
    )
  })
})

describe('the charge of days', () => {
  it('adds up to that of the months wherever a range is cut, whatever the model carries over', () => {
    fc.assert(
      fc.property(adjusted, months, month('2026-07-01'), (terms, [june, july, august], early) => {
        const checked = checkTerms(terms, 'GBP')
        const part = { from: early.from, decimals: 2 }
        const first = chargeOfDays(checked, { upTo: [june, early], before: null }, { ...part, from: june.from })
        const rest = chargeOfDays(checked, { upTo: [june, july, august], before: early }, { ...part, from: early.to })
        const whole = charges(terms, [june, july, august]).reduce((sum, { total }) => sum + total, 0n)
        // A range that ends on the first of a month has nothing before it.
        if (early.to < '2026-08-01') expect(first + rest).toBe(whole)
        expect(first % PENNY).toBe(0n)
      }),
    )
  })

  it('lets a fee accrue evenly, and takes the earlier part of a step from the later one', () => {
    const part = (from: string, to: string, tokens: string) => facts({ from, to, tokens })
    const fee = checkTerms(
      wish({ model: 'RETAINER', price: '300', unit: 'TASKS', allowance: '10', overagePrice: '50' }),
      'GBP',
    )
    const tenth = chargeOfDays(
      fee,
      { upTo: [part('2026-06-01', '2026-06-21', '0')], before: part('2026-06-01', '2026-06-11', '0') },
      { from: '2026-06-11', decimals: 2 },
    )
    expect(formatFixed18(tenth, 2)).toBe('100.00')
    const steps = [
      { above: '0', price: '1', per: '1' },
      { above: '100', price: '0.5', per: '1' },
    ]
    const volume = checkTerms(wish({ model: 'RATE_CARD', prices: [{ unit: 'TOKENS', mode: 'VOLUME', steps }] }), 'GBP')
    // 100 at 1.00 up to the 11th, 120 at 0.50 up to the 21st: the days between charge 60.00 − 100.00.
    const lower = chargeOfDays(
      volume,
      { upTo: [part('2026-06-01', '2026-06-21', '120')], before: part('2026-06-01', '2026-06-11', '100') },
      { from: '2026-06-11', decimals: 2 },
    )
    expect(formatFixed18(lower, 2)).toBe('-40.00')
  })

  it('does not depend on how cost and tasks are told apart', () => {
    fc.assert(
      fc.property(adjusted, months, (terms, used) => {
        const together = used.map((one): PeriodFacts => ({
          ...one,
          costs: [{ taskId: null, label: '', cost: one.costs.reduce((sum, { cost: amount }) => sum + amount, 0n) }],
          completed:
            one.completed.length === 0 ? [] : [{ taskId: 'all', label: '', count: BigInt(one.completed.length) }],
        }))
        expect(charges(terms, together).map(({ total }) => total)).toEqual(
          charges(terms, used).map(({ total }) => total),
        )
      }),
    )
  })
})

function toPounds(text: string): Fixed18 {
  return BigInt(Math.round(Number(text) * 100)) * PENNY
}

describe('roundLines', () => {
  it('rounds the sum half to even and hands the pennies to the largest remainders, whatever the signs', () => {
    const thirds = ['0.335', '0.335', '0.335'].map((text) => BigInt(Number(text) * 1000) * (FIXED18_ONE / 1000n))
    const lines = thirds.map((amount) => single({ kind: 'COST', description: '', unit: 'cost', amount }))
    // 1.005 is a tie, and 1.00 is even.
    expect(roundLines(lines, 2).map(({ amount }) => amount / PENNY)).toEqual([34n, 33n, 33n])
    const taken = [...lines, single({ kind: 'COST', description: '', unit: 'cost', amount: -FIXED18_ONE / 1000n })]
    // 1.004 → 1.00: −0.001 is one penny down and 0.9 of a penny up, the largest remainder.
    expect(roundLines(taken, 2).map(({ amount }) => amount / PENNY)).toEqual([34n, 33n, 33n, 0n])
    expect(roundLines([], 2)).toEqual([])
  })
})

describe('months of a range', () => {
  it('cover it without a gap, each within its month', () => {
    expect(monthParts({ from: '2026-03-10', to: '2026-05-01' })).toEqual([
      { month: '2026-03-01', from: '2026-03-10', to: '2026-04-01' },
      { month: '2026-04-01', from: '2026-04-01', to: '2026-05-01' },
    ])
    expect(monthParts({ from: '2026-03-10', to: '2026-03-10' })).toEqual([])
  })
})

describe('increments of time', () => {
  const micros = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n })
  const increment = fc.integer({ min: 1, max: 1440 })

  it('are the least whole number that covers it, and take back what they charge', () => {
    fc.assert(
      fc.property(micros, increment, (time, minutes) => {
        const charged = wholeIncrements(time, minutes)
        expect(charged % BigInt(minutes)).toBe(0n)
        expect(wholeIncrements(-time, minutes)).toBe(-charged)
        const over = (time < 0n ? -1n : 1n) * (charged * 60_000_000n - time)
        expect(over >= 0n && over < BigInt(minutes) * 60_000_000n).toBe(true)
      }),
    )
  })

  it('never charge less for more time', () => {
    fc.assert(
      fc.property(micros, micros, increment, (a, b, minutes) => {
        const [less, more] = a < b ? [a, b] : [b, a]
        expect(wholeIncrements(less, minutes) <= wholeIncrements(more, minutes)).toBe(true)
      }),
    )
  })
})
