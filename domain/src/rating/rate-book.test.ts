import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { formatInstant, parseInstant } from '../periods/instant.ts'
import { parseQuantity } from '../usage/quantity.ts'
import { parseUnitPrice } from '../usage/unit-price.ts'
import { compileRateBook, type UsageToRate } from './rate-book.ts'
import type { FxRate, Rate } from './rate.ts'

const MARCH = parseInstant('2026-03-01T00:00:00Z')
const APRIL = parseInstant('2026-04-01T00:00:00Z')

let serial = 0

function rate(fields: Partial<Rate> & { price?: string; per?: string }): Rate {
  const { price = '1', per = '1', ...rest } = fields
  serial += 1
  return {
    id: `rate-${serial}`,
    provider: 'acme',
    resource: 'large',
    meter: 'input_tokens',
    unitPrice: parseUnitPrice({ price, per }),
    priceText: price,
    perText: per,
    currency: 'GBP',
    effectiveFromMicros: 0,
    effectiveToMicros: null,
    abovePromptTokens: null,
    aboveMonthlyQuantity: null,
    qualifiers: {},
    source: 'MANUAL',
    card: 'acme v1',
    ...rest,
  }
}

function bookOf(rates: Rate[], options: { catalogue?: Catalogue; fx?: FxRate[] } = {}) {
  return compileRateBook({ rates, catalogue: options.catalogue ?? null, fx: options.fx ?? [], currency: 'GBP' })
}

function event(usage: Record<string, string>, fields: Partial<UsageToRate> = {}): UsageToRate {
  return {
    provider: 'acme',
    resource: 'large',
    kind: 'MODEL',
    occurredAtMicros: MARCH,
    usage: Object.entries(usage).map(([meter, quantity]) => ({ meter, quantity: parseQuantity(quantity) })),
    qualifiers: {},
    ...fields,
  }
}

const cost = (result: { cost: bigint | null }) => (result.cost === null ? null : formatFixed18(result.cost))

/** A catalogue of one model that prices the meters given. */
function catalogueOf(rates: Rate[]): Catalogue {
  const listed = rates.map((listedRate): Rate => ({ ...listedRate, source: 'CATALOGUE' }))
  return {
    version: '1',
    rates: listed,
    find: (_provider, resource) =>
      resource === 'large' ? { provider: 'acme', id: 'large', rates: listed, unpriced: new Set() } : null,
  }
}

describe('exact cost', () => {
  it('prices the worked example: 2,000 tokens at £0.015 per 1,000 are £0.03', () => {
    const book = bookOf([rate({ id: 'r', price: '0.015', per: '1000' })])
    expect(book.rateUsage(event({ input_tokens: '2000' }))).toEqual({
      status: 'RATED',
      cost: parseFixed18('0.03'),
      lines: [
        {
          meter: 'input_tokens',
          quantity: parseQuantity('2000'),
          ladder: null,
          rateId: 'r',
          unitPrice: parseUnitPrice({ price: '0.015', per: '1000' }),
          currency: 'GBP',
          amountNative: parseFixed18('0.03'),
          fxRate: null,
          amount: parseFixed18('0.03'),
        },
      ],
    })
  })

  it('prices 1,000,000 × 0.1 as 100,000', () => {
    expect(cost(bookOf([rate({ price: '0.1' })]).rateUsage(event({ input_tokens: '1000000' })))).toBe('100000')
  })

  it('is the exact sum of price ÷ per × quantity, compared as fractions', () => {
    const line = fc.record({
      price: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      exponent: fc.nat(6),
      quantity: fc.bigInt({ min: 0n, max: 10n ** 15n }),
    })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
        // Price in millionths per 10^exponent units; quantity in millionths of a unit.
        const meters = lines.map((_, index) => `meter_${index}`)
        const rates = lines.map(({ price, exponent }, index) =>
          rate({
            meter: meters[index] ?? '',
            price: formatFixed18(price * 10n ** 12n),
            per: (10n ** BigInt(exponent)).toString(),
          }),
        )
        const usage = Object.fromEntries(
          lines.map(({ quantity }, index) => [meters[index], formatFixed18(quantity * 10n ** 12n)]),
        )
        const result = bookOf(rates).rateUsage(event(usage))
        // Over the common denominator 10^18: price/10^6 ÷ 10^e × quantity/10^6 = price × quantity × 10^(6-e) / 10^18.
        const exact = lines.reduce(
          (sum, { price, exponent, quantity }) => sum + price * quantity * 10n ** BigInt(6 - exponent),
          0n,
        )
        expect(result.cost).toBe(exact)
      }),
    )
  })

  it('refuses a cost that no longer fits the ledger', () => {
    const fx = [{ date: '2026-03-01', base: 'USD', quote: 'GBP', rate: '1000' }]
    const book = bookOf([rate({ price: '9999999', currency: 'USD' })], { fx })
    expect(() => book.rateUsage(event({ input_tokens: '999999999999' }))).toThrow(
      expect.objectContaining({ code: 'AMOUNT_TOO_LARGE' }),
    )
  })
})

