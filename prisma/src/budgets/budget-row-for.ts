import { windowOf, type WindowDays } from '@outlay/domain/budgets/window-of'
import { addDays, type DateRange } from '@outlay/domain/periods/calendar-date'
import type { BudgetRow } from './budget-row.ts'

const ORDER: readonly BudgetRow['window'][] = ['MONTH', 'CUSTOM', 'TOTAL', 'DAY']

/**
 * The budget that a page or a report about a scope and a period shows: of the month it lies in, else the CUSTOM or TOTAL one that has all
 * of it; with its window. Null when there is none.
 */
export function budgetRowFor(
  budgets: readonly BudgetRow[],
  { scope, memberId, range }: { scope: BudgetRow['scope']; memberId: string; range: DateRange },
): { row: BudgetRow; window: WindowDays } | null {
  const last = addDays(range.to, -1)
  const fits = budgets
    .filter((row) => row.scope === scope && row.memberId === memberId && row.window !== 'DAY')
    .flatMap((row) => {
      const [first, end] = [windowOf(row, range.from), windowOf(row, last)]
      return first !== null && end !== null && first.start === end.start ? [{ row, window: first }] : []
    })
  const [best = null] = fits.sort((x, y) => ORDER.indexOf(x.row.window) - ORDER.indexOf(y.row.window))
  return best
}
