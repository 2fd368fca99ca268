import { dateCell, moneyOr, textCell } from '@outlay/domain/reports/cells'
import type { ReportSection } from '@outlay/domain/reports/document'
import { countAlerts, readAlerts, type AlertFilter } from '../../sql/read-alerts.ts'
import type { ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

const ROWS_MAX = 100

const STATES = { OPEN: 'Open', ACKNOWLEDGED: 'Looked at', RESOLVED: 'Resolved', DISMISSED: 'Dismissed' } as const

/** Every alert whose days touch the period, the one with the largest impact first, without those that another one explains. */
export async function anomalies({ db, range }: ReportQuestion): Promise<ReportSection> {
  const filter: AlertFilter = {
    ...{ states: [], kinds: [], scope: null, memberId: null, withSuppressed: false },
    ...range,
  }
  const found = await readAlerts(db, { filter, order: 'IMPACT', after: null, limit: ROWS_MAX })
  const section = { id: 'anomalies', heading: 'Anomalies and limits' }
  if (found.length === 0) return { ...section, blocks: [words('No alert was raised for a day of the period.')] }
  const count = await countAlerts(db, filter)
  return {
    ...section,
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'alerts',
          title: 'What was found, the largest impact first',
          columns: [
            { label: 'First day', kind: 'date' },
            { label: 'What', kind: 'text' },
            { label: 'Why', kind: 'text' },
            { label: 'Expected', kind: 'money' },
            { label: 'Actual', kind: 'money' },
            { label: 'Impact', kind: 'money' },
            { label: 'State', kind: 'text' },
          ],
          rows: found.map(({ firstDay, title, reason, expected, actual, impact, state }) => [
            dateCell(firstDay),
            textCell(title),
            textCell(reason),
            moneyOr(expected, 'It is not told by an amount.'),
            moneyOr(actual, 'It is not told by an amount.'),
            moneyOr(impact, 'It is not told by an amount.'),
            textCell(STATES[state]),
          ]),
          total: null,
        },
      },
      ...(count > found.length ? [words(`${count - found.length} alerts with less impact are not listed.`)] : []),
    ],
  }
}
