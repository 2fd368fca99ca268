import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** Nobody has come for so long: then nobody is at the door. */
const QUIET_MS = 150

/** A stop does not wait longer for senders that do not listen. */
const DRAIN_MS_MAX = 1_000

/** Answered until the end: they are how others learn of the stop. */
const STATUS_PATHS = new Set(['/healthz', '/readyz', '/metrics'])

export interface Drain {
  /** Refuses from now on, and answers when nobody has come for a moment. */
  begin: () => Promise<void>
  hasBegun: () => boolean
}

/**
 * The door of a server that stops. The kernel resets connections that it has made and the process has not taken yet when the process stops
 * listening; whoever was reset cannot know whether the request was read. So there is a moment in which the server still listens and answers
 * 503 with Retry-After and `connection: close`: senders go elsewhere or wait, and then it stops listening with nobody at the door.
 * Requests that were under way are finished.
 */
export function drainBeforeClosing(app: FastifyInstance): Drain {
  let hasBegun = false
  let lastCame = 0
  const came = () => (lastCame = performance.now())
  app.server.on('connection', came)
  app.addHook('onRequest', (request, reply, done) => {
    if (!hasBegun) return done()
    came()
    void reply.header('connection', 'close')
    if (STATUS_PATHS.has(request.url)) return done()
    const message = 'The server is stopping; try again in a few seconds.'
    void reply
      .code(503)
      .header('retry-after', '2')
      .send({ error: { code: 'UNAVAILABLE', message, requestId: request.id } })
  })
  return {
    hasBegun: () => hasBegun,
    begin: async () => {
      hasBegun = true
      const began = performance.now()
      lastCame = began
      while (performance.now() - lastCame < QUIET_MS && performance.now() - began < DRAIN_MS_MAX) await sleep(10)
    },
  }
}
