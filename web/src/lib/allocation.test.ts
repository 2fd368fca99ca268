import { describe, expect, it } from '@jest/globals'
import { lastMonthOf, methodText, poolSums, totalOfPools, versionToShow } from './allocation.ts'

const money = (amount: string) => ({ amount })

describe('the money of a pool', () => {
  it('is wholly unallocated until the pool is run', () => {
    expect(poolSums({ amountConverted: money('312.00'), run: null })).toEqual({
      amount: '312.00',
      net: '0',
      allocated: '0',
      unallocated: '312.00',
      under: '0',
    })
  })

  it('is nobody knows what without an exchange rate', () => {
    expect(poolSums({ amountConverted: null, run: null })).toBeNull()
  })

  it('adds up with feeds, over-absorption and an amount that changed after the run', () => {
    const fed = {
      amountConverted: money('120'),
      run: { received: money('30'), passedOn: money('10'), allocated: money('126.35'), underAbsorbed: money('-6.35') },
    }
    const feeding = {
      amountConverted: money('100'),
      run: { received: money('10'), passedOn: money('30'), allocated: money('80'), underAbsorbed: money('0') },
    }
    expect(poolSums(fed)).toEqual({ amount: '120', net: '20', allocated: '126.35', unallocated: '20', under: '-6.35' })
    expect(totalOfPools([fed, feeding, { amountConverted: null, run: null }])).toEqual({
      amount: '220',
      net: '0',
      allocated: '206.35',
      unallocated: '20',
      under: '-6.35',
    })
  })
})

describe('versions of a policy', () => {
  const version = (
    number: number,
    effectiveFrom: string,
    state: 'APPROVED' | 'PROPOSED' | 'REJECTED' = 'APPROVED',
  ) => ({
    version: number,
    effectiveFrom,
    state,
  })

  it('end where the next one begins, and one that was replaced before it began was never in force', () => {
    const versions = [version(1, '2026-01-01'), version(2, '2026-07-01'), version(3, '2026-07-01')]
    expect(versions.map((one) => lastMonthOf(one, versions))).toEqual(['2026-06-01', undefined, null])
  })

  it('that are not approved are shown where nothing is in force, the proposed one first', () => {
    const versions = [version(1, '2026-01-01', 'PROPOSED'), version(2, '2026-01-01', 'REJECTED')]
    expect(versionToShow(versions, '2026-03-01')?.version).toBe(1)
  })
})

it('a method is named with what it counts', () => {
  expect(methodText({ method: 'USAGE', basis: 'COMPUTE_TIME' })).toBe('Usage, by compute time')
  expect(methodText({ method: 'OVERHEAD_RATE', rate: '0.21' })).toBe('Overhead rate, 21\u00a0% of direct cost')
})
