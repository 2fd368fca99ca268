import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18, multiplyFixed18HalfEven, parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import { addDays } from '../periods/calendar-date.ts'
import { parseQuantity } from '../usage/quantity.ts'
import { costOf, parseUnitPrice } from '../usage/unit-price.ts'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Rate } from '../rating/rate.ts'
import type { AttributedSum, KnownPrice } from './attributed.ts'
import { findingsOf } from './findings.ts'
import { knownPrices } from './known-prices.ts'
import type { ProviderLine } from './provider-line.ts'
import { reconcile, type Reconciliation } from './reconcile.ts'
import { sumOfCauses } from './variance.ts'

const STORED = parseFixed18('0.79')
const INVOICE = parseFixed18('0.80')
const DAYS = Array.from({ length: 31 }, (_, index) => addDays('2026-10-01', index))

/** What one resource uses of a meter on each day, at a price per million in dollars. */
const USED = [
  { resource: 'large', meter: 'input_tokens', quantity: '1000000', price: '15' },
  { resource: 'large', meter: 'output_tokens', quantity: '200000', price: '75' },
  { resource: 'small', meter: 'input_tokens', quantity: '10000000', price: '0.8' },
  { resource: 'small', meter: 'output_tokens', quantity: '1000000', price: '4' },
]
type Used = (typeof USED)[number]

const storedFx = (currency: string): Fixed18 | null =>
  currency === 'GBP' ? parseFixed18('1') : currency === 'USD' ? STORED : null
const priceOf = (price: string) => parseUnitPrice({ price, per: '1000000' })

function line(day: string, used: Used, rest: Partial<ProviderLine> = {}): ProviderLine {
  const quantity = parseQuantity(used.quantity)
  return {
    reference: `${day} ${used.resource} ${used.meter}`,
    provider: 'anthropic',
    day,
    account: null,
    resource: used.resource,
    meter: used.meter,
    tier: null,
    quantity,
    amount: costOf(priceOf(used.price), quantity),
    currency: 'USD',
    kind: 'USAGE',
    fxRate: null,
    ...rest,
  }
}

/** Money that is no usage. */
function money(
  day: string,
  kind: ProviderLine['kind'],
  amount: string,
  rest: Partial<ProviderLine> = {},
): ProviderLine {
  const [used] = USED
  return line(day, used!, { resource: null, meter: null, quantity: null, kind, amount: parseFixed18(amount), ...rest })
}

function attributed(day: string, used: Used, percent = 100n): AttributedSum {
  const quantity = (parseQuantity(used.quantity) * percent) / 100n
  const cost = costOf(priceOf(used.price), quantity)
  return {
    provider: 'anthropic',
    day,
    account: null,
    resource: used.resource,
    meter: used.meter,
    quantity,
    cost: multiplyFixed18HalfEven(cost, STORED),
    lines: 1,
    converted: { currency: 'USD', cost },
  }
}

const run = (lines: ProviderLine[], ledger: AttributedSum[], prices: KnownPrice[] = []) =>
  reconcile({ lines, attributed: ledger, prices, storedFx })

/** The causes that have money. */
const named = ({ causes }: Pick<Reconciliation, 'causes'>) =>
  Object.fromEntries(
    Object.entries(causes).flatMap(([cause, amount]) => (amount === 0n ? [] : [[cause, formatFixed18(amount, 2)]])),
  )

const month = (percent: (used: Used) => bigint = () => 100n) =>
  DAYS.flatMap((day) => USED.map((used) => attributed(day, used, percent(used))))

describe('an invoice that is right', () => {
  it('has no gap, and all of it was captured', () => {
    const lines = DAYS.flatMap((day) => USED.map((used) => line(day, used)))
    const { rows, ...total } = run(lines, month())
    expect(total).toMatchObject({ captureRate: '1', invoiced: parseFixed18('1028.58'), unconverted: [] })
    expect(named(total)).toEqual({})
    expect(rows).toHaveLength(62)
    expect(rows.map(({ captureRate }) => captureRate)).toEqual(rows.map(() => '1'))
  })
})

