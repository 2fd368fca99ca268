import { describe, expect, it } from '@jest/globals'
import { allocatedOf, areComparable, basisOf, fullyLoadedOf, isSplit, totalLabel, WAITING } from './fleet-pools.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })

function facts(pools: number, allocated: string, unallocated: string) {
  return {
    unallocated: gbp(unallocated),
    pools: { pools, unconvertedPools: 0, total: gbp('0'), allocated: gbp(allocated) },
  }
}

const none = facts(0, '0', '0')
const waiting = facts(2, '0', '120.00')
const partly = facts(2, '100.00', '20.00')
const split = facts(2, '120.00', '0')

describe('what a period’s pools mean for its pages', () => {
  it.each([
    ['no pool', none, false, 'Cost', 'FULLY_LOADED'],
    ['pools that are not split', waiting, false, 'Attributed', 'ATTRIBUTED'],
    ['pools split in part', partly, true, 'Fully loaded', 'FULLY_LOADED'],
    ['pools split', split, true, 'Fully loaded', 'FULLY_LOADED'],
  ])('%s', (_, given, known, label, basis) => {
    expect([isSplit(given), totalLabel(given), basisOf({}, given).api]).toEqual([known, label, basis])
    expect(basisOf({ basis: 'direct' }, given).api).toBe('DIRECT')
  })

  it('never prints an unknown share as zero', () => {
    expect(allocatedOf(waiting, gbp('0'))).toEqual({ money: null, reason: WAITING })
    // Without pools it is known that there is none.
    expect([none, split].map((given) => allocatedOf(given, gbp('0')).money)).toEqual([gbp('0'), gbp('0')])
  })

  it('compares periods with the same parts only', () => {
    expect(
      [
        [split, none],
        [split, null],
        [split, waiting],
        [waiting, split],
      ].map(([now, before]) => areComparable(now ?? none, before)),
    ).toEqual([true, true, false, false])
  })

  it('adds the unallocated to the fleet, below zero too', () => {
    expect(fullyLoadedOf({ cost: { total: gbp('100.25') }, unallocated: gbp('-0.5') })).toEqual(gbp('99.75'))
  })
})
