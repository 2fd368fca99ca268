import { describe, expect, it } from '@jest/globals'
import { readAmountInput, readSignedAmountInput } from './amount-input.ts'

describe('an amount as people write it', () => {
  it.each([
    ['50', '50'],
    [' 1,250.00 ', '1250.00'],
    ['1 250.5', '1250.5'],
    ['0', '0'],
  ])('%j is %s', (text, amount) => {
    expect(readAmountInput(text)).toBe(amount)
  })

  it.each(['', 'abc', '-5', '1.2.3', '1e5', '£50', '.5', '1.2345678'])('%j is refused', (text) => {
    expect(readAmountInput(text)).toBeNull()
  })
})

describe('an amount that may be a credit', () => {
  it.each([
    ['-5', '-5'],
    [' \u22121,250.50', '-1250.50'],
    ['312', '312'],
  ])('%j is %s', (text, amount) => {
    expect(readSignedAmountInput(text)).toBe(amount)
  })

  it.each(['--5', '5-', '-', '+5'])('%j is refused', (text) => {
    expect(readSignedAmountInput(text)).toBeNull()
  })
})
