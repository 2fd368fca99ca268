import { burn } from '@outlay/domain/budgets/burn'
import { windowOf } from '@outlay/domain/budgets/window-of'
import { ratio } from '@outlay/domain/money/fixed18'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { dateCell, moneyCell, moneyOr, percentCell, textCell, unknownCell } from '@outlay/domain/reports/cells'
import type { ReportCell, ReportSection } from '@outlay/domain/reports/document'
import { expectedSpend, FORECAST_PAST_DAYS } from '../../budgets/expected-spend.ts'
import { attributedOf, NO_SUMS } from '../../sql/cell-sums.ts'
import { readBudgets, readScopeDays, readSpent } from '../../sql/read-budgets.ts'
import type { ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

/** How the budgets of clients and projects are spent, as of now: what is left, how fast it goes, and what it will be at the end. */
export async function budgetBurn(
  { db, timeZone, nowMs }: ReportQuestion,
  { clientId, projectIds }: { clientId: string | null; projectIds: ReadonlySet<string> },
): Promise<ReportSection> {
  const day = today(nowMs, timeZone)
  const isAsked = ({ scope, memberId }: { scope: string; memberId: string }) =>
    (scope === 'CLIENT' && (clientId === null || memberId === clientId)) ||
    (scope === 'PROJECT' && projectIds.has(memberId))
  const opened = (await readBudgets(db))
    .filter((row) => isAsked(row) && row.window !== 'DAY')
    .flatMap((row) => {
      const window = windowOf(row, day)
      return window === null ? [] : [{ row, window }]
    })
  const section = { id: 'budgets', heading: 'Burn against budget' }
  if (opened.length === 0) return { ...section, blocks: [words('No budget of these clients and projects runs today.')] }
  const spent = await readSpent(
    db,
    opened.map(({ row: { scope, memberId }, window }) => ({ scope, memberId, from: window.start, to: window.end })),
  )
  const days = await readScopeDays(db, {
    scopes: opened.map(({ row }) => row),
    from: addDays(day, -FORECAST_PAST_DAYS),
    to: addDays(day, 1),
  })
  const rows = opened.map(({ row, window }, i): ReportCell[] => {
    const used = attributedOf(spent[i] ?? NO_SUMS)
    const recent = days[i] ?? []
    const pace = burn({
      ...{ amount: row.amount, spent: used, recent, today: day },
      ...{ windowStart: window.start, windowEnd: window.end },
    })
    const expected = expectedSpend({ days: recent, spent: used, day, window })
    const tooShort = 'There are not yet seven days of cost to tell it from.'
    return [
      textCell(row.label),
      textCell(row.scope === 'CLIENT' ? 'Client' : 'Project'),
      moneyCell(row.amount),
      moneyCell(used),
      moneyCell(row.amount - used),
      percentCell(ratio(used, row.amount, 6), 'The budget is zero.'),
      moneyOr(pace?.perDay ?? null, 'The window has no complete day yet.'),
      window.end === null
        ? unknownCell('The budget has no end to be estimated at.')
        : moneyOr(expected?.p50 ?? null, tooShort),
      pace?.capOn == null ? unknownCell('It is not reached within the window.') : dateCell(pace.capOn),
    ]
  })
  return {
    ...section,
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'budgets',
          title: 'Budgets that run today, without shares of pools',
          columns: [
            { label: 'Of', kind: 'text' },
            { label: 'Scope', kind: 'text' },
            { label: 'Budget', kind: 'money' },
            { label: 'Spent', kind: 'money' },
            { label: 'Left', kind: 'money' },
            { label: 'Spent of it', kind: 'percent' },
            { label: 'A day', kind: 'money' },
            { label: 'Estimate at completion', kind: 'money' },
            { label: 'Gone on', kind: 'date' },
          ],
          rows,
          total: null,
        },
      },
      words('A day: the mean of the last seven complete days. Estimate: as likely to be exceeded as not.'),
    ],
  }
}
