import { describe, expect, it } from '@jest/globals'
import { sharePercents } from './shares.ts'

const shares = (amounts: string[], decimals: 0 | 1 = 0): string[] => [
  ...sharePercents(
    amounts.map((amount, index) => ({ id: String(index), amount })),
    decimals,
  ).values(),
]

describe('shares of a whole', () => {
  it('print as exactly 100 %', () => {
    expect(shares(['1', '1', '1'])).toEqual(['34\u00a0%', '33\u00a0%', '33\u00a0%'])
    expect(shares(['1', '1', '1'], 1)).toEqual(['33.4\u00a0%', '33.3\u00a0%', '33.3\u00a0%'])
  })

  it('never print as nothing what is something', () => {
    expect(shares(['1000', '0.01', '0'])).toEqual(['100\u00a0%', '< 1\u00a0%', '0\u00a0%'])
  })

  it('are unknown for a whole of nothing or with a negative part', () => {
    expect(shares(['0', '0'])).toEqual([])
    expect(shares(['5', '-1'])).toEqual([])
  })
})
