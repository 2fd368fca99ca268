import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server as HttpServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Events, Subscription } from '@outlay/workers/events'
import { getOperationAST, GraphQLError, parse, validate, type ExecutionArgs } from 'graphql'
import { CloseCode } from 'graphql-ws'
import { useServer, type Extra } from 'graphql-ws/use/ws'
import { WebSocketServer, type WebSocket } from 'ws'
import { authenticate, type Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import type { Context } from '../graphql/context.ts'
import { checkDocument, LIMITS } from '../graphql/document-limits.ts'
import { apiError, formatError, type ErrorReport } from '../graphql/errors.ts'
import { createLoaders } from '../graphql/loaders.ts'
import { checkCost } from '../graphql/query-cost.ts'
import { schema } from '../graphql/schema.ts'
import type { Services } from '../graphql/services.ts'

const PATH = '/graphql'
const PROTOCOL = 'graphql-transport-ws'
const PAYLOAD_MAX = 64 * 1024
const SUBSCRIPTIONS_MAX = 20
const SOCKETS_MAX = 10
/** A connection that says nothing of who it is is closed after this long. */
const INIT_MS_MAX = 5_000
/** A peer that does not answer a ping within this time is gone. */
const HEARTBEAT_MS = 15_000
/** Who may no longer read is cut off within five seconds: what we believe of keys and sessions is at most four seconds old. */
const CHECK_MS = 900
const GOING_AWAY = 1001

export interface SubscriptionDeps {
  keys: ApiKeyAuth
  people: PersonAuth
  pool: TenantPool
  services: Services
  events: Pick<Events, 'subscribe'>
  publicUrl: string
  report: (report: ErrorReport) => void
}

/** What a socket was opened with, and who it belongs to once it has said so. */
interface Peer extends Record<PropertyKey, unknown> {
  authorization?: string | undefined
  asker?: Authenticated
  watch?: NodeJS.Timeout
}

export interface SubscriptionServer {
  /** Tells everybody that we go away, and ends what is still open. */
  close: () => Promise<void>
}

/**
 * Subscriptions over WebSocket at /graphql (protocol graphql-transport-ws). Who asks is settled before the first subscription, by the API key
 * of the connection's parameters or the session cookie, and again while it lasts: a revoked key, an ended session or a lost membership ends
 * the socket. Documents are held to the same limits as those over HTTP.
 */
export function serveSubscriptions(server: HttpServer, deps: SubscriptionDeps): SubscriptionServer {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: PAYLOAD_MAX,
    handleProtocols: (protocols) => (protocols.has(PROTOCOL) ? PROTOCOL : false),
  })
  const open = new Map<string, number>()
  const running = new WeakMap<WebSocket, Set<string>>()

  const disposable = useServer<Record<string, unknown> | undefined, Peer>(
    {
      schema,
      connectionInitWaitTimeout: INIT_MS_MAX,
      onConnect: async (ctx) => {
        const { extra, connectionParams } = ctx
        const given = connectionParams?.['authorization']
        extra.authorization = typeof given === 'string' ? given : undefined
        const asker = await admit(extra, deps)
        if (asker === null) return false
        const name = principalName(asker)
        if ((open.get(name) ?? 0) >= SOCKETS_MAX) return false
        open.set(name, (open.get(name) ?? 0) + 1)
        extra.asker = asker
        extra.watch = setInterval(() => void keepAdmitted(extra, deps), CHECK_MS)
        return true
      },
      onDisconnect: ({ extra }) => {
        clearInterval(extra.watch)
        if (extra.asker === undefined) return
        const name = principalName(extra.asker)
        const left = (open.get(name) ?? 1) - 1
        if (left === 0) open.delete(name)
        else open.set(name, left)
      },
      onSubscribe: ({ extra }, id, { query, variables, operationName }) => {
        const asked = running.get(extra.socket) ?? new Set<string>()
        running.set(extra.socket, asked)
        try {
          if (asked.size >= SUBSCRIPTIONS_MAX)
            throw apiError('QUERY_TOO_COMPLEX', `A socket has at most ${SUBSCRIPTIONS_MAX} subscriptions.`)
          const args = prepare({ query, variables: variables ?? {}, operationName: operationName ?? null })
          asked.add(id)
          return { ...args, contextValue: contextOf(extra, deps) }
        } catch (error) {
          if (error instanceof GraphQLError) return [error]
          throw error
        }
      },
      onComplete: ({ extra }, id) => void running.get(extra.socket)?.delete(id),
      onError: (_ctx, id, _payload, errors) => errors.map((error) => formatted(error, id, deps)),
      onNext: (_ctx, id, _payload, _args, result) =>
        result.errors === undefined
          ? undefined
          : { ...result, errors: result.errors.map((error) => formatted(error, id, deps)) },
    },
    sockets,
    HEARTBEAT_MS,
  )

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (request.url?.split('?')[0] !== PATH) return
    if (!isOwnOrigin(request, deps.publicUrl)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request))
  }
  server.on('upgrade', onUpgrade)
  return {
    close: async () => {
      server.off('upgrade', onUpgrade)
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'The server stops; connect again.')
      const ended = disposable.dispose()
      const force = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, 1_000)
      await ended
      clearTimeout(force)
    },
  }
}

