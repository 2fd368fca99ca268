import { Readable } from 'node:stream'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { noteAudit } from '../graphql/audit-mutations.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import type { Context } from '../graphql/context.ts'
import { HttpError } from '../http/http-error.ts'
import { mustBeAllowed, routeAsker } from '../http/route-asker.ts'
import { csvFile } from '@outlay/db/exports/csv-file'
import { CSV_TYPE, WORKBOOK_TYPE } from './content-types.ts'
import { readExportRequest, type ExportRequest } from './export-request.ts'
import type { ExportRow } from '@outlay/domain/export/table'
import { httpErrorOf } from './http-error-of.ts'
import { answerJobFile } from './job-file.ts'
import { TABLE_KINDS, type TableKind } from './table-kinds.ts'
import { workbookFile } from '@outlay/db/exports/workbook-file'

interface ExportDeps {
  keys: ApiKeyAuth
  people: PersonAuth
  contextOf: (asker: Authenticated, requestId: string) => Context
  /** Where people find us, for the address that a file says it came from. */
  publicUrl: string
}

const FILE = /^([a-z-]+)\.(csv|xlsx)$/

/**
 * `GET /v1/exports/<what>.(csv|xlsx)`: all rows of a table of the portal, with its parameters, for who may read it. It is asked by people's
 * cookies and by API keys; a page of another site could only start a download that it cannot read. `GET /v1/exports/jobs/:id`: the file of
 * an export that a worker has written.
 */
export function registerExports(app: FastifyInstance, deps: ExportDeps): void {
  app.get<{ Params: { file: string } }>('/v1/exports/:file', async (request, reply) => {
    try {
      return await answer(request, reply, deps)
    } catch (error) {
      throw httpErrorOf(error)
    }
  })
  app.get<{ Params: { id: string } }>('/v1/exports/jobs/:id', async (request, reply) => {
    try {
      return await answerJobFile(request, reply, deps.contextOf(await routeAsker(request, deps), request.id))
    } catch (error) {
      throw httpErrorOf(error)
    }
  })
}

async function answer(
  request: FastifyRequest<{ Params: { file: string } }>,
  reply: FastifyReply,
  deps: ExportDeps,
): Promise<FastifyReply> {
  const [, what = '', format] = FILE.exec(request.params.file) ?? []
  const kind = TABLE_KINDS.find(({ name }) => name === what)
  if (kind === undefined) {
    const known = TABLE_KINDS.map(({ name }) => name).join(', ')
    throw new HttpError(404, 'NOT_FOUND', `There are exports of ${known}, each as .csv and .xlsx.`)
  }
  const context = deps.contextOf(await routeAsker(request, deps), request.id)
  mustBeAllowed(context, kind.action, 'Exports need')
  const asked = readExportRequest(context, new URL(request.url, deps.publicUrl).href)
  const { columns, pages: all, about } = await kind.open(context, asked)
  const pages = await begun(all)
  // Who took which data out is known before the first byte of it leaves.
  await noteAudit(context, 'downloadExport', { name: request.params.file, ...askedOf(asked) })
  void reply
    .header('content-disposition', `attachment; filename="${fileName(context, { kind, asked, format: format ?? '' })}"`)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
  if (format === 'csv')
    return reply.type(CSV_TYPE).send(Readable.from(csvFile({ columns, pages, isPlain: kind.isPlain })))
  return reply.type(WORKBOOK_TYPE).send(Readable.from(workbookFile({ columns, pages, about })))
}

/** `spend-2026-03-01-2026-03-31.csv`; the day of today where the rows are of no period. */
function fileName(
  { tenant, now }: Context,
  { kind, asked: { range }, format }: { kind: TableKind; asked: ExportRequest; format: string },
): string {
  const days = kind.isOfPeriod ? `${range.from}-${addDays(range.to, -1)}` : today(now, tenant.timeZone)
  return `${kind.name}-${days}.${format}`
}

/** The parameters of the address, as the audit log keeps them. */
function askedOf({ parameters }: ExportRequest): Record<string, string[]> {
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]))
}

/** The same pages, the first of them read: what fails there fails before an answer has begun. */
async function begun(pages: AsyncGenerator<readonly ExportRow[]>): Promise<AsyncGenerator<readonly ExportRow[]>> {
  const first = await pages.next()
  return (async function* () {
    if (first.done !== true) yield first.value
    yield* pages
  })()
}
