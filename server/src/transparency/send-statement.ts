import { clientStatement } from '@outlay/domain/audience/client-statement'
import type { ClientView } from '@outlay/domain/audience/client-view'
import type { FastifyReply } from 'fastify'
import { PRIVATE_HEADERS } from './page-answers.ts'

/** The forms of a statement, by what its address ends in. */
export type StatementForm = 'csv' | 'pdf'

/** A month as a CSV file. */
export function sendStatement(reply: FastifyReply, view: ClientView): FastifyReply {
  return fileOf(reply, view, 'csv').send(clientStatement(view))
}

/** A month as a PDF, which was printed of the same view. */
export function sendPrinted(reply: FastifyReply, view: ClientView, pdf: Uint8Array): FastifyReply {
  return fileOf(reply, view, 'pdf').send(Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength))
}

const TYPES: Readonly<Record<StatementForm, string>> = { csv: 'text/csv; charset=utf-8', pdf: 'application/pdf' }

function fileOf(reply: FastifyReply, { month }: ClientView, form: StatementForm): FastifyReply {
  return reply.headers({
    ...PRIVATE_HEADERS,
    'content-type': TYPES[form],
    'content-disposition': `attachment; filename="statement-${month.slice(0, 7)}.${form}"`,
  })
}
