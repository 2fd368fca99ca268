import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { FairGate } from './fair-gate.ts'

export interface Metrics {
  contentType: string
  text: () => Promise<string>
}

/** Counts and times requests by route and status, and how many documents wait for their turn; a registry of its own, so that two servers in one process do not collide. */
export function measureRequests(app: FastifyInstance, gate: FairGate): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'outlay_http_request_seconds',
    help: 'Duration of requests by method, route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  new Gauge({
    name: 'outlay_graphql_documents',
    help: 'GraphQL documents that are answered now, and that wait for their turn',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'answered' }, gate.inside)
      this.set({ state: 'waiting' }, gate.waiting)
    },
  })
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown'
    duration.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000)
    done()
  })
  return { contentType: registry.contentType, text: () => registry.metrics() }
}
