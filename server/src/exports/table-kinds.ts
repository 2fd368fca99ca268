import { EXPORT_KINDS } from '@outlay/db/exports/kinds'
import type { ExportFormat } from '@outlay/db/exports/export-job'
import { formatsOf, type ExportKind } from '@outlay/db/exports/export-kind'
import { checkedQuestion, type ExportFilter } from '@outlay/db/exports/export-question'
import { WAITED_ROWS_MAX } from '@outlay/db/exports/read-table'
import type { Action } from '@outlay/domain/audience/policy'
import type { AboutRow, ExportColumn, ExportRow } from '@outlay/domain/export/table'
import { exportAskerOf, type Context } from '../graphql/context.ts'
import { HttpError } from '../http/http-error.ts'
import { aboutRows } from './about-rows.ts'
import { agentsExport } from './agents-export.ts'
import { clientsExport } from './clients-export.ts'
import type { ExportRequest } from './export-request.ts'
import { slicesOf, type ExportTable } from './export-table.ts'
import { projectsExport } from './projects-export.ts'
import { spendExport } from './spend-export.ts'
import { tasksExport } from './tasks-export.ts'

/** A table on its way into a file. */
export interface OpenedTable {
  columns: readonly ExportColumn[]
  /** The first is asked for before anything is sent: what cannot be answered fails there. */
  pages: AsyncGenerator<readonly ExportRow[]>
  about: () => Promise<readonly AboutRow[]>
}

/** A table that has an address, `/v1/exports/<name>.csv` and `.xlsx`. */
export interface TableKind {
  name: string
  label: string
  action: Action
  isOfPeriod: boolean
  /** Names of parameters that keep a part of the rows. Empty where the page of the table has more to say than that. */
  filters: readonly string[]
  /** Whether `startExport` takes it. The others are sums, which need no job however long the period. */
  isJob: boolean
  /** What a job writes it as; of what is none, what its address does. */
  formats: readonly ExportFormat[]
  /** Its CSV is for programs: without the mark of UTF-8. */
  isPlain: boolean
  open: (context: Context, request: ExportRequest) => Promise<OpenedTable>
}

/** Every table that can be exported: sums, from the services that GraphQL reads by, and rows of the database. */
export const TABLE_KINDS: readonly TableKind[] = [
  sums('spend', 'Spend', spendExport),
  sums('agents', 'Agents', agentsExport, 'fleet.read'),
  sums('clients', 'Clients', clientsExport),
  sums('projects', 'Projects', projectsExport),
  sums('tasks', 'Tasks', tasksExport),
  ...EXPORT_KINDS.map(rows),
]

function sums(
  name: string,
  label: string,
  make: (context: Context, request: ExportRequest) => ExportTable,
  action: Action = 'cost.read',
): TableKind {
  return {
    ...{ name, label, action, isOfPeriod: true, filters: [], isJob: false, isPlain: false, formats: ['CSV', 'XLSX'] },
    open: async (context, request) => {
      const table = make(context, request)
      return { ...table, about: () => aboutRows(context, request, table) }
    },
  }
}

const SLICE = 100

function rows(kind: ExportKind): TableKind {
  const { name, label, action, isOfPeriod } = kind
  const filters = Object.keys(kind.filters)
  return {
    ...{
      name,
      label,
      action,
      isOfPeriod,
      filters,
      isJob: true,
      isPlain: kind.isPlain === true,
      formats: formatsOf(kind),
    },
    open: async (context, { parameters, range, url }) => {
      const question = checkedQuestion({ kind: name, range, filter: filterOf(parameters, filters) })
      const table = await context.services.exports.read({
        tenantId: context.tenant.id,
        asker: exportAskerOf(context.principal),
        question,
      })
      if (table === null) {
        const message = `More than ${WAITED_ROWS_MAX} rows are written by a job: start one with startExport, or in the portal.`
        throw new HttpError(400, 'TOO_MANY_ROWS', message)
      }
      return {
        columns: table.columns,
        pages: pagesOf(table.rows),
        about: async () => [...table.about, ['Request', url]],
      }
    },
  }
}

async function* pagesOf(all: readonly ExportRow[]): AsyncGenerator<readonly ExportRow[]> {
  yield* slicesOf(all, SLICE)
}

function filterOf(parameters: URLSearchParams, names: readonly string[]): ExportFilter {
  const given = names.map((name) => [name, [...new Set(parameters.getAll(name).filter((key) => key !== ''))]] as const)
  return Object.fromEntries(given.filter(([, keys]) => keys.length > 0))
}
