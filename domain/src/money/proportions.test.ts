import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { apportion } from './largest-remainder.ts'
import { Proportions, splitOnce } from './proportions.ts'

const weight = fc.oneof(
  fc.constantFrom(0n, 1n, 2n, 10n ** 6n),
  fc.bigInt({ min: 0n, max: 10n ** 4n }),
  fc.bigInt({ min: 2n ** 51n, max: 2n ** 53n }),
  fc.bigInt({ min: 0n, max: 10n ** 24n }),
)
const weights = fc
  .tuple(fc.array(weight, { maxLength: 30 }), fc.constantFrom(1n, 1n, 10n ** 6n, 7n))
  .map(([list, factor]) => list.map((one) => one * factor))
const total = fc.oneof(
  fc.constantFrom(0n, 1n, -1n, 100n),
  fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }),
  fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
)

/** Ids that sort as the positions do. */
const idOf = (position: number) => String(position).padStart(3, '0')

function partsOf(split: (give: (position: number, part: bigint) => void) => boolean): Map<string, bigint> | null {
  const parts = new Map<string, bigint>()
  const isSplit = split((position, part) => {
    if (part === 0n || parts.has(idOf(position))) throw new Error(`position ${position} is given ${part}`)
    parts.set(idOf(position), part)
  })
  return isSplit ? parts : null
}

describe('Proportions', () => {
  it('gives the parts that apportion gives, however often, whether the integers are held as numbers or not', () => {
    fc.assert(
      fc.property(weights, fc.array(total, { minLength: 1, maxLength: 3 }), (list, wholes) => {
        const proportions = new Proportions(list)
        for (const whole of wholes) {
          const expected = apportion({ total: whole, weights: list.map((one, i) => ({ id: idOf(i), weight: one })) })
          const parts = expected === null ? null : new Map([...expected].filter(([, part]) => part !== 0n))
          expect(partsOf((give) => proportions.split(whole, give))).toEqual(parts)
          expect(partsOf((give) => splitOnce(whole, list, give))).toEqual(parts)
        }
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    [2n ** 53n, 1n],
    [2n ** 56n, 1n],
    [2n ** 52n - 1n, 3n],
    [2n ** 51n - 1n, 2n],
  ])('tells apart weights of %d and one more, of which %d units are too few for both', (weight, whole) => {
    const parts = partsOf((give) => new Proportions([weight, weight + 1n, weight]).split(whole, give))!
    expect(parts).toEqual(partsOf((give) => splitOnce(whole, [weight, weight + 1n, weight], give)))
    expect(parts.get('001')).toBe(1n)
  })

  it('breaks a tie of remainders by the larger weight, then by the earlier position', () => {
    expect(partsOf((give) => new Proportions([3n, 5n]).split(4n, give))).toEqual(
      new Map([
        ['000', 1n],
        ['001', 3n],
      ]),
    )
    expect(partsOf((give) => new Proportions([2n, 2n]).split(1n, give))).toEqual(new Map([['000', 1n]]))
  })

  it('refuses a negative weight and names it', () => {
    const refused = expect.objectContaining({ code: 'NEGATIVE_WEIGHT', message: expect.stringContaining('-5') })
    expect(() => new Proportions([1n, -5n])).toThrow(refused)
    expect(() => splitOnce(1n, [1n, -5n], () => {})).toThrow(refused)
  })
})
