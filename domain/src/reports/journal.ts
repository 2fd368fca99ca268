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
 * Debits and credits as a ledger takes them, in whole minor units, debits = credits. Entries must sum to zero exactly; they are rounded
 * together and once, by largest remainder, so that no line is further than one unit from its exact amount and both sides stay equal.
 *
 *     journal([{ exact: 0.335 }, { exact: 0.335 }, { exact: -0.67 }], 2) // debit 0.34, debit 0.33, credit 0.67
 */
export function journal(entries: readonly JournalEntry[], decimals: number): JournalLine[] {
  const sum = entries.reduce((total, { exact }) => total + exact, 0n)
  invariant(sum === 0n, 'journal: debits and credits are not equal')
  return roundLines(entries, decimals)
    .filter(({ amount }) => amount !== 0n)
    .map(({ account, description, amount }) => ({
      account,
      description,
      debit: amount > 0n ? amount : 0n,
      credit: amount < 0n ? -amount : 0n,
    }))
}
