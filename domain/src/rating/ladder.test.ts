import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { parseInstant } from '../periods/instant.ts'
import { parseQuantity, QUANTITY6_ONE, type Quantity6 } from '../usage/quantity.ts'
import { parseUnitPrice } from '../usage/unit-price.ts'
import { LadderPositions } from './ladder-positions.ts'
import { ladderKey, splitOverSteps } from './ladder.ts'
import { compileRateBook, type UsageToRate } from './rate-book.ts'
import type { FxRate, Rate } from './rate.ts'

const MARCH = parseInstant('2026-03-01T00:00:00Z')
const MID_MARCH = parseInstant('2026-03-16T00:00:00Z')

function rate(id: string, price: string, fields: Partial<Rate> = {}): Rate {
  return {
    id,
    provider: 'acme',
    resource: 'large',
    meter: 'input_tokens',
    unitPrice: parseUnitPrice({ price, per: '1' }),
    priceText: price,
    perText: '1',
    currency: 'GBP',
    effectiveFromMicros: 0,
    effectiveToMicros: null,
    abovePromptTokens: null,
    aboveMonthlyQuantity: null,
    qualifiers: {},
    source: 'MANUAL',
    card: 'acme v1',
    ...fields,
  }
}

function step(id: string, above: string, price: string, fields: Partial<Rate> = {}): Rate {
  return rate(id, price, { aboveMonthlyQuantity: parseQuantity(above), ...fields })
}

const STEPS = [step('first', '0', '0.03'), step('second', '1000', '0.02'), step('third', '5000', '0.01')]

function bookOf(rates: Rate[], fx: FxRate[] = []) {
  return compileRateBook({ rates, catalogue: null, fx, currency: 'GBP' })
}

function event(quantity: string, fields: Partial<UsageToRate> = {}): UsageToRate {
  return {
    provider: 'acme',
    resource: 'large',
    kind: 'MODEL',
    occurredAtMicros: MARCH,
    usage: [{ meter: 'input_tokens', quantity: parseQuantity(quantity) }],
    qualifiers: {},
    ...fields,
  }
}

/** Its lines as `quantity @ rate`, of an event that begins at a position. */
function linesAt(rates: Rate[], position: string, use: UsageToRate) {
  const result = bookOf(rates).rateUsage(use, () => parseQuantity(position))
  return {
    status: result.status,
    cost: result.cost === null ? null : formatFixed18(result.cost),
    lines: result.lines.map((line) => [line.quantity / QUANTITY6_ONE, line.rateId]),
  }
}

