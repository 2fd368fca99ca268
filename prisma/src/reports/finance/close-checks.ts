import { countCell, moneyCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportBlock, ReportSection } from '@outlay/domain/reports/document'
import { readClosedChecks, readPeriodChecks, type PeriodCheck } from '../../periods/period-checks.ts'
import type { PeriodRecord } from '../../periods/period.ts'
import { readPeriods, readSnapshots } from '../../sql/read-periods.ts'
import { wholeMonthsOf, type ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

/** Months that are looked over; each reads its events once. */
const MONTHS_MAX = 3

const STATES = { OPEN: 'is open', SOFT_CLOSED: 'is closed for changes of settings', CLOSED: 'is closed' } as const
const OUTCOMES = { PASS: 'Passed', WARN: 'Needs a reason', FAIL: 'Blocks the close' } as const

/** What is looked at before a month is closed, as it stands; of a closed month, whether it still is what was closed. */
export async function closeChecks(question: ReportQuestion): Promise<ReportSection> {
  const { db, range } = question
  const months = wholeMonthsOf(range)
  const section = { id: 'close', heading: 'Closing the month' }
  if (months.length === 0)
    return { ...section, blocks: [words('The period holds no whole month, and only months are closed.')] }
  const looked = months.slice(-MONTHS_MAX)
  const blocks: ReportBlock[] = []
  for (const period of await readPeriods(db, looked)) blocks.push(...(await blocksOf(question, period)))
  if (looked.length < months.length)
    blocks.push(words(`Only the last ${MONTHS_MAX} months of the period are looked over here.`))
  return { ...section, blocks }
}

async function blocksOf(question: ReportQuestion, period: PeriodRecord): Promise<ReportBlock[]> {
  const { db, currency, timeZone, nowMs: now } = question
  const { month, state, edition } = period
  const name = month.slice(0, 7)
  const [snapshot] = (await readSnapshots(db, [month])).filter((one) => one.edition === edition)
  const checks =
    state === 'CLOSED'
      ? await readClosedChecks(db, { month, edition, currency, kept: snapshot?.content.checks ?? [] })
      : // A pack is read in seconds; comparing every cell would be most of them.
        await readPeriodChecks(db, { month, currency, timeZone, now }, { sums: 'TOTALS' })
  const closed =
    state === 'CLOSED' && snapshot !== undefined
      ? ` Edition ${edition} was closed by ${snapshot.closedBy} on ${snapshot.closedAt.slice(0, 10)}; its hash is ${snapshot.hash}.`
      : ''
  return [
    words(`${name} ${STATES[state]}.${closed}`),
    {
      kind: 'table',
      table: {
        id: `checks-${name}`,
        title: `Checklist of ${name}`,
        columns: [
          { label: 'Check', kind: 'text' },
          { label: 'Outcome', kind: 'text' },
          { label: 'Found', kind: 'text' },
          { label: 'Count', kind: 'quantity' },
          { label: 'Amount', kind: 'money' },
        ],
        rows: checks.map(rowOf),
        total: null,
      },
    },
  ]
}

function rowOf({ title, state, detail, count, amount }: PeriodCheck) {
  return [
    textCell(title),
    textCell(OUTCOMES[state]),
    textCell(detail),
    count === null ? textCell('') : countCell(count),
    amount === null ? textCell('') : moneyCell(amount),
  ]
}