describe('an invoice with seeded faults', () => {
  // Three per cent of the small model never arrived here; input of the large one is billed at 16.5 instead of 15; the 17th is there twice;
  // there is a credit of 100 dollars; the invoice converts at 0.80 where 0.79 is stored.
  const dear = USED.map((used) =>
    used.resource === 'large' && used.meter === 'input_tokens' ? { ...used, price: '16.5' } : used,
  )
  const usage = DAYS.flatMap((day) => dear.map((used) => line(day, used, { fxRate: INVOICE })))
  const copies = usage.filter(({ day }) => day === '2026-10-17').map((each) => ({ ...each, reference: 'again' }))
  const credit = money('2026-10-31', 'CREDIT', '-100', { fxRate: INVOICE })
  const result = run(
    [...usage, ...copies, credit],
    month(({ resource }) => (resource === 'small' ? 97n : 100n)),
  )

  it('has each of them named with its exact amount, and nothing is left', () => {
    expect(formatFixed18(result.invoiced, 2)).toBe('1033.60') // (43.5 × 32 − 100) × 0.80
    expect(formatFixed18(result.attributed, 2)).toBe('1019.7636') // (30 + 12 × 0.97) × 0.79 × 31
    expect(named(result)).toEqual({
      COVERAGE: '8.8164', // 3 % × 12 × 0.79 × 31
      RATE: '36.735', // 1.5 × 0.79 × 31
      DUPLICATE: '34.80', // 43.5 × 0.80
      CREDIT: '-80.00', // 100 × 0.80
      FX: '13.485', // 43.5 × 0.01 × 31
    })
    expect(formatFixed18(result.causes.UNEXPLAINED, 2)).toBe('0.00')
    expect(formatFixed18(sumOfCauses(result.causes), 2)).toBe('13.8364')
  })

  it('has each of them on its day and resource', () => {
    const at = (day: string) =>
      result.rows.filter((row) => row.day === day).map((row) => [row.resource, row.captureRate, named(row)])
    const large = { RATE: '1.185', FX: '0.315' }
    const small = { COVERAGE: '0.2844', FX: '0.12' }
    expect(at('2026-10-16')).toEqual([
      ['large', '1', large],
      ['small', '0.97', small],
    ])
    expect(at('2026-10-17')).toEqual([
      ['large', '1', { ...large, DUPLICATE: '25.20' }],
      ['small', '0.97', { ...small, DUPLICATE: '9.60' }],
    ])
    expect(at('2026-10-31')).toEqual([
      [null, null, { CREDIT: '-80.00' }],
      ['large', '1', large],
      ['small', '0.97', small],
    ])
  })

  it('has each of them in a short list that adds up to the gap', () => {
    const findings = findingsOf(result.rows)
    const shown = findings.map((each) => [
      each.cause,
      [each.resource, each.meter].filter((name) => name !== null).join(' '),
      each.days,
      formatFixed18(each.amount, 2),
    ])
    expect(shown).toEqual([
      ['CREDIT', '', 1, '-80.00'],
      ['RATE', 'large input_tokens', 31, '36.735'],
      ['DUPLICATE', '', 1, '34.80'],
      ['FX', '', 31, '13.485'],
      ['COVERAGE', 'small input_tokens', 31, '5.8776'],
      ['COVERAGE', 'small output_tokens', 31, '2.9388'],
    ])
    expect(findings[2]).toMatchObject({ first: '2026-10-17', last: '2026-10-17' })
    expect(findings.reduce((sum, { amount }) => sum + amount, 0n)).toBe(result.invoiced - result.attributed)
  })

  it('has them whatever their size, and for any quantities', () => {
    const hundreds = fc.integer({ min: 1, max: 100_000 }).map((count) => String(count * 100))
    const faults = fc.record({
      quantities: fc.array(fc.tuple(hundreds, hundreds, hundreds, hundreds), { minLength: 2, maxLength: 8 }),
      missing: fc.integer({ min: 1, max: 60 }),
      dearer: fc.integer({ min: 1, max: 900 }),
      credit: fc.integer({ min: 1, max: 99_999 }),
      fx: fc.integer({ min: 791, max: 950 }),
      twice: fc.nat(),
    })
    fc.assert(
      fc.property(faults, ({ quantities, missing, dearer, credit: back, fx, twice }) => {
        const fxRate = BigInt(fx) * 10n ** 15n
        const days = quantities.map((each, index) => ({
          day: addDays('2026-10-01', index),
          used: USED.map((used, at) => ({ ...used, quantity: each[at]! })),
        }))
        const isDear = ({ resource, meter }: Used) => resource === 'large' && meter === 'input_tokens'
        const price = (used: Used) => (isDear(used) ? `15.${String(dearer).padStart(3, '0')}` : used.price)
        const billed = days.map(({ day, used }) =>
          used.map((each) => line(day, { ...each, price: price(each) }, { fxRate })),
        )
        const again = billed[twice % billed.length]!
        const seen = days.flatMap(({ day, used }) =>
          used.map((each) => attributed(day, each, each.resource === 'small' ? 100n - BigInt(missing) : 100n)),
        )
        const { causes } = run(
          [...billed.flat(), ...again, money('2026-10-02', 'CREDIT', `-${back}`, { fxRate })],
          seen,
        )

        const at = (rate: Fixed18, amount: Fixed18) => multiplyFixed18HalfEven(amount, rate)
        const dollars = (lines: readonly ProviderLine[]) => lines.reduce((sum, { amount }) => sum + amount!, 0n)
        const small = billed.flat().filter(({ resource }) => resource === 'small')
        const dearQuantity = days.reduce((sum, { used }) => sum + parseQuantity(used.find(isDear)!.quantity), 0n)
        expect(causes).toEqual({
          TAX: 0n,
          CREDIT: at(fxRate, parseFixed18(`-${back}`)),
          DUPLICATE: at(fxRate, dollars(again)),
          FX: at(fxRate - STORED, dollars(billed.flat())),
          TIMING: 0n,
          COVERAGE: (at(STORED, dollars(small)) * BigInt(missing)) / 100n,
          ROUNDING: 0n,
          TIER: 0n,
          RATE: at(STORED, costOf(priceOf(`0.${String(dearer).padStart(3, '0')}`), dearQuantity)),
          UNEXPLAINED: 0n,
        })
      }),
    )
  })
})