describe('a graduated price', () => {
  it.each([
    ['0', '1000', '30', [[1000n, 'first']]],
    [
      '0',
      '1001',
      '30.02',
      [
        [1000n, 'first'],
        [1n, 'second'],
      ],
    ],
    ['999', '1', '0.03', [[1n, 'first']]],
    ['1000', '1', '0.02', [[1n, 'second']]],
    [
      '999',
      '2',
      '0.05',
      [
        [1n, 'first'],
        [1n, 'second'],
      ],
    ],
    [
      '500',
      '5000',
      '100',
      [
        [500n, 'first'],
        [4000n, 'second'],
        [500n, 'third'],
      ],
    ],
    ['5000', '999999', '9999.99', [[999999n, 'third']]],
    ['4999', '0', '0', [[0n, 'first']]],
  ])('after %s, %s cost %s', (position, quantity, cost, lines) => {
    expect(linesAt(STEPS, position, event(quantity))).toEqual({ status: 'RATED', cost, lines })
  })

  it('divides at a millionth of a unit', () => {
    const steps = [step('low', '0', '1'), step('high', '0.000001', '3')]
    const { lines, cost } = bookOf(steps).rateUsage(event('0.000002'))
    expect(lines.map((line) => [line.quantity, line.rateId])).toEqual([
      [1n, 'low'],
      [1n, 'high'],
    ])
    expect(cost).toBe(parseFixed18('0.000004'))
  })

  it('leaves what lies below its first step to the next rate without steps, which counts for it all the same', () => {
    const above = [step('cheap', '1000', '0.02')]
    const plain = rate('plain', '0.03')
    const pattern = [step('other', '0', '9', { resource: 'lar*' }), rate('any', '0.05', { resource: '*' })]
    expect(linesAt([...above, plain, ...pattern], '900', event('300'))).toEqual({
      status: 'RATED',
      cost: '7',
      lines: [
        [100n, 'plain'],
        [200n, 'cheap'],
      ],
    })
    expect(linesAt([...above, ...pattern], '900', event('300'))).toMatchObject({
      cost: '9',
      lines: [[100n, 'any'], {}],
    })
    const positions = new LadderPositions({ month: '2026-03-01', used: [] })
    const book = bookOf([...above, plain])
    positions.rate(book, event('900'), { day: '2026-03-01', isCounted: true })
    expect(positions.of(ladderKey(STEPS[0] ?? plain))).toBe(parseQuantity('900'))
  })

  it('is never guessed below its first step: without another rate that part is unpriced', () => {
    expect(linesAt([step('cheap', '1000', '0.02')], '900', event('300'))).toEqual({
      status: 'UNPRICED',
      cost: null,
      lines: [
        [100n, null],
        [200n, 'cheap'],
      ],
    })
  })

  it('goes before the plain price of the same key, and after the price of a larger prompt or of a qualifier', () => {
    const book = bookOf([
      rate('plain', '1'),
      ...STEPS,
      rate('vast', '2', { abovePromptTokens: 100_000n }),
      rate('batch', '3', { qualifiers: { tier: 'batch' } }),
    ])
    const rateOf = (use: UsageToRate) =>
      book.rateUsage(use).lines.map(({ rateId, ladder }) => [rateId, ladder !== null])
    expect(rateOf(event('10'))).toEqual([['first', true]])
    expect(rateOf(event('100001'))).toEqual([['vast', false]])
    expect(rateOf(event('10', { qualifiers: { tier: 'batch' } }))).toEqual([['batch', false]])
  })

  it('converts every line for itself', () => {
    const steps = [step('a', '0', '0.1', { currency: 'USD' }), step('b', '1', '0.2', { currency: 'EUR' })]
    const fx = [{ date: '2026-03-01', base: 'USD', quote: 'GBP', rate: '0.5' }]
    expect(bookOf(steps, fx).rateUsage(event('2'))).toMatchObject({
      status: 'UNCONVERTED',
      cost: null,
      lines: [
        { rateId: 'a', fxRate: '0.5', amount: parseFixed18('0.05') },
        { rateId: 'b', fxRate: null, amount: null },
      ],
    })
  })

  it('counts on when new steps begin within the month; when it occurred says which steps price an event', () => {
    const steps = [
      step('old low', '0', '4', { effectiveToMicros: MID_MARCH }),
      step('old high', '100', '3', { effectiveToMicros: MID_MARCH }),
      step('new low', '0', '2', { effectiveFromMicros: MID_MARCH }),
      step('new high', '150', '1', { effectiveFromMicros: MID_MARCH }),
    ]
    const positions = new LadderPositions({ month: '2026-03-01', used: [] })
    const place = { day: '2026-03-16', isCounted: true }
    const rateIds = [MID_MARCH - 1, MID_MARCH].map((occurredAtMicros) =>
      positions.rate(bookOf(steps), event('120', { occurredAtMicros }), place).lines.map((line) => line.rateId),
    )
    expect(rateIds).toEqual([
      ['old low', 'old high'],
      ['new low', 'new high'],
    ])
  })

  it('starts again with every month, and what counts nothing neither moves it nor is moved by it', () => {
    const book = bookOf(STEPS)
    const positions = new LadderPositions({ month: '2026-03-01', used: [] })
    const costs = [
      { day: '2026-03-01', isCounted: true },
      { day: '2026-03-31', isCounted: false },
      { day: '2026-03-31', isCounted: true },
      { day: '2026-04-01', isCounted: true },
    ].map((place) => formatFixed18(positions.rate(book, event('1000'), place).cost ?? -1n))
    expect(costs).toEqual(['30', '30', '20', '30'])
  })
})