describe('what has no price', () => {
  const book = bookOf([rate({ meter: 'input_tokens', price: '2' }), rate({ meter: 'output_tokens', price: '0' })])

  it('makes the whole event unpriced and keeps the lines that have one', () => {
    const result = book.rateUsage(event({ input_tokens: '3', reasoning_tokens: '1' }))
    expect(result).toMatchObject({ status: 'UNPRICED', cost: null })
    expect(result.lines.map(({ meter, amount, rateId }) => [meter, amount, rateId === null])).toEqual([
      ['input_tokens', parseFixed18('6'), false],
      ['reasoning_tokens', null, true],
    ])
  })

  it('is not the same as a price of zero', () => {
    expect(book.rateUsage(event({ output_tokens: '5' }))).toMatchObject({
      status: 'RATED',
      cost: 0n,
      lines: [{ amount: 0n }],
    })
  })

  it.each([
    ['an unknown resource', event({ input_tokens: '1' }, { resource: 'small' })],
    ['an unknown provider', event({ input_tokens: '1' }, { provider: 'other' })],
    ['no resource', event({ input_tokens: '1' }, { resource: null })],
    ['no usage at all', event({})],
  ])('is %s', (_name, unknown) => {
    expect(book.rateUsage(unknown)).toMatchObject({ status: 'UNPRICED', cost: null })
  })

  it('does not matter for a quantity of zero', () => {
    expect(book.rateUsage(event({ reasoning_tokens: '0' }))).toEqual({ status: 'RATED', cost: 0n, lines: [] })
    expect(cost(book.rateUsage(event({ input_tokens: '3', reasoning_tokens: '0' })))).toBe('6')
  })

  it.each(['MODEL', 'EMBEDDING'])('does not matter for the count of requests beside other meters of a %s', (kind) => {
    const result = book.rateUsage(event({ input_tokens: '3', requests: '1' }, { kind }))
    expect(result).toMatchObject({ status: 'RATED', cost: parseFixed18('6') })
    expect(result.lines.map(({ meter }) => meter)).toEqual(['input_tokens'])
  })

  it('matters for requests alone, and for requests of a tool', () => {
    expect(book.rateUsage(event({ requests: '1' })).status).toBe('UNPRICED')
    expect(book.rateUsage(event({ input_tokens: '3', requests: '1' }, { kind: 'TOOL' })).status).toBe('UNPRICED')
  })

  it('charges for requests where they have a rate', () => {
    const perCall = bookOf([rate({ price: '2' }), rate({ meter: 'requests', price: '0.05' })])
    expect(cost(perCall.rateUsage(event({ input_tokens: '3', requests: '2' })))).toBe('6.1')
  })
})

