import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { formatQuantity, parseQuantity } from './quantity.ts'
import { costOf, formatUnitPrice, parseUnitPrice, readUnitPrice } from './unit-price.ts'

const code = (name: string, ...texts: string[]) =>
  expect.objectContaining({
    code: name,
    message: expect.stringMatching(new RegExp(texts.map((text) => text.replace('.', '\\.')).join('.*'))),
  })

describe('parseQuantity', () => {
  it.each<[string | number, bigint]>([
    ['1500', 1_500_000_000n],
    [1500, 1_500_000_000n],
    [0.1, 100_000n],
    [0.25, 250_000n],
    [0, 0n],
    [-0, 0n],
    ['0.000001', 1n],
    ['999999999999.999999', 10n ** 18n - 1n],
  ])('takes %p as it is written', (value, quantity) => {
    expect(parseQuantity(value)).toBe(quantity)
  })

  it.each<string | number>([
    '1e3',
    1e-7,
    1e21,
    NaN,
    Infinity,
    '',
    ' 1',
    '1,5',
    '0x10',
    0.1 + 0.2,
    '0.0000001',
    '1000000000000',
    1e12,
    2 ** 53,
    'ten',
  ])('refuses %p', (value) => {
    expect(() => parseQuantity(value)).toThrow(expect.objectContaining({ code: 'INVALID_DECIMAL' }))
  })

  it.each<string | number>(['-1', -1, -0.5])('refuses %p, which is below zero', (value) => {
    expect(() => parseQuantity(value)).toThrow(expect.objectContaining({ code: 'NEGATIVE_DECIMAL' }))
  })

  it('reads a JSON number like the text of it', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), fc.nat({ max: 999_999 }), (whole, millionths) => {
        const text = `${whole}.${String(millionths).padStart(6, '0')}`
        expect(parseQuantity(JSON.parse(text) as number)).toBe(parseQuantity(text))
      }),
    )
  })

  it('writes the shortest text', () => {
    expect(formatQuantity(250_000n)).toBe('0.25')
    expect(formatQuantity(1_500_000_000n)).toBe('1500')
  })
})

describe('parseUnitPrice', () => {
  it.each([
    ['0.015', '1000', '0.000015'],
    ['0.0003', '1000', '0.0000003'],
    ['3', '1000000', '0.000003'],
    ['0', '1', '0'],
    ['1', '3.2', '0.3125'],
    ['9999999', '1', '9999999'],
    ['3', '3', '1'],
    ['0.000000000003', '3', '0.000000000001'],
  ])('prices %s per %s as %s for one', (price, per, unit) => {
    expect(formatUnitPrice(parseUnitPrice({ price, per }))).toBe(unit)
  })

  it('refuses a quotient that does not end within 12 decimals, and names both', () => {
    expect(() => parseUnitPrice({ price: '1', per: '3' })).toThrow(code('UNIT_PRICE_PRECISION', '1', '3'))
    expect(() => parseUnitPrice({ price: '0.0000001', per: '1000000' })).toThrow(
      code('UNIT_PRICE_PRECISION', '0.0000001', '1000000'),
    )
    expect(() => parseUnitPrice({ price: '0.0000000000001', per: '1' })).toThrow(
      code('UNIT_PRICE_PRECISION', '0.0000000000001'),
    )
  })

  it('refuses what is no price, with the field at fault', () => {
    expect(() => parseUnitPrice({ price: '-1', per: '1' })).toThrow(
      expect.objectContaining({ code: 'NEGATIVE_DECIMAL', field: 'price' }),
    )
    expect(() => parseUnitPrice({ price: '1', per: '0' })).toThrow(
      expect.objectContaining({ code: 'INVALID_PER', field: 'per' }),
    )
    expect(() => parseUnitPrice({ price: '1', per: '1e3' })).toThrow(
      expect.objectContaining({ code: 'INVALID_DECIMAL', field: 'per' }),
    )
    expect(() => parseUnitPrice({ price: '10000000', per: '1' })).toThrow(
      expect.objectContaining({ code: 'UNIT_PRICE_TOO_LARGE' }),
    )
  })

  it('is either exactly price ÷ per or refused', () => {
    const thousandths = fc.bigInt({ min: 0n, max: 10n ** 9n })
    fc.assert(
      fc.property(thousandths, fc.bigInt({ min: 1n, max: 10n ** 7n }), (price, per) => {
        const text = { price: formatFixed18(price * 10n ** 15n), per: per.toString() }
        // price / 1000 / per at scale 12 is whole exactly when 10^9 × price divides by per.
        const isExact = (price * 10n ** 9n) % per === 0n
        if (!isExact) expect(() => parseUnitPrice(text)).toThrow(code('UNIT_PRICE_PRECISION'))
        else if (price * 10n ** 9n < per * 10n ** 19n) expect(parseUnitPrice(text) * per).toBe(price * 10n ** 9n)
      }),
    )
  })
})

describe('costOf', () => {
  it('prices 1,000,000 × 0.1 as 100,000', () => {
    expect(costOf(parseUnitPrice({ price: '0.1', per: '1' }), parseQuantity('1000000'))).toBe(parseFixed18('100000'))
  })

  it('is exactly price × quantity, compared as fractions', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }),
        fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }),
        (unitPrice, quantity) => {
          const cost = costOf(readUnitPrice(formatUnitPrice(unitPrice)), parseQuantity(formatQuantity(quantity)))
          // cost / 10^18 = unitPrice / 10^12 × quantity / 10^6, multiplied out.
          return cost * 10n ** 12n * 10n ** 6n === unitPrice * quantity * 10n ** 18n
        },
      ),
    )
  })
})
