import type { Pool, PoolClient } from 'pg'
import type { Catalogue } from '@outlay/domain/catalogue/catalogue'
import { bucketMinutes } from '@outlay/domain/periods/bucket'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { fxTable, type FxTable } from '@outlay/domain/rating/fx-table'
import { compileRateBook, type Prices, type RateBook } from '@outlay/domain/rating/rate-book'
import { Catalogues } from '../catalogue/catalogues.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { ladderId } from './ladder-id.ts'
import { loadFxRates, loadTenantRates } from './load-rates.ts'

/** What rating and placing an event needs to know of its tenant, all of one version. */
export interface TenantConfig {
  version: number
  /** The reporting currency. */
  currency: string
  timeZone: string
  bucketMinutes: number
  /** What `rateBook` is made of (the tenant's own rates, past ones too; the public prices that it has adopted), for who asks what other prices would make. */
  prices: Prices
  rateBook: RateBook
  /** The FX rates into the reporting currency. */
  fx: FxTable
  /** Whether the sender's own figure is used where no rate matches. */
  useReportedCost: boolean
  /** First days of the months that are closed: what is written of them now is posted to an open one (law L23). */
  closedMonths: ReadonlySet<CalendarDate>
}

// A process that serves more tenants than this forgets them all and loads again: memory stays bounded.
const TENANTS_REMEMBERED_MAX = 2_000

/**
 * The configurations of tenants in memory. They may be old: whoever writes compares the version under the tenant's lock and reloads
 * (docs/decisions/0004), so nothing has to be notified.
 */
export class TenantConfigs {
  readonly catalogues: Catalogues
  readonly #pool: Pool
  readonly #configs = new Map<string, Promise<TenantConfig>>()
  /** Those of them that are here already. */
  readonly #loaded = new Map<string, TenantConfig>()

  /** `catalogue`: the public prices of this release; null for a process without any. Each tenant rates under the version it adopted. */
  constructor(deps: { pool: Pool; catalogue: Catalogue | null }) {
    this.#pool = deps.pool
    this.catalogues = new Catalogues(deps.catalogue)
  }

  /** The configuration as this process knows it. */
  get(tenantId: string): Promise<TenantConfig> {
    return this.#configs.get(tenantId) ?? this.reload(tenantId)
  }

  /**
   * The configuration of a version that was read under the tenant's lock. Who holds the lock gives its connection and reads with that one: the
   * others of the pool may all be waiting for the lock.
   */
  async at(tenantId: string, version: number, holder?: PoolClient): Promise<TenantConfig> {
    if (holder === undefined) {
      const known = await this.get(tenantId)
      return known.version === version ? known : this.reload(tenantId)
    }
    const loaded = this.#loaded.get(tenantId)
    if (loaded?.version === version) return loaded
    const config = await readConfig(holder, tenantId, this.catalogues)
    this.#configs.set(tenantId, Promise.resolve(config))
    this.#loaded.set(tenantId, config)
    return config
  }

  /** The configuration as it is stored now, for who explains prices outside the tenant's lock. */
  async current(tenantId: string): Promise<TenantConfig> {
    const version = await tenantTransaction(this.#pool, tenantId, async (client) => {
      const { rows } = await client.query<{ config_version: number }>(
        'SELECT config_version FROM tenant WHERE id = $1::uuid',
        [tenantId],
      )
      return rows[0]?.config_version
    })
    return version === undefined ? this.reload(tenantId) : this.at(tenantId, version)
  }

  reload(tenantId: string): Promise<TenantConfig> {
    if (this.#configs.size >= TENANTS_REMEMBERED_MAX) {
      this.#configs.clear()
      this.#loaded.clear()
    }
    const loading = loadConfig(this.#pool, tenantId, this.catalogues)
    this.#configs.set(tenantId, loading)
    loading.then(
      (config) => {
        if (this.#configs.get(tenantId) === loading) this.#loaded.set(tenantId, config)
      },
      () => {
        if (this.#configs.get(tenantId) === loading) this.#configs.delete(tenantId)
      },
    )
    return loading
  }
}

const CLOSED_MONTHS = `SELECT month::text AS month FROM period WHERE tenant_id = $1::uuid AND state = 'CLOSED'`

async function loadConfig(pool: Pool, tenantId: string, catalogues: Catalogues): Promise<TenantConfig> {
  return tenantTransaction(pool, tenantId, async (client) => {
    // One snapshot for all reads, so that the version belongs to the rates.
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return readConfig(client, tenantId, catalogues)
  })
}

/** In one snapshot, or under the tenant's lock: nobody changes what prices usage meanwhile. */
async function readConfig(client: PoolClient, tenantId: string, catalogues: Catalogues): Promise<TenantConfig> {
  const result = await client.query<{
    config_version: number
    currency: string
    time_zone: string
    use_reported_cost: boolean
  }>('SELECT config_version, currency, time_zone, use_reported_cost FROM tenant WHERE id = $1::uuid', [tenantId])
  const tenant = result.rows[0]
  if (tenant === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  const rates = await loadTenantRates(client, tenantId)
  const fx = await loadFxRates(client, { tenantId, quote: tenant.currency })
  const catalogue = await catalogues.ofTenant(client, tenantId)
  const prices = { rates, catalogue, fx, currency: tenant.currency, ladderId }
  const closed = await client.query<{ month: string }>(CLOSED_MONTHS, [tenantId])
  return {
    version: tenant.config_version,
    currency: tenant.currency,
    timeZone: tenant.time_zone,
    bucketMinutes: bucketMinutes(tenant.time_zone),
    prices,
    rateBook: compileRateBook(prices),
    fx: fxTable(fx, tenant.currency),
    useReportedCost: tenant.use_reported_cost,
    closedMonths: new Set(closed.rows.map((row) => row.month)),
  }
}
