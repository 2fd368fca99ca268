import { gzipSync } from 'node:zlib'

export interface HttpAnswer {
  status: number
  headers: Headers
  /** The body as JSON where it is JSON, else its text. */
  body: unknown
}

export interface GraphQLAnswer {
  status: number
  data: Record<string, unknown> | null
  errors: { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[]
}

/** One tenant seen from outside: HTTP with its API key. */
export class TenantClient {
  constructor(
    /** Read again for every request, because a restarted server may listen elsewhere. */
    readonly url: () => string,
    readonly key: string,
    readonly apiKey: string,
  ) {}

  /** The data of a document that must succeed as a whole; any error fails the test with its message. */
  async gql<T = Record<string, unknown>>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const { data, errors } = await this.tryGql(query, variables)
    if (errors.length > 0 || data === null) throw new Error(`GraphQL: ${JSON.stringify(errors, null, 1)}\n${query}`)
    return data as T
  }

  async tryGql(query: string, variables: Record<string, unknown> = {}): Promise<GraphQLAnswer> {
    const { status, body } = await this.post('/graphql', { query, variables })
    const answer = body as { data?: Record<string, unknown> | null; errors?: GraphQLAnswer['errors'] }
    return { status, data: answer.data ?? null, errors: answer.errors ?? [] }
  }

  /** Posts JSON, or `body` as it is when it is text or bytes. Headers of null are left out. */
  async post(
    path: string,
    body: unknown,
    options: { gzip?: boolean; headers?: Record<string, string | null>; signal?: AbortSignal } = {},
  ): Promise<HttpAnswer> {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
    const headers = Object.entries({
      authorization: `Bearer ${this.apiKey}`,
      'content-type': 'application/json',
      ...(options.gzip === true ? { 'content-encoding': 'gzip' } : {}),
      ...options.headers,
    }).filter((header): header is [string, string] => header[1] !== null)
    const response = await fetch(this.url() + path, {
      method: 'POST',
      headers,
      body: new Uint8Array(options.gzip === true ? gzipSync(text) : Buffer.from(text)),
      signal: options.signal,
    })
    return { status: response.status, headers: response.headers, body: parsed(await response.text()) }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
