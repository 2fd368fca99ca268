import type { ClientAgreement, ClientView } from '@outlay/domain/audience/client-view'
import { DomainError } from '@outlay/domain/errors'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { addMonths } from '@outlay/domain/periods/calendar-date'
import { countCell, dateCell, moneyCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportBlock, ReportCell, ReportDocument, ReportSection } from '@outlay/domain/reports/document'
import { readClientViewWithin } from '../audience/client-view.ts'
import type { ClientRecord } from '../sql/read-dimensions.ts'
import { wholeMonthsOf, type ReportQuestion } from './question.ts'
import { words } from './rows.ts'

/** A statement of more months would be read by nobody. */
const MONTHS_MAX = 3
/** Tasks by name; how many more there are is said. */
const TASKS_MAX = 300

/**
 * What a client is told of its work: charges, quantities as its terms allow, tasks delivered, allowance used, day by day. It is made of the
 * allow-list of law L28 alone, read under a role that knows this client only: no number of the firm can be among it. Throws DomainError
 * INVALID_DATE unless the period is one to three whole months.
 */
export async function clientStatement(question: ReportQuestion, client: ClientRecord): Promise<ReportDocument> {
  const { holder, tenantId, range, nowMs: now, timeZone, currency, asOf } = question
  const months = wholeMonthsOf(range)
  const last = months.at(-1)
  if (last === undefined || months.length > MONTHS_MAX || months[0] !== range.from || addMonths(last, 1) !== range.to) {
    throw new DomainError('INVALID_DATE', `A statement is of one to ${MONTHS_MAX} whole months.`, 'range')
  }
  const sections: ReportSection[] = []
  let firm = question.issuer
  for (const month of months) {
    const view = await readClientViewWithin(holder, { tenantId, clientId: client.id, month, now, tasksMax: TASKS_MAX })
    if (view === null) throw new DomainError('UNKNOWN_CLIENT', 'There is no such client.', 'client')
    firm = view.firm
    sections.push(...sectionsOf(view, months.length > 1 ? `${month.slice(0, 7)}: ` : ''))
  }
  return {
    kind: 'CLIENT_STATEMENT',
    title: `Statement of ${months.map((month) => month.slice(0, 7)).join(', ')}`,
    issuer: firm,
    addressee: client.name,
    period: range,
    ...{ timeZone, currency, asOf },
    sections,
  }
}

function sectionsOf(view: ClientView, prefix: string): ReportSection[] {
  const name = view.month.slice(0, 7)
  return [
    { id: `summary-${name}`, heading: `${prefix}Charges`, blocks: summary(view) },
    ...view.agreements.map((agreement, i) => ({
      id: `agreement-${name}-${i + 1}`,
      heading: `${prefix}${agreement.project ?? 'All other work'}`,
      blocks: agreementBlocks(agreement),
    })),
    { id: `tasks-${name}`, heading: `${prefix}Tasks`, blocks: taskBlocks(view) },
    { id: `days-${name}`, heading: `${prefix}Day by day`, blocks: dayBlocks(view) },
  ]
}

function summary(view: ClientView): ReportBlock[] {
  const isProvisional = view.agreements.some((agreement) => agreement.isProvisional)
  return [
    {
      kind: 'figures',
      figures: [
        {
          label: 'Charges',
          value: amountCell(view.total),
          note: view.isSoFar ? 'so far; the month is not over' : null,
        },
        { label: 'Tasks delivered', value: countCell(view.delivered), note: null },
      ],
    },
    {
      kind: 'table',
      table: {
        id: 'agreements',
        title: 'By agreement',
        columns: [
          { label: 'For', kind: 'text' },
          { label: 'How it is charged', kind: 'text' },
          { label: 'Amount', kind: 'money' },
        ],
        rows: view.agreements.map(({ project, words: how, total }) => [
          textCell(project ?? 'All other work'),
          textCell(how),
          amountCell(total),
        ]),
        total: [textCell('Together'), textCell(''), amountCell(view.total)],
      },
    },
    ...(isProvisional ? [words('Some of the work has no price yet, so the charge may grow.')] : []),
  ]
}

