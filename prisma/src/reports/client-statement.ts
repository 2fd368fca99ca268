import type { Brand } from '@outlay/domain/audience/brand'
import { statementSections } from '@outlay/domain/audience/statement-document'
import { DomainError } from '@outlay/domain/errors'
import { addMonths } from '@outlay/domain/periods/calendar-date'
import type { ReportDocument, ReportSection } from '@outlay/domain/reports/document'
import { readClientViewWithin } from '../audience/client-view.ts'
import type { ClientRecord } from '../sql/read-dimensions.ts'
import { wholeMonthsOf, type ReportQuestion } from './question.ts'

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
  let [firm, brand]: [string, Brand | null] = [question.issuer, null]
  for (const month of months) {
    const view = await readClientViewWithin(holder, { tenantId, clientId: client.id, month, now, tasksMax: TASKS_MAX })
    if (view === null) throw new DomainError('UNKNOWN_CLIENT', 'There is no such client.', 'client')
    ;[firm, brand] = [view.firm, view.brand]
    sections.push(...statementSections(view, months.length > 1 ? `${month.slice(0, 7)}: ` : ''))
  }
  return {
    kind: 'CLIENT_STATEMENT',
    title: `Statement of ${months.map((month) => month.slice(0, 7)).join(', ')}`,
    issuer: firm,
    ...(brand === null ? {} : { accent: brand.light }),
    addressee: client.name,
    period: range,
    ...{ timeZone, currency, asOf },
    sections,
  }
}
