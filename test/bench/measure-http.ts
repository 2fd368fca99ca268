import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { percentile } from './percentile.ts'
import { family, measured, type Parts, type Usage } from './processes.ts'
import type { SendOrder, SendReport } from './sender.ts'

export interface HttpMeasurement {
  events: number
  eventsPerRequest: number
  connections: number
  requests: number
  usage: Usage
  p50Ms: number
  p95Ms: number
}

/** Sends a run of traffic over HTTP from another process; counted from the first request to the last answer, that is commit. */
export async function measureHttp(order: SendOrder, parts: Parts): Promise<HttpMeasurement> {
  const child = fork(fileURLToPath(new URL('./sender.ts', import.meta.url)), {
    execArgv: ['--import', import.meta.resolve('tsx')],
  })
  try {
    await ask(child, { kind: 'prepare', order }, 'ready')
    const withSender = { ...parts, sender: () => family(child.pid ?? 0) }
    const { result, usage } = await measured(withSender, () => ask(child, { kind: 'go' }, 'report'))
    const report = (result as { report: SendReport }).report
    if (report.failures.length > 0 || report.accepted !== order.traffic.events) {
      throw new Error(`Of ${order.traffic.events} events ${report.accepted} were accepted. ${report.failures[0] ?? ''}`)
    }
    const { eventsPerRequest, connections } = order
    const { requests, latenciesMs } = report
    const p50Ms = percentile(latenciesMs, 0.5)
    const p95Ms = percentile(latenciesMs, 0.95)
    return { events: report.accepted, eventsPerRequest, connections, requests, usage, p50Ms, p95Ms }
  } finally {
    child.kill()
  }
}

async function ask(child: ChildProcess, message: object, answer: string): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`The sender ended (${String(code)}).`)
  })
  ended.catch(() => {})
  child.send(message)
  const [reply] = (await Promise.race([once(child, 'message'), ended])) as [{ kind: string }]
  if (reply.kind !== answer) throw new Error(`The sender said ${reply.kind}.`)
  return reply
}
