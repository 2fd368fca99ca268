import { randomUUID } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils'
import pg from 'pg'

type PgAdapter = Awaited<ReturnType<PrismaPg['connect']>>

/** Members of adapter-pg's class that its types keep private. */
interface PgAdapterInside {
  performIO(query: SqlQuery): Promise<pg.QueryArrayResult>
  onError(error: unknown): never
}

// pg_catalog's one-byte "char", and char(n), which adapter-pg can read.
const charOid = 18
const bpcharOid = 1042

/**
 * adapter-pg as the schema engine needs it. The stock factory (7.10) splits scripts at every semicolon, cannot read
 * "char", opens the real database as shadow when it was given a connection string, and drops the shadow database while
 * it is still connected to it.
 */
export class MigrationAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres'
  readonly adapterName = '@outlay/db'
  readonly #config: pg.PoolConfig
  readonly #open = new Set<pg.Pool>()

  constructor(url: string) {
    this.#config = parseUrl(url)
  }

  async connect(): Promise<SqlDriverAdapter> {
    return this.#adapterOn(this.#config)
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const database = `outlay_shadow_${randomUUID().replaceAll('-', '')}`
    await this.#asAdmin(`CREATE DATABASE "${database}"`)
    const shadow = await this.#adapterOn({ ...this.#config, database })
    return Object.assign(shadow, {
      dispose: async () => {
        await this.#end(shadow.underlyingDriver())
        await this.#asAdmin(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`)
      },
    })
  }

  /** Ends what the engine left open. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((pool) => this.#end(pool)))
  }

  async #adapterOn(config: pg.PoolConfig): Promise<PgAdapter> {
    const pool = new pg.Pool({ ...config, max: 4 })
    this.#open.add(pool)
    pool.on('error', () => {})
    const adapter = await new PrismaPg(pool).connect()
    return Object.assign(adapter, {
      executeScript: (script: string) => executeWhole(adapter, script),
      queryRaw: queryWithChar(adapter),
      dispose: () => this.#end(pool),
    })
  }

  async #end(pool: pg.Pool): Promise<void> {
    if (this.#open.delete(pool)) await pool.end()
  }

  async #asAdmin(statement: string): Promise<void> {
    const client = new pg.Client(this.#config)
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
}

/** One simple query: keeps $$ bodies whole, and makes the script one implicit transaction. */
async function executeWhole(adapter: PgAdapter, script: string): Promise<void> {
  try {
    await adapter.underlyingDriver().query(script)
  } catch (error) {
    ;(adapter as unknown as PgAdapterInside).onError(error)
  }
}

/** adapter-pg's queryRaw, reading "char" as Character: as text the engine would panic. */
function queryWithChar(adapter: PgAdapter): (query: SqlQuery) => Promise<SqlResultSet> {
  const original = adapter.queryRaw
  const performIO = (adapter as unknown as PgAdapterInside).performIO.bind(adapter)
  return async (query) => {
    const charColumns: number[] = []
    // A view of the adapter for this one call, so that concurrent calls do not mix their columns.
    const view = Object.assign(Object.create(adapter) as PgAdapter, {
      performIO: async (q: SqlQuery) => {
        const result = await performIO(q)
        for (const [i, field] of result.fields.entries()) {
          if (field.dataTypeID !== charOid) continue
          field.dataTypeID = bpcharOid
          charColumns.push(i)
        }
        return result
      },
    })
    const result = await original.call(view, query)
    for (const i of charColumns) result.columnTypes[i] = ColumnTypeEnum.Character
    return result
  }
}

/** Never a connection string: pg lets it win over `database`, and the shadow would be the real database. */
function parseUrl(url: string): pg.PoolConfig {
  const client = new pg.Client({ connectionString: url })
  const { host, port, user, password, database, ssl } = client
  return { host, port, user, password: password ?? undefined, database, ssl }
}
