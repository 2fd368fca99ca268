import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Authenticated } from '../auth/authenticate.ts'
import type { Pass } from './standing.ts'

/** Close codes of ours beside those of the protocol (graphql-transport-ws). */
export const CLOSE = { goingAway: 1001, tryAgainLater: 1013, forbidden: 4403, tooMany: 4429 } as const

/** One socket, and who it belongs to once it has said so. */
export interface Peer extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  holder: { asker: Authenticated; pass: Pass; giveBack: () => void } | null
}

/** Bytes that may wait for a reader; who lets more pile up (it may ask for answers without reading them) is cut off. */
const WAITING_BYTES_MAX = 1024 * 1024

/** Pings a socket every `everyMs`, and ends it when nothing was heard since the ping before, or when it does not read. */
export function keepAlive(socket: WebSocket, everyMs: number): void {
  let isHeard = true
  const hear = () => {
    isHeard = true
    if (socket.bufferedAmount > WAITING_BYTES_MAX) socket.terminate()
  }
  for (const sign of ['pong', 'ping', 'message'] as const) socket.on(sign, hear)
  const timer = setInterval(() => {
    if (!isHeard) return socket.terminate()
    isHeard = false
    if (socket.readyState === socket.OPEN) socket.ping()
  }, everyMs)
  socket.once('close', () => clearInterval(timer))
}
