import { Readable } from 'node:stream'
import { openLink, type OpenEdition } from '@outlay/db/reports/report-link'
import { readReportBytes, readReportEdition, readReportFiles } from '@outlay/db/sql/read-reports'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { REPORT_FORMATS, type ReportFormat } from '@outlay/domain/reports/document'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { authenticate, type Authenticated } from '../auth/authenticate.ts'
import type { ApiKeyAuth } from '../auth/api-key-auth.ts'
import { parseInvitationToken } from '../auth/invitation-link.ts'
import type { PersonAuth } from '../auth/person-auth.ts'
import { CSV_TYPE, WORKBOOK_TYPE } from '../exports/content-types.ts'
import { httpErrorOf } from '../exports/http-error-of.ts'
import { noteAudit } from '../graphql/audit-mutations.ts'
import type { Context } from '../graphql/context.ts'
import { encodeId, uuidOf } from '../graphql/ids.ts'
import { HttpError } from '../http/http-error.ts'
import { readableKinds } from '../modules/report/report.service.ts'
import { gonePage, linkPage } from './link-page.ts'

interface ReportDeps {
  keys: ApiKeyAuth
  people: PersonAuth
  pool: TenantPool
  contextOf: (asker: Authenticated, requestId: string) => Context
}

const TYPES: Readonly<Record<ReportFormat, string>> = {
  PDF: 'application/pdf',
  XLSX: WORKBOOK_TYPE,
  CSV: CSV_TYPE,
  HTML: 'text/html; charset=utf-8',
}

/** What a report or its page may do in a browser: show itself. No script, nothing from elsewhere, no frame around it. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-downloads allow-popups"

const FILE = /^(red_[0-9a-hjkmnp-tv-z]{26})\.([a-z]{3,4})$/

/**
 * `GET /v1/reports/<edition>.(pdf|xlsx|csv|html)`: a file of an edition, for who may read it. `GET /r/<token>` and `/r/<token>/<format>`: what the
 * link of a mail opens, without signing in.
 */
export function registerReports(app: FastifyInstance, deps: ReportDeps): void {
  app.get<{ Params: { file: string } }>('/v1/reports/:file', async (request, reply) => {
    try {
      const { headers } = request
      const tenant = headers['x-outlay-tenant']
      const asker = await authenticate(deps, {
        authorization: headers.authorization,
        cookie: headers.cookie,
        tenantKey: Array.isArray(tenant) ? tenant[0] : tenant,
      })
      return await answerFile(reply, request.params.file, deps.contextOf(asker, request.id))
    } catch (error) {
      throw httpErrorOf(error)
    }
  })
  app.get<{ Params: { token: string } }>('/r/:token', (request, reply) =>
    answerLink(reply, deps, { ...request.params }),
  )
  app.get<{ Params: { token: string; format: string } }>('/r/:token/:format', (request, reply) =>
    answerLink(reply, deps, { ...request.params }),
  )
}

async function answerFile(reply: FastifyReply, file: string, context: Context): Promise<FastifyReply> {
  const { db } = context
  const [, editionId = '', extension = ''] = FILE.exec(file) ?? []
  const format = formatOf(extension)
  const edition =
    format === null
      ? null
      : await readReportEdition(db, readableKinds(context), uuidOf('ReportEdition', editionId, 'file'))
  if (edition === null || format === null) throw new HttpError(404, 'NOT_FOUND', 'There is nothing here.')
  const [found] = (await readReportFiles(db, [edition.id])).filter((one) => one.format === format)
  if (found === undefined) throw new HttpError(404, 'NOT_FOUND', 'There is nothing here.')
  // Who took which data out is known before the first byte of it leaves.
  await noteAudit(context, 'downloadReport', { id: encodeId('ReportEdition', edition.id), format })
  return answerBytes(reply, {
    format,
    name: `${editionId}.${extension}`,
    sha256: found.sha256,
    bytes: found.bytes,
  }).send(Readable.from(readReportBytes(db, found)))
}

async function answerLink(
  reply: FastifyReply,
  { pool }: ReportDeps,
  { token, format: extension }: { token: string; format?: string },
): Promise<FastifyReply> {
  const format = extension === undefined ? null : formatOf(extension)
  const parsed = extension !== undefined && format === null ? null : parseInvitationToken(token)
  const edition = parsed === null ? null : await openLink({ pool }, { ...parsed, what: format ?? 'PAGE' })
  void reply.header('referrer-policy', 'no-referrer').header('x-robots-tag', 'noindex, nofollow')
  if (parsed === null || edition === null) return page(reply.code(404), gonePage())
  if (format === null) return page(reply, linkPage(edition, token))
  return answerLinkedFile(reply, { db: tenantSql(pool, parsed.tenantId), edition, format })
}

async function answerLinkedFile(
  reply: FastifyReply,
  { db, edition, format }: { db: ReturnType<typeof tenantSql>; edition: OpenEdition; format: ReportFormat },
): Promise<FastifyReply> {
  const [found] = (await readReportFiles(db, [edition.editionId])).filter((one) => one.format === format)
  if (found === undefined) return page(reply.code(404), gonePage())
  const name = `${encodeId('ReportEdition', edition.editionId)}.${format.toLowerCase()}`
  return answerBytes(reply, { format, name, sha256: found.sha256, bytes: found.bytes }).send(
    Readable.from(readReportBytes(db, found)),
  )
}

/** The head of a file. HTML is shown, in a sandbox; anything else is saved. */
function answerBytes(
  reply: FastifyReply,
  { format, name, sha256, bytes }: { format: ReportFormat; name: string; sha256: string; bytes: string },
): FastifyReply {
  return reply
    .type(TYPES[format])
    .header('content-disposition', `${format === 'HTML' ? 'inline' : 'attachment'}; filename="${name}"`)
    .header('content-security-policy', PAGE_POLICY)
    .header('content-length', bytes)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .header('etag', `"${sha256}"`)
}

function page(reply: FastifyReply, html: string): FastifyReply {
  return reply
    .type(TYPES.HTML)
    .header('content-security-policy', PAGE_POLICY)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .send(html)
}

function formatOf(extension: string): ReportFormat | null {
  return REPORT_FORMATS.find((format) => format.toLowerCase() === extension) ?? null
}