function agreementBlocks(agreement: ClientAgreement): ReportBlock[] {
  const { words: how, since, rates, lines, total, allowance } = agreement
  const blocks: ReportBlock[] = [words(`${how}, since ${since}.`)]
  if (allowance !== null) {
    const { unit, included, used, left } = allowance
    const figure = (label: string, quantity: string) => ({ label, value: quantityOf(quantity), note: unit })
    blocks.push({
      kind: 'figures',
      figures: [figure('Included', included), figure('Used', used), figure('Left of it', left)],
    })
  }
  if (rates.length > 0) {
    blocks.push({
      kind: 'table',
      table: {
        id: 'rates',
        title: 'What was agreed',
        columns: [
          { label: 'What', kind: 'text' },
          { label: 'Amount', kind: 'money' },
          { label: 'Quantity', kind: 'quantity' },
          { label: 'Unit', kind: 'text' },
        ],
        rows: rates.map(({ what, amount, quantity, unit }) => [
          textCell(what),
          orBlank(amount, amountCell),
          orBlank(quantity, quantityOf),
          textCell(unit ?? ''),
        ]),
        total: null,
      },
    })
  }
  blocks.push({
    kind: 'table',
    table: {
      id: 'lines',
      title: 'What is charged',
      columns: [
        { label: 'What', kind: 'text' },
        { label: 'Quantity', kind: 'quantity' },
        { label: 'Unit', kind: 'text' },
        { label: 'Price', kind: 'money' },
        { label: 'Amount', kind: 'money' },
      ],
      rows: lines.map(({ what, quantity, unit, unitPrice, amount }) => [
        textCell(what),
        orBlank(quantity, quantityOf),
        textCell(unit ?? ''),
        orBlank(unitPrice, amountCell),
        amountCell(amount),
      ]),
      total: [textCell('Together'), textCell(''), textCell(''), textCell(''), amountCell(total)],
    },
  })
  return blocks
}

function taskBlocks({ tasks, taskCount }: ClientView): ReportBlock[] {
  if (tasks.length === 0) return [words('No task was delivered or charged in the month.')]
  return [
    {
      kind: 'table',
      table: {
        id: 'tasks',
        title: 'Delivered, the latest first, and what is still being worked on',
        columns: [
          { label: 'Task', kind: 'text' },
          { label: 'Project', kind: 'text' },
          { label: 'Delivered', kind: 'date' },
          { label: 'What ran', kind: 'text' },
          { label: 'Why', kind: 'text' },
          { label: 'Charge', kind: 'money' },
        ],
        rows: tasks.map(({ title, project, deliveredOn, ran, why, charge }) => [
          textCell(title),
          textCell(project ?? ''),
          deliveredOn === null ? textCell('Not yet') : dateCell(deliveredOn),
          textCell(ran),
          textCell(why),
          orBlank(charge, amountCell),
        ]),
        total: null,
      },
    },
    ...(taskCount > tasks.length ? [words(`${taskCount - tasks.length} more tasks are not listed.`)] : []),
  ]
}

function dayBlocks({ days }: ClientView): ReportBlock[] {
  const used = (['tokens', 'invocations'] as const).filter((what) => days.some((day) => day[what] !== null))
  const names = { tokens: 'Tokens', invocations: 'Calls' }
  const labels = days.map(({ day }) => day.slice(8))
  const chart = (id: string, title: string, values: (string | null)[]): ReportBlock => ({
    kind: 'chart',
    chart: { ...{ id, title, form: 'bars', unit: 'quantity' }, labels, series: [{ name: title, values }] },
  })
  const sum = (what: 'tokens' | 'invocations') =>
    days.reduce((total, day) => total + parseFixed18(day[what] ?? '0'), 0n)
  return [
    chart(
      'delivered',
      'Tasks delivered',
      days.map(({ delivered }) => String(delivered)),
    ),
    ...used.map((what) =>
      chart(
        what,
        names[what],
        days.map((day) => day[what]),
      ),
    ),
    {
      kind: 'table',
      table: {
        id: 'days',
        title: 'Every day',
        columns: [
          { label: 'Day', kind: 'date' },
          { label: 'Tasks delivered', kind: 'quantity' },
          ...used.map((what) => ({ label: names[what], kind: 'quantity' as const })),
        ],
        rows: days.map((day) => [
          dateCell(day.day),
          countCell(day.delivered),
          ...used.map((what) => orBlank(day[what], quantityOf)),
        ]),
        total: [
          textCell('Together'),
          countCell(days.reduce((total, { delivered }) => total + delivered, 0)),
          ...used.map((what) => quantityOf(formatFixed18(sum(what)))),
        ],
      },
    },
  ]
}

function amountCell(decimal: string): ReportCell {
  return moneyCell(parseFixed18(decimal))
}

function quantityOf(decimal: string): ReportCell {
  return { kind: 'quantity', exact: decimal }
}

/** What the terms do not have, such as the price of one where the charge is a fee, has no cell: it is not unknown. */
function orBlank(decimal: string | null, cellOf: (decimal: string) => ReportCell): ReportCell {
  return decimal === null ? textCell('') : cellOf(decimal)
}
