import type { PoolClient, QueryConfig } from 'pg'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'

/** The ingest statement of one batch as it was sent. */
export interface CapturedStatement {
  text: string
  values: unknown[]
}

/** A pool that remembers every ingest statement that goes through it, so that the statement alone can be run again. */
export class CapturingPool extends TenantPool {
  readonly captured: CapturedStatement[] = []
  readonly #listened = new WeakSet<PoolClient>()

  override async connectUnscoped(): Promise<PoolClient> {
    const client = await super.connectUnscoped()
    if (this.#listened.has(client)) return client
    this.#listened.add(client)
    const send = client.query.bind(client) as unknown as (...args: unknown[]) => unknown
    const listening = (...args: unknown[]) => {
      const [config] = args as [QueryConfig | string]
      if (typeof config === 'object' && config.name === 'write_batch') {
        this.captured.push({ text: config.text, values: [...(config.values ?? [])] })
      }
      return send(...args)
    }
    Object.assign(client, { query: listening })
    return client
  }
}
