import { ratio, type Fixed18 } from '../money/fixed18.ts'
import { apportion } from '../money/largest-remainder.ts'

export interface Contributor {
  /** Null: everything that is not named. */
  id: string | null
  amount: Fixed18
  /** Of the impact, four decimals; `0` when the impact is nothing. */
  share: string
}

/**
 * Who makes an impact: for each member what it cost beyond its usual part of the expected cost, the largest first (in the direction of the
 * impact; ties by id), the others in one row with the id null. The amounts sum to the impact, to the last decimal.
 *
 * `usual` may be one day or the sum of many: only its proportions count, and the expected cost is divided by them exactly (law L8).
 *
 *     // expected 50: A 40, B 10. actual: A 45, B 250, C 5
 *     contributors({ impact: 250, expected: 50, usual, actual, first: 1 }) // B 240 (0.96), the others 10 (0.04)
 */
export function contributors(input: {
  impact: Fixed18
  expected: Fixed18
  usual: ReadonlyMap<string, Fixed18>
  actual: ReadonlyMap<string, Fixed18>
  first: number
}): Contributor[] {
  const { impact } = input
  const sign = impact < 0n ? -1n : 1n
  const named = differences(input)
    .filter(({ amount }) => amount * sign > 0n)
    .sort((a, b) => (a.amount === b.amount ? (a.id < b.id ? -1 : 1) : a.amount * sign > b.amount * sign ? -1 : 1))
    .slice(0, input.first)
  const other = named.reduce((left, { amount }) => left - amount, impact)
  const rows = other === 0n ? named : [...named, { id: null, amount: other }]
  return rows.map(({ id, amount }) => ({ id, amount, share: ratio(amount, impact, 4) ?? '0' }))
}

function differences(input: {
  expected: Fixed18
  usual: ReadonlyMap<string, Fixed18>
  actual: ReadonlyMap<string, Fixed18>
}): { id: string; amount: Fixed18 }[] {
  // A member that usually costs less than nothing (a correction) has no part of what is expected.
  const weights = [...input.usual].map(([id, cost]) => ({ id, weight: cost > 0n ? cost : 0n }))
  const parts = apportion({ total: input.expected, weights }) ?? new Map<string, Fixed18>()
  const ids = new Set([...input.usual.keys(), ...input.actual.keys()])
  return [...ids].map((id) => ({ id, amount: (input.actual.get(id) ?? 0n) - (parts.get(id) ?? 0n) }))
}
