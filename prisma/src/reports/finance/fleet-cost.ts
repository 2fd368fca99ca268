import { percentWords } from '@outlay/domain/alerts/money-words'
import { changeWords } from '@outlay/domain/reports/change-words'
import { countCell, moneyCell, moneyOr, percentCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportFigure, ReportSection } from '@outlay/domain/reports/document'
import { parseFixed18, ratio } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { attributedOf, NO_SUMS, totalOf } from '../../sql/cell-sums.ts'
import { readEarningTerms } from '../../revenue/earning-terms.ts'
import { readClientRevenue, sumOfRevenue } from '../../revenue/read-revenue.ts'
import { revenueWords, totalRevenue } from '../../revenue/revenue.ts'
import { readCompletedCount } from '../../sql/read-fleet.ts'
import { readFleetFull } from '../../sql/read-fleet-full.ts'
import type { ReportQuestion } from '../question.ts'

/** What the fleet cost, of what that is made, and what came of it. */
export async function fleetCost(question: ReportQuestion): Promise<ReportSection> {
  const { db, range, before, timeZone, currency } = question
  const { sums } = await readFleetFull(db, { ranges: [range, before], timeZone })
  const [now = NO_SUMS, earlier = NO_SUMS] = sums
  const tasks = await readCompletedCount(db, range)
  const terms = await readEarningTerms(db, { range, currency, timeZone })
  const earned = sumOfRevenue(await readClientRevenue(db, { range, currency, terms }))
  const revenue = totalRevenue(earned)
  const total = totalOf(now)
  const margin = revenue === null ? null : revenue - total
  const noRevenue =
    'No terms charge for the period, and no task completed in it has a billed amount in the reporting currency.'
  const figures: ReportFigure[] = [
    {
      label: 'Fully loaded cost',
      value: moneyCell(total),
      note: `${changeWords(total, totalOf(earlier))} on the period before`,
    },
    {
      label: 'Revenue',
      value: moneyOr(revenue, noRevenue),
      note: revenueWords(earned),
    },
    {
      label: 'Margin',
      value: moneyOr(margin, noRevenue),
      note: revenue === null || margin === null ? null : marginWords(ratio(margin, revenue, 6)),
    },
    {
      label: 'Cost per completed task',
      value: moneyOr(tasks === 0 ? null : divideHalfEven(total, BigInt(tasks)), 'No task was completed in the period.'),
      note: `${tasks.toLocaleString('en-GB')} tasks completed`,
    },
    {
      label: 'Invocations',
      value: countCell(now.invocations),
      note: `${changeWords(now.invocations, earlier.invocations)} on the period before`,
    },
  ]
  const row = (label: string, amount: bigint, was: bigint) => [
    textCell(label),
    moneyCell(amount),
    moneyCell(was),
    moneyCell(amount - was),
    percentCell(ratio(amount, total, 6), 'The period cost nothing.'),
  ]
  return {
    id: 'fleet-cost',
    heading: 'Cost of the fleet',
    blocks: [
      { kind: 'figures', figures },
      {
        kind: 'table',
        table: {
          id: 'parts',
          title: 'What the cost is made of',
          columns: [
            { label: 'Part', kind: 'text' },
            { label: 'This period', kind: 'money' },
            { label: 'Period before', kind: 'money' },
            { label: 'Change', kind: 'money' },
            { label: 'Share', kind: 'percent' },
          ],
          rows: [
            row('Direct: used by one agent', now.direct, earlier.direct),
            row('Chain-shared: used for a task by several', now.shared, earlier.shared),
            row('Allocated: shares of cost pools', now.allocated, earlier.allocated),
          ],
          total: row('Fully loaded', attributedOf(now) + now.allocated, totalOf(earlier)),
        },
      },
    ],
  }
}

function marginWords(share: string | null): string | null {
  return share === null ? null : `${signedPercent(share)} of revenue`
}

function signedPercent(share: string): string {
  const value = parseFixed18(share)
  return value < 0n ? `\u2212${percentWords(-value)}` : percentWords(value)
}