describe('each cause alone', () => {
  const [input] = USED
  const day = '2026-10-05'
  const next = '2026-10-06'
  const half = { ...input!, quantity: '500000' }
  const gbp = { currency: 'GBP' }

  it('is tax where the provider says so, and unexplained where it states an adjustment', () => {
    const lines = [
      line(day, input!),
      money(day, 'TAX', '3'),
      money(day, 'ADJUSTMENT', '2'),
      money(day, 'DISCOUNT', '-1'),
    ]
    expect(named(run(lines, [attributed(day, input!)]))).toEqual({ TAX: '2.37', UNEXPLAINED: '1.58', CREDIT: '-0.79' })
  })

  it('is timing where a day has what its neighbour lacks, and sums to zero', () => {
    const more = { ...input!, quantity: '1300000' }
    const less = { ...input!, quantity: '700000' }
    const { rows, ...total } = run(
      [line(day, more), line(next, less)],
      [attributed(day, input!), attributed(next, input!)],
    )
    expect(named(total)).toEqual({})
    expect(rows.map((row) => [row.day, row.captureRate, named(row)])).toEqual([
      [day, '1', { TIMING: '3.555' }],
      [next, '1', { TIMING: '-3.555' }],
    ])
  })

  it('is timing only as far as the days cancel; the rest is coverage', () => {
    const more = { ...input!, quantity: '1500000' }
    const less = { ...input!, quantity: '900000' }
    const { rows } = run([line(day, more), line(next, less)], [attributed(day, input!), attributed(next, input!)])
    expect(rows.map(named)).toEqual([{ TIMING: '1.185', COVERAGE: '4.74' }, { TIMING: '-1.185' }])
  })

  it('is coverage below zero where only we have seen it', () => {
    expect(named(run([line(day, half)], [attributed(day, input!)]))).toEqual({ COVERAGE: '-5.925' })
    const [large, small] = [input!, { ...USED[2]!, quantity: '1000000' }]
    expect(named(run([line(day, large)], [attributed(day, large), attributed(day, small)]))).toEqual({
      COVERAGE: '-0.632',
    })
  })

  it('is coverage where the provider has a resource of which nothing is attributed, with quantities or without', () => {
    const unknown = line(day, input!, { resource: 'other' })
    expect(named(run([unknown], []))).toEqual({ COVERAGE: '11.85' })
    expect(run([{ ...unknown, quantity: null }], [])).toMatchObject({
      captureRate: '0',
      causes: { COVERAGE: parseFixed18('11.85') },
    })
  })

  it.each([
    ['15', '14.995', { ROUNDING: '0.005' }],
    ['15', '14.9949', { RATE: '0.0051' }],
    ['15.0004', '15', { RATE: '0.0004' }],
    ['15.0000000000001', '15', { ROUNDING: '0.0000000000001' }],
  ])('is rounding within half of the last decimal of a line: %s for %s', (amount, cost, causes) => {
    const billed = line(day, input!, { ...gbp, amount: parseFixed18(amount) })
    const seen = { ...attributed(day, input!), cost: parseFixed18(cost), converted: null }
    expect(named(run([billed], [seen]))).toEqual(causes)
  })

  it('is a tier where the provider used another price that is known', () => {
    const batch: KnownPrice = {
      provider: 'anthropic',
      resource: 'large',
      meter: 'input_tokens',
      unitPrice: priceOf('7.5'),
      currency: 'USD',
      effectiveFrom: null,
      effectiveTo: null,
      label: 'tier=batch',
    }
    const billed = line(day, { ...input!, price: '7.5' })
    const result = run([billed], [attributed(day, input!)], [batch])
    expect(named(result)).toEqual({ TIER: '-5.925' })
    expect(result.rows[0]!.meters[0]).toMatchObject({ tier: 'tier=batch' })
    const before = { ...batch, effectiveTo: Date.parse(`${day}T00:00:00Z`) * 1000 }
    expect(named(run([billed], [attributed(day, input!)], [before]))).toEqual({ RATE: '-5.925' })
    expect(named(run([billed], [attributed(day, input!)], [{ ...batch, meter: 'output_tokens' }]))).toEqual({
      RATE: '-5.925',
    })
  })

  it('is a rate where usage has no price here', () => {
    const unpriced = { ...attributed(day, input!), cost: 0n, converted: null }
    expect(named(run([line(day, input!)], [unpriced]))).toEqual({ RATE: '11.85' })
  })

  it('is FX where the ledger converted at another rate than is stored now', () => {
    const seen = { ...attributed(day, input!), cost: parseFixed18('12') }
    expect(named(run([line(day, input!)], [seen]))).toEqual({ FX: '-0.15' })
  })

  it('is unexplained where there is money without a quantity', () => {
    const result = run([line(day, input!, { quantity: null, amount: parseFixed18('20') })], [attributed(day, input!)])
    expect(named(result)).toEqual({ UNEXPLAINED: '3.95' })
    expect(result.captureRate).toBe(null)
  })
})

