import { roundLines } from '../billing/round-lines.ts'
import { invariant } from '../errors.ts'
import type { Fixed18 } from '../money/fixed18.ts'

/** A line before it is rounded: what is above zero is a debit, below zero a credit. */
export interface JournalEntry {
  account: string
  description: string
  exact: Fixed18
}

/** A line of a journal, in whole minor units: one of the two is zero. */
export interface JournalLine {
  account: string
  description: string
  debit: Fixed18
  credit: Fixed18
}

/**
 * Debits and credits as a ledger takes them, in whole minor units, debits = credits. Entries must sum to zero exactly, so both sides have one
 * total; it is rounded once, half-even, and each side's lines to it by largest remainder: no line is further than one unit from its exact
 * amount.
 *
 *     journal([{ exact: 0.335 }, { exact: 0.335 }, { exact: -0.67 }], 2) // debit 0.34, debit 0.33, credit 0.67
 */
export function journal(entries: readonly JournalEntry[], decimals: number): JournalLine[] {
  const sum = entries.reduce((total, { exact }) => total + exact, 0n)
  invariant(sum === 0n, 'journal: debits and credits are not equal')
  const debits = roundLines(
    entries.filter(({ exact }) => exact > 0n),
    decimals,
  )
  const credits = roundLines(
    entries.filter(({ exact }) => exact < 0n).map((entry) => ({ ...entry, exact: -entry.exact })),
    decimals,
  )
  return [
    ...debits.map(({ account, description, amount }) => ({ account, description, debit: amount, credit: 0n })),
    ...credits.map(({ account, description, amount }) => ({ account, description, debit: 0n, credit: amount })),
  ].filter(({ debit, credit }) => debit + credit !== 0n)
}
