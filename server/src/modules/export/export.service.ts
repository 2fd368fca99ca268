import type { ExportFormat } from '@outlay/db/exports/export-job'
import type { ExportFilter, ExportWish } from '@outlay/db/exports/export-question'
import { WAITED_ROWS_MAX } from '@outlay/db/exports/read-table'
import { readExport, readExports, type ExportRecord } from '@outlay/db/sql/read-exports'
import { DomainError } from '@outlay/domain/errors'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { TABLE_KINDS, type TableKind } from '../../exports/table-kinds.ts'
import { actorOf } from '../../graphql/actor.ts'
import { exportAskerOf, mayDo, type Context } from '../../graphql/context.ts'
import { apiError, badInput } from '../../graphql/errors.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { pageSize } from '../../graphql/page.ts'
import { checkedRange } from '../../reads/period.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface ExportArgs {
  kind: string
  range?: DateRange | null
  filters?: readonly { name: string; values: readonly string[] }[] | null
}

export interface ExportPayloadSource {
  export: ExportRecord | null
  userErrors: UserErrorSource[]
}

/** Whether there are more rows than an address answers while somebody waits, and how many there are if not. */
export interface ExportSizeSource {
  rows: number | null
  needsJob: boolean
}

/** The tables that the asker may export. */
export function listExportKinds(context: Context): TableKind[] {
  return TABLE_KINDS.filter(({ action }) => mayDo(context, action))
}

/** What the asker asked for; what others did is theirs. */
export function listExports({ db, principal }: Context, first: number | null | undefined): Promise<ExportRecord[]> {
  return readExports(db, exportAskerOf(principal), pageSize({ first: first ?? 20 }))
}

export function findExport({ db, principal }: Context, id: string): Promise<ExportRecord | null> {
  return readExport(db, exportAskerOf(principal), uuidOf('Export', id, 'id'))
}

export async function sizeOf({ services, tenant, principal }: Context, args: ExportArgs): Promise<ExportSizeSource> {
  try {
    const rows = await services.exports.size(tenant.id, { wish: wishOf(args), asker: exportAskerOf(principal) })
    return rows > WAITED_ROWS_MAX ? { rows: null, needsJob: true } : { rows, needsJob: false }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    // What a role may not read does not exist for it.
    if (error.code === 'FORBIDDEN') throw apiError('NOT_FOUND', 'There is nothing here.')
    throw badInput(error.field === undefined ? 'input' : `input.${error.field}`, error.message)
  }
}

export async function startExport(
  context: Context,
  args: ExportArgs & { format: ExportFormat },
): Promise<ExportPayloadSource> {
  const { services, tenant, principal, db } = context
  const asker = exportAskerOf(principal)
  const { exportId, userErrors } = await services.exports.request(tenant.id, {
    wish: wishOf(args),
    format: args.format,
    asker,
    requestedBy: await actorOf(context),
  })
  if (exportId === null) return { export: null, userErrors }
  await services.enqueue('export.write', { tenantId: tenant.id, exportId })
  return { export: await readExport(db, asker, exportId), userErrors: [] }
}

function wishOf({ kind, range, filters }: ExportArgs): ExportWish {
  return {
    kind,
    range: range === null || range === undefined ? null : checkedRange(range, 'input.range'),
    filter: filterOf(filters ?? []),
  }
}

/** A filter that is named twice keeps what either list names; one without values keeps everything. */
function filterOf(filters: readonly { name: string; values: readonly string[] }[]): ExportFilter {
  const lists = new Map<string, string[]>()
  for (const { name, values } of filters) {
    if (values.length > 0) lists.set(name, [...new Set([...(lists.get(name) ?? []), ...values])])
  }
  return Object.fromEntries(lists)
}
