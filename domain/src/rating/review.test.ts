import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { formatFixed18 } from '../money/fixed18.ts'
import { parseInstant } from '../periods/instant.ts'
import { parseQuantity } from '../usage/quantity.ts'
import { parseUnitPrice } from '../usage/unit-price.ts'
import { plainPriceBefore } from './plain-price.ts'
import type { Rate } from './rate.ts'
import { reviewRates, type PricedUsage } from './review.ts'

const JANUARY = parseInstant('2026-01-01T00:00:00Z')
const MARCH = parseInstant('2026-03-01T00:00:00Z')
const APRIL = parseInstant('2026-04-01T00:00:00Z')
const MAY = parseInstant('2026-05-01T00:00:00Z')

const unit = (price: string) => parseUnitPrice({ price, per: '1' })

function rate(id: string, price: string, fields: Partial<Rate> = {}): Rate {
  return {
    id,
    provider: 'acme',
    resource: 'large',
    meter: 'input_tokens',
    unitPrice: unit(price),
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

function use(price: string, quantity: string, fields: Partial<PricedUsage> = {}): PricedUsage {
  return {
    provider: 'acme',
    resource: 'large',
    meter: 'input_tokens',
    rateId: 'r',
    source: 'MANUAL',
    currency: 'GBP',
    unitPrice: unit(price),
    quantity: parseQuantity(quantity),
    invocations: 1n,
    ...fields,
  }
}

/** A catalogue of the one model `large`. */
function catalogueOf(...rates: Rate[]): Catalogue {
  const listed = rates.map((one): Rate => ({ ...one, source: 'CATALOGUE', card: 'prices 1.0' }))
  return {
    version: '1.0',
    rates: listed,
    find: (_provider, resource) =>
      resource === 'large' ? { provider: 'acme', id: 'large', rates: listed, unpriced: new Set() } : null,
  }
}

function review(usage: PricedUsage[], rates: Rate[], catalogue: Catalogue | null = null) {
  return reviewRates(usage, { prices: { rates, catalogue }, start: JANUARY, end: APRIL })
}

describe('the effective price', () => {
  it('is what was paid for all units, against the card at the end of the quarter', () => {
    const rates = [rate('a', '0.02', { effectiveToMicros: MARCH }), rate('b', '0.01', { effectiveFromMicros: MARCH })]
    const usage = [
      use('0.02', '1000', { rateId: 'a', invocations: 4n }),
      use('0.01', '3000', { rateId: 'b', invocations: 6n }),
    ]
    expect(review(usage, rates)).toEqual({
      rows: [
        {
          provider: 'acme',
          resource: 'large',
          meter: 'input_tokens',
          currency: 'GBP',
          invocations: 10n,
          quantity: parseQuantity('4000'),
          paid: 50n * 10n ** 18n,
          effectiveUnitPrice: 125n * 10n ** 14n,
          card: rates[1],
          catalogue: null,
          driftFromCard: '0.25',
          driftFromCatalogue: null,
          isDrifting: true,
        },
      ],
      proposals: [],
      unusedRates: [],
    })
  })

  it('keeps currencies, meters and resources apart', () => {
    const usage = [
      use('1', '1'),
      use('1', '1', { currency: 'USD' }),
      use('1', '1', { meter: 'output_tokens' }),
      use('1', '1', { resource: 'small' }),
      use('1', '1', { provider: null }),
    ]
    const keys = review(usage, []).rows.map((row) => [row.provider, row.resource, row.meter, row.currency])
    expect(keys).toEqual([
      [null, 'large', 'input_tokens', 'GBP'],
      ['acme', 'large', 'input_tokens', 'GBP'],
      ['acme', 'large', 'input_tokens', 'USD'],
      ['acme', 'large', 'output_tokens', 'GBP'],
      ['acme', 'small', 'input_tokens', 'GBP'],
    ])
  })

  it.each([
    ['1.05', '0.05', false],
    ['1.050000000001', '0.050000000001', true],
    ['0.95', '-0.05', false],
    ['0.949999999999', '-0.050000000001', true],
    ['1', '0', false],
  ])('paid %s where the card says 1 drifts by %s: beyond 5 %% is %s', (price, drift, isDrifting) => {
    const [row] = review([use(price, '7')], [rate('a', '1')]).rows
    expect(row).toMatchObject({ driftFromCard: drift, isDrifting })
  })

  it('drifts without a ratio from a price of zero', () => {
    const [row] = review([use('1', '7')], [rate('a', '0')]).rows
    expect(row).toMatchObject({ driftFromCard: null, isDrifting: true })
    const [free] = review([use('0', '7')], [rate('a', '0')]).rows
    expect(free).toMatchObject({ driftFromCard: null, isDrifting: false })
  })

  it('is not compared with a price in another currency', () => {
    const [row] = review(
      [use('1', '7')],
      [rate('a', '2', { currency: 'USD' })],
      catalogueOf(rate('c', '3', { currency: 'USD' })),
    ).rows
    expect(row).toMatchObject({ card: null, catalogue: null, isDrifting: false })
  })

  it('times the quantity is never further from what was paid than rounding at 18 decimals allows', () => {
    const some = fc.record({ price: fc.bigInt(0n, 10n ** 15n), quantity: fc.bigInt(1n, 10n ** 15n) })
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 6 }), (uses) => {
        const usage = uses.map(({ price, quantity }) => ({ ...use('1', '1'), unitPrice: price, quantity }))
        const [row] = review(usage, []).rows
        const paid = uses.reduce((sum, { price, quantity }) => sum + price * quantity, 0n)
        const quantity = uses.reduce((sum, one) => sum + one.quantity, 0n)
        expect(row?.paid).toBe(paid)
        const error = (row?.effectiveUnitPrice ?? 0n) * quantity - paid * 10n ** 6n
        expect(2n * (error < 0n ? -error : error) <= quantity).toBe(true)
      }),
    )
  })
})

