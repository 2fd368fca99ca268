import type { ViewPage } from '@outlay/domain/views/check-view'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** A saved view as somebody may see it. Instants are RFC 3339. */
export interface SavedViewRow {
  id: string
  page: ViewPage
  name: string
  query: string
  ownerId: string
  ownerEmail: string
  isShared: boolean
  savedAt: string
}

const VIEWS = `SELECT id, page, name, query, owner_id AS "ownerId", owner_email AS "ownerEmail", is_shared AS "isShared",
    ${instantText('saved_at')} AS "savedAt"
  FROM saved_view WHERE tenant_id = $1::uuid AND (owner_id = $2 OR (is_shared AND $3::boolean))`

const OF_PAGE: Prepared = {
  name: 'read_saved_views',
  text: `${VIEWS} AND page = $4 ORDER BY owner_id <> $2, name, id LIMIT 500`,
}

/** Whose views are read. `seesShared`: those that others share as well. */
export interface ViewReader {
  userId: string
  seesShared: boolean
}

/** A person's own views of a page, then those that others share, each by name; at most 500. */
export function readSavedViews(
  db: TenantSql,
  { page, userId, seesShared }: ViewReader & { page: ViewPage },
): Promise<SavedViewRow[]> {
  return db.query(OF_PAGE, [userId, seesShared, page])
}

const ONE: Prepared = { name: 'read_saved_view', text: `${VIEWS} AND id = $4::uuid` }

/** A view that the person may see; null for another. */
export async function readSavedView(
  db: TenantSql,
  { viewId, userId, seesShared }: ViewReader & { viewId: string },
): Promise<SavedViewRow | null> {
  return (await db.query<SavedViewRow>(ONE, [userId, seesShared, viewId]))[0] ?? null
}
