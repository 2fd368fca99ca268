import type { Pool } from 'pg'
import type { Catalogue } from '@outlay/domain/catalogue/catalogue'
import { bucketMinutes } from '@outlay/domain/periods/bucket'
import { compileRateBook, type Prices, type RateBook } from '@outlay/domain/rating/rate-book'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { loadFxRates, loadTenantRates } from './load-rates.ts'

/** What rating and placing an event needs to know of its tenant, all of one version. */
export interface TenantConfig {
  version: number
  /** The reporting currency. */
  currency: string
  timeZone: string
  bucketMinutes: number
  /** What `rateBook` is made of, for who asks what other prices would make. */
  prices: Prices
  rateBook: RateBook
}

// A process that serves more tenants than this forgets them all and loads again: memory stays bounded.
const TENANTS_REMEMBERED_MAX = 2_000

/**
 * The configurations of tenants in memory. They may be old: whoever writes compares the version under the tenant's lock and reloads
 * (docs/decisions/0004), so nothing has to be notified.
 */
export class TenantConfigs {
  readonly #pool: Pool
  readonly #catalogue: Catalogue | null
  readonly #configs = new Map<string, Promise<TenantConfig>>()

  constructor(deps: { pool: Pool; catalogue: Catalogue | null }) {
    this.#pool = deps.pool
    this.#catalogue = deps.catalogue
  }

  /** The configuration as this process knows it. */
  get(tenantId: string): Promise<TenantConfig> {
    return this.#configs.get(tenantId) ?? this.reload(tenantId)
  }

  /** The configuration of a version that was read under the tenant's lock. */
  async at(tenantId: string, version: number): Promise<TenantConfig> {
    const known = await this.get(tenantId)
    return known.version === version ? known : this.reload(tenantId)
  }

  reload(tenantId: string): Promise<TenantConfig> {
    if (this.#configs.size >= TENANTS_REMEMBERED_MAX) this.#configs.clear()
    const loading = loadConfig(this.#pool, tenantId, this.#catalogue)
    this.#configs.set(tenantId, loading)
    loading.catch(() => {
      if (this.#configs.get(tenantId) === loading) this.#configs.delete(tenantId)
    })
    return loading
  }
}

async function loadConfig(pool: Pool, tenantId: string, catalogue: Catalogue | null): Promise<TenantConfig> {
  return tenantTransaction(pool, tenantId, async (client) => {
    // One snapshot for all three reads, so that the version belongs to the rates.
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const result = await client.query<{ config_version: number; currency: string; time_zone: string }>(
      'SELECT config_version, currency, time_zone FROM tenant WHERE id = $1::uuid',
      [tenantId],
    )
    const tenant = result.rows[0]
    if (tenant === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
    const rates = await loadTenantRates(client, tenantId)
    const fx = await loadFxRates(client, { tenantId, quote: tenant.currency })
    const prices = { rates, catalogue, fx, currency: tenant.currency }
    return {
      version: tenant.config_version,
      currency: tenant.currency,
      timeZone: tenant.time_zone,
      bucketMinutes: bucketMinutes(tenant.time_zone),
      prices,
      rateBook: compileRateBook(prices),
    }
  })
}
