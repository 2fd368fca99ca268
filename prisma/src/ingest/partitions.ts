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
    for (const micros of instants) {
      const month = new Date(micros / 1_000).toISOString().slice(0, 7)
      if (!this.#known.has(month)) months.add(month)
    }
    for (const month of [...months].sort()) {
      await tenantTransaction(this.#pool, tenantId, (client) =>
        client.query('SELECT ensure_invocation_partition($1::date)', [`${month}-01`]),
      )
      this.#known.add(month)
    }
  }
}
