import { moneyWords } from '@outlay/domain/alerts/money-words'
import { formatFixed18, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { addMonths } from '@outlay/domain/periods/calendar-date'
import { budgetBridge, type BudgetBridge, type ForeignCost } from '@outlay/domain/reports/budget-bridge'
import { moneyCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportBlock, ReportSection } from '@outlay/domain/reports/document'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { budgetRowFor } from '../../budgets/budget-row-for.ts'
import { attributedOf, type CellSums } from '../../sql/cell-sums.ts'
import { readBudgets } from '../../sql/read-budgets.ts'
import { readCostChange } from '../../sql/read-cost-change.ts'
import { readForeignCost } from '../../sql/read-foreign-cost.ts'
import { readFxRates } from '../../sql/read-fx-rates.ts'
import type { ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

/** Months before the period whose usage says what is usual. */
const USUAL_MONTHS = 3

/** From the budget of the fleet to what was spent: volume, price, mix and FX, adding up to the last decimal. */
export async function variance(question: ReportQuestion): Promise<ReportSection> {
  return { id: 'budget-variance', heading: 'Budget and what was spent', blocks: await blocksOf(question) }
}

async function blocksOf(question: ReportQuestion): Promise<ReportBlock[]> {
  const { db, range, timeZone, currency } = question
  const found = budgetRowFor(await readBudgets(db), { scope: 'FLEET', memberId: NIL_UUID, range })
  if (found === null || found.window.start !== range.from || found.window.end !== range.to) {
    return [words('The fleet has no budget for exactly these days, so there is nothing to compare with.')]
  }
  const usualDays = { from: addMonths(range.from, -USUAL_MONTHS), to: range.from }
  const resources = await readCostChange(db, {
    ...{ scope: 'FLEET', memberId: NIL_UUID, dimension: 'RESOURCE', range, before: usualDays, timeZone },
  })
  const uses = (period: 'now' | 'before') => resources.map((one) => ({ resourceId: one.id, ...measured(one[period]) }))
  const bridge = budgetBridge({
    budget: found.row.amount,
    usual: uses('before'),
    actual: uses('now'),
    foreign: await readForeign(question, usualDays),
  })
  if (bridge === null) {
    const spent = resources.reduce((sum, { now }) => sum + attributedOf(now), 0n)
    return [
      words(
        `The budget is ${moneyWords(found.row.amount, currency)} and ${moneyWords(spent, currency)} were spent. The ${USUAL_MONTHS} months before have no usage that would tell volume from price.`,
      ),
    ]
  }
  return bridgeBlocks(bridge, currency)
}

/** Usage on the basis of budgets: without shares of pools. */
function measured(sums: CellSums) {
  const { invocations: calls, tokens, unpriced, unconverted } = sums
  return { calls, tokens, unknown: unpriced + unconverted, cost: attributedOf(sums) }
}

async function readForeign(
  { db, start, end, currency }: ReportQuestion,
  usualDays: { from: string; to: string },
): Promise<ForeignCost[]> {
  const costs = await readForeignCost(db, { start, end, currency })
  if (costs.length === 0) return []
  const rates = await readFxRates(db, { ...usualDays, base: null, quote: currency })
  return costs.map((cost) => ({ ...cost, usualRate: mean(rates.filter(({ base }) => base === cost.currency)) }))
}

function mean(rates: readonly { rate: string }[]): Fixed18 | null {
  if (rates.length === 0) return null
  return divideHalfEven(
    rates.reduce((sum, { rate }) => sum + parseFixed18(rate), 0n),
    BigInt(rates.length),
  )
}

function bridgeBlocks(bridge: BudgetBridge, currency: string): ReportBlock[] {
  const { budget, actual, withoutUsualRate } = bridge
  const steps: [name: string, amount: Fixed18, meaning: string][] = [
    ['Volume', bridge.volume, 'More or fewer calls than the budget pays at the usual cost of a call'],
    ['Tokens per call', bridge.tokensPerCall, 'Longer or shorter calls'],
    ['Price', bridge.price, 'Other prices, in the currency they are asked in'],
    ['Mix', bridge.mix, 'Calls moved between resources, new ones, those that fell away'],
    ['FX', bridge.fx, 'The same prices at other exchange rates than in the months before'],
  ]
  const gap = actual - budget
  const [largest] = steps.toSorted(([, x], [, y]) => compareMagnitude(y, x))
  const blocks: ReportBlock[] = [
    words(
      gap === 0n || largest === undefined
        ? 'What was spent is what was budgeted.'
        : `${moneyWords(magnitude(gap), currency)} ${gap > 0n ? 'more' : 'less'} than budgeted was spent; the largest step is ${largest[0].toLowerCase()}, ${moneyWords(magnitude(largest[1]), currency)} ${largest[1] > 0n ? 'more' : 'less'}.`,
    ),
    {
      kind: 'chart',
      chart: {
        id: 'bridge',
        title: 'From the budget to what was spent',
        form: 'bridge',
        labels: ['Budget', ...steps.map(([name]) => name), 'Actual'],
        series: [
          {
            name: 'Amount',
            values: [budget, ...steps.map(([, amount]) => amount), actual].map((a) => formatFixed18(a)),
          },
        ],
        unit: 'money',
      },
    },
    {
      kind: 'table',
      table: {
        id: 'bridge',
        title: 'Steps from the budget to what was spent, without shares of pools',
        columns: [
          { label: 'Step', kind: 'text' },
          { label: 'Amount', kind: 'money' },
          { label: 'What it is', kind: 'text' },
        ],
        rows: [
          [textCell('Budget'), moneyCell(budget), textCell('Of the fleet for these days')],
          ...steps.map(([name, amount, meaning]) => [textCell(name), moneyCell(amount), textCell(meaning)]),
        ],
        total: [textCell('Actual'), moneyCell(actual), textCell('Direct and chain-shared')],
      },
    },
    words(
      `A budget states no volume: the calls it pays are counted at what a call cost in the ${USUAL_MONTHS} months before. FX compares with the mean of their published rates.`,
    ),
  ]
  if (withoutUsualRate.length > 0) {
    blocks.push(
      words(
        `No rate of ${withoutUsualRate.join(', ')} is published for those months, so what of it is FX stands under price.`,
      ),
    )
  }
  return blocks
}

function compareMagnitude(x: Fixed18, y: Fixed18): number {
  const [a, b] = [magnitude(x), magnitude(y)]
  return a === b ? 0 : a > b ? 1 : -1
}

function magnitude(amount: Fixed18): Fixed18 {
  return amount < 0n ? -amount : amount
}
