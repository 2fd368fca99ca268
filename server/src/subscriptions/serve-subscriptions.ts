import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Events } from '@outlay/workers/events'
import { createSourceEventStream, execute, GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import type pg from 'pg'
import type { Logger } from 'pino'
import { WebSocketServer, type WebSocket } from 'ws'
import { authenticate, type Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import { sessionToken, type PersonAuth } from '../auth/person-auth.ts'
import { limitOf, type Context } from '../graphql/context.ts'
import { apiError, formatError, isUnreachableDatabase, type ErrorReport } from '../graphql/errors.ts'
import { createLoaders } from '../graphql/loaders.ts'
import type { Services } from '../graphql/services.ts'
import { isOwnOrigin } from '../http/own-origin.ts'
import { refuseUpgrade, type OnUpgrade } from '../http/route-upgrades.ts'
import { Frames } from './frames.ts'
import { CLOSE, keepAlive, type Peer } from './peer.ts'
import { prepareSubscription } from './prepare-subscription.ts'
import { Seats } from './seats.ts'
import { readStandings, type Pass } from './standing.ts'

export const SUBSCRIPTION_LIMITS = {
  /** Bytes of one message. */
  payload: 64 * 1024,
  /** Of one socket. */
  subscriptions: 20,
  /** Of one principal, in this process. */
  sockets: 10,
  /** Of the process, those that have not said yet who they are included. */
  allSockets: 5_000,
} as const

export interface SubscriptionTimes {
  /** A socket that has not said who it is after this long is closed. */
  init: number
  /** A peer that says nothing between two pings is gone. */
  ping: number
  /** Who may no longer read is cut off within five seconds. */
  check: number
}

const TIMES: SubscriptionTimes = { init: 5_000, ping: 15_000, check: 2_000 }

/** Without an answer to who may still read for so long, nobody may. */
const UNCHECKED_MS_MAX = 30_000
/** How long those that are told to go may take. */
const LEAVING_MS = 1_000

export interface SubscriptionDeps {
  keys: ApiKeyAuth
  people: PersonAuth
  pool: TenantPool
  /** outlay_auth: who may still read. */
  authPool: pg.Pool
  services: Services
  events: Pick<Events, 'subscribe'>
  publicUrl: string
  report: (report: ErrorReport) => void
  log: Pick<Logger, 'warn'>
  times?: Partial<SubscriptionTimes>
}

export interface SubscriptionServer {
  /** Takes the upgrades of its path. */
  onUpgrade: OnUpgrade
  /** Tells everybody that we go away, and ends what is still open. */
  close: () => Promise<void>
}

/**
 * Subscriptions over WebSocket (protocol graphql-transport-ws). Who asks is settled before the first one, by the API key in the parameters
 * of the connection or by the session cookie, and looked at again while the socket is open: a revoked key, an ended session, a lost
 * membership or other rights end it. Documents are held to the limits that hold over HTTP. A socket that does not read is waited for: what
 * changes meanwhile is read anew when it does, so nothing piles up (modules/alert/follow-alerts.ts).
 */
export function serveSubscriptions(deps: SubscriptionDeps): SubscriptionServer {
  const times = { ...TIMES, ...deps.times }
  const peers = new Set<Peer>()
  const seats = new Seats(SUBSCRIPTION_LIMITS.sockets)
  const protocol = makeProtocol(deps, { seats, initMs: times.init })
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: SUBSCRIPTION_LIMITS.payload,
    perMessageDeflate: false,
    handleProtocols,
  })

  const open = (socket: WebSocket, request: IncomingMessage): void => {
    const peer: Peer = { socket, request, holder: null }
    peers.add(peer)
    keepAlive(socket, times.ping)
    // Too large a message, a broken frame, a lost connection: the peer's doing, and the socket closes by itself.
    socket.on('error', () => {})
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => send(socket, text),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          socket.on('message', (data) => void take(textOf(data)).catch((error: unknown) => fail(socket, error, deps))),
      },
      peer,
    )
    socket.once('close', (code, reason) => {
      peers.delete(peer)
      peer.holder?.giveBack()
      closed(code, reason.toString()).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'a subscription did not end'),
      )
    })
  }

  const stopChecking = checkAgain(peers, deps, times.check)
  let isStopping = false
  return {
    onUpgrade: (request, socket, head) => {
      if (isStopping || peers.size >= SUBSCRIPTION_LIMITS.allSockets)
        return refuseUpgrade(socket, '503 Service Unavailable')
      if (!isOwnOrigin(request.headers, deps.publicUrl)) return refuseUpgrade(socket, '403 Forbidden')
      sockets.handleUpgrade(request, socket, head, open)
    },
    close: async () => {
      isStopping = true
      stopChecking()
      const leaving = [...peers].map(({ socket }) => leave(socket))
      await Promise.all(leaving)
      sockets.close()
    },
  }
}

