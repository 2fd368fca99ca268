import { Agent, request } from 'undici'

/** What the server needed for the documents of one address, without a browser beside it. */
export interface ServerSeries {
  /** From the request to the first and to the last byte of each document, milliseconds. */
  firstByteMs: number[]
  lastByteMs: number[]
  /** Operations of GraphQL that one document asked for. */
  operations: number
  /** Their time added up, milliseconds of one document; those that run beside each other count each. */
  operationsMs: number
  /** Bytes of the document as they came, gzip. */
  bytes: number
}

/** Reads the document of an address again and again over one connection, as the person of the cookie. Throws unless it is the page. */
export async function readDocument(
  { url, cookie }: { url: string; cookie: string },
  { address, rounds }: { address: string; rounds: number },
): Promise<ServerSeries> {
  const agent = new Agent({ connections: 1, headersTimeout: 120_000, bodyTimeout: 120_000 })
  const series: ServerSeries = { firstByteMs: [], lastByteMs: [], operations: 0, operationsMs: 0, bytes: 0 }
  try {
    const one = () => readOnce(agent, { url: url + address, cookie })
    await one()
    const before = await graphqlSoFar(url)
    for (let round = 0; round < rounds; round++) {
      const { firstByteMs, lastByteMs, bytes } = await one()
      series.firstByteMs.push(firstByteMs)
      series.lastByteMs.push(lastByteMs)
      series.bytes = bytes
    }
    const after = await graphqlSoFar(url)
    series.operations = (after.count - before.count) / rounds
    series.operationsMs = ((after.seconds - before.seconds) * 1_000) / rounds
    return series
  } finally {
    await agent.close()
  }
}

async function readOnce(
  agent: Agent,
  { url, cookie }: { url: string; cookie: string },
): Promise<{ firstByteMs: number; lastByteMs: number; bytes: number }> {
  const began = performance.now()
  const response = await request(url, {
    headers: { cookie, accept: 'text/html', 'accept-encoding': 'gzip' },
    dispatcher: agent,
  })
  if (response.statusCode !== 200) throw new Error(`${url}: answered ${response.statusCode}.`)
  let firstByteMs: number | null = null
  let bytes = 0
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    firstByteMs ??= performance.now() - began
    bytes += chunk.length
  }
  const lastByteMs = performance.now() - began
  return { firstByteMs: firstByteMs ?? lastByteMs, lastByteMs, bytes }
}

/** How many operations of GraphQL the server has answered since it started, and in which time, by its own metrics. */
async function graphqlSoFar(url: string): Promise<{ count: number; seconds: number }> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const sum = (what: string) =>
    [
      ...text.matchAll(
        new RegExp(`^outlay_http_request_seconds_${what}\\{[^}]*route="/graphql"[^}]*\\} (\\S+)$`, 'gm'),
      ),
    ].reduce((total, [, value = '0']) => total + Number(value), 0)
  return { count: sum('count'), seconds: sum('sum') }
}
