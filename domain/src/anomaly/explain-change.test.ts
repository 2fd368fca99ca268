import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '../money/fixed18.ts'
import { explainChange } from './explain-change.ts'

const use = (resourceId: string, calls: number, tokens: number, cost: string, unknown = 0) => ({
  resourceId,
  calls: BigInt(calls),
  tokens: BigInt(tokens) * 1_000_000n,
  cost: parseFixed18(cost),
  unknown: BigInt(unknown),
})
const NO_POOLS = { before: 0n, now: 0n }
const parts = (
  volume: string,
  mix: string,
  tokensPerCall: string,
  price: string,
  allocation: string,
  total: string,
) => ({
  volume: parseFixed18(volume),
  mix: parseFixed18(mix),
  tokensPerCall: parseFixed18(tokensPerCall),
  price: parseFixed18(price),
  allocation: parseFixed18(allocation),
  total: parseFixed18(total),
})

describe('explainChange', () => {
  it('names what was used and what was allocated beside each other', () => {
    const before = [use('small', 100, 100_000, '1')]
    const now = [use('small', 200, 300_000, '6')]
    const allocated = { before: parseFixed18('3'), now: parseFixed18('2') }
    expect(explainChange({ before, now, allocated })).toEqual(parts('1', '0', '1', '3', '-1', '4'))
  })

  it('takes calls without a price as calls that nobody knows the cost of, not as calls for nothing', () => {
    const before = [use('small', 100, 100_000, '1')]
    // As many priced calls as before and 50 without a price: nothing was saved.
    const now = [use('small', 150, 160_000, '1', 50)]
    expect(explainChange({ before, now, allocated: NO_POOLS })).toEqual(parts('0', '0', '0', '0', '0', '0'))
    // A resource of which no call has a price changes nothing.
    const more = [...before, use('ocr', 1_000, 0, '0', 1_000)]
    expect(explainChange({ before, now: more, allocated: NO_POOLS })).toEqual(parts('0', '0', '0', '0', '0', '0'))
  })

  it('adds up to the difference, to the last decimal, whatever is unknown', () => {
    const amount = fc.oneof(fc.constantFrom(0n, 1n, -1n), fc.bigInt({ min: -(10n ** 22n), max: 10n ** 24n }))
    const count = fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 10n ** 15n }))
    const uses = fc.array(
      fc
        .record({
          resourceId: fc.constantFrom('a', 'b', 'c', 'd'),
          calls: count,
          tokens: count,
          cost: amount,
          unknown: count,
        })
        .map((one) => ({ ...one, calls: one.calls + one.unknown })),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(uses, uses, amount, amount, (before, now, allocatedBefore, allocatedNow) => {
        const change = explainChange({ before, now, allocated: { before: allocatedBefore, now: allocatedNow } })
        const cost = (list: typeof before) => list.reduce((sum, one) => sum + one.cost, 0n)
        expect(change.total).toBe(cost(now) + allocatedNow - cost(before) - allocatedBefore)
        expect(change.volume + change.mix + change.tokensPerCall + change.price + change.allocation).toBe(change.total)
      }),
      { numRuns: 500 },
    )
  })
})
