import type { PoolClient } from 'pg'
import { compileCatalogue, type Catalogue } from '@outlay/domain/catalogue/catalogue'
import { ADOPTED_CATALOGUE } from './newest-catalogue.ts'

// A compiled catalogue is some megabytes; tenants that lag behind this far forget each other's.
const VERSIONS_REMEMBERED_MAX = 8

const ADOPTED = `SELECT ${ADOPTED_CATALOGUE} AS version FROM tenant t WHERE t.id = $1::uuid`

const CONTENT = 'SELECT content FROM catalogue_version WHERE version = $1'

/** The catalogues that tenants rate under, each compiled once a process. */
export class Catalogues {
  readonly #shipped: Catalogue | null
  readonly #compiled = new Map<string, Promise<Catalogue | null>>()

  /** `shipped`: the catalogue of this release; null for a process that knows no public prices at all. */
  constructor(shipped: Catalogue | null) {
    this.#shipped = shipped
  }

  /**
   * The catalogue that a tenant has adopted, and the newest there is for one that has adopted none. `client` is in a transaction of the
   * tenant.
   */
  async ofTenant(client: PoolClient, tenantId: string): Promise<Catalogue | null> {
    if (this.#shipped === null) return null
    const result = await client.query<{ version: string | null }>(ADOPTED, [tenantId])
    const version = result.rows[0]?.version ?? this.#shipped.version
    const catalogue = await this.get(client, version)
    if (catalogue === null)
      throw new Error(`The tenant ${tenantId} rates under the catalogue ${version}, which is gone.`)
    return catalogue
  }

  /** The catalogue of a version; null when its content is not here. */
  get(client: PoolClient, version: string): Promise<Catalogue | null> {
    if (version === this.#shipped?.version) return Promise.resolve(this.#shipped)
    const known = this.#compiled.get(version)
    if (known !== undefined) return known
    if (this.#compiled.size >= VERSIONS_REMEMBERED_MAX) this.#compiled.clear()
    const loading = load(client, version)
    this.#compiled.set(version, loading)
    const forget = () => {
      if (this.#compiled.get(version) === loading) this.#compiled.delete(version)
    }
    // What is not here yet may be imported later.
    loading.then((catalogue) => catalogue ?? forget(), forget)
    return loading
  }
}

async function load(client: PoolClient, version: string): Promise<Catalogue | null> {
  const result = await client.query<{ content: unknown }>(CONTENT, [version])
  const content = result.rows[0]?.content ?? null
  return content === null ? null : compileCatalogue(content)
}
