import type { PoolClient, QueryConfig } from 'pg'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'

/** A statement that stores events or their sums, as it was sent. */
export interface CapturedStatement {
  name: string
  text: string
  values: unknown[]
}

/** A pool that remembers what was written through it, a list a transaction, so that the statements alone can be run again. */
export class CapturingPool extends TenantPool {
  readonly captured: CapturedStatement[][] = []
  readonly #listened = new WeakSet<PoolClient>()

  override async connectUnscoped(): Promise<PoolClient> {
    const client = await super.connectUnscoped()
    if (this.#listened.has(client)) return client
    this.#listened.add(client)
    const send = client.query.bind(client) as unknown as (...args: unknown[]) => unknown
    let batch: CapturedStatement[] = []
    const listening = (...args: unknown[]) => {
      const [config] = args as [QueryConfig | string]
      if (typeof config === 'object' && (config.name === 'write_events' || config.name === 'write_sums')) {
        batch.push({ name: config.name, text: config.text, values: [...(config.values ?? [])] })
        // The sums are the last that a batch writes.
        if (config.name === 'write_sums') {
          this.captured.push(batch)
          batch = []
        }
      }
      return send(...args)
    }
    Object.assign(client, { query: listening })
    return client
  }
}
