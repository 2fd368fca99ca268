import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '../money/fixed18.ts'
import { contributors } from './contributors.ts'

const costs = (amounts: Record<string, string>) =>
  new Map(Object.entries(amounts).map(([id, amount]) => [id, parseFixed18(amount)]))

describe('contributors', () => {
  it('names who makes the impact, and what is left in one row', () => {
    expect(
      contributors({
        impact: parseFixed18('250'),
        expected: parseFixed18('50'),
        usual: costs({ A: '80', B: '20' }),
        actual: costs({ A: '45', B: '250', C: '5' }),
        first: 1,
      }),
    ).toEqual([
      { id: 'B', amount: parseFixed18('240'), share: '0.96' },
      { id: null, amount: parseFixed18('10'), share: '0.04' },
    ])
  })

  it('has the largest first, ties by id, and nobody who pulls the other way', () => {
    const rows = contributors({
      impact: parseFixed18('8'),
      expected: parseFixed18('9'),
      usual: costs({ A: '1', B: '1', C: '1' }),
      actual: costs({ B: '8', A: '8', C: '1' }),
      first: 3,
    })
    expect(rows).toEqual([
      { id: 'A', amount: parseFixed18('5'), share: '0.625' },
      { id: 'B', amount: parseFixed18('5'), share: '0.625' },
      { id: null, amount: parseFixed18('-2'), share: '-0.25' },
    ])
  })

  it('sums to the impact to the last decimal', () => {
    const amount = fc.oneof(fc.constantFrom(0n, 1n, -1n), fc.bigInt({ min: -(10n ** 20n), max: 10n ** 24n }))
    const members = fc
      .dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), amount)
      .map((dictionary) => new Map(Object.entries(dictionary)))
    fc.assert(
      fc.property(amount, amount, members, members, fc.nat(6), (impact, expected, usual, actual, first) => {
        const rows = contributors({ impact, expected, usual, actual, first })
        expect(rows.reduce((sum, row) => sum + row.amount, 0n)).toBe(impact)
        expect(rows.filter(({ id }) => id !== null).length).toBeLessThanOrEqual(first)
      }),
      { numRuns: 500 },
    )
  })
})