describe('the price without conditions', () => {
  const at = (end: number, own: Rate[]) => plainPriceBefore(end, { meter: 'input_tokens', own })?.id ?? null

  it('is the one in force at the last microsecond of the quarter', () => {
    const own = [rate('a', '1', { effectiveToMicros: APRIL }), rate('b', '2', { effectiveFromMicros: APRIL })]
    expect([at(APRIL, own), at(APRIL + 1, own)]).toEqual(['a', 'b'])
  })

  it('is the last one that was in force where none is', () => {
    const own = [
      rate('a', '1', { effectiveToMicros: JANUARY }),
      rate('b', '2', { effectiveFromMicros: JANUARY, effectiveToMicros: MARCH }),
      rate('c', '3', { effectiveFromMicros: MAY }),
    ]
    expect(at(APRIL, own)).toBe('b')
    expect(at(JANUARY - 1, [rate('c', '3', { effectiveFromMicros: MAY })])).toBeNull()
  })

  it('passes over qualifiers, prompt thresholds and further steps', () => {
    const own = [
      rate('batch', '1', { qualifiers: { tier: 'batch' } }),
      rate('long', '2', { abovePromptTokens: 200_000n }),
      rate('step', '3', { aboveMonthlyQuantity: parseQuantity('1000') }),
      rate('plain', '4', { resource: 'lar*' }),
    ]
    expect(at(APRIL, own)).toBe('plain')
    expect(at(APRIL, own.slice(0, 3))).toBeNull()
  })
})

describe('unused rates', () => {
  it('are those in force in the quarter that priced nothing', () => {
    const rates = [
      rate('used', '1'),
      rate('idle', '1', { resource: 'small' }),
      rate('touches the end', '1', { resource: 'small', effectiveFromMicros: APRIL - 1 }),
      rate('after', '1', { resource: 'small', effectiveFromMicros: APRIL }),
      rate('before', '1', { resource: 'small', effectiveToMicros: JANUARY }),
      rate('touches the start', '1', { resource: 'small', effectiveToMicros: JANUARY + 1 }),
    ]
    const { unusedRates } = review([use('1', '1', { rateId: 'used' })], rates)
    expect(unusedRates.map(({ id }) => id)).toEqual(['idle', 'touches the end', 'touches the start'])
  })
})

describe('proposals', () => {
  it('are the catalogue’s price where the card is more than 5 % away from it, with the exact impact', () => {
    const { proposals } = review([use('0.018', '1000')], [rate('a', '0.018')], catalogueOf(rate('c', '0.015')))
    expect(proposals).toEqual([
      {
        provider: 'acme',
        resource: 'large',
        meter: 'input_tokens',
        currency: 'GBP',
        currentUnitPrice: 18n * 10n ** 15n,
        proposedUnitPrice: 15n * 10n ** 15n,
        reason: "The card's 0.018 GBP is 20 % above the 0.015 of prices 1.0.",
        impact: -3n * 10n ** 18n,
      },
    ])
    expect(review([use('1.05', '1')], [rate('a', '1.05')], catalogueOf(rate('c', '1'))).proposals).toEqual([])
    const below = review([use('2', '1')], [rate('a', '2')], catalogueOf(rate('c', '3'))).proposals
    expect(below[0]?.reason).toBe("The card's 2 GBP is 33.3 % below the 3 of prices 1.0.")
  })

  it('are a price of one’s own where the catalogue prices a tenth or more of a currency', () => {
    const listed = catalogueOf(rate('c', '1.1'))
    const large = use('1', '10', { source: 'CATALOGUE' })
    const other = (quantity: string) => use('1', quantity, { resource: 'small' })
    const { proposals } = review([large, other('90')], [], listed)
    expect(
      proposals.map(({ reason, impact, ...rest }) => ({ ...rest, impact: formatFixed18(impact), reason })),
    ).toEqual([
      {
        provider: 'acme',
        resource: 'large',
        meter: 'input_tokens',
        currency: 'GBP',
        currentUnitPrice: 10n ** 18n,
        proposedUnitPrice: 11n * 10n ** 17n,
        impact: '1',
        reason:
          '10 % of what the quarter paid in GBP is this meter at the price of prices 1.0; publish the price you agreed, or this one, to make it your own.',
      },
    ])
    expect(review([large, other('91')], [], listed).proposals).toEqual([])
    // What another currency paid does not make it small.
    expect(
      review([large, use('1', '9999', { resource: 'small', currency: 'USD' })], [], listed).proposals,
    ).toHaveLength(1)
  })
})