describe('the prices that are known', () => {
  const rate: Rate = {
    id: 'rate',
    source: 'CONTRACT',
    card: 'anthropic v3',
    provider: 'anthropic',
    resource: 'large*',
    meter: 'input_tokens',
    unitPrice: priceOf('15'),
    priceText: '15',
    perText: '1000000',
    currency: 'USD',
    effectiveFromMicros: null,
    effectiveToMicros: null,
    abovePromptTokens: null,
    aboveMonthlyQuantity: null,
    qualifiers: {},
  }
  const october = { start: Date.parse('2026-10-01T00:00:00Z') * 1000, end: Date.parse('2026-11-01T00:00:00Z') * 1000 }
  const used = [{ provider: 'Anthropic', resource: 'large-2', meter: 'input_tokens' }]

  it('are the tenant’s own for what was used, with what makes each another', () => {
    const rates = [
      rate,
      { ...rate, qualifiers: { tier: 'batch' }, abovePromptTokens: 200_000n },
      { ...rate, meter: 'output_tokens' },
      { ...rate, effectiveToMicros: october.start },
      { ...rate, resource: 'small' },
    ]
    const labels = knownPrices({ rates, catalogue: null }, used, october).map(({ label }) => label)
    expect(labels).toEqual(['anthropic v3', 'above 200000 prompt tokens, tier=batch'])
  })

  it('are those of the catalogue where the tenant has none', () => {
    const catalogue: Catalogue = {
      version: '1',
      rates: [],
      find: () => ({
        provider: 'anthropic',
        id: 'large',
        rates: [{ ...rate, card: 'catalogue 1' }],
        unpriced: new Set(),
      }),
    }
    const labels = (rates: Rate[]) => knownPrices({ rates, catalogue }, used, october).map(({ label }) => label)
    expect([labels([rate]), labels([])]).toEqual([['anthropic v3'], ['catalogue 1']])
  })
})

