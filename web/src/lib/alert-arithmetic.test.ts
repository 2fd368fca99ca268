import { describe, expect, it } from '@jest/globals'
import { dayArithmeticHref } from './alert-arithmetic.ts'

describe('the cost of a day of an alert', () => {
  it('leads to how it is made, of what it is about', () => {
    expect(dayArithmeticHref([], '2026-11-22')).toBe(
      '/spend?basis=attributed&from=2026-11-22&period=custom&sum=attributed&to=2026-11-22',
    )
    expect(
      dayArithmeticHref(
        [
          { dimension: 'AGENT', key: 'research' },
          { dimension: 'CLIENT', key: 'acme' },
        ],
        '2026-11-22',
      ),
    ).toBe(
      '/spend?agent=research&basis=attributed&client=acme&from=2026-11-22&period=custom&sum=attributed&sum=agent%3Aresearch&sum=client%3Aacme&to=2026-11-22',
    )
  })

  it('leads nowhere for a resource, whose name two providers may have, and for what spend does not know', () => {
    expect(dayArithmeticHref([{ dimension: 'RESOURCE', key: 'large' }], '2026-11-22')).toBeNull()
    expect(dayArithmeticHref([{ dimension: 'TASK', key: 'T-1' }], '2026-11-22')).toBeNull()
    expect(dayArithmeticHref([{ dimension: 'AGENT', key: null }], '2026-11-22')).toBeNull()
  })
})
