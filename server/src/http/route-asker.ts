import type { Action } from '@outlay/domain/audience/policy'
import type { FastifyRequest } from 'fastify'
import { authenticate, type Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import { mayDo, type Context } from '../graphql/context.ts'
import { HttpError } from './http-error.ts'

/** Who asks a route of ours, by a key or a person's cookie. Throws as authenticate does. */
export function routeAsker(
  { headers }: Pick<FastifyRequest, 'headers'>,
  deps: { keys: ApiKeyAuth; people: PersonAuth },
): Promise<Authenticated> {
  const tenant = headers['x-outlay-tenant']
  return authenticate(deps, {
    authorization: headers.authorization,
    cookie: headers.cookie,
    tenantKey: Array.isArray(tenant) ? tenant[0] : tenant,
  })
}

/** What a role may not do does not exist for it; a key is told that it lacks the scope (law L27). `what`: "Exports need". */
export function mustBeAllowed(context: Context, action: Action, what: string): void {
  if (mayDo(context, action)) return
  if (context.principal.kind === 'key')
    throw new HttpError(403, 'FORBIDDEN', `${what} another scope than this key has.`)
  throw new HttpError(404, 'NOT_FOUND', 'There is nothing here.')
}
