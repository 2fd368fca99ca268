import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { journal } from './journal.ts'

const entry = (description: string, exact: string) => ({ account: 'A', description, exact: parseFixed18(exact) })

describe('a journal', () => {
  it('rounds both sides to one total, and no line further than a unit from what it is', () => {
    // 1,004.025 on each side is 1,004.02, half to even: the three debits give up 0.005 together.
    const lines = journal(
      [
        entry('x', '333.335'),
        entry('y', '333.345'),
        entry('z', '337.345'),
        entry('owed', '-1000.024'),
        entry('pool', '-4.001'),
      ],
      2,
    )
    expect(
      lines.map(({ description, debit, credit }) => [description, formatFixed18(debit), formatFixed18(credit)]),
    ).toEqual([
      ['x', '333.33', '0'],
      ['y', '333.34', '0'],
      ['z', '337.35', '0'],
      ['owed', '0', '1000.02'],
      ['pool', '0', '4'],
    ])
  })

  it('refuses entries that do not sum to zero', () => {
    expect(() => journal([entry('x', '1'), entry('owed', '-0.999999999999999999')], 2)).toThrow('not equal')
  })

  it('has equal debits and credits, whatever is booked', () => {
    const amounts = fc.array(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), { maxLength: 20 })
    fc.assert(
      fc.property(amounts, fc.constantFrom(0, 2, 3), (exacts, decimals) => {
        const rest = -exacts.reduce((sum, exact) => sum + exact, 0n)
        const lines = journal(
          [...exacts, rest].map((exact) => ({ account: 'A', description: 'B', exact })),
          decimals,
        )
        const sum = (side: 'debit' | 'credit') => lines.reduce((total, line) => total + line[side], 0n)
        expect(sum('debit')).toBe(sum('credit'))
        expect(
          lines.every(({ debit, credit }) => debit >= 0n && credit >= 0n && (debit === 0n) !== (credit === 0n)),
        ).toBe(true)
      }),
    )
  })
})
