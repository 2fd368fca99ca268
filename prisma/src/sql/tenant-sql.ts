import type pg from 'pg'
import { withClient, withTenant } from '../tenancy/tenant-context.ts'
import type { TenantPool } from '../tenancy/tenant-pool.ts'

/**
 * The name of a statement that is planned each time it runs. For a statement whose best plan depends on how many rows a parameter keeps:
 * one plan for all of them (which Postgres settles on after five runs) was measured six times slower.
 */
export const PLANNED_EACH_TIME = ''

/** A statement with its name: Postgres parses and plans it once per connection. One name always stands for one text. */
export interface Prepared {
  name: string
  text: string
}

/**
 * The way to read one tenant's rows: every statement runs in its own transaction with the tenant set, under a role that sees nothing else.
 * Statements name the tenant in their WHERE as well, as `$1`.
 */
export interface TenantSql {
  readonly tenantId: string
  /** Runs a statement with `[tenantId, ...values]`. */
  query<Row>(statement: Prepared, values?: readonly unknown[]): Promise<Row[]>
}

/** The handle of one tenant over the pool of outlay_app. With `clientIds`, it reads what is of these clients, and writes nothing. */
export function tenantSql(pool: TenantPool, tenantId: string, clientIds: readonly string[] | null = null): TenantSql {
  return {
    tenantId,
    async query<Row>({ name, text }: Prepared, values: readonly unknown[] = []): Promise<Row[]> {
      const statement: pg.QueryConfig = { name, text, values: [tenantId, ...values] }
      const result = await withTenant(tenantId, () => pool.query(statement) as Promise<pg.QueryResult>, clientIds)
      return result.rows as Row[]
    },
  }
}

/**
 * The handle that answers a client itself: it reads what the charges of this client are made of, under a role that sees nothing else, and
 * writes nothing (docs/decisions/0028).
 */
export function clientOwnSql(pool: TenantPool, tenantId: string, clientId: string): TenantSql {
  return {
    tenantId,
    async query<Row>({ name, text }: Prepared, values: readonly unknown[] = []): Promise<Row[]> {
      const statement: pg.QueryConfig = { name, text, values: [tenantId, ...values] }
      const result = await withClient(tenantId, clientId, () => pool.query(statement) as Promise<pg.QueryResult>)
      return result.rows as Row[]
    },
  }
}

/** The same within a transaction of the tenant: what is read is what the transaction sees, its own changes included. */
export function clientSql(client: pg.PoolClient, tenantId: string): TenantSql {
  return {
    tenantId,
    async query<Row>({ name, text }: Prepared, values: readonly unknown[] = []): Promise<Row[]> {
      const result = (await client.query({ name, text, values: [tenantId, ...values] })) as pg.QueryResult
      return result.rows as Row[]
    },
  }
}

/**
 * The same handle for one request: a read that is already on its way with the same values is waited for instead of sent again. Fields of
 * one document ask the same of each other's neighbours, such as which pools a month has. Nothing is kept when the answer is there, so what
 * comes behind a mutation reads what it wrote. The rows of one answer are shared: who reads them changes none.
 */
export function sharingReads(db: TenantSql): TenantSql {
  const onTheirWay = new Map<string, Promise<unknown[]>>()
  return {
    tenantId: db.tenantId,
    async query<Row>(statement: Prepared, values: readonly unknown[] = []): Promise<Row[]> {
      if (!isRead(statement)) return db.query<Row>(statement, values)
      const key = JSON.stringify([statement.text, values], (_name, value: unknown) =>
        typeof value === 'bigint' ? `${value}n` : value,
      )
      const known = onTheirWay.get(key)
      if (known !== undefined) return [...(await known)] as Row[]
      const rows = db.query<Row>(statement, values)
      onTheirWay.set(key, rows)
      try {
        return await rows
      } finally {
        onTheirWay.delete(key)
      }
    },
  }
}

function isRead({ text }: Prepared): boolean {
  return /^\s*(SELECT|WITH)\b/i.test(text) && !/\b(INSERT|UPDATE|DELETE|nextval|set_config|FOR SHARE)\b/i.test(text)
}