describe('what is compared', () => {
  const [input, output] = USED
  const day = '2026-10-05'
  const cost = (used: Used) => line(day, used, { quantity: null })
  const count = (used: Used) => line(day, used, { amount: null, currency: null })

  it('takes quantities of a usage report for costs that state none, once', () => {
    const less = attributed(day, input!, 90n)
    expect(named(run([cost(input!), count(input!)], [less]))).toEqual({ COVERAGE: '1.185' })
    expect(named(run([line(day, input!), count(input!)], [less]))).toEqual({ COVERAGE: '1.185' })
    expect(named(run([cost(input!), count(input!), count(input!)], [less]))).toEqual({ COVERAGE: '1.185' })
  })

  it('is all of a resource where the provider tells no meters apart, and all of the day where it tells no resources apart', () => {
    const ledger = [attributed(day, input!), attributed(day, output!)]
    const whole = line(day, input!, { meter: null, quantity: null, amount: parseFixed18('30') })
    expect(run([whole], ledger).rows).toMatchObject([
      { resource: 'large', captureRate: '1', meters: [{ meter: null }] },
    ])
    expect(run([{ ...whole, resource: null }], ledger).rows).toMatchObject([{ resource: null, captureRate: '1' }])
  })

  it('lays reasoning beside output where the provider counts it there', () => {
    const ledger = [attributed(day, output!, 60n), { ...attributed(day, output!, 40n), meter: 'reasoning_tokens' }]
    expect(named(run([line(day, output!)], ledger))).toEqual({})
  })

  it('is one account where the ledger knows it, and all of them where it does not', () => {
    const half = { ...input!, quantity: '500000' }
    const lines = ['a', 'b'].map((account) => line(day, half, { account }))
    expect(run(lines, [attributed(day, input!)]).rows[0]!.meters).toHaveLength(1)
    const known = ['a', 'b'].map((account, index) => ({ ...attributed(day, half, index === 0 ? 100n : 50n), account }))
    expect(
      run(lines, known).rows[0]!.meters.map(({ account, causes }) => [account, formatFixed18(causes.COVERAGE)]),
    ).toEqual([
      ['a', '0'],
      ['b', '2.9625'],
    ])
  })

  it('does not take two requests that are alike for a day stated twice', () => {
    const twice = attributed(day, { ...input!, quantity: '2000000' })
    expect(named(run([line(day, input!), line(day, input!)], [twice]))).toEqual({})
  })

  it('calls providers and resources as the ledger does', () => {
    const line1 = line(day, input!, { provider: 'Anthropic', resource: 'large-20251001' })
    const { rows } = run([line1, line1], [attributed(day, input!)])
    expect(rows).toMatchObject([{ provider: 'anthropic', resource: 'large' }])
    expect(rows.map(named)).toEqual([{ DUPLICATE: '11.85' }])
  })

  it('leaves lines out of the sums that cannot be converted, and counts them', () => {
    const euro = line(day, input!, { currency: 'EUR' })
    expect(run([euro], [])).toMatchObject({ invoiced: 0n, rows: [], unconverted: [{ currency: 'EUR' }] })
    expect(run([{ ...euro, fxRate: parseFixed18('0.9') }], [])).toMatchObject({
      invoiced: parseFixed18('13.5'),
      unconverted: [],
    })
  })
})

