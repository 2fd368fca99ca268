import { expect, it } from '@jest/globals'
import { movedBy, namesText, shareArithmetic } from './share-arithmetic.ts'

it('shows the exact part cut to the penny, and the penny of the remainder', () => {
  const thirds = { weight: '1', weights: ['1', '1', '1'], total: '100.00', currency: 'GBP' }
  expect(shareArithmetic({ ...thirds, amount: '33.34' })).toEqual({
    share: '0.333333333333333333',
    cut: '33.33',
    remainder: '0.01',
  })
  expect(shareArithmetic({ ...thirds, amount: '33.33' }).remainder).toBe('0')
})

it('cuts the shares of a credit toward zero too', () => {
  const credit = { weight: '1', weights: ['1', '2'], total: '-10.00', currency: 'GBP' }
  expect(shareArithmetic({ ...credit, amount: '-3.33' })).toMatchObject({ cut: '-3.33', remainder: '0' })
})

it('counts in the minor unit of the currency', () => {
  expect(
    shareArithmetic({ weight: '1', weights: ['1', '2'], total: '100', amount: '33', currency: 'JPY' }),
  ).toMatchObject({
    cut: '33',
    remainder: '0',
  })
})

it('has no share where every weight is zero', () => {
  const none = { weight: '0', weights: ['0', '0'], total: '10', amount: '5', currency: 'GBP' }
  expect(shareArithmetic(none)).toEqual({ share: null, cut: null, remainder: null })
})

it('says what a method would move, onto whom and off whom, the most first', () => {
  const rows = [
    { name: 'Coding', difference: '-123.00' },
    { name: 'Research', difference: '8.20' },
    { name: 'Campaign', difference: '76.45' },
    { name: 'Summarisation', difference: '38.35' },
  ]
  expect(movedBy(rows)).toEqual({
    amount: '123',
    onto: ['Campaign', 'Summarisation', 'Research'],
    off: ['Coding'],
  })
  expect(movedBy([{ name: 'Coding', difference: '0.00' }])).toBeNull()
  expect(namesText(['A', 'B', 'C'])).toBe('A and 2 others')
})
