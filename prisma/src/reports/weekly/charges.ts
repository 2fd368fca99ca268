import { addDays, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { moneyCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportCell, ReportSection } from '@outlay/domain/reports/document'
import { readCharges, type EngagementCharge } from '../../billing/charges.ts'
import { totalOf } from '../../sql/cell-sums.ts'
import { readByIds } from '../../sql/read-dimensions.ts'
import type { ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

/** What the terms of clients and projects charge for the month of the last day, as far as it has come. */
export async function monthCharges(question: ReportQuestion, clientId: string | null): Promise<ReportSection> {
  const { db, range, timeZone, currency } = question
  const month = firstOfMonth(addDays(range.to, -1))
  const all = await readCharges(db, { month, projectId: null, clientId, timeZone })
  const charges = all.filter(({ engagement }) => engagement.currency === currency)
  const section = { id: 'charges', heading: `Charges of ${month.slice(0, 7)} so far` }
  if (charges.length === 0) {
    return { ...section, blocks: [words('No billing terms of these clients and projects are in force in the month.')] }
  }
  const names = await namesOf(question, charges)
  const row = (name: string, model: string, of: readonly EngagementCharge[]): ReportCell[] => {
    const charge = of.reduce((sum, one) => sum + one.charge.total, 0n)
    const cost = of.reduce((sum, one) => sum + totalOf(one.cost), 0n)
    return [textCell(name), textCell(model), moneyCell(charge), moneyCell(cost), moneyCell(charge - cost)]
  }
  return {
    ...section,
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'charges',
          title: 'By billing terms, the whole month as far as it has come',
          columns: [
            { label: 'For', kind: 'text' },
            { label: 'Terms', kind: 'text' },
            { label: 'Charge', kind: 'money' },
            { label: 'Fully loaded cost', kind: 'money' },
            { label: 'Margin', kind: 'money' },
          ],
          rows: charges.map((charge) => {
            const { clientId: client, projectId, model } = charge.engagement
            return row(names.get(projectId ?? client ?? '') ?? '', model.toLowerCase().replaceAll('_', ' '), [charge])
          }),
          total: row('Together', '', charges),
        },
      },
      ...(charges.length < all.length ? [words('Terms in another currency are not in this table.')] : []),
    ],
  }
}

async function namesOf({ db }: ReportQuestion, charges: readonly EngagementCharge[]): Promise<Map<string, string>> {
  const idsOf = (side: 'clientId' | 'projectId') => charges.flatMap(({ engagement }) => engagement[side] ?? [])
  const clients = await readByIds(db, 'client', idsOf('clientId'))
  const projects = await readByIds(db, 'project', idsOf('projectId'))
  return new Map([...clients, ...projects].map(({ id, name }) => [id, name]))
}
