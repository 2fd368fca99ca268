import type { FastifyInstance, FastifyRequest } from 'fastify'
import { authenticate, type Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import { httpErrorOf } from '../exports/http-error-of.ts'
import { mayDo, type Context } from '../graphql/context.ts'
import { HttpError } from '../http/http-error.ts'
import { ownView } from '../modules/transparency/client-view.service.ts'
import { Attempts } from './attempts.ts'
import { PRINTED_TASKS_MAX } from './client-pages.ts'
import { answerTooMany } from './page-answers.ts'
import { sendPrinted, sendStatement } from './send-statement.ts'
import type { StatementPrinter } from './statement-printer.ts'

interface OwnStatementDeps {
  keys: ApiKeyAuth
  people: PersonAuth
  printer: StatementPrinter
  contextOf: (asker: Authenticated, requestId: string) => Context
}

/** Seconds after which whoever met a queue of others asks again. */
const PRINT_WAIT = 20

type Asked = FastifyRequest<{ Querystring: { month?: string } }>

/** `GET /v1/client-statement.csv?month=2026-10`, or `.pdf`: a month of their own work, for a login of a client. */
export function registerOwnStatement(app: FastifyInstance, deps: OwnStatementDeps): void {
  const prints = new Attempts({ max: 3 })
  const asker = async ({ headers, id }: Asked) => {
    const { authorization, cookie } = headers
    const context = deps.contextOf(await authenticate(deps, { authorization, cookie, tenantKey: undefined }), id)
    const { principal } = context
    if (!mayDo(context, 'client.own') || principal.kind !== 'user') {
      throw new HttpError(404, 'NOT_FOUND', 'There is nothing here.')
    }
    return { context, userId: principal.userId }
  }
  const monthOf = ({ query }: Asked) => `${query.month ?? ''}-01`
  app.get('/v1/client-statement.csv', async (request: Asked, reply) => {
    try {
      const { context } = await asker(request)
      return sendStatement(reply, await ownView(context, monthOf(request)))
    } catch (error) {
      throw httpErrorOf(error)
    }
  })
  app.get('/v1/client-statement.pdf', async (request: Asked, reply) => {
    try {
      const { context, userId } = await asker(request)
      const wait = prints.tooMany(userId)
      if (wait !== null) return answerTooMany(reply, wait)
      const view = await ownView(context, monthOf(request), PRINTED_TASKS_MAX)
      const pdf = await deps.printer.print(view, context.now)
      return pdf === null ? answerTooMany(reply, PRINT_WAIT) : sendPrinted(reply, view, pdf)
    } catch (error) {
      throw httpErrorOf(error)
    }
  })
}
