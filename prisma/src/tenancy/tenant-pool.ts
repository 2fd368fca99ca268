import type { Writable } from 'node:stream'
import pg from 'pg'
import { isIdle, isServerError } from './connection-health.ts'
import { guardTransactions } from './guard-transactions.ts'
import { declaredScope, setScopeStatement } from './tenant-context.ts'

export interface TenantPoolOptions {
  /** Login of outlay_app. */
  readonly url: string
  /** Most connections; default 10. */
  readonly max?: number
  /** How long the server works on a statement, milliseconds; default: the role's own limit (30 s). */
  readonly statementTimeoutMs?: number
}

const roleStatementTimeoutMs = 30_000

/**
 * Connections on which every statement belongs to the tenant of withTenant. A single query goes as BEGIN; SET LOCAL;
 * query; COMMIT in one flight; a client from connect() must begin a transaction first, and the tenant is set right
 * behind its BEGIN. The setting ends with the transaction, so the next borrower cannot inherit it.
 */
export class TenantPool extends pg.Pool {
  constructor(options: TenantPoolOptions) {
    super(poolConfig(options))
    // Without listeners a lost server would end the Node process.
    this.on('error', () => {})
    this.on('connect', (client) => client.on('error', () => {}))
    // Assigned, not overridden: the many overloads of pg stay as they are, and the unusable ones are refused.
    Object.assign(this, { query: this.#query.bind(this), connect: this.#guarded.bind(this) })
  }

  /** The pool's own connect, without a tenant: for tenantTransaction, which sets it itself. */
  connectUnscoped(): Promise<pg.PoolClient> {
    return super.connect()
  }

  #query(config: unknown, values?: unknown): Promise<pg.QueryResult> {
    if (typeof values === 'function' || typeof (config as { submit?: unknown } | null)?.submit === 'function') {
      throw new TypeError('A TenantPool takes neither callbacks nor query streams')
    }
    return this.#flight(config as pg.QueryConfig, values as unknown[] | undefined)
  }

  async #guarded(callback?: unknown): Promise<pg.PoolClient> {
    if (callback) throw new TypeError('A TenantPool takes no callbacks')
    const scope = declaredScope()
    return guardTransactions(await super.connect(), scope)
  }

  async #flight(config: pg.QueryConfig, values: unknown[] | undefined): Promise<pg.QueryResult> {
    const scope = declaredScope()
    const client = await super.connect()
    let poison = true
    try {
      const results = await Promise.allSettled(
        inOneWrite(client, () => [
          client.query('BEGIN'),
          scope === null ? null : client.query(setScopeStatement(scope)),
          client.query(config, values),
          client.query('COMMIT'),
        ]),
      )
      const [, , result, commit] = results
      const failure = results.find((r) => r.status === 'rejected')
      poison =
        commit.status === 'rejected' || !isIdle(client) || (failure !== undefined && !isServerError(failure.reason))
      if (failure) throw failure.reason
      return (result as PromiseFulfilledResult<pg.QueryResult>).value
    } finally {
      client.release(poison)
    }
  }
}

/** What is sent meanwhile leaves as one packet: else the first statement wakes Postgres, which takes the core from the rest. */
function inOneWrite<T>(client: pg.PoolClient, send: () => T): T {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection
  stream.cork()
  try {
    return send()
  } finally {
    stream.uncork()
  }
}

function poolConfig(options: TenantPoolOptions): pg.PoolConfig {
  const statementMs = options.statementTimeoutMs ?? roleStatementTimeoutMs
  const config: pg.PoolConfig & { pipeline: boolean } = {
    connectionString: options.url,
    max: options.max ?? 10,
    pipeline: true,
    application_name: 'outlay',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: statementMs }),
    // Behind the server's limit: only a connection that died without a word gets here, and it is destroyed.
    query_timeout: statementMs + 15_000,
  }
  return config
}
