import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { spanWords, weekdayName } from './day-words.ts'
import { moneyWords, percentWords, timesWords } from './money-words.ts'

describe('moneyWords', () => {
  it.each([
    ['0', 'GBP', '0.00 GBP'],
    ['1234.505', 'GBP', '1,234.50 GBP'],
    ['1234.515', 'GBP', '1,234.52 GBP'],
    ['-1234567.5', 'GBP', '-1,234,567.50 GBP'],
    ['123', 'GBP', '123.00 GBP'],
    ['999999', 'JPY', '999,999 JPY'],
    ['1234.5678', 'KWD', '1,234.568 KWD'],
    ['0.0034567', 'GBP', '0.003457 GBP'],
    ['-0.0034567', 'GBP', '-0.003457 GBP'],
    ['0.4', 'JPY', '0.4 JPY'],
    ['0.000000000000000001', 'GBP', '0.000000000000000001 GBP'],
  ])('%s %s is %s', (amount, currency, words) => {
    expect(moneyWords(parseFixed18(amount), currency)).toBe(words)
  })
})

describe('percentWords', () => {
  it.each([
    ['0.9', '90 %'],
    ['1.5', '150 %'],
    ['0.333333', '33.3 %'],
    ['100', '10000 %'],
    ['0.000001', '0.0001 %'],
  ])('%s is %s', (share, words) => {
    expect(percentWords(parseFixed18(share))).toBe(words)
  })
})

describe('timesWords', () => {
  it.each([
    ['300', '50', '6'],
    ['125', '50', '2.5'],
    ['497', '50', '9.9'],
    ['1234', '50', '25'],
    ['300', '0', null],
    ['300', '-1', null],
  ])('%s is %s times %s', (actual, expected, words) => {
    expect(timesWords(parseFixed18(actual), parseFixed18(expected))).toBe(words)
  })
})

describe('the words of days', () => {
  it('names weekdays of any century', () => {
    expect(['2026-11-02', '1970-01-01', '1969-12-31', '2026-11-08'].map(weekdayName)).toEqual([
      'Monday',
      'Thursday',
      'Wednesday',
      'Sunday',
    ])
  })

  it.each([
    ['2026-03-01', '2026-04-01', 'from 1 March 2026 to 31 March 2026'],
    ['2026-03-01', '2026-03-02', 'on 1 March 2026'],
    ['2026-03-01', null, 'since 1 March 2026'],
    [null, null, 'since the beginning'],
  ])('%s to %s is %s', (start, end, words) => {
    expect(spanWords(start, end)).toBe(words)
  })
})
