import type { FastifyInstance } from 'fastify'
import { authenticate, type Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import { httpErrorOf } from '../exports/http-error-of.ts'
import { mayDo, type Context } from '../graphql/context.ts'
import { HttpError } from '../http/http-error.ts'
import { ownView } from '../modules/transparency/client-view.service.ts'
import { sendStatement } from './send-statement.ts'

interface OwnStatementDeps {
  keys: ApiKeyAuth
  people: PersonAuth
  contextOf: (asker: Authenticated, requestId: string) => Context
}

/** `GET /v1/client-statement.csv?month=2026-10`: a month of their own work, for a login of a client. */
export function registerOwnStatement(app: FastifyInstance, deps: OwnStatementDeps): void {
  app.get<{ Querystring: { month?: string } }>('/v1/client-statement.csv', async (request, reply) => {
    try {
      const { authorization, cookie } = request.headers
      const context = deps.contextOf(
        await authenticate(deps, { authorization, cookie, tenantKey: undefined }),
        request.id,
      )
      if (!mayDo(context, 'client.own')) throw new HttpError(404, 'NOT_FOUND', 'There is nothing here.')
      return sendStatement(reply, await ownView(context, `${request.query.month ?? ''}-01`))
    } catch (error) {
      throw httpErrorOf(error)
    }
  })
}
