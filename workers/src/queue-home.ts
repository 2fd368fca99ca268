import { type BackendFactory, type ConnectionOptions, createPostgresBackend, createRedisBackend } from 'bullmq'
import type { IQueueBackend } from 'bullmq'
import { tellLostConnections } from './lost-connections.ts'

/** Where jobs wait and events pass: one contract, two homes, chosen by whoever runs the installation (REDIS_URL). */
export type QueueHome = { kind: 'postgres'; url: string } | { kind: 'redis'; url: string }

/** Redis when there is one, else the database that is there anyway. */
export function chooseHome({
  postgresUrl,
  redisUrl,
}: {
  postgresUrl: string
  redisUrl: string | undefined
}): QueueHome {
  return redisUrl === undefined ? { kind: 'postgres', url: postgresUrl } : { kind: 'redis', url: redisUrl }
}

/** What a person reads in a message. */
export const homeName = ({ kind }: QueueHome): string => (kind === 'postgres' ? 'PostgreSQL' : 'Redis')

/** One queue for all jobs: what runs next is decided in one place. */
export const QUEUE_NAME = 'jobs'
/** Redis only: where our keys are, among those of others. */
export const KEY_PREFIX = 'outlay'

/** Longest wait for a connection that is not there. */
const CONNECT_MS_MAX = 4_000

export interface HomeConnection {
  home: QueueHome
  /** Who puts jobs in wants an answer at once, also when the home is away; who takes them waits until it is back. */
  patience: 'none' | 'endless'
  /** Told of each failure that comes from the home being away. */
  onLost: (error: Error) => void
}

/** Makes BullMQ's backend for a home. Two connections on Postgres, and one more for a worker, which listens on it. */
export const createHomeBackend: BackendFactory<IQueueBackend, HomeConnection> = (name, options, purpose) => {
  const { connection, ...others } = options
  const { home, onLost } = connection
  if (home.kind === 'redis') {
    return createRedisBackend(name, { ...others, connection: redisConnection(connection) }, purpose)
  }
  const postgres = {
    connectionString: home.url,
    max: 2,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    // Longer than the server works on a statement: only a connection that died without a word gets here.
    query_timeout: 45_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    application_name: 'outlay queue',
  }
  return tellLostConnections(createPostgresBackend(name, { ...others, connection: postgres }, purpose), onLost)
}

function redisConnection({ home, patience }: HomeConnection): ConnectionOptions {
  const common = { url: home.url, connectTimeout: CONNECT_MS_MAX, retryStrategy: reconnectDelayMs }
  if (patience === 'endless') return { ...common, maxRetriesPerRequest: null }
  // A command that cannot be sent fails after the second attempt to connect, one that is not answered after five seconds.
  return { ...common, maxRetriesPerRequest: 1, commandTimeout: 5_000 }
}

/** 100 ms, 200 ms, … 2 s: a home that comes back is found soon, one that is away is not hammered. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt - 1, 5), 2_000)
}
