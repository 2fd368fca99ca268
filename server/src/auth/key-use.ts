import { touchApiKeys } from '@outlay/db/sql/read-api-keys'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { isoText } from '../reads/period.ts'

const FLUSH_MS = 30_000

/** Notes when keys were used, written in batches: a write per request would cost more than the request. */
export class KeyUse {
  readonly #pool: TenantPool
  readonly #log: (error: unknown) => void
  readonly #timer: NodeJS.Timeout
  #uses = new Map<string, Map<string, string>>()

  constructor(deps: { pool: TenantPool; onError: (error: unknown) => void }) {
    this.#pool = deps.pool
    this.#log = deps.onError
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS)
    this.#timer.unref()
  }

  note({ tenantId, keyId }: { tenantId: string; keyId: string }): void {
    const ofTenant = this.#uses.get(tenantId) ?? new Map<string, string>()
    ofTenant.set(keyId, isoText(Date.now()))
    this.#uses.set(tenantId, ofTenant)
  }

  async flush(): Promise<void> {
    const uses = this.#uses
    this.#uses = new Map()
    for (const [tenantId, keys] of uses) {
      try {
        await touchApiKeys(
          tenantSql(this.#pool, tenantId),
          [...keys].map(([id, at]) => ({ id, at })),
        )
      } catch (error) {
        // Losing a "last used" is no reason to fail or to keep it in memory for ever.
        this.#log(error)
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }
}
