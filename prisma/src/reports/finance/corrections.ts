import { countCell, dateCell, moneyCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportBlock, ReportSection } from '@outlay/domain/reports/document'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { CorrectionCause } from '@outlay/domain/rollup/cells'
import { readPostedCorrections } from '../../sql/read-posted-corrections.ts'
import type { ReportQuestion } from '../question.ts'
import { firstOf, words } from '../rows.ts'

const ROWS_MAX = 60

const CAUSES: Record<CorrectionCause, string> = {
  LATE_EVENT: 'Late events',
  RERATING: 'Re-rating',
  CORRECTION: 'Correction',
  TASK_MOVED: 'Task that changed its client or project',
}

/** What happened afterwards to days whose month was closed: what the period received of it, and what it gave to others. */
export async function corrections({ db, range }: ReportQuestion): Promise<ReportSection> {
  const found = await readPostedCorrections(db, range)
  const received = found.filter(({ postedDay }) => isWithin(postedDay))
  const posted = found.filter(({ usageDay }) => isWithin(usageDay))
  function isWithin(day: string): boolean {
    return day >= range.from && day < range.to
  }
  const blocks: ReportBlock[] = [
    ...listed('received', 'In this period, for days of closed months', received),
    ...listed('given', 'Of days of this period, in later ones, because it was closed', posted),
  ]
  return {
    id: 'corrections',
    heading: 'Corrections of closed months',
    blocks: blocks.length > 0 ? blocks : [words('Nothing was posted from or to a closed month.')],
  }
}

function listed(id: string, title: string, found: Awaited<ReturnType<typeof readPostedCorrections>>): ReportBlock[] {
  if (found.length === 0) return []
  const { shown, rest } = firstOf(found, ROWS_MAX)
  const sum = (of: typeof found) => of.reduce((added, { cost }) => added + parseFixed18(cost), 0n)
  const calls = (of: typeof found) => of.reduce((added, { invocations }) => added + BigInt(invocations), 0n)
  const rows = shown.map(({ cause, usageDay, postedDay, cost, invocations }) => [
    textCell(CAUSES[cause]),
    dateCell(usageDay),
    dateCell(postedDay),
    countCell(BigInt(invocations)),
    moneyCell(parseFixed18(cost)),
  ])
  if (rest.length > 0) {
    const others = [...rest]
    rows.push([
      textCell(`${rest.length} others`),
      textCell(''),
      textCell(''),
      countCell(calls(others)),
      moneyCell(sum(others)),
    ])
  }
  return [
    {
      kind: 'table',
      table: {
        id,
        title,
        columns: [
          { label: 'Cause', kind: 'text' },
          { label: 'Day of use', kind: 'date' },
          { label: 'Posted on', kind: 'date' },
          { label: 'Invocations', kind: 'quantity' },
          { label: 'Amount', kind: 'money' },
        ],
        rows,
        total: [textCell('Together'), textCell(''), textCell(''), countCell(calls(found)), moneyCell(sum(found))],
      },
    },
  ]
}
