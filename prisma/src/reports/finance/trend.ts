import { countCell, moneyCell, textCell, unknownCell } from '@outlay/domain/reports/cells'
import type { ReportSection } from '@outlay/domain/reports/document'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { addDays, addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { localDay } from '@outlay/domain/periods/local-day'
import { addSums, NO_SUMS, totalOf } from '../../sql/cell-sums.ts'
import { readFleetFull } from '../../sql/read-fleet-full.ts'
import { readFirstMonth } from '../../sql/read-periods.ts'
import type { ReportQuestion } from '../question.ts'

/** A year and the same month of the year before. */
const MONTHS = 13

/** The cost of the fleet month by month: thirteen of them, the last one that of the period's last day. */
export async function trend({ db, range, timeZone, nowMs }: ReportQuestion): Promise<ReportSection> {
  const last = firstOfMonth(addDays(range.to, -1))
  const months = Array.from({ length: MONTHS }, (_, i) => addMonths(last, i - MONTHS + 1))
  const ranges = months.map((from) => ({ from, to: addMonths(from, 1) }))
  const { sums } = await readFleetFull(db, { ranges, timeZone })
  const first = await readFirstMonth(db)
  const isKnown = (month: string) => first !== null && month >= first
  const of = (i: number) => sums[i] ?? NO_SUMS
  const known = months.flatMap((month, i) => (isKnown(month) ? [of(i)] : []))
  const whole = known.reduce(addSums, NO_SUMS)
  const nothing = unknownCell('Nothing was recorded yet.')
  const isRunning = localDay(nowMs, timeZone) < addMonths(last, 1)
  return {
    id: 'trend',
    heading: 'Thirteen months',
    blocks: [
      {
        kind: 'chart',
        chart: {
          id: 'months',
          title: `Fully loaded cost by month${isRunning ? '; the last month is not over' : ''}`,
          form: 'bars',
          labels: months.map((month) => month.slice(0, 7)),
          series: (['direct', 'shared', 'allocated'] as const).map((part) => ({
            name: { direct: 'Direct', shared: 'Chain-shared', allocated: 'Allocated' }[part],
            values: months.map((month, i) => (isKnown(month) ? formatFixed18(of(i)[part]) : null)),
          })),
          unit: 'money',
        },
      },
      {
        kind: 'table',
        table: {
          id: 'months',
          title: 'Cost by month',
          columns: [
            { label: 'Month', kind: 'text' },
            { label: 'Direct', kind: 'money' },
            { label: 'Chain-shared', kind: 'money' },
            { label: 'Allocated', kind: 'money' },
            { label: 'Fully loaded', kind: 'money' },
            { label: 'Invocations', kind: 'quantity' },
          ],
          rows: months.map((month, i) => [
            textCell(month.slice(0, 7)),
            ...(isKnown(month) ? cells(of(i)) : [nothing, nothing, nothing, nothing, nothing]),
          ]),
          total: [textCell('Together'), ...cells(whole)],
        },
      },
    ],
  }
}

function cells(sums: typeof NO_SUMS) {
  const { direct, shared, allocated, invocations } = sums
  return [moneyCell(direct), moneyCell(shared), moneyCell(allocated), moneyCell(totalOf(sums)), countCell(invocations)]
}