/** Browsers tell from which page a socket is opened; a program does not, and has no cookie of anybody's. */
function isOwnOrigin({ headers }: IncomingMessage, publicUrl: string): boolean {
  const { origin, host } = headers
  if (origin === undefined) return true
  const forwarded = headers['x-forwarded-host']
  const hosts = [host, typeof forwarded === 'string' ? forwarded : undefined, new URL(publicUrl).host]
  return URL.canParse(origin) && hosts.includes(new URL(origin).host)
}

async function admit({ authorization, request }: Peer & Extra, deps: SubscriptionDeps): Promise<Authenticated | null> {
  const { headers } = request
  const tenantKey = headers['x-outlay-tenant']
  try {
    return await authenticate(deps, {
      authorization: authorization ?? headers.authorization,
      cookie: headers.cookie,
      tenantKey: typeof tenantKey === 'string' ? tenantKey : undefined,
    })
  } catch (error) {
    if (error instanceof GraphQLError) return null
    throw error
  }
}

/** Ends the socket of who is no longer who it was opened for. A database that does not answer says nothing about anybody. */
async function keepAdmitted(peer: Peer & Extra, deps: SubscriptionDeps): Promise<void> {
  try {
    const asker = await admit(peer, deps)
    const isSame = asker !== null && peer.asker !== undefined && identityOf(asker) === identityOf(peer.asker)
    if (!isSame) peer.socket.close(CloseCode.Forbidden, 'Forbidden')
  } catch {
    // Asked again in a moment.
  }
}

function principalName({ principal }: Authenticated): string {
  return principal.kind === 'key' ? principal.keyId : principal.userId
}

/** Whatever decides what somebody may see. */
function identityOf({ principal, tenant }: Authenticated): string {
  const rights = principal.kind === 'key' ? principal.scopes.join(',') : `${principal.role} ${principal.clientId}`
  return `${tenant.id} ${principal.kind} ${rights}`
}

function prepare(asked: {
  query: string
  variables: Record<string, unknown>
  operationName: string | null
}): Omit<ExecutionArgs, 'contextValue'> {
  const { query, variables, operationName } = asked
  checkDocument(query)
  const document = parse(query, { maxTokens: LIMITS.tokens })
  const operation = getOperationAST(document, operationName)
  if (operation?.operation !== 'subscription')
    throw apiError('BAD_USER_INPUT', 'This socket is for subscriptions; send queries and mutations by POST.')
  const [problem] = validate(schema, document, undefined, { maxErrors: LIMITS.errors })
  if (problem !== undefined)
    throw new GraphQLError(problem.message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
  checkCost({ schema, document, operation, variables })
  return { schema, document, operationName, variableValues: variables }
}

/**
 * What resolvers get. Loaders live as long as the request of a query; a subscription outlives many changes, so each reading makes new ones.
 */
function contextOf({ asker }: Peer, deps: SubscriptionDeps): Context {
  if (asker === undefined) throw apiError('UNAUTHENTICATED', 'Say who you are first.')
  const db = tenantSql(deps.pool, asker.tenant.id)
  return {
    requestId: randomUUID(),
    ...asker,
    db,
    get loaders() {
      return createLoaders(db)
    },
    services: deps.services,
    get now() {
      return Date.now()
    },
    live: { subscribe: (topic): Subscription => deps.events.subscribe(topic, asker.tenant.id) },
  }
}

function formatted(error: GraphQLError, id: string, deps: SubscriptionDeps) {
  return formatError(error.toJSON(), error, id, deps.report)
}
