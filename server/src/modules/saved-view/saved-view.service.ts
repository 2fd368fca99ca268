import { readSavedView, readSavedViews, type SavedViewRow, type ViewReader } from '@outlay/db/sql/read-saved-views'
import type { ViewPage, ViewWish } from '@outlay/domain/views/check-view'
import { limitOf, type Context, type Principal } from '../../graphql/context.ts'
import { apiError } from '../../graphql/errors.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface SavedViewPayloadSource {
  view: SavedViewRow | null
  userErrors: UserErrorSource[]
}

/** Views are of persons. The policy gives no scope of a key this action. */
function personOf({ principal }: Pick<Context, 'principal'>): Extract<Principal, { kind: 'user' }> {
  if (principal.kind !== 'user') throw apiError('FORBIDDEN', 'Views are of persons; an API key has none.')
  return principal
}

/** Shared views name what others look at, so that who is limited to clients sees their own only. */
function readerOf(context: Pick<Context, 'principal'>): ViewReader {
  return { userId: personOf(context).userId, seesShared: limitOf(context) === null }
}

export function isOwnView({ principal }: Pick<Context, 'principal'>, view: SavedViewRow): boolean {
  return principal.kind === 'user' && principal.userId === view.ownerId
}

export function listSavedViews(context: Context, page: ViewPage): Promise<SavedViewRow[]> {
  return readSavedViews(context.db, { page, ...readerOf(context) })
}

export async function saveView(context: Context, wish: ViewWish): Promise<SavedViewPayloadSource> {
  const { services, tenant, db } = context
  const { userId, email } = personOf(context)
  const { viewId, userErrors } = await services.views.save(tenant.id, { wish, owner: { userId, email } })
  return { view: viewId === null ? null : await readSavedView(db, { viewId, ...readerOf(context) }), userErrors }
}

/** Deletes a view and answers what it was. */
export async function deleteView(context: Context, viewId: string): Promise<SavedViewPayloadSource> {
  const { services, tenant, db } = context
  const { userId } = personOf(context)
  const view = await readSavedView(db, { viewId, ...readerOf(context) })
  const { userErrors } = await services.views.delete(tenant.id, { viewId, userId })
  return { view: userErrors.length === 0 ? view : null, userErrors }
}
