import { percentWords } from '../alerts/money-words.ts'
import { sumOf } from './adjust.ts'
import { multiplyFixed18HalfEven } from '../money/fixed18.ts'
import { single, type DraftLine } from './charge-line.ts'
import type { PeriodFacts } from './facts.ts'
import { partOfMonth, partWords, prorate } from './part-of-month.ts'
import { passThrough } from './pass-through.ts'
import type { ModelTerms } from './terms.ts'

/**
 * The cost and a markup on it: a fraction of each task's cost. The markup of the whole is rounded once at scale 18, and what the tasks' products
 * leave of it in that place is in the last line: the charge does not depend on how its cost is split into tasks. Where the markup of the
 * month is below its floor or above its cap, one line says what is added or taken off.
 *
 *     cost 1,000.00, markup 0.15, floor 200.00 // cost 1,000.00, markup 150.00, up to the floor 50.00
 */
export function costPlus(terms: Extract<ModelTerms, { model: 'COST_PLUS' }>, facts: PeriodFacts): DraftLine[] {
  const costs = passThrough(facts)
  const markups = costs.map((line): DraftLine => {
    const { taskId, description, exact: cost } = line
    return {
      kind: 'MARKUP',
      description: `Markup of ${percentWords(terms.markup)}: ${description}`,
      taskId,
      quantity: terms.markup,
      unit: 'of cost',
      unitPrice: cost,
      exact: multiplyFixed18HalfEven(cost, terms.markup),
    }
  })
  const last = markups.at(-1)
  if (last !== undefined) last.exact += multiplyFixed18HalfEven(sumOf(costs), terms.markup) - sumOf(markups)
  return [...costs, ...markups, ...boundary(terms, facts, markups)]
}

function boundary(
  { markupFloor, markupCap }: Extract<ModelTerms, { model: 'COST_PLUS' }>,
  facts: PeriodFacts,
  markups: readonly DraftLine[],
): DraftLine[] {
  const part = partOfMonth(facts)
  const markup = sumOf(markups)
  const floor = markupFloor === null ? null : prorate(markupFloor, part)
  const cap = markupCap === null ? null : prorate(markupCap, part)
  if (floor !== null && markup < floor) {
    const description = `Up to the least markup of a month${partWords(part)}`
    return [single({ kind: 'MARKUP', description, unit: 'month', amount: floor - markup })]
  }
  if (cap !== null && markup > cap) {
    const description = `Down to the most markup of a month${partWords(part)}`
    return [single({ kind: 'MARKUP', description, unit: 'month', amount: cap - markup })]
  }
  return []
}