describe('any lines and any ledger', () => {
  const amount = fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n })
  const quantity = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 10n ** 13n }))
  const place = {
    provider: fc.constantFrom('anthropic', 'openai'),
    day: fc.constantFrom(...DAYS.slice(0, 4)),
    account: fc.constantFrom(null, 'a', 'b'),
  }
  const meter = fc.constantFrom('input_tokens', 'output_tokens', 'reasoning_tokens')
  const lines = fc.array(
    fc.record({
      ...place,
      reference: fc.constant('line'),
      resource: fc.constantFrom('large', 'large', 'small', 'small', null),
      meter: fc.oneof({ weight: 6, arbitrary: meter }, { weight: 1, arbitrary: fc.constant(null) }),
      tier: fc.constant(null),
      quantity: fc.option(quantity),
      amount: fc.option(amount, { freq: 6 }),
      currency: fc.constantFrom('GBP', 'USD', 'USD', 'EUR'),
      kind: fc.constantFrom<ProviderLine['kind']>('USAGE', 'USAGE', 'USAGE', 'TAX', 'CREDIT', 'ADJUSTMENT'),
      fxRate: fc.option(fc.bigInt({ min: 1n, max: 2n * 10n ** 18n })),
    }),
    { maxLength: 30 },
  )
  const ledger = fc.array(
    fc.record({
      ...place,
      resource: fc.constantFrom('large', 'small'),
      meter,
      quantity,
      cost: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 10n ** 22n })),
      lines: fc.nat(5),
      converted: fc.option(fc.record({ currency: fc.constantFrom('USD', 'EUR'), cost: amount })),
    }),
    { maxLength: 30 },
  )

  it('have a gap that its causes add up to exactly, by row and in all, in whatever order they come', () => {
    fc.assert(
      fc.property(lines, ledger, fc.boolean(), (all, sums, doubled) => {
        const stated = doubled ? [...all, ...all] : all
        const result = run(stated, sums)
        const rates = stated.map((each) => (each.amount === null ? null : (each.fxRate ?? storedFx(each.currency!))))
        const invoiced = stated.reduce(
          (sum, each, index) =>
            rates[index] == null ? sum : sum + multiplyFixed18HalfEven(each.amount!, rates[index]),
          0n,
        )
        expect(result.invoiced).toBe(invoiced)
        expect(result.attributed).toBe(sums.reduce((sum, { cost }) => sum + cost, 0n))
        expect(sumOfCauses(result.causes)).toBe(result.invoiced - result.attributed)
        const found = findingsOf(result.rows).reduce((sum, finding) => sum + finding.amount, 0n)
        expect(found).toBe(result.invoiced - result.attributed)
        for (const row of result.rows) expect(sumOfCauses(row.causes)).toBe(row.invoiced - row.attributed)
        const byRow = result.rows.reduce((sum, { causes }) => sum + sumOfCauses(causes), 0n)
        expect(byRow).toBe(sumOfCauses(result.causes))
        expect(result.causes.TIMING).toBe(0n)

        const reversed = run(stated.toReversed(), sums.toReversed())
        expect(reversed.causes).toEqual(result.causes)
        expect(reversed.rows.map(named)).toEqual(result.rows.map(named))
      }),
      { numRuns: 300 },
    )
  })
})
