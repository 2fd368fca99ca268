import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Catalogue } from '../catalogue/catalogue.ts'
import { formatFixed18 } from '../money/fixed18.ts'
import { parseInstant } from '../periods/instant.ts'
import { parseQuantity } from '../usage/quantity.ts'
import { parseUnitPrice } from '../usage/unit-price.ts'
import { compileRateBook } from './rate-book.ts'
import type { Rate, RateSource } from './rate.ts'

const AT = parseInstant('2026-03-01T00:00:00Z')

const BATCH = { tier: 'batch' }
const BATCH_EU = { tier: 'batch', region: 'eu' }

type Place = Partial<Pick<Rate, 'source' | 'resource' | 'qualifiers' | 'abovePromptTokens'>>

function rate(price: number, place: Place, fields: Partial<Rate> = {}): Rate {
  return {
    id: String(price),
    provider: 'acme',
    resource: 'large-1',
    meter: 'input_tokens',
    unitPrice: parseUnitPrice({ price: String(price), per: '1' }),
    priceText: String(price),
    perText: '1',
    currency: 'GBP',
    effectiveFromMicros: null,
    effectiveToMicros: null,
    abovePromptTokens: null,
    aboveMonthlyQuantity: null,
    qualifiers: {},
    source: 'MANUAL',
    card: 'acme v1',
    ...place,
    ...fields,
  }
}

function bookOf(rates: readonly Rate[]) {
  const listed = rates.filter(({ source }) => source === 'CATALOGUE')
  const catalogue: Catalogue = {
    version: '1',
    rates: listed,
    find: () => ({ provider: 'acme', id: 'large-1', rates: listed, unpriced: new Set() }),
  }
  const own = rates.filter(({ source }) => source !== 'CATALOGUE')
  return compileRateBook({ rates: own, catalogue, fx: [], currency: 'GBP' })
}

/** The price of one token of a prompt of 1,000, batch in the EU, at an instant. */
function priceAt(rates: readonly Rate[], micros = AT): string | null {
  const result = bookOf(rates).rateUsage({
    provider: 'acme',
    resource: 'large-1',
    kind: 'MODEL',
    occurredAtMicros: micros,
    usage: [
      { meter: 'input_tokens', quantity: parseQuantity('1') },
      { meter: 'cache_read_tokens', quantity: parseQuantity('999') },
    ],
    qualifiers: BATCH_EU,
  })
  return result.lines[0]?.amount === undefined || result.lines[0].amount === null
    ? null
    : formatFixed18(result.lines[0].amount)
}

/** The whole order for that event; each place goes before all that follow. */
const ORDER: readonly Place[] = (['CONTRACT', 'MANUAL'] as const)
  .flatMap((source) => ['large-1', 'large-*', 'l*', '*'].map((resource) => ({ source, resource })))
  .flatMap((place) => [BATCH_EU, BATCH, {}].map((qualifiers) => ({ ...place, qualifiers })))
  .flatMap((place) => [500n, 100n, null].map((abovePromptTokens): Place => ({ ...place, abovePromptTokens })))
  .concat(
    [500n, 100n, null].map((abovePromptTokens): Place => ({ source: 'CATALOGUE', qualifiers: {}, abovePromptTokens })),
  )

describe('precedence', () => {
  it.each<[string, Place, Place]>([
    ['a contract before an entry by hand', { source: 'CONTRACT' }, { source: 'MANUAL' }],
    ['an entry by hand before the catalogue', { source: 'MANUAL' }, { source: 'CATALOGUE' }],
    [
      'the source before the name: a contract for every model before an entry for this one',
      { source: 'CONTRACT', resource: '*' },
      { source: 'MANUAL', resource: 'large-1' },
    ],
    [
      'the source before the qualifiers',
      { source: 'CONTRACT' },
      { source: 'MANUAL', qualifiers: BATCH_EU, abovePromptTokens: 500n },
    ],
    ['the exact name before a pattern', { resource: 'large-1' }, { resource: 'large-*' }],
    ['the longer pattern before the shorter', { resource: 'large-*' }, { resource: 'l*' }],
    [
      'the name before the qualifiers: exact and plain before a pattern and qualified',
      { resource: 'large-1' },
      { resource: 'large-*', qualifiers: BATCH_EU },
    ],
    ['more qualifiers before fewer', { qualifiers: BATCH_EU }, { qualifiers: BATCH }],
    ['qualified before plain', { qualifiers: BATCH }, { qualifiers: {} }],
    ['the qualifiers before the prompt threshold', { qualifiers: BATCH }, { qualifiers: {}, abovePromptTokens: 500n }],
    ['the higher prompt threshold before the lower', { abovePromptTokens: 500n }, { abovePromptTokens: 100n }],
    ['a prompt threshold before none', { abovePromptTokens: 100n }, {}],
  ])('takes %s', (_name, first, second) => {
    expect(priceAt([rate(1, first), rate(2, second)])).toBe('1')
    expect(priceAt([rate(2, second), rate(1, first)])).toBe('1')
  })

  it.each<[string, Place]>([
    ['of another qualifier value', { source: 'CONTRACT', qualifiers: { tier: 'priority' } }],
    ['of a qualifier the event does not have', { source: 'CONTRACT', qualifiers: { ...BATCH_EU, seat: 'a' } }],
    ['above the size of the prompt', { source: 'CONTRACT', abovePromptTokens: 1000n }],
    ['of another model', { source: 'CONTRACT', resource: 'small-*' }],
  ])('passes over a contract rate %s', (_name, place) => {
    expect(priceAt([rate(1, place), rate(2, { source: 'MANUAL' })])).toBe('2')
  })

  it('leaves the meters that a contract does not name to the next source', () => {
    const contract = rate(1, { source: 'CONTRACT' }, { meter: 'output_tokens' })
    expect(priceAt([contract, rate(2, { source: 'MANUAL' })])).toBe('2')
  })

  it('is one order, whatever rates there are and in whatever order they come', () => {
    const places = fc.uniqueArray(fc.nat(ORDER.length - 1), { minLength: 1 })
    fc.assert(
      fc.property(places, (chosen) => {
        const rates = chosen.map((index) => rate(index + 1, ORDER[index] ?? {}))
        expect(priceAt(rates)).toBe(String(Math.min(...chosen) + 1))
      }),
    )
  })
})

describe('the boundary of a period', () => {
  const sources: RateSource[] = ['CONTRACT', 'MANUAL', 'CATALOGUE']

  it.each(sources)('of %s belongs to the new price: old 1 µs before it, new at it and 1 µs after it', (source) => {
    fc.assert(
      fc.property(fc.integer({ min: AT - 10 ** 12, max: AT + 10 ** 12 }), (boundary) => {
        const rates = [
          rate(1, { source }, { effectiveToMicros: boundary }),
          rate(2, { source }, { effectiveFromMicros: boundary }),
        ]
        expect([-1, 0, 1].map((offset) => priceAt(rates, boundary + offset))).toEqual(['1', '2', '2'])
      }),
    )
  })

  it('of a contract gives way to the next source at its end, and takes over at its start', () => {
    const contract = rate(1, { source: 'CONTRACT' }, { effectiveFromMicros: AT, effectiveToMicros: AT + 10 })
    const rates = [contract, rate(2, { source: 'MANUAL' })]
    expect([-1, 0, 9, 10].map((offset) => priceAt(rates, AT + offset))).toEqual(['2', '1', '1', '2'])
  })
})
