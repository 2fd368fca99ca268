import { Readable } from 'node:stream'
import type { Action } from '@outlay/domain/audience/policy'
import { addDays } from '@outlay/domain/periods/calendar-date'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { authenticate, type Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import { mayDo, type Context } from '../graphql/context.ts'
import { HttpError } from '../http/http-error.ts'
import { aboutRows } from './about-rows.ts'
import { agentsExport } from './agents-export.ts'
import { clientsExport } from './clients-export.ts'
import { csvFile } from './csv-file.ts'
import { readExportRequest, type ExportRequest } from './export-request.ts'
import type { ExportRow, ExportTable } from './export-table.ts'
import { httpErrorOf } from './http-error-of.ts'
import { projectsExport } from './projects-export.ts'
import { spendExport } from './spend-export.ts'
import { tasksExport } from './tasks-export.ts'
import { workbookFile } from './workbook-file.ts'

interface ExportDeps {
  keys: ApiKeyAuth
  people: PersonAuth
  contextOf: (asker: Authenticated, requestId: string) => Context
  /** Where people find us, for the address that a file says it came from. */
  publicUrl: string
}

/** The tables, each with what one must be allowed to do for it. */
const EXPORTS: Readonly<
  Record<string, { action: Action; make: (context: Context, request: ExportRequest) => ExportTable }>
> = {
  spend: { action: 'cost.read', make: spendExport },
  agents: { action: 'fleet.read', make: agentsExport },
  clients: { action: 'cost.read', make: clientsExport },
  projects: { action: 'cost.read', make: projectsExport },
  tasks: { action: 'cost.read', make: tasksExport },
}

const FILE = /^([a-z]+)\.(csv|xlsx)$/

/**
 * `GET /v1/exports/<what>.(csv|xlsx)`: all rows of a table of the portal, with its parameters, for who may read costs. It is asked by people's
 * cookies and by API keys; a page of another site could only start a download that it cannot read.
 */
export function registerExports(app: FastifyInstance, deps: ExportDeps): void {
  app.get<{ Params: { file: string } }>('/v1/exports/:file', async (request, reply) => {
    try {
      return await answer(request, reply, deps)
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
  const chosen = Object.hasOwn(EXPORTS, what) ? EXPORTS[what] : undefined
  if (chosen === undefined) {
    const known = Object.keys(EXPORTS).join(', ')
    throw new HttpError(404, 'NOT_FOUND', `There are exports of ${known}, each as .csv and .xlsx.`)
  }
  const context = deps.contextOf(await askerOf(request, deps), request.id)
  mustRead(context, chosen.action)
  const asked = readExportRequest(context, new URL(request.url, deps.publicUrl).href)
  const table = chosen.make(context, asked)
  const { range } = asked
  const name = `${what}-${range.from}-${addDays(range.to, -1)}.${format}`
  void reply
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
  const pages = await begun(table.pages)
  if (format === 'csv') {
    return reply.type('text/csv; charset=utf-8').send(Readable.from(csvFile({ columns: table.columns, pages })))
  }
  const file = await workbookFile({ columns: table.columns, pages, about: await aboutRows(context, asked, table) })
  return reply.type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet').send(file)
}

function askerOf({ headers }: FastifyRequest, deps: ExportDeps): Promise<Authenticated> {
  const tenant = headers['x-outlay-tenant']
  return authenticate(deps, {
    authorization: headers.authorization,
    cookie: headers.cookie,
    tenantKey: Array.isArray(tenant) ? tenant[0] : tenant,
  })
}

/** What a role may not read does not exist for it; a key is told that it lacks the scope (law L27). */
function mustRead(context: Context, action: Action): void {
  if (mayDo(context, action)) return
  if (context.principal.kind === 'key') {
    throw new HttpError(403, 'FORBIDDEN', 'Exports need another scope than this key has.')
  }
  throw new HttpError(404, 'NOT_FOUND', 'There is nothing here.')
}

/** The same pages, the first of them read: what fails there fails before an answer has begun. */
async function begun(pages: AsyncGenerator<readonly ExportRow[]>): Promise<AsyncGenerator<readonly ExportRow[]>> {
  const first = await pages.next()
  return (async function* () {
    if (first.done !== true) yield first.value
    yield* pages
  })()
}