describe('ladderKey', () => {
  it('tells ladders apart by source, resource, meter and qualifiers, and not by capitals of the provider, price or period', () => {
    const base = step('a', '0', '1')
    const same = step('b', '7', '2', { provider: 'ACME', effectiveFromMicros: 5, currency: 'USD' })
    expect(ladderKey(same)).toBe(ladderKey(base))
    const others: Partial<Rate>[] = [
      { source: 'CONTRACT' },
      { provider: 'other' },
      { resource: 'lar*' },
      { meter: 'pages' },
      { qualifiers: { tier: 'batch' } },
    ]
    expect(new Set([base, ...others.map((fields) => ({ ...base, ...fields }))].map(ladderKey)).size).toBe(6)
  })
})

const quantity = fc.oneof(
  fc.constantFrom(0n, 1n, QUANTITY6_ONE),
  fc.bigInt({ min: 0n, max: 3_000n }).map((units) => units * QUANTITY6_ONE),
  fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }),
)
/** Steps from zero on; prices of 12 decimals. */
const ladder = fc
  .tuple(
    fc.uniqueArray(quantity, { maxLength: 6 }),
    fc.array(fc.bigInt({ min: 0n, max: 10n ** 13n }), { minLength: 7 }),
  )
  .map(([aboves, prices]) =>
    [...new Set([0n, ...aboves])]
      .sort((a, b) => (a < b ? -1 : 1))
      .map((above, index) => ({ above, unitPrice: prices[index] ?? 0n })),
  )

/** What a quantity from zero on costs, from the definition: of every step its price times the part of the quantity within it. */
function formula(steps: readonly { above: Quantity6; unitPrice: bigint }[], total: Quantity6): bigint {
  return steps.reduce((sum, { above, unitPrice }, index) => {
    const next = steps[index + 1]?.above ?? total
    const end = next < total ? next : total
    return end > above ? sum + (end - above) * unitPrice : sum
  }, 0n)
}

function ratesOf(steps: readonly { above: Quantity6; unitPrice: bigint }[]): Rate[] {
  return steps.map(({ above, unitPrice }, index) => ({
    ...rate(`step ${index}`, '1'),
    unitPrice,
    aboveMonthlyQuantity: above,
  }))
}

describe('the law of graduated prices', () => {
  it('divides a quantity into parts that add up to it, each within one step', () => {
    fc.assert(
      fc.property(ladder, quantity, quantity, (steps, position, used) => {
        const rates = ratesOf(steps)
        const ladderSteps = rates.map((one) => ({ above: one.aboveMonthlyQuantity ?? 0n, rate: one }))
        let at = position
        for (const part of splitOverSteps({ position, quantity: used, steps: ladderSteps })) {
          const index = rates.findIndex((one) => one === part.rate)
          expect(part.quantity > 0n).toBe(true)
          expect(at >= (steps[index]?.above ?? -1n)).toBe(true)
          at += part.quantity
          expect(at <= (steps[index + 1]?.above ?? at)).toBe(true)
        }
        expect(at).toBe(position + used)
      }),
    )
  })

  it('costs a month what its total costs by the formula, to the last decimal, in whatever pieces it was used', () => {
    fc.assert(
      fc.property(ladder, fc.array(quantity, { maxLength: 12 }), (steps, pieces) => {
        const book = bookOf(ratesOf(steps).reverse())
        const positions = new LadderPositions({ month: '2026-03-01', used: [] })
        const cost = pieces
          .map((piece) => ({ ...event('0'), usage: [{ meter: 'input_tokens', quantity: piece }] }))
          .map((use) => positions.rate(book, use, { day: '2026-03-09', isCounted: true }).cost ?? -1n)
          .reduce((sum, one) => sum + one, 0n)
        const total = pieces.reduce((sum, piece) => sum + piece, 0n)
        expect(cost).toBe(formula(steps, total))
      }),
    )
  })
})
