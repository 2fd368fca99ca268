import type { FastifyInstance } from 'fastify'
import type pg from 'pg'
import { printedSchema } from '../graphql/schema.ts'
import type { Metrics } from './metrics.ts'

/** How long the database may take to be called ready. */
const READY_MS_MAX = 2_000

/** Liveness, readiness, metrics and the schema: open to whoever reaches the port, and about no tenant. */
export function registerStatus(
  app: FastifyInstance,
  deps: { authPool: pg.Pool; metrics: Metrics; isStopping: () => boolean },
): void {
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', async (request, reply) => {
    const ready = !deps.isStopping() && (await answersInTime(deps.authPool))
    if (ready) return { status: 'ready' }
    const message = deps.isStopping() ? 'The server is stopping.' : 'The database does not answer.'
    return reply.code(503).send({ error: { code: 'UNAVAILABLE', message, requestId: request.id } })
  })
  app.get('/metrics', async (_request, reply) => reply.type(deps.metrics.contentType).send(await deps.metrics.text()))
  app.get('/schema.graphql', (_request, reply) => reply.type('text/plain; charset=utf-8').send(printedSchema()))
}

async function answersInTime(pool: pg.Pool): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_MS_MAX)
  })
  const answer = pool.query('SELECT 1').then(
    () => true,
    () => false,
  )
  const isReady = await Promise.race([answer, late])
  clearTimeout(timer)
  return isReady
}
