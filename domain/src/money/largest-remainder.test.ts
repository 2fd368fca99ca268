import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { apportion } from './largest-remainder.ts'

const weights = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    weight: fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 10n ** 24n })),
  }),
  { selector: ({ id }) => id, maxLength: 40 },
)
const total = fc.oneof(fc.constantFrom(0n, 1n, -1n), fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }))

describe('apportion', () => {
  it('splits 100.00 over three equal uses as 33.34, 33.33, 33.33', () => {
    const parts = apportion({ total: 10000n, weights: ['T3', 'T1', 'T2'].map((id) => ({ id, weight: 1n })) })
    expect(parts).toEqual(
      new Map([
        ['T3', 3333n],
        ['T1', 3334n],
        ['T2', 3333n],
      ]),
    )
  })

  it('breaks a tie of remainders by the larger weight, then by the smaller id', () => {
    // 10 over 3:1:1 with remainders 0.0, 0.0, 0.0; over 5:3 of 4 both remainders are a half.
    expect(
      apportion({
        total: 4n,
        weights: [
          { id: 'a', weight: 3n },
          { id: 'b', weight: 5n },
        ],
      }),
    ).toEqual(
      new Map([
        ['a', 1n],
        ['b', 3n],
      ]),
    )
    expect(
      apportion({
        total: 1n,
        weights: [
          { id: 'b', weight: 2n },
          { id: 'a', weight: 2n },
        ],
      }),
    ).toEqual(
      new Map([
        ['b', 0n],
        ['a', 1n],
      ]),
    )
  })

  it('splits a negative whole like its absolute value', () => {
    expect(
      apportion({
        total: -100n,
        weights: [
          { id: 'a', weight: 2n },
          { id: 'b', weight: 1n },
        ],
      }),
    ).toEqual(
      new Map([
        ['a', -67n],
        ['b', -33n],
      ]),
    )
  })

  it('has no answer when every weight is zero', () => {
    expect(apportion({ total: 5n, weights: [{ id: 'a', weight: 0n }] })).toBeNull()
    expect(apportion({ total: 5n, weights: [] })).toBeNull()
  })

  it('refuses a negative weight and names its id', () => {
    expect(() => apportion({ total: 5n, weights: [{ id: 'credit', weight: -1n }] })).toThrow(
      expect.objectContaining({ code: 'NEGATIVE_WEIGHT', message: expect.stringContaining('credit') }),
    )
  })

  it('conserves the whole, keeps each part within one unit of its exact share and gives nothing to weight zero', () => {
    fc.assert(
      fc.property(total, weights, (whole, parts) => {
        const sum = parts.reduce((all, { weight }) => all + weight, 0n)
        const result = apportion({ total: whole, weights: parts })
        if (result === null) return sum === 0n
        let given = 0n
        for (const { id, weight } of parts) {
          const part = result.get(id) ?? 0n
          given += part
          const error = part * sum - whole * weight
          if ((error < 0n ? -error : error) >= sum) return false
          if (weight === 0n && part !== 0n) return false
        }
        return given === whole
      }),
    )
  })

  it('does not depend on the order of the weights', () => {
    fc.assert(
      fc.property(total, weights, (whole, parts) => {
        const forward = apportion({ total: whole, weights: parts })
        const backward = apportion({ total: whole, weights: [...parts].reverse() })
        expect(new Map([...(backward ?? [])].reverse())).toEqual(new Map(forward ?? []))
      }),
    )
  })
})
