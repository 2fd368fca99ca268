import type { SumFacts } from '../../../components/cost/sum-panel.tsx'
import type { SpendCostFragment, SpendInnerQuery, SpendQuery } from '../../../generated/graphql.ts'
import { costOn, type Basis } from '../../../lib/basis.ts'
import { sumOf } from '../../../lib/format.ts'
import { foldRows, tagsOfRow, type SpendRow, type SpendView } from '../../../lib/spend.ts'
import { sumLinks, tagsOfSum, type SumOf, type SumQuestion } from '../../../lib/sum.ts'

interface SpendShown {
  data: SpendQuery
  inner: SpendInnerQuery | null
  view: SpendView
  basis: Basis
  /** What all that the reader sees is called. */
  whole: string
}

/** What the table shows of an amount: of a row, of one under it, or of the whole selection; null for anything else. */
export function spendSumFacts(
  { data, inner, view, basis, whole: all }: SpendShown,
  question: SumQuestion,
): SumFacts | null {
  const asked = sumLinks('', {})(question.what, tagsOfSum(question))
  const isAsked = (rows: readonly SpendRow[]): boolean => {
    const tags = tagsOfRow(view, rows)
    return tags !== null && sumLinks('', {})(question.what, tags) === asked
  }
  const whole = view.kept.size === 0 ? all : 'this selection'
  if (isAsked([])) return { name: whole, figure: figureOf(question.what, data.spend.total, basis) }
  for (const row of foldRows(view, data.spend, inner?.spend ?? null)) {
    if (isAsked([row])) return { name: row.label, figure: figureOf(question.what, row.cost, basis) }
    const child = row.children.find((one) => isAsked([row, one]))
    if (child !== undefined)
      return { name: `${row.label}, ${child.label}`, figure: figureOf(question.what, child.cost, basis) }
  }
  return null
}

function figureOf(what: SumOf, cost: SpendCostFragment, basis: Basis) {
  const figures = {
    direct: cost.direct,
    shared: cost.chainShared,
    allocated: cost.allocated,
    attributed: { ...cost.direct, amount: sumOf([cost.direct.amount, cost.chainShared.amount]) },
    onBasis: costOn(basis, cost),
  }
  return what in figures ? figures[what as keyof typeof figures] : null
}
