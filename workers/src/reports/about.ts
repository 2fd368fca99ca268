import type { AboutRow } from '@outlay/domain/export/table'
import { addDays } from '@outlay/domain/periods/calendar-date'
import type { ReportDocument } from '@outlay/domain/reports/document'
import type { EditionMark } from './render.ts'

/** What a file says of itself, for whoever opens it later. */
export function aboutRows(document: ReportDocument, { editionId, hash }: EditionMark): AboutRow[] {
  const { title, issuer, addressee, period, timeZone, currency, asOf } = document
  return [
    ['Report', title],
    ['By', issuer],
    ...(addressee === null ? [] : [['For', addressee] as const]),
    ['First day', period.from],
    ['Last day', addDays(period.to, -1)],
    ['Time zone of days', timeZone],
    ['Currency', currency],
    ['As of, UTC', asOf],
    ['Edition', editionId],
    ['SHA-256 of its content', hash],
  ]
}
