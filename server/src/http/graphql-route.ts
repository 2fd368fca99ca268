import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import { sharingReads, tenantSql } from '@outlay/db/sql/tenant-sql'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import { authenticate, type Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import { limitOf, type Context } from '../graphql/context.ts'
import { checkDocument } from '../graphql/document-limits.ts'
import { apiError, formatError, type ErrorReport } from '../graphql/errors.ts'
import { createLoaders } from '../graphql/loaders.ts'
import type { Services } from '../graphql/services.ts'
import type { FairGate } from './fair-gate.ts'
import { isOwnOrigin } from './own-origin.ts'

/** A document and its variables; machines also send batches of 1,000 events through it. */
const BODY_MAX = 256 * 1024
const KEY_BODY_MAX = 4 * 1024 * 1024

declare module 'fastify' {
  interface FastifyRequest {
    asker: Authenticated | null
    /** Characters of the body as it came. */
    bodyLength: number
  }
}

export interface GraphqlDeps {
  apollo: ApolloServer<Context>
  /** How many documents are answered at once, and in which turns. */
  gate: FairGate
  keys: ApiKeyAuth
  people: PersonAuth
  pool: TenantPool
  services: Services
  /** Where people find us: their pages' origin, also behind a proxy that asks us under another name. */
  publicUrl: string
  report: (report: ErrorReport) => void
}

/** `POST /graphql`. Who asks is settled and the document measured before the executor sees it. */
export function registerGraphql(app: FastifyInstance, deps: GraphqlDeps): void {
  void app.register((routes, _options, done) => {
    routes.decorateRequest('asker', null)
    routes.decorateRequest('bodyLength', 0)
    const parseJson = routes.getDefaultJsonParser('error', 'error')
    routes.removeAllContentTypeParsers()
    routes.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, parsed) => {
      request.bodyLength = body.length
      return parseJson(request, body, parsed)
    })
    const answer = fastifyApolloHandler<Context>(deps.apollo, {
      context: (request) => Promise.resolve(askedContext(request, deps)),
    })
    routes.route({
      method: 'POST',
      url: '/graphql',
      bodyLimit: KEY_BODY_MAX,
      preHandler: (request, reply) => admit(request, reply, deps),
      handler(request, reply) {
        return deps.gate.through(askerOf(request).tenant.id, () => Promise.resolve(answer.call(this, request, reply)))
      },
    })
    routes.route({
      method: ['GET', 'PUT', 'DELETE', 'PATCH'],
      url: '/graphql',
      handler: (request, reply) =>
        reply
          .code(405)
          .header('allow', 'POST')
          .send({
            error: {
              code: 'METHOD_NOT_ALLOWED',
              message: 'Send GraphQL as POST with Content-Type application/json.',
              requestId: request.id,
            },
          }),
    })
    done()
  })
}

async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: GraphqlDeps,
): Promise<FastifyReply | undefined> {
  try {
    refuseForeignOrigin(request, deps.publicUrl)
    request.asker = await authenticate(deps, {
      authorization: request.headers.authorization,
      cookie: request.headers.cookie,
      tenantKey: headerText(request.headers['x-outlay-tenant']),
    })
    if (request.asker.principal.kind === 'user' && request.bodyLength > BODY_MAX) {
      return await refuse(
        reply,
        413,
        apiError('BAD_USER_INPUT', `The body is larger than ${BODY_MAX / 1024} KB.`),
        deps,
      )
    }
    checkDocument(documentOf(request.body))
    return undefined
  } catch (error) {
    const code = error instanceof GraphQLError ? error.extensions['code'] : undefined
    if (error instanceof GraphQLError)
      return refuse(reply, code === 'UNAUTHENTICATED' ? 401 : code === 'FORBIDDEN' ? 403 : 400, error, deps)
    throw error
  }
}

/** SameSite keeps the cookie from other sites; this keeps other sites out even where a browser forgets it. */
function refuseForeignOrigin({ headers }: FastifyRequest, publicUrl: string): void {
  if (headers.authorization === undefined && !isOwnOrigin(headers, publicUrl))
    throw apiError('FORBIDDEN', 'Requests from another site are not answered.')
}

function headerText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function documentOf(body: unknown): string {
  if (
    typeof body === 'object' &&
    body !== null &&
    !Array.isArray(body) &&
    'query' in body &&
    typeof body.query === 'string'
  )
    return body.query
  throw new GraphQLError('Send one operation as {"query": "…", "variables": {…}}.', {
    extensions: { code: 'BAD_REQUEST' },
  })
}

function refuse(reply: FastifyReply, status: number, error: GraphQLError, deps: GraphqlDeps): FastifyReply {
  const { message, extensions } = error
  const answer = formatError({ message, extensions }, error, reply.request.id, deps.report)
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ errors: [answer] })
}

function askedContext(request: FastifyRequest, deps: GraphqlDeps): Context {
  return contextOf(askerOf(request), { ...deps, requestId: request.id })
}

function askerOf({ asker }: FastifyRequest): Authenticated {
  if (asker === null) throw apiError('UNAUTHENTICATED', 'Sign in first.')
  return asker
}

/** What the resolvers and services of one request work with. */
export function contextOf(
  asker: Authenticated,
  { pool, services, requestId }: Pick<GraphqlDeps, 'pool' | 'services'> & { requestId: string },
): Context {
  const db = sharingReads(tenantSql(pool, asker.tenant.id, limitOf(asker)))
  return { requestId, ...asker, db, loaders: createLoaders(db), services, now: Date.now() }
}