function makeProtocol(deps: SubscriptionDeps, { seats, initMs }: { seats: Seats; initMs: number }) {
  return makeServer<Record<string, unknown> | undefined, Peer>({
    connectionInitWaitTimeout: initMs,
    onConnect: async ({ extra: peer, connectionParams }) => {
      const admitted = await admit(peer, connectionParams?.['authorization'], deps)
      if (admitted === null) return false
      const giveBack = seats.take(nameOf(admitted.asker))
      if (giveBack === null) {
        peer.socket.close(CLOSE.tooMany, `At most ${SUBSCRIPTION_LIMITS.sockets} connections at a time.`)
        return false
      }
      peer.holder = { ...admitted, giveBack }
      // It went while we looked who it is; nobody tells us again.
      if (peer.socket.readyState !== peer.socket.OPEN) giveBack()
      return true
    },
    onSubscribe: ({ extra: peer, subscriptions }, _id, asked) => {
      try {
        if (Object.keys(subscriptions).length > SUBSCRIPTION_LIMITS.subscriptions) {
          const message = `A connection has at most ${SUBSCRIPTION_LIMITS.subscriptions} subscriptions at a time.`
          throw apiError('RATE_LIMITED', message)
        }
        return { ...prepareSubscription(asked), contextValue: contextOf(peer, deps) }
      } catch (error) {
        if (error instanceof GraphQLError) return [error]
        throw error
      }
    },
    // The events; what is sent of each is made of them below, with a context of its own.
    subscribe: async (args) => {
      const source = await createSourceEventStream(args)
      return isStream(source) ? (source as AsyncIterable<never>) : source
    },
    onOperation: ({ extra: peer }, _id, _payload, args, source) =>
      isStream(source) ? new Frames(source, (event) => frameOf(event, { args, peer, deps })) : undefined,
    onError: (_context, _id, _payload, errors) => errors.map((error) => shown(error as GraphQLError, deps)),
    onNext: (_context, _id, _payload, _args, { errors, ...result }) =>
      errors === undefined ? undefined : { ...result, errors: errors.map((error) => shown(error, deps)) },
  })
}

function isStream(source: unknown): source is AsyncIterable<unknown> {
  return typeof source === 'object' && source !== null && Symbol.asyncIterator in source
}

/** An event as its subscriber asked to see it, read with the rights of now. */
async function frameOf(
  event: unknown,
  { args, peer, deps }: { args: ExecutionArgs; peer: Peer; deps: SubscriptionDeps },
): Promise<ExecutionResult> {
  const result = await execute({ ...args, rootValue: event, contextValue: contextOf(peer, deps) })
  // Half a frame would look like all there is; who comes back asks for what came since the last whole one.
  if (result.errors?.some(({ originalError }) => isUnreachableDatabase(originalError)) === true)
    peer.socket.close(CLOSE.tryAgainLater, 'The database does not answer at the moment.')
  return result
}

