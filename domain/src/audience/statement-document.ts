import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { addDays } from '../periods/calendar-date.ts'
import { countCell, dateCell, moneyCell, textCell } from '../reports/cells.ts'
import { checkedDocument } from '../reports/check-document.ts'
import type { ReportBlock, ReportCell, ReportDocument, ReportSection } from '../reports/document.ts'
import type { ClientAgreement, ClientDaily, ClientView } from './client-view.ts'

/**
 * A month as a document: charges, quantities as the terms allow, tasks delivered, allowance used, day by day. It is made of the allow-list of law
 * L28 alone, so no number of the firm can be among it. `asOf`: the instant that the view was read at, ISO 8601 in UTC.
 */
export function statementDocument(view: ClientView, asOf: string): ReportDocument {
  const { firm, brand, client, month, to, timeZone, currency } = view
  return checkedDocument({
    kind: 'CLIENT_STATEMENT',
    title: `Statement of ${month.slice(0, 7)}`,
    issuer: firm,
    ...(brand === null ? {} : { accent: brand.light }),
    addressee: client,
    period: { from: month, to },
    ...{ timeZone, currency, asOf },
    sections: statementSections(view),
  })
}

/** `prefix` stands before headings where a document is of several months. */
export function statementSections(view: ClientView, prefix = ''): ReportSection[] {
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
  for (const [i, daily] of agreement.daily.entries()) blocks.push(...dailyBlocks(agreement, daily, i + 1))
  return blocks
}

function dailyBlocks({ from, total }: ClientAgreement, { what, values, rest }: ClientDaily, nr: number): ReportBlock[] {
  const days = values.map((_, i) => addDays(from, i))
  const [kind, cellOf] = rest === null ? (['quantity', quantityOf] as const) : (['money', amountCell] as const)
  const sum = formatFixed18(values.reduce((all, value) => all + parseFixed18(value), 0n))
  return [
    {
      kind: 'chart',
      chart: {
        ...{ id: `daily-${nr}`, title: `${what}, day by day`, form: 'bars', unit: kind },
        labels: days.map((day) => day.slice(8)),
        series: [{ name: what, values }],
      },
    },
    {
      kind: 'table',
      table: {
        id: `daily-${nr}`,
        title: `${what}, every day`,
        columns: [
          { label: 'Day', kind: 'date' },
          { label: what, kind },
        ],
        rows: [
          ...values.map((value, i) => [dateCell(days[i] ?? from), cellOf(value)]),
          ...(rest === null ? [] : [[textCell('Of the month, and of no single day'), amountCell(rest)]]),
        ],
        total: [textCell('Together'), cellOf(rest === null ? sum : total)],
      },
    },
  ]
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

function words(text: string): ReportBlock {
  return { kind: 'text', text }
}
