import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseFixed18 } from '../money/fixed18.ts'
import { decompose } from './decompose.ts'

const use = (resourceId: string, calls: number, tokens: number, cost: string) => ({
  resourceId,
  calls: BigInt(calls),
  tokens: BigInt(tokens) * 1_000_000n,
  cost: parseFixed18(cost),
})
const parts = (volume: string, mix: string, tokensPerCall: string, price: string, total: string) => ({
  volume: parseFixed18(volume),
  mix: parseFixed18(mix),
  tokensPerCall: parseFixed18(tokensPerCall),
  price: parseFixed18(price),
  total: parseFixed18(total),
})

describe('decompose', () => {
  const usual = [use('small', 100, 100_000, '1')]

  it.each([
    ['twice the calls', [use('small', 200, 200_000, '2')], parts('1', '0', '0', '0', '1')],
    ['calls twice as long', [use('small', 100, 200_000, '2')], parts('0', '0', '1', '0', '1')],
    ['twice the price', [use('small', 100, 100_000, '2')], parts('0', '0', '0', '1', '1')],
    ['all at once', [use('small', 200, 300_000, '6')], parts('1', '0', '1', '3', '5')],
    [
      'half the calls to a new model',
      [use('small', 50, 50_000, '0.5'), use('large', 50, 50_000, '4')],
      parts('0', '3.5', '0', '0', '3.5'),
    ],
    ['everything to a new model', [use('large', 100, 100_000, '9')], parts('0', '8', '0', '0', '8')],
    ['nothing', [], parts('-1', '0', '0', '0', '-1')],
  ])('names %s', (_, actual, expected) => {
    expect(decompose({ expected: parseFixed18('1'), usual, actual })).toEqual(expected)
  })

  it('takes a resource without tokens by its calls', () => {
    const input = { usual: [use('search', 10, 0, '1')], actual: [use('search', 20, 0, '3')] }
    expect(decompose({ ...input, expected: parseFixed18('1') })).toEqual(parts('1', '0', '0', '1', '2'))
  })

  it('gives the same for a usual day and for the sum of a hundred', () => {
    const actual = [use('small', 300, 450_000, '7')]
    const hundred = [use('small', 10_000, 10_000_000, '100')]
    const expected = parseFixed18('1.1')
    expect(decompose({ expected, usual: hundred, actual })).toEqual(decompose({ expected, usual, actual }))
  })

  it('calls everything volume where nothing was usual', () => {
    const actual = [use('small', 1, 1, '3')]
    expect(decompose({ expected: 0n, usual: [], actual })).toEqual(parts('3', '0', '0', '0', '3'))
  })

  it('adds up to the last decimal, with zero, new and vanished resources', () => {
    const amount = fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt({ min: -(10n ** 22n), max: 10n ** 24n }))
    const count = fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 10n ** 15n }))
    const uses = fc.array(
      fc.record({ resourceId: fc.constantFrom('a', 'b', 'c', 'd'), calls: count, tokens: count, cost: amount }),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(amount, uses, uses, (expected, usual, actual) => {
        const { volume, mix, tokensPerCall, price, total } = decompose({ expected, usual, actual })
        expect(total).toBe(actual.reduce((sum, { cost }) => sum + cost, 0n) - expected)
        expect(volume + mix + tokensPerCall + price).toBe(total)
      }),
      { numRuns: 500 },
    )
  })
})
