/**
 * The sending side of an HTTP measurement, a process of its own: prepares every body first, says so, and sends them when told to.
 * Talks to the bench over the channel of child_process.fork.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { items, type Traffic } from './traffic.ts'

export interface SendOrder {
  url: string
  key: string
  traffic: Traffic
  eventsPerRequest: number
  connections: number
  format: 'json' | 'ndjson'
  /** As fast as it goes when absent. */
  eventsPerSecond?: number
}

export interface SendReport {
  requests: number
  accepted: number
  /** Anything but 200, or an answer that did not take everything. */
  failures: string[]
  latenciesMs: number[]
}

type Order = { kind: 'prepare'; order: SendOrder } | { kind: 'go' }

let bodies: Buffer[] = []
let order: SendOrder | null = null

process.on('message', (message: Order) => {
  if (message.kind === 'prepare') {
    order = message.order
    bodies = prepare(message.order)
    process.send?.({ kind: 'ready' })
    return
  }
  if (order === null) throw new Error('There is nothing to send yet.')
  void sendAll(order).then((report) => process.send?.({ kind: 'report', report }))
})

function prepare({ traffic, eventsPerRequest, format }: SendOrder): Buffer[] {
  const prepared: Buffer[] = []
  for (let from = 0; from < traffic.events; from += eventsPerRequest) {
    const batch = items(traffic, from, Math.min(traffic.events, from + eventsPerRequest))
    prepared.push(
      Buffer.from(format === 'json' ? JSON.stringify(batch) : batch.map((item) => JSON.stringify(item)).join('\n')),
    )
  }
  return prepared
}

async function sendAll({ url, key, connections, format, ...order }: SendOrder): Promise<SendReport> {
  const agent = new Agent({ connections, pipelining: 1, headersTimeout: 120_000, bodyTimeout: 120_000 })
  const report: SendReport = { requests: 0, accepted: 0, failures: [], latenciesMs: [] }
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': format === 'json' ? 'application/json' : 'application/x-ndjson',
  }
  const pauseMs = order.eventsPerSecond === undefined ? 0 : (order.eventsPerRequest * 1_000) / order.eventsPerSecond
  const startedMs = performance.now()
  let next = 0
  const lane = async () => {
    for (let index = next++; index < bodies.length; index = next++) {
      const earlyMs = startedMs + index * pauseMs - performance.now()
      if (earlyMs > 0) await sleep(earlyMs)
      const began = performance.now()
      const response = await request(`${url}/v1/invocations`, {
        method: 'POST',
        headers,
        body: bodies[index],
        dispatcher: agent,
      })
      const text = await response.body.text()
      report.latenciesMs.push(performance.now() - began)
      report.requests += 1
      if (response.statusCode === 200) report.accepted += (JSON.parse(text) as { accepted: number }).accepted
      else report.failures.push(`${response.statusCode} ${text.slice(0, 200)}`)
    }
  }
  await Promise.all(Array.from({ length: connections }, lane))
  await agent.close()
  return report
}
