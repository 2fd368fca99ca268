import type { Fixed18 } from '../money/fixed18.ts'
import { divideHalfEven } from '../money/half-even.ts'
import { addDays } from '../periods/calendar-date.ts'
import type { Quantity6 } from '../usage/quantity.ts'
import type { Cell } from './cells.ts'
import { groupBy } from '../group-by.ts'

/** Quantity of a cell that the ledger has on the day before or after: above zero where the provider has it on this day. */
export interface Shift {
  quantity: Quantity6
  /** At the price of the day on which the provider has it, on both days, so that the two cancel. */
  amount: Fixed18
}

/**
 * Finds quantity that crossed midnight: within one resource, meter and account, what the provider has too much of on one UTC day and too
 * little of on the next, or the other way round, as far as the two cancel. Earlier days go first, each unit of quantity at most once.
 * What crosses the edge of the compared days is not seen, and is coverage.
 */
export function shiftsOf(cells: readonly Cell[]): Map<Cell, Shift> {
  const shifts = new Map<Cell, Shift>()
  const add = (cell: Cell, quantity: Quantity6, amount: Fixed18) => {
    const known = shifts.get(cell) ?? { quantity: 0n, amount: 0n }
    shifts.set(cell, { quantity: known.quantity + quantity, amount: known.amount + amount })
  }
  for (const series of groupBy(cells.filter(isCounted), seriesKey).values()) {
    series.sort((a, b) => (a.day < b.day ? -1 : 1))
    const surplus = new Map(series.map((cell) => [cell, (cell.invoicedQuantity ?? 0n) - cell.attributedQuantity]))
    series.forEach((cell, index) => {
      const next = series[index + 1]
      if (next === undefined || next.day !== addDays(cell.day, 1)) return
      const here = surplus.get(cell) ?? 0n
      const there = surplus.get(next) ?? 0n
      if (here === 0n || there === 0n || here > 0n === there > 0n) return
      const moved = smaller(magnitude(here), magnitude(there))
      const [from, to] = here > 0n ? [cell, next] : [next, cell]
      const amount = priced(from, moved)
      surplus.set(from, (surplus.get(from) ?? 0n) - moved)
      surplus.set(to, (surplus.get(to) ?? 0n) + moved)
      add(from, moved, amount)
      add(to, -moved, -amount)
    })
  }
  return shifts
}

function isCounted({ invoicedQuantity, meter }: Cell): boolean {
  return invoicedQuantity !== null && meter !== null
}

function seriesKey({ provider, account, resource, meter }: Cell): string {
  return JSON.stringify([provider, account, resource, meter])
}

/** A quantity at the provider's price of a cell; it has more than that. */
function priced({ charged, invoicedQuantity }: Cell, quantity: Quantity6): Fixed18 {
  const amount = charged.reduce((sum, { stored }) => sum + stored, 0n)
  return divideHalfEven(amount * quantity, invoicedQuantity ?? quantity)
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
