import { Redis } from 'ioredis'
import { reconnectDelayMs } from '../queue-home.ts'
import { within } from '../within.ts'
import type { Wire } from './wire.ts'

const CONNECT_MS_MAX = 4_000
const COMMAND_MS_MAX = 5_000
/** A connection that died without a word is noticed after this long. */
const HEARTBEAT_MS = 20_000

/** Publish and subscribe: one connection to send, opened when needed, and one that only listens. */
export function redisWire(url: string, onLost: (error: Error) => void): Wire {
  // Redis keeps keys of its numbered databases apart, but not channels.
  const channel = `outlay:events:${new URL(url).pathname.slice(1) || '0'}`
  const common = { connectTimeout: CONNECT_MS_MAX, retryStrategy: reconnectDelayMs, lazyConnect: true }
  const sender = new Redis(url, { ...common, maxRetriesPerRequest: 1, commandTimeout: COMMAND_MS_MAX })
  const receiver = new Redis(url, { ...common, maxRetriesPerRequest: null, autoResubscribe: false })
  for (const client of [sender, receiver]) client.on('error', onLost)
  let heartbeat: NodeJS.Timeout | undefined
  return {
    send: async (text) => void (await sender.publish(channel, text)),
    listen: ({ onText, onConnected }) => {
      receiver.on('message', (_channel, text) => onText(text))
      receiver.on('ready', () => void receiver.subscribe(channel).then(onConnected, onLost))
      // It tries again by itself, and says why through 'error'.
      receiver.connect().catch(() => {})
      heartbeat = setInterval(() => {
        if (receiver.status === 'ready') within(COMMAND_MS_MAX, receiver.ping()).catch(() => receiver.disconnect(true))
      }, HEARTBEAT_MS)
    },
    close: async () => {
      clearInterval(heartbeat)
      sender.disconnect()
      receiver.disconnect()
    },
  }
}
