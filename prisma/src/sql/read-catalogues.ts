import { ADOPTED_CATALOGUE } from '../catalogue/newest-catalogue.ts'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** An imported catalogue of public prices, as a tenant sees it. */
export interface CatalogueRecord {
  version: string
  /** UTC date. */
  publishedOn: string | null
  importedAt: string
  rates: number
  isAdopted: boolean
}

/** Most versions of one answer. */
const VERSIONS_MAX = 200

const ALL: Prepared = {
  name: 'read_catalogues',
  text: `SELECT c.version, c.published_on::text AS "publishedOn", ${instantText('c.imported_at')} AS "importedAt",
      (SELECT coalesce(sum(jsonb_array_length(m -> 'prices')), 0)::int FROM jsonb_array_elements(c.content -> 'models') m) AS rates,
      c.version = ${ADOPTED_CATALOGUE} AS "isAdopted"
    FROM catalogue_version c JOIN tenant t ON t.id = $1::uuid WHERE c.content IS NOT NULL
    ORDER BY c.published_on DESC NULLS LAST, c.imported_at DESC, c.version DESC LIMIT ${VERSIONS_MAX}`,
}

/** The catalogues that the tenant can adopt, newest first. */
export function readCatalogues(db: TenantSql): Promise<CatalogueRecord[]> {
  return db.query(ALL)
}

const USED: Prepared = {
  name: 'read_used_resources',
  text: `SELECT nullif(provider, '') AS provider, name AS resource FROM resource WHERE tenant_id = $1::uuid AND name <> ''`,
}

/** Every resource that an event of the tenant has named. */
export function readUsedResources(db: TenantSql): Promise<{ provider: string | null; resource: string }[]> {
  return db.query(USED)
}
