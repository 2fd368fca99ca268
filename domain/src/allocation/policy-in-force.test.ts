import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { POLICY_STATES, policyInForce, type PolicyState, type PolicyVersion } from './policy-in-force.ts'

const of = (version: number, effectiveFrom: string, state: PolicyState = 'APPROVED'): PolicyVersion => ({
  version,
  effectiveFrom,
  state,
})

describe('the policy in force', () => {
  it.each<{ name: string; versions: PolicyVersion[]; expected: number | undefined }>([
    { name: 'is none without versions', versions: [], expected: undefined },
    { name: 'is none before the first begins', versions: [of(1, '2026-04-01')], expected: undefined },
    { name: 'begins with its month', versions: [of(1, '2026-03-01')], expected: 1 },
    { name: 'is the one that began last', versions: [of(1, '2026-01-01'), of(2, '2026-03-01')], expected: 2 },
    {
      name: 'is the one that began last, whichever was written later',
      versions: [of(1, '2026-01-01'), of(2, '2026-03-01'), of(3, '2026-02-01')],
      expected: 2,
    },
    {
      name: 'is the highest of those that began together',
      versions: [of(1, '2026-01-01'), of(10, '2026-02-01'), of(9, '2026-02-01')],
      expected: 10,
    },
    {
      name: 'was approved',
      versions: [
        of(1, '2026-01-01'),
        of(2, '2026-02-01', 'DRAFT'),
        of(3, '2026-02-01', 'PROPOSED'),
        of(4, '2026-02-01', 'REJECTED'),
        of(5, '2026-02-01', 'WITHDRAWN'),
      ],
      expected: 1,
    },
  ])('$name', ({ versions, expected }) => {
    expect(policyInForce(versions, '2026-03-01')?.version).toBe(expected)
  })

  it('does not depend on the order in which the versions come, and later months never go back to an earlier begin', () => {
    const months = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01']
    const version = fc.record({ effectiveFrom: fc.constantFrom(...months), state: fc.constantFrom(...POLICY_STATES) })
    const history = fc
      .array(version, { maxLength: 8 })
      .map((all) => all.map((one, at) => ({ ...one, version: at + 1 })))
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat()), (versions, random) => {
        const shuffled = versions
          .map((one) => ({ one, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one)
        const begins = months.map((month) => policyInForce(versions, month))
        expect(months.map((month) => policyInForce(shuffled, month))).toEqual(begins)
        const dates = begins.flatMap((found) => (found === null ? [] : [found.effectiveFrom]))
        expect(dates).toEqual([...dates].sort())
      }),
    )
  })
})
