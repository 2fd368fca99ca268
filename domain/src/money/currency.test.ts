import { describe, expect, it } from '@jest/globals'
import { formatMoney, isCurrencyCode, minorUnits } from './currency.ts'
import { parseFixed18 } from './fixed18.ts'

describe('currencies', () => {
  it.each([
    ['GBP', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['XCG', 2],
    ['ZWG', 2],
    ['ISK', 0],
  ])('%s has %i minor units', (code, units) => {
    expect(minorUnits(code)).toBe(units)
  })

  it.each(['gbp', 'XAU', 'XXX', 'DEM', 'GB', 'GBPP', '', 'constructor'])('does not know %j', (code) => {
    expect(isCurrencyCode(code)).toBe(false)
    expect(() => minorUnits(code)).toThrow(expect.objectContaining({ code: 'UNKNOWN_CURRENCY' }))
  })

  it('knows every currency the platform knows, except those that were withdrawn', () => {
    const unknown = Intl.supportedValuesOf('currency').filter((code) => !isCurrencyCode(code))
    expect(['ANG', 'CUC', 'HRK', 'SLL', 'XDR', 'XSU', 'ZWL']).toEqual(expect.arrayContaining(unknown))
  })
})

describe('formatMoney', () => {
  it('shows every decimal and at least the minor unit', () => {
    expect(formatMoney(parseFixed18('12.34015'), 'GBP')).toEqual({ amount: '12.34015', currency: 'GBP' })
    expect(formatMoney(parseFixed18('50'), 'GBP')).toEqual({ amount: '50.00', currency: 'GBP' })
    expect(formatMoney(parseFixed18('50'), 'JPY')).toEqual({ amount: '50', currency: 'JPY' })
    expect(formatMoney(parseFixed18('-1.5'), 'KWD')).toEqual({ amount: '-1.500', currency: 'KWD' })
  })
})
