import { clientStatement } from '@outlay/domain/audience/client-statement'
import type { ClientView } from '@outlay/domain/audience/client-view'
import type { FastifyReply } from 'fastify'
import { PRIVATE_HEADERS } from './page-answers.ts'

/** A month as a CSV file. */
export function sendStatement(reply: FastifyReply, view: ClientView): FastifyReply {
  return reply
    .headers({
      ...PRIVATE_HEADERS,
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="statement-${view.month.slice(0, 7)}.csv"`,
    })
    .send(clientStatement(view))
}
