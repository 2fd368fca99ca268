import { describe, expect, it } from '@jest/globals'
import {
  amountText,
  changeRatio,
  changeText,
  codeMoneyText,
  compactCountText,
  countText,
  decimalText,
  differenceOf,
  exactText,
  fineAmountText,
  moneyText,
  percentText,
  quotientOf,
  signedAmountText,
  signedMoneyText,
  sumOf,
} from './format.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })

describe('an amount', () => {
  it('beside those of another currency names its own by code', () => {
    expect(codeMoneyText({ amount: '-1120.5', currency: 'SEK' })).toBe('SEK\u00a0−1,120.50')
  })

  it.each([
    ['3908.23', '£3,908.23'],
    ['1436.805', '£1,436.80'],
    ['1436.815', '£1,436.82'],
    ['0', '£0.00'],
    ['-114.73', '−£114.73'],
    ['1234567890.5', '£1,234,567,890.50'],
  ])('%s prints as %s, half to even', (amount, printed) => {
    expect(moneyText(gbp(amount))).toBe(printed)
  })

  it.each([
    ['0.0002134', '£0.0002134'],
    ['0.00021345678', '£0.0002135'],
    ['0.000000000000000001', '£0.000000000000000001'],
    ['-0.0049', '−£0.0049'],
    ['0.0099999', '£0.01'],
    ['0.0202', '£0.02'],
  ])('%s, however small, never prints as zero: %s', (amount, printed) => {
    expect(moneyText(gbp(amount))).toBe(printed)
  })

  it('has the decimals of its currency, and a sign or code', () => {
    expect(moneyText({ amount: '1234.6', currency: 'JPY' })).toBe('¥1,235')
    expect(moneyText({ amount: '1.2345', currency: 'KWD' })).toBe('KWD\u00a01.234')
    expect(moneyText({ amount: '5', currency: 'EUR' })).toBe('€5.00')
  })

  it('is exact where it can be hovered', () => {
    expect(exactText(gbp('12.340150000000000001'))).toBe('£12.340150000000000001')
    expect(exactText(gbp('99999999999999999999.999999999999999999'))).toBe(
      '£99,999,999,999,999,999,999.999999999999999999',
    )
  })

  it('prints zero in a cell as 0, without a currency', () => {
    expect(amountText(gbp('0.00'))).toBe('0')
    expect(amountText(gbp('27.4'))).toBe('27.40')
    expect(fineAmountText(gbp('0.9639'))).toBe('0.9639')
    expect(fineAmountText(gbp('0.00000004'))).toBe('0.00000004')
  })
})

describe('a percentage', () => {
  it.each([
    ['0.9118', 2, '91.18\u00a0%'],
    ['1', 1, '100\u00a0%'],
    ['0', 1, '0\u00a0%'],
    ['0.9999', 1, '> 99.9\u00a0%'],
    ['0.0001', 1, '< 0.1\u00a0%'],
    ['0.533', 0, '53\u00a0%'],
    ['-0.1', 1, '−10.0\u00a0%'],
    ['-0.0000014', 1, '> −0.1\u00a0%'],
    ['3.1', 0, '310\u00a0%'],
  ] as const)('%s at %s decimals is %s', (ratio, decimals, printed) => {
    expect(percentText(ratio, decimals)).toBe(printed)
  })
})

describe('a change', () => {
  it('carries a sign, and none when it rounds to nothing', () => {
    expect(changeText('0.142')).toBe('+14.2')
    expect(changeText('-0.074')).toBe('−7.4')
    expect(changeText('0.0001')).toBe('0')
  })

  it('against nothing is unknown, not infinite', () => {
    expect(changeRatio('5', '0')).toBeNull()
    expect(changeRatio('5', '4')).toBe('0.25')
  })
})

describe('counts and sums', () => {
  it('keeps counts in three digits', () => {
    expect(['940', '1000', '1250', '14880', '1234567', '85000000', '1500000000'].map(compactCountText)).toEqual([
      '940',
      '1k',
      '1.2k',
      '14k',
      '1.2M',
      '85M',
      '1.5G',
    ])
    expect(countText('14880')).toBe('14,880')
  })

  it('adds without a float', () => {
    expect(sumOf(['0.1', '0.2'])).toBe('0.3')
    expect(differenceOf('0.3', '0.1')).toBe('0.2')
    expect(quotientOf('2180', 310)).toBe('7.032258064516129032')
    expect(quotientOf('1', 0)).toBeNull()
    expect(decimalText('7.032258064516129032', 2)).toBe('7.03')
  })
})

describe('a difference of amounts', () => {
  it.each([
    ['12.3', '+12.30', '+£12.30'],
    ['-12.3', '−12.30', '−£12.30'],
    ['0.0002134', '+0.0002134', '+£0.0002134'],
    ['0', '0', '£0.00'],
  ])('%s prints with its sign: %s, %s', (amount, cell, text) => {
    expect(signedAmountText(gbp(amount))).toBe(cell)
    expect(signedMoneyText(gbp(amount))).toBe(text)
  })
})
