import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatInstant, parseInstant } from '../periods/instant.ts'
import type { Rate } from '../rating/rate.ts'
import { formatUnitPrice, parseUnitPrice } from '../usage/unit-price.ts'
import type { Catalogue } from './catalogue.ts'
import { catalogueDifference } from './catalogue-difference.ts'

type Price = readonly [price: string, from?: string | null, to?: string | null, fields?: Partial<Rate>]

function rate([price, from = null, to = null, fields = {}]: Price): Rate {
  const at = (date: string | null) => (date === null ? null : parseInstant(`${date}T00:00:00Z`))
  const { perText = '1000000' } = fields
  return {
    id: '',
    provider: 'acme',
    resource: 'large',
    meter: 'input_tokens',
    unitPrice: parseUnitPrice({ price, per: perText }),
    priceText: price,
    perText,
    currency: 'USD',
    effectiveFromMicros: at(from),
    effectiveToMicros: at(to),
    abovePromptTokens: null,
    aboveMonthlyQuantity: null,
    qualifiers: {},
    source: 'CATALOGUE',
    card: 'test 1',
    ...fields,
  }
}

const catalogue = (prices: readonly Price[]): Catalogue => ({
  version: '1',
  rates: prices.map(rate),
  find: () => null,
})

/** `KIND resource meter [from, to) before → after`, prices as the rates state them. */
const difference = (before: readonly Price[], after: readonly Price[]): string[] =>
  catalogueDifference(catalogue(before), catalogue(after)).map((change) => {
    const day = (micros: number | null) => (micros === null ? '…' : formatInstant(micros).slice(0, 10))
    const period = `[${day(change.effectiveFromMicros)}, ${day(change.effectiveToMicros)})`
    const price = (side: Rate | null) => side?.priceText ?? 'none'
    return `${change.kind} ${change.resource} ${change.meter} ${period} ${price(change.before)} → ${price(change.after)}`
  })

describe('catalogueDifference', () => {
  it.each<[string, Price[], Price[], string[]]>([
    ['the same prices', [['3']], [['3']], []],
    ['the same price of another number of units', [['3']], [['0.003', null, null, { perText: '1000' }]], []],
    ['another price', [['3']], [['2']], ['CHANGED large input_tokens […, …) 3 → 2']],
    [
      'a price that ends and has a successor',
      [['3']],
      [
        ['3', null, '2026-10-01'],
        ['2', '2026-10-01'],
      ],
      ['CHANGED large input_tokens [2026-10-01, …) 3 → 2'],
    ],
    [
      'a price that ends for good',
      [['3']],
      [['3', null, '2026-10-01']],
      ['REMOVED large input_tokens [2026-10-01, …) 3 → none'],
    ],
    [
      'a change in between',
      [['3']],
      [
        ['3', null, '2026-01-01'],
        ['4', '2026-01-01', '2026-02-01'],
        ['3', '2026-02-01'],
      ],
      ['CHANGED large input_tokens [2026-01-01, 2026-02-01) 3 → 4'],
    ],
    [
      'a price written in two pieces',
      [['3']],
      [
        ['2', null, '2026-01-01'],
        ['2', '2026-01-01'],
      ],
      ['CHANGED large input_tokens […, …) 3 → 2'],
    ],
    [
      'what is new and what is gone',
      [['3', null, null, { resource: 'old' }]],
      [
        ['5', null, null, { resource: 'new' }],
        ['9', null, null, { resource: 'new', abovePromptTokens: 200_000n }],
      ],
      [
        'ADDED new input_tokens […, …) none → 5',
        'ADDED new input_tokens […, …) none → 9',
        'REMOVED old input_tokens […, …) 3 → none',
      ],
    ],
    [
      'another currency',
      [['3']],
      [['3', null, null, { currency: 'EUR' }]],
      ['CHANGED large input_tokens […, …) 3 → 3'],
    ],
  ])('of %s', (_name, before, after, changes) => {
    expect(difference(before, after)).toEqual(changes)
  })

  it('from nothing adds everything', () => {
    expect(catalogueDifference(null, catalogue([['3']]))).toMatchObject([{ kind: 'ADDED', before: null }])
  })

  it('tells exactly the instants at which the two disagree', () => {
    const timeline = fc
      .array(fc.record({ price: fc.constantFrom('0', '1', '2', null), length: fc.integer({ min: 1, max: 3 }) }))
      .map((spans) => {
        const rates: Rate[] = []
        let start = 0
        for (const { price, length } of spans) {
          const period = { effectiveFromMicros: start, effectiveToMicros: start + length }
          if (price !== null) rates.push({ ...rate([price]), ...period })
          start += length
        }
        return rates
      })
    const at = (rates: readonly Rate[], micros: number) => {
      const found = rates.find(
        (each) => (each.effectiveFromMicros ?? -Infinity) <= micros && micros < (each.effectiveToMicros ?? Infinity),
      )
      return found === undefined ? null : formatUnitPrice(found.unitPrice)
    }
    fc.assert(
      fc.property(timeline, timeline, (before, after) => {
        const changes = catalogueDifference({ ...catalogue([]), rates: before }, { ...catalogue([]), rates: after })
        for (let micros = -1; micros < 40; micros += 1) {
          const covering = changes.filter(
            (each) =>
              (each.effectiveFromMicros ?? -Infinity) <= micros && micros < (each.effectiveToMicros ?? Infinity),
          )
          const [was, is] = [at(before, micros), at(after, micros)]
          expect(
            covering.map((each) => [each.before, each.after].map((side) => side && formatUnitPrice(side.unitPrice))),
          ).toEqual(was === is ? [] : [[was, is]])
        }
      }),
    )
  })
})
