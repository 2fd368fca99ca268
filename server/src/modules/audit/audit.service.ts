import { countAuditEvents, readAuditEvents, readAuditFacets, type AuditRecord } from '@outlay/db/sql/read-audit'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { decodeCursor, pageSize, toPage, type Page, type PageArgs } from '../../graphql/page.ts'
import { storableKey } from '../../reads/storable-key.ts'

export interface AuditArgs extends PageArgs {
  action?: string | null | undefined
  actor?: string | null | undefined
}

const LIST = 'auditLog'
const AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A page of the log, the newest first. */
export async function listAudit({ db }: Context, args: AuditArgs): Promise<Page<AuditRecord>> {
  const size = pageSize(args)
  const after = decodeCursor(LIST, 2, args.after)
  // A cursor may come from anybody; what is not a position of ours must not reach the database.
  if (after !== null && !(AT.test(after[0] ?? '') && UUID.test(after[1] ?? '')))
    throw badInput('after', 'after is not a cursor of this list; take it from pageInfo.endCursor of the page before.')
  const filter = { action: args.action ?? null, actor: args.actor ?? null }
  const canBe = [filter.action, filter.actor].every((text) => text === null || storableKey(text))
  const rows = canBe ? await readAuditEvents(db, { filter, after, limit: size + 1 }) : []
  return toPage({
    list: LIST,
    rows,
    size,
    keyOf: ({ at, id }) => [at, id],
    after: args.after,
    totalCount: async () => (canBe ? countAuditEvents(db, filter) : 0),
  })
}

/** What the log can be filtered by. */
export function auditFacets({ db }: Context): Promise<{ actions: string[]; actors: string[] }> {
  return readAuditFacets(db)
}