describe('which rate is chosen (law L11)', () => {
  const price = (rates: Rate[], fields: Partial<UsageToRate> = {}, catalogue?: Catalogue) =>
    cost(bookOf(rates, { catalogue }).rateUsage(event({ input_tokens: '1' }, fields)))

  it('begins and ends to the microsecond', () => {
    const rates = [
      rate({ price: '1', effectiveToMicros: MARCH }),
      rate({ price: '2', effectiveFromMicros: MARCH, effectiveToMicros: APRIL }),
    ]
    expect(price(rates, { occurredAtMicros: MARCH - 1 })).toBe('1')
    expect(price(rates, { occurredAtMicros: MARCH })).toBe('2')
    expect(price(rates, { occurredAtMicros: APRIL - 1 })).toBe('2')
    expect(price(rates, { occurredAtMicros: APRIL })).toBeNull()
  })

  it('is right at every boundary of any chain of versions, in whatever order the events come', () => {
    const instants = fc.uniqueArray(fc.integer({ min: 1, max: 10 ** 15 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(instants, fc.infiniteStream(fc.nat()), (cuts, picks) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b)]
        const rates = bounds.map((from, index) =>
          rate({ price: String(index), effectiveFromMicros: from, effectiveToMicros: bounds[index + 1] ?? null }),
        )
        const book = bookOf(rates)
        const probes = bounds.flatMap((bound) => [bound - 1, bound, bound + 1]).filter((at) => at >= 0)
        for (let count = 0; count < probes.length * 2; count += 1) {
          const at = probes[(picks.next().value ?? 0) % probes.length] ?? 0
          const version = bounds.filter((bound) => bound <= at).length - 1
          expect([
            formatInstant(at),
            cost(book.rateUsage(event({ input_tokens: '1' }, { occurredAtMicros: at }))),
          ]).toEqual([formatInstant(at), String(version)])
        }
      }),
    )
  })

  it('is the tenant’s before the catalogue’s, meter by meter', () => {
    const catalogue = catalogueOf([rate({ price: '7' }), rate({ meter: 'output_tokens', price: '9' })])
    expect(price([rate({ price: '2', resource: '*' })], {}, catalogue)).toBe('2')
    expect(price([], {}, catalogue)).toBe('7')
    const both = bookOf([rate({ price: '2' })], { catalogue }).rateUsage(
      event({ input_tokens: '1', output_tokens: '1' }),
    )
    expect(cost(both)).toBe('11')
  })

  it('is the catalogue’s when the tenant’s has ended', () => {
    expect(price([rate({ price: '2', effectiveToMicros: MARCH })], {}, catalogueOf([rate({ price: '7' })]))).toBe('7')
  })

  it('is the exact name before a pattern, and the longer pattern before the shorter', () => {
    const star = rate({ resource: '*', price: '1' })
    const short = rate({ resource: 'la*', price: '2' })
    const long = rate({ resource: '*arge', price: '3' })
    const exact = rate({ resource: 'large', price: '4' })
    expect(price([star, short, long, exact])).toBe('4')
    expect(price([star, short, long])).toBe('3')
    expect(price([long, short, star], { resource: 'lame' })).toBe('2')
    expect(price([star, short, long], { resource: 'x' })).toBe('1')
  })

  it('is a qualified one before a plain one, and a qualified one never without its qualifiers', () => {
    const plain = rate({ price: '10' })
    const batch = rate({ price: '5', qualifiers: { tier: 'batch' } })
    const batchEu = rate({ price: '6', qualifiers: { tier: 'batch', region: 'eu' } })
    const rates = [plain, batch, batchEu]
    expect(price(rates)).toBe('10')
    expect(price(rates, { qualifiers: { tier: 'batch' } })).toBe('5')
    expect(price(rates, { qualifiers: { tier: 'batch', region: 'eu', other: 'x' } })).toBe('6')
    expect(price(rates, { qualifiers: { tier: 'flex', region: 'eu' } })).toBe('10')
    expect(price([batch])).toBeNull()
    expect(price([rate({ qualifiers: { constructor: 'x' } })])).toBeNull()
  })

  it('is of the provider by name, capitals aside', () => {
    expect(price([rate({ provider: 'ACME', price: '3' })])).toBe('3')
    expect(price([rate({ provider: 'acme', price: '3' })], { provider: 'Acme' })).toBe('3')
    expect(price([rate({ provider: 'acme-eu', price: '3' })])).toBeNull()
  })

  it('is found without a provider only when one provider alone has it', () => {
    const acme = rate({ price: '3' })
    expect(price([acme], { provider: null })).toBe('3')
    expect(price([acme, rate({ provider: 'other', resource: 'small' })], { provider: null })).toBe('3')
    expect(price([acme, rate({ provider: 'other', price: '4' })], { provider: null })).toBeNull()
    expect(price([acme, rate({ provider: 'other', resource: '*' })], { provider: null })).toBeNull()
  })

  it('is by the size of the prompt: the highest threshold strictly below it, for the whole request', () => {
    const rates = [
      rate({ price: '0.000003' }),
      rate({ price: '0.000006', abovePromptTokens: 200_000n }),
      rate({ price: '0.000009', abovePromptTokens: 500_000n }),
      rate({ meter: 'output_tokens', price: '1' }),
      rate({ meter: 'output_tokens', price: '2', abovePromptTokens: 200_000n }),
      rate({ meter: 'cache_read_tokens', price: '0' }),
    ]
    const at = (usage: Record<string, string>) => cost(bookOf(rates).rateUsage(event(usage)))
    expect(at({ input_tokens: '199999' })).toBe('0.599997')
    expect(at({ input_tokens: '200000' })).toBe('0.6')
    expect(at({ input_tokens: '200000.000001' })).toBe('1.200000000006')
    expect(at({ input_tokens: '200001' })).toBe('1.200006')
    expect(at({ input_tokens: '500001' })).toBe('4.500009')
    // 100,000 + 100,001 cached tokens are one prompt of 200,001; the answer does not count.
    expect(at({ input_tokens: '100000', cache_read_tokens: '100001', output_tokens: '1' })).toBe('2.6')
    expect(at({ input_tokens: '100000', cache_read_tokens: '100000', output_tokens: '1' })).toBe('1.3')
    expect(at({ input_tokens: '1', output_tokens: '900000' })).toBe('900000.000003')
  })

  it('falls back to the next level when only larger prompts have a rate', () => {
    const above = rate({ price: '5', abovePromptTokens: 1000n })
    expect(price([above])).toBeNull()
    expect(price([above, rate({ resource: '*', price: '2' })])).toBe('2')
  })

  it('prices cached and reasoning tokens of the catalogue as input and output where it states nothing else', () => {
    const catalogue = catalogueOf([rate({ price: '2' }), rate({ meter: 'output_tokens', price: '3' })])
    const result = bookOf([], { catalogue }).rateUsage(
      event({ cache_read_tokens: '1', cache_write_1h_tokens: '1', reasoning_tokens: '1' }),
    )
    expect(cost(result)).toBe('7')
    expect(bookOf([rate({ price: '2' })]).rateUsage(event({ cache_read_tokens: '1' })).status).toBe('UNPRICED')
  })

  it('prices what the catalogue bills as output or input at the tenant’s own price of that', () => {
    const catalogue = catalogueOf([
      rate({ price: '2' }),
      rate({ meter: 'output_tokens', price: '3' }),
      rate({ meter: 'cache_read_tokens', price: '0.5' }),
    ])
    const own = [rate({ price: '1.5' }), rate({ meter: 'output_tokens', price: '2.5' })]
    const of = (meter: string) => cost(bookOf(own, { catalogue }).rateUsage(event({ [meter]: '1' })))
    expect(of('reasoning_tokens')).toBe('2.5')
    expect(of('cache_write_tokens')).toBe('1.5')
    // The catalogue has a price of its own for it, which a negotiated price of input says nothing about.
    expect(of('cache_read_tokens')).toBe('0.5')
  })
})

