import type { PoolClient } from 'pg'
import { DomainError, quoted } from '@outlay/domain/errors'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { checkedDocument } from '@outlay/domain/reports/check-document'
import type { ReportDocument, ReportKind } from '@outlay/domain/reports/document'
import { readByKey, type ClientRecord } from '../sql/read-dimensions.ts'
import { clientStatement } from './client-statement.ts'
import { financePack } from './finance-pack.ts'
import { projectWeekly } from './project-weekly.ts'
import { openQuestion, type ReportQuestion } from './question.ts'

/** What is asked for: `range` are local days, `client` is a key where the report is of one client. */
export interface ReportWish {
  tenantId: string
  kind: ReportKind
  range: DateRange
  client: string | null
}

/**
 * What a report says, from one snapshot: `holder` is in a repeatable-read transaction of the tenant, and is only read with. Every number
 * is what the API answers for the same question, and the rows of every table add up to its total (checkedDocument). Throws DomainError for a
 * question that cannot be answered (INVALID_DATE, UNKNOWN_CLIENT), and InvariantError for a report that would not add up.
 */
export async function buildReport(holder: PoolClient, wish: ReportWish): Promise<ReportDocument> {
  const question = await openQuestion(holder, wish)
  switch (wish.kind) {
    case 'FINANCE_PACK':
      return checkedDocument(await financePack(question))
    case 'PROJECT_WEEKLY':
      return checkedDocument(await projectWeekly(question, await clientOf(question, wish.client)))
    case 'CLIENT_STATEMENT':
      return checkedDocument(await clientStatement(question, await addressee(question, wish.client)))
    default:
      return wish.kind satisfies never
  }
}

async function clientOf({ db }: ReportQuestion, key: string | null): Promise<ClientRecord | null> {
  if (key === null) return null
  const client = await readByKey(db, 'client', key)
  if (client === null) throw new DomainError('UNKNOWN_CLIENT', `There is no client ${quoted(key)}.`, 'client')
  return client
}

async function addressee(question: ReportQuestion, key: string | null): Promise<ClientRecord> {
  const client = await clientOf(question, key)
  if (client === null) throw new DomainError('UNKNOWN_CLIENT', 'A statement is of one client; name it.', 'client')
  return client
}
