import type { Pool } from 'pg'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** Makes the monthly partitions that events need, each asked for once in the life of the process. */
export class Partitions {
  readonly #pool: Pool
  readonly #known = new Set<string>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Instants in microseconds since 1970. In a transaction of its own: attaching a partition locks the parent table. */
  async ensure(tenantId: string, instants: readonly number[]): Promise<void> {
    const months = new Set<string>()
    let month = { name: '', start: 0, end: 0 }
    for (const micros of instants) {
      // Nearly every event is of the month of the one before it.
      if (micros < month.start || micros >= month.end) month = monthOf(micros)
      if (!this.#known.has(month.name)) months.add(month.name)
    }
    for (const name of [...months].sort()) {
      await this.#make(tenantId, name)
      this.#known.add(name)
    }
  }

  async #make(tenantId: string, month: string): Promise<void> {
    try {
      await tenantTransaction(this.#pool, tenantId, (client) =>
        client.query('SELECT ensure_invocation_partition($1::date)', [`${month}-01`]),
      )
    } catch (error) {
      // Somebody else made it while this session waited for its turn: to_regclass answers from the session's catalogue cache, which
      // waiting for an advisory lock does not refresh, so the function may try to make it once more.
      if ((error as { code?: string }).code !== DUPLICATE_TABLE) throw error
    }
  }
}

const DUPLICATE_TABLE = '42P07'

/** The UTC month of an instant, `YYYY-MM`, with its bounds in microseconds. */
function monthOf(micros: number): { name: string; start: number; end: number } {
  const date = new Date(Math.floor(micros / 1_000))
  const start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) * 1_000
  const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) * 1_000
  return { name: date.toISOString().slice(0, 7), start, end }
}
