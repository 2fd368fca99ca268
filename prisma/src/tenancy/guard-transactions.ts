import type pg from 'pg'
import { isIdle } from './connection-health.ts'
import { setScopeStatement, type TenantScope } from './tenant-context.ts'

type Query = (config: string | pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult>

const begins = /^\s*(BEGIN|START\s+TRANSACTION)\b/i
const ends = /^\s*(COMMIT|END|ABORT|ROLLBACK(?!\s+(WORK\s+|TRANSACTION\s+)?TO\b))\b/i

/**
 * Lets a borrowed client run statements in transactions of one tenant only. Prisma's interactive transactions use it.
 * A client that comes back in the middle of a transaction is thrown away, not reused.
 */
export function guardTransactions(client: pg.PoolClient, scope: TenantScope | null): pg.PoolClient {
  const query = client.query.bind(client) as unknown as Query
  const release = client.release.bind(client)
  let open = false
  let pending = 0

  const counted: Query = async (config, values) => {
    pending++
    try {
      return await query(config, values)
    } finally {
      pending--
    }
  }

  const guarded: Query = async (config, values) => {
    const text = typeof config === 'string' ? config : config.text
    if (!open) {
      if (!begins.test(text))
        throw new Error(`A client of a TenantPool begins with BEGIN, not with: ${text.slice(0, 60)}`)
      open = true
      const begin = counted(config, values)
      if (scope === null) return begin
      // Both are on the wire before either is answered.
      const [result] = await Promise.all([begin, counted(setScopeStatement(scope))])
      return result
    }
    if (ends.test(text)) open = false
    return counted(config, values)
  }

  const methods = client as unknown as { query: unknown; release: unknown }
  methods.query = guarded
  methods.release = (error?: Error | boolean) => {
    Reflect.deleteProperty(client, 'query')
    release(error || pending > 0 || !isIdle(client))
  }
  return client
}
