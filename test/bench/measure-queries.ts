import { Agent, request } from 'undici'
import { percentile } from './percentile.ts'
import { measured, type Parts, type Usage } from './processes.ts'
import { timedQueries, type QueryWorld, type TimedQuery } from './queries.ts'

export interface QueryMeasurement {
  name: string
  isDashboard: boolean
  rounds: number
  p50Ms: number
  p95Ms: number
  answerBytes: number
  /** All rounds together, the warm-up included. */
  usage: Usage
}

export const WARM_UP_ROUNDS = 5
/** A query that is slower than this is asked less often, so that the bench ends. */
const SECONDS_PER_QUERY_MAX = 30

/** Times every query over GraphQL and HTTP, one request at a time, after a few rounds that do not count. */
export async function measureQueries(
  server: { url: string; key: string },
  world: QueryWorld,
  { rounds, parts }: { rounds: number; parts: Parts },
): Promise<QueryMeasurement[]> {
  const agent = new Agent({ connections: 1, headersTimeout: 120_000, bodyTimeout: 120_000 })
  const measurements: QueryMeasurement[] = []
  try {
    for (const query of timedQueries(world)) {
      const { result, usage } = await measured(parts, () => measureQuery({ ...server, agent }, query, rounds))
      measurements.push({ ...result, usage })
    }
  } finally {
    await agent.close()
  }
  return measurements
}

/** Asks all dashboards, one after the other, again and again until it is over; answers how long each took, milliseconds. */
export async function askDashboards(
  server: { url: string; key: string },
  world: QueryWorld,
  isOver: () => boolean,
): Promise<number[]> {
  const agent = new Agent({ connections: 1, headersTimeout: 120_000, bodyTimeout: 120_000 })
  const dashboards = timedQueries(world).filter((query) => query.isDashboard)
  const latencies: number[] = []
  try {
    for (let round = 0; !isOver(); round++) {
      const query = dashboards[round % dashboards.length]
      if (query === undefined) break
      latencies.push((await askOnce({ ...server, agent }, query, round)).ms)
    }
    return latencies
  } finally {
    await agent.close()
  }
}

type Target = { url: string; key: string; agent: Agent }

async function askOnce(server: Target, query: TimedQuery, round: number): Promise<{ ms: number; bytes: number }> {
  const body = JSON.stringify({ query: query.document, variables: query.variables(round) })
  const began = performance.now()
  const response = await request(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${server.key}` },
    body,
    dispatcher: server.agent,
  })
  const text = await response.body.text()
  const ms = performance.now() - began
  checkAnswer(query.name, response.statusCode, text)
  return { ms, bytes: Buffer.byteLength(text) }
}

async function measureQuery(
  server: Target,
  query: TimedQuery,
  rounds: number,
): Promise<Omit<QueryMeasurement, 'usage'>> {
  const latencies: number[] = []
  let answerBytes = 0
  const until = performance.now() + SECONDS_PER_QUERY_MAX * 1_000
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    if (performance.now() > until && latencies.length >= 5) break
    const { ms, bytes } = await askOnce(server, query, round + WARM_UP_ROUNDS)
    if (round >= 0) latencies.push(ms)
    answerBytes = bytes
  }
  return {
    name: query.name,
    isDashboard: query.isDashboard,
    rounds: latencies.length,
    p50Ms: percentile(latencies, 0.5),
    p95Ms: percentile(latencies, 0.95),
    answerBytes,
  }
}

/** A quick answer that is an error or empty would be a fine number and no measurement. */
function checkAnswer(name: string, status: number, text: string): void {
  const answer = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: { message: string }[] }
  const isEmpty = Object.values(answer.data ?? {}).every((value) => value === null)
  if (status !== 200 || answer.errors !== undefined || isEmpty) {
    throw new Error(`${name}: ${status} ${answer.errors?.[0]?.message ?? text.slice(0, 300)}`)
  }
}
