import { csvLine, CSV_START, type TableCell } from '../export/csv-line.ts'
import type { ClientView } from './client-view.ts'

const HEAD = ['section', 'agreement', 'what', 'day', 'quantity', 'unit', 'unit_price', 'amount', 'currency', 'note']

/**
 * A month as a CSV statement: a line for each charge, their total, and the tasks with what each was charged. It is made of the view, so it
 * says what the page says.
 */
export function clientStatement(view: ClientView): string {
  const { currency } = view
  const number = (text: string | null): TableCell => (text === null ? null : { number: text })
  const rows: TableCell[][] = [
    ...view.agreements.flatMap(({ project, lines }) =>
      lines.map((line) => [
        ...['charge', project ?? 'All other work', line.what, view.month],
        ...[number(line.quantity), line.unit, number(line.unitPrice), number(line.amount), currency, null],
      ]),
    ),
    ['total', null, `${view.firm} to ${view.client}`, view.month, null, null, null, number(view.total), currency, null],
    ...view.tasks.map((task) => [
      ...['task', task.project, task.title, task.deliveredOn, null, null, null],
      ...[number(task.charge), task.charge === null ? null : currency, `${task.ran} ${task.why}`],
    ]),
  ]
  return CSV_START + [HEAD, ...rows].map(csvLine).join('')
}
