import { describe, expect, it } from '@jest/globals'
import { withDraftRates } from './draft-rates.ts'
import type { Rate } from './rate.ts'

const rate = (id: string, from: number | null, to: number | null, more: Partial<Rate> = {}): Rate => ({
  id,
  provider: 'acme',
  resource: 'large',
  meter: 'input_tokens',
  unitPrice: 1n,
  priceText: '1',
  perText: '1',
  currency: 'GBP',
  effectiveFromMicros: from,
  effectiveToMicros: to,
  abovePromptTokens: null,
  aboveMonthlyQuantity: null,
  qualifiers: {},
  source: 'MANUAL',
  card: 'acme v1',
  ...more,
})

const periods = (rates: readonly Rate[]) =>
  rates.map(({ id, effectiveFromMicros, effectiveToMicros }) => [id, effectiveFromMicros, effectiveToMicros])

describe('withDraftRates', () => {
  it.each<[string, Rate[], Rate[], unknown[]]>([
    ['a draft in the middle', [rate('p', 0, null)], [rate('d', 3, 5)], [['p', 0, 3], ['p', 5, null], ['d', 3, 5]]], // prettier-ignore
    [
      'a draft without an end',
      [rate('p', 0, 9)],
      [rate('d', 3, null)],
      [
        ['p', 0, 3],
        ['d', 3, null],
      ],
    ],
    ['a draft over everything', [rate('p', 2, 9)], [rate('d', null, null)], [['d', null, null]]],
    [
      'a draft beside it',
      [rate('p', 0, 3)],
      [rate('d', 3, 5)],
      [
        ['p', 0, 3],
        ['d', 3, 5],
      ],
    ],
    ['two drafts', [rate('p', null, null)], [rate('d', 1, 2), rate('e', 2, 3)], [['p', null, 1], ['p', 3, null], ['d', 1, 2], ['e', 2, 3]]], // prettier-ignore
    [
      'another meter',
      [rate('p', 0, null, { meter: 'requests' })],
      [rate('d', 3, 5)],
      [
        ['p', 0, null],
        ['d', 3, 5],
      ],
    ],
    ['another source', [rate('p', 0, null, { source: 'CONTRACT' })], [rate('d', 3, 5)], [['p', 0, null], ['d', 3, 5]]], // prettier-ignore
    ['capitals of the provider', [rate('p', 0, null, { provider: 'Acme' })], [rate('d', 3, null)], [['p', 0, 3], ['d', 3, null]]], // prettier-ignore
  ])('cuts what is published where it holds: %s', (_what, published, draft, expected) => {
    expect(periods(withDraftRates(published, draft))).toEqual(expected)
  })
})
