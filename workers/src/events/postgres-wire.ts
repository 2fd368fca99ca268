import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { reconnectDelayMs } from '../queue-home.ts'
import { within } from '../within.ts'
import type { Wire, WireListener } from './wire.ts'

const CHANNEL = 'outlay_events'
const CONNECT_MS_MAX = 4_000
const QUERY_MS_MAX = 5_000
/** A connection that died without a word is noticed after this long. */
const HEARTBEAT_MS = 20_000

/** LISTEN and NOTIFY: one connection to send, opened when needed, and one that only listens. */
export function postgresWire(url: string, onLost: (error: Error) => void): Wire {
  const config = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: QUERY_MS_MAX,
    keepAlive: true,
    application_name: 'outlay events',
  }
  const pool = new pg.Pool({ ...config, max: 1, idleTimeoutMillis: 60_000 })
  pool.on('error', onLost)
  const closing = new AbortController()
  let listening: Promise<void> = Promise.resolve()
  return {
    send: async (text) => void (await pool.query('SELECT pg_notify($1, $2)', [CHANNEL, text])),
    listen: (listener) => {
      listening = keepListening(config, listener, { onLost, signal: closing.signal })
    },
    close: async () => {
      closing.abort()
      await listening
      await pool.end()
    },
  }
}

type Conditions = { onLost: (error: Error) => void; signal: AbortSignal }

async function keepListening(
  config: pg.ClientConfig,
  listener: WireListener,
  { onLost, signal }: Conditions,
): Promise<void> {
  let failures = 0
  const connected = () => {
    failures = 0
    listener.onConnected()
  }
  while (!signal.aborted) {
    await listenOnce(config, { ...listener, onConnected: connected }, signal).catch(onLost)
    failures += 1
    await pause(reconnectDelayMs(failures), signal)
  }
}

/** Listens until the connection is lost (throws) or is no longer wanted (answers). */
async function listenOnce(config: pg.ClientConfig, listener: WireListener, signal: AbortSignal): Promise<void> {
  const client = new pg.Client(config)
  const lost = new Promise<never>((_, reject) => {
    client.on('error', reject)
    client.on('end', () => reject(new Error('the connection was closed')))
  })
  lost.catch(() => {})
  try {
    await client.connect()
    client.on('notification', ({ payload }) => listener.onText(payload ?? ''))
    await client.query(`LISTEN ${CHANNEL}`)
    listener.onConnected()
    while (!signal.aborted) {
      await Promise.race([pause(HEARTBEAT_MS, signal), lost])
      if (!signal.aborted) await client.query('SELECT 1')
    }
  } finally {
    // A connection that died without a word does not even end.
    await within(1_000, client.end()).catch(() => {})
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => {})