/** What resolvers get; made anew for each frame, so that no loader remembers what has changed since. */
function contextOf({ holder }: Peer, deps: SubscriptionDeps): Context {
  if (holder === null) throw apiError('UNAUTHENTICATED', 'Say who you are first.')
  const { asker } = holder
  const db = tenantSql(deps.pool, asker.tenant.id, limitOf(asker))
  return {
    requestId: randomUUID(),
    ...asker,
    db,
    loaders: createLoaders(db),
    services: deps.services,
    now: Date.now(),
    live: { subscribe: (topic) => deps.events.subscribe(topic, asker.tenant.id) },
  }
}

async function admit(
  { request }: Peer,
  given: unknown,
  deps: SubscriptionDeps,
): Promise<{ asker: Authenticated; pass: Pass } | null> {
  const { headers } = request
  const tenantKey = headers['x-outlay-tenant']
  try {
    const asker = await authenticate(deps, {
      authorization: typeof given === 'string' ? given : headers.authorization,
      cookie: headers.cookie,
      tenantKey: typeof tenantKey === 'string' ? tenantKey : undefined,
    })
    const { principal } = asker
    const tenantId = asker.tenant.id
    if (principal.kind === 'key') return { asker, pass: { kind: 'key', tenantId, keyId: principal.keyId } }
    const token = sessionToken(headers.cookie)
    return token === null ? null : { asker, pass: { kind: 'session', tenantId, token } }
  } catch (error) {
    if (error instanceof GraphQLError) return null
    throw error
  }
}

function nameOf({ principal }: Authenticated): string {
  return principal.kind === 'key' ? principal.keyId : principal.userId
}

/** Looks again and again who of those that are connected may still read, all in one reading, and ends the others' sockets. */
function checkAgain(peers: ReadonlySet<Peer>, deps: SubscriptionDeps, everyMs: number): () => void {
  let isChecking = false
  let checkedAt = Date.now()
  const check = async () => {
    const held = [...peers].flatMap((peer) => (peer.holder === null ? [] : [{ peer, holder: peer.holder }]))
    if (held.length > 0) {
      const standings = await readStandings(
        deps.authPool,
        held.map(({ holder }) => holder.pass),
      )
      for (const { peer, holder } of held) {
        const asker = standings.of(holder.pass, holder.asker)
        if (asker === null) peer.socket.close(CLOSE.forbidden, 'Forbidden')
        else holder.asker = asker
      }
    }
    checkedAt = Date.now()
  }
  const timer = setInterval(() => {
    if (isChecking) return
    isChecking = true
    check()
      .catch((error: unknown) => {
        deps.log.warn({ err: error }, 'who may still read could not be looked up; it is again')
        if (Date.now() - checkedAt < UNCHECKED_MS_MAX) return
        for (const { socket } of peers) socket.close(CLOSE.tryAgainLater, 'Who may read cannot be looked up.')
      })
      .finally(() => {
        isChecking = false
      })
  }, everyMs)
  return () => clearInterval(timer)
}

/** Resolves when the text has left, or when there is nobody to send it to any more. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.OPEN) socket.send(text, () => resolve())
    else resolve()
  })
}

function textOf(data: unknown): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : ''
}

function fail(socket: WebSocket, error: unknown, { log }: SubscriptionDeps): void {
  log.warn({ err: error }, 'a message of a subscriber failed')
  if (isUnreachableDatabase(error)) socket.close(CLOSE.tryAgainLater, 'The database does not answer at the moment.')
  else socket.close(CloseCode.InternalServerError, 'Internal server error')
}

/** Tells a peer to go, and cuts it off when it does not. */
function leave(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => socket.terminate(), LEAVING_MS)
    socket.once('close', () => {
      clearTimeout(force)
      resolve()
    })
    socket.close(CLOSE.goingAway, 'The server stops; connect again.')
  })
}

function shown(error: GraphQLError, { report }: SubscriptionDeps) {
  return formatError(error.toJSON(), error, randomUUID(), report)
}
