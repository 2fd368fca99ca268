import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@outlay/domain/errors'
import { checkView, type ViewWish } from '@outlay/domain/views/check-view'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** Whose view it is. */
export interface ViewOwner {
  userId: string
  email: string
}

export interface ViewOutcome {
  /** Null when it was refused. */
  viewId: string | null
  userErrors: UserError[]
}

/** Views of one person. */
const VIEWS_MAX = 100

const SAVE = `
INSERT INTO saved_view AS v (tenant_id, id, page, name, query, is_shared, owner_id, owner_email)
SELECT $1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8
WHERE (SELECT count(*) FROM saved_view o WHERE o.tenant_id = $1::uuid AND o.owner_id = $7 AND (o.page, o.name) <> ($3, $4)) < ${VIEWS_MAX}
ON CONFLICT (tenant_id, owner_id, page, name) DO UPDATE SET query = EXCLUDED.query, is_shared = EXCLUDED.is_shared,
  owner_email = EXCLUDED.owner_email, saved_at = clock_timestamp()
RETURNING v.id`

/**
 * Saves a view under its name; the person's own view of that name takes the new address.
 *
 * userErrors: MISSING_FIELD and INVALID_FIELD of domain/src/views/check-view.ts, LIMIT_REACHED beyond 100 views of one person.
 */
export async function saveView(
  { pool }: { pool: Pool },
  tenantId: string,
  { wish, owner }: { wish: ViewWish; owner: ViewOwner },
): Promise<ViewOutcome> {
  try {
    const { page, name, query, isShared } = checkView(wish)
    const values = [tenantId, uuidv7(), page, name, query, isShared, owner.userId, owner.email]
    const { rows } = await tenantTransaction(pool, tenantId, (client) => client.query<{ id: string }>(SAVE, values))
    const [row] = rows
    if (row === undefined) {
      throw new DomainError(
        'LIMIT_REACHED',
        `You have ${VIEWS_MAX} views, the most there may be; delete one first.`,
        'name',
      )
    }
    return { viewId: row.id, userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = error.field === undefined ? null : ['input', error.field]
    return { viewId: null, userErrors: [{ code: error.code, message: error.message, field }] }
  }
}

const DELETE = `DELETE FROM saved_view WHERE tenant_id = $1::uuid AND id = $2::uuid AND owner_id = $3 RETURNING id`

/** Deletes a view of the person's own. userErrors: NOT_FOUND for any other. */
export async function deleteView(
  { pool }: { pool: Pool },
  tenantId: string,
  { viewId, userId }: { viewId: string; userId: string },
): Promise<ViewOutcome> {
  const { rowCount } = await tenantTransaction(pool, tenantId, (client) =>
    client.query(DELETE, [tenantId, viewId, userId]),
  )
  if (rowCount !== 0) return { viewId, userErrors: [] }
  const message = 'You have no such view.'
  return { viewId: null, userErrors: [{ code: 'NOT_FOUND', message, field: ['id'] }] }
}
