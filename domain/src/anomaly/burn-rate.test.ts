import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { burnRate } from './burn-rate.ts'

function burn(lastHour: string, lastSixHours: string, dearest: { hour?: string; six?: string } = {}) {
  return burnRate({
    lastHour: parseFixed18(lastHour),
    lastSixHours: parseFixed18(lastSixHours),
    expectedDay: parseFixed18('48'),
    minExcess: parseFixed18('2'),
    ...(dearest.hour === undefined ? {} : { dearestHour: parseFixed18(dearest.hour) }),
    ...(dearest.six === undefined ? {} : { dearestSixHours: parseFixed18(dearest.six) }),
  })
}

describe('burnRate', () => {
  it('tells an hour above three times the pace of the day', () => {
    expect(burn('12', '12')).toEqual({ hours: 1, ratio: 6, projectedDay: parseFixed18('288') })
    expect(burn('6', '6')).toBe(null)
    expect(burn('6.01', '6.01')).toMatchObject({ hours: 1 })
  })

  it('tells six hours above one and a half times the pace', () => {
    expect(burn('6', '24')).toEqual({ hours: 6, ratio: 2, projectedDay: parseFixed18('96') })
    expect(burn('3', '18')).toBe(null)
  })

  it('leaves an agent alone that does its day in one hour, as usual', () => {
    expect(burn('48', '48', { hour: '50', six: '50' })).toBe(null)
    expect(burn('60', '60', { hour: '50', six: '50' })).toMatchObject({ hours: 1 })
  })

  it('is silent below the least excess, and where nothing is expected', () => {
    const small = { lastHour: parseFixed18('1'), lastSixHours: 0n, minExcess: parseFixed18('1') }
    expect(burnRate({ ...small, expectedDay: parseFixed18('2') })).toBe(null)
    expect(burnRate({ ...small, lastHour: parseFixed18('100'), expectedDay: 0n })).toBe(null)
  })
})