describe('currency (laws L7 and L10)', () => {
  const usd = rate({ price: '0.10', currency: 'USD' })
  const fx: FxRate[] = [
    { date: '2026-03-01', base: 'USD', quote: 'GBP', rate: '0.75' },
    { date: '2026-03-02', base: 'USD', quote: 'GBP', rate: '0.333333333333333333' },
    { date: '2026-03-03', base: 'GBP', quote: 'USD', rate: '1.25' },
    { date: '2026-03-01', base: 'USD', quote: 'EUR', rate: '9' },
  ]
  const book = bookOf([usd, rate({ meter: 'output_tokens', price: '1' })], { fx })
  const on = (date: string, usage: Record<string, string> = { input_tokens: '10' }) =>
    book.rateUsage(event(usage, { occurredAtMicros: parseInstant(date) }))

  it('converts at the rate of the event’s UTC date and keeps both on the line', () => {
    expect(on('2026-03-01T23:59:59.999999Z')).toMatchObject({
      status: 'RATED',
      cost: parseFixed18('0.75'),
      lines: [{ amountNative: parseFixed18('1'), currency: 'USD', fxRate: '0.75', amount: parseFixed18('0.75') }],
    })
    expect(cost(on('2026-03-02T00:00:00Z'))).toBe('0.333333333333333333')
  })

  it('rounds each converted line half-even at the last decimal', () => {
    // 0.1 × 0.000001 × 0.333333333333333333 = 0.0000000333333333333333333, at 18 decimals 0.000000033333333333.
    expect(cost(on('2026-03-02T00:00:00Z', { input_tokens: '0.000001' }))).toBe('0.000000033333333333')
    expect(cost(on('2026-03-01T00:00:00Z', { input_tokens: '0.000001' }))).toBe('0.000000075')
  })

  it('guesses no inverse and no neighbouring day: the event is unconverted', () => {
    expect(on('2026-03-03T00:00:00Z', { input_tokens: '10', output_tokens: '1' })).toMatchObject({
      status: 'UNCONVERTED',
      cost: null,
      lines: [{ amountNative: parseFixed18('1'), fxRate: null, amount: null }, { amount: parseFixed18('1') }],
    })
  })

  it('is unpriced when it is both', () => {
    expect(on('2026-03-03T00:00:00Z', { input_tokens: '10', pages: '1' }).status).toBe('UNPRICED')
  })

  it('needs no FX rate for a quantity of zero', () => {
    expect(on('2026-03-03T00:00:00Z', { input_tokens: '0' })).toMatchObject({ status: 'RATED', cost: 0n })
  })
})

describe('remembering', () => {
  it('answers the same for a resource it has forgotten', () => {
    const book = bookOf([rate({ resource: 'model-*', price: '2' })])
    const ask = (index: number) => cost(book.rateUsage(event({ input_tokens: '1' }, { resource: `model-${index}` })))
    const answers = new Set(Array.from({ length: 20_050 }, (_, index) => ask(index)))
    expect(answers.add(ask(0))).toEqual(new Set(['2']))
  })
})
