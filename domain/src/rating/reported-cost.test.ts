import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { DomainError } from '../errors.ts'
import { parseFixed18 } from '../money/fixed18.ts'
import { parseInstant } from '../periods/instant.ts'
import { fxTable } from './fx-table.ts'
import { rateByReport, reportedDifference } from './reported-cost.ts'

const fx = fxTable([{ date: '2026-03-10', base: 'USD', quote: 'GBP', rate: '0.7912' }], 'GBP')
const at = (text: string) => ({ fx, atMicros: parseInstant(text) })
const money = (amount: string, currency: string) => ({ amount: parseFixed18(amount), currency })

describe('rateByReport', () => {
  it('takes an amount in the reporting currency as it is', () => {
    expect(rateByReport(money('0.000000000000000001', 'GBP'), at('2020-01-01T00:00:00Z'))).toEqual({
      status: 'RATED',
      cost: 1n,
      fxRate: null,
    })
  })

  it('converts at the UTC date of the event, and only at that', () => {
    const rated = { status: 'RATED', cost: parseFixed18('7.912'), fxRate: '0.7912' }
    const unconverted = { status: 'UNCONVERTED', cost: null, fxRate: null }
    expect(rateByReport(money('10', 'USD'), at('2026-03-10T00:00:00Z'))).toEqual(rated)
    expect(rateByReport(money('10', 'USD'), at('2026-03-10T23:59:59.999999Z'))).toEqual(rated)
    expect(rateByReport(money('10', 'USD'), at('2026-03-09T23:59:59.999999Z'))).toEqual(unconverted)
    expect(rateByReport(money('10', 'USD'), at('2026-03-11T00:00:00Z'))).toEqual(unconverted)
    expect(rateByReport(money('10', 'EUR'), at('2026-03-10T12:00:00Z'))).toEqual(unconverted)
  })

  it('takes 0 for a price of 0 in every currency', () => {
    expect(rateByReport(money('0', 'JPY'), at('2026-03-10T12:00:00Z'))).toEqual({
      status: 'RATED',
      cost: 0n,
      fxRate: null,
    })
  })

  it('refuses what no amount holds', () => {
    const dear = fxTable([{ date: '2026-03-10', base: 'USD', quote: 'GBP', rate: '10' }], 'GBP')
    const rate = () => rateByReport(money('9'.repeat(20), 'USD'), { ...at('2026-03-10T12:00:00Z'), fx: dear })
    expect(rate).toThrow(DomainError)
  })
})

describe('reportedDifference', () => {
  it('is ours less theirs, in the reporting currency', () => {
    const fxRate = parseFixed18('0.7912')
    expect(reportedDifference(parseFixed18('8'), money('10', 'USD'), { fxRate, currency: 'GBP' })).toBe(
      parseFixed18('0.088'),
    )
    expect(reportedDifference(parseFixed18('1'), money('1.5', 'GBP'), { fxRate: null, currency: 'GBP' })).toBe(
      parseFixed18('-0.5'),
    )
    expect(reportedDifference(parseFixed18('1'), money('0', 'JPY'), { fxRate: null, currency: 'GBP' })).toBe(
      parseFixed18('1'),
    )
  })

  it('is unknown where ours is not known or theirs cannot be converted', () => {
    expect(reportedDifference(null, money('1', 'GBP'), { fxRate: null, currency: 'GBP' })).toBeNull()
    expect(reportedDifference(1n, money('1', 'USD'), { fxRate: null, currency: 'GBP' })).toBeNull()
  })

  it('is 0 exactly where our rates say what the sender says', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (amount) => {
        const reported = { amount, currency: 'USD' }
        const { cost } = rateByReport(reported, at('2026-03-10T12:00:00Z'))
        expect(reportedDifference(cost, reported, { fxRate: parseFixed18('0.7912'), currency: 'GBP' })).toBe(0n)
      }),
    )
  })
})
