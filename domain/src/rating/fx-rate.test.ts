import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { crossRate, fxRateProblems } from './fx-rate.ts'

const usd = { date: '2026-03-01', base: 'USD', quote: 'GBP', rate: '0.79' }

describe('a list of FX rates', () => {
  it.each([
    [{ date: '2026-02-29' }, 'date', '"2026-02-29" is not a date such as 2026-11-23.'],
    [{ date: '01/03/2026' }, 'date', '"01/03/2026" is not a date such as 2026-11-23.'],
    [{ base: 'usd' }, 'base', '"usd" is not an ISO 4217 code.'],
    [{ quote: 'XAU' }, 'quote', '"XAU" is not an ISO 4217 code.'],
    [{ quote: 'USD' }, 'quote', 'A rate from USD to itself says nothing.'],
    [{ rate: '0' }, 'rate', 'The rate "0" is not above zero.'],
    [{ rate: '-0.79' }, 'rate', 'The rate "-0.79" is not above zero.'],
    [{ rate: '0,79' }, 'rate', '"0,79" is not a decimal amount; write it like 12.34.'],
    [{ rate: '0.1234567890123456789' }, 'rate', 'The amount "0.1234567890123456789" has 19 decimals; the most is 18.'],
  ])('names what is wrong with %j', (fields, field, message) => {
    expect(fxRateProblems([usd, { ...usd, ...fields }])).toEqual([
      { index: 1, code: expect.any(String), message, field },
    ])
  })

  it('refuses two different rates of one pair and day, and takes the same one twice', () => {
    expect(fxRateProblems([usd, { ...usd, rate: '0.790' }, { ...usd, date: '2026-03-02', rate: '0.8' }])).toEqual([])
    expect(fxRateProblems([usd, { ...usd, rate: '0.80' }])).toEqual([
      { index: 1, code: 'CONFLICT', message: 'USD/GBP of 2026-03-01 is given twice: 0.79 and 0.80.', field: 'rate' },
    ])
  })
})

describe('a rate by way of a third currency', () => {
  it('is the quotient at 18 decimals', () => {
    // 0.8412 ÷ 1.0840 = 0.77601476014760147601…
    expect(crossRate({ toBase: '1.0840', toQuote: '0.8412' })).toBe('0.776014760147601476')
    expect(crossRate({ toBase: '3', toQuote: '2' })).toBe('0.666666666666666667')
  })

  it('is nothing where it rounds to 0', () => {
    expect(() => crossRate({ toBase: '10000000000', toQuote: '0.000000001' })).toThrow(
      expect.objectContaining({ code: 'INVALID_DECIMAL' }),
    )
  })

  it('is never further than half of the last decimal from the exact quotient', () => {
    const rate = fc.bigInt({ min: 10n ** 12n, max: 10n ** 23n })
    fc.assert(
      fc.property(rate, rate, (toBase, toQuote) => {
        const crossed = parseFixed18(crossRate({ toBase: formatFixed18(toBase), toQuote: formatFixed18(toQuote) }))
        const error = toQuote * 10n ** 18n - crossed * toBase
        expect(2n * (error < 0n ? -error : error) <= toBase).toBe(true)
      }),
    )
  })
})
