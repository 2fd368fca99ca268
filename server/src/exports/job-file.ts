import { Readable } from 'node:stream'
import { readExport, readExportBytes, type ExportRecord } from '@outlay/db/sql/read-exports'
import { exportKind } from '@outlay/db/exports/kinds'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { localDay } from '@outlay/domain/periods/local-day'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { noteAudit } from '../graphql/audit-mutations.ts'
import { exportAskerOf, mayDo, type Context } from '../graphql/context.ts'
import { uuidOf } from '../graphql/ids.ts'
import { HttpError } from '../http/http-error.ts'
import { CSV_TYPE, PARQUET_TYPE, WORKBOOK_TYPE } from './content-types.ts'

const CONTENT_TYPES = { CSV: CSV_TYPE, XLSX: WORKBOOK_TYPE, PARQUET: PARQUET_TYPE } as const

/**
 * The file of an export, or the part of it that `Range: bytes=` asks for, to who started it and may still read the table. Anything else is
 * not there.
 */
export async function answerJobFile(
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
  context: Context,
): Promise<FastifyReply> {
  const { db, principal } = context
  // Whole files are not for who is limited to clients, even of a time before they were.
  if (!mayDo(context, 'export.start')) throw new HttpError(404, 'NOT_FOUND', 'There is nothing here.')
  const job = await readExport(db, exportAskerOf(principal), uuidOf('Export', request.params.id, 'id'))
  const action = job === null ? undefined : exportKind(job.kind)?.action
  if (job === null || action === undefined || !mayDo(context, action)) {
    throw new HttpError(404, 'NOT_FOUND', 'There is nothing here.')
  }
  if (job.state === 'EXPIRED')
    throw new HttpError(410, 'EXPIRED', 'The file was kept for a week. Start the export again.')
  if (job.state !== 'DONE') throw new HttpError(409, 'NOT_DONE', 'The file is not written yet.')
  const size = Number(job.bytes)
  const asked = request.headers.range
  const range = asked === undefined ? null : rangeOf(asked, size)
  void reply
    .header('content-disposition', `attachment; filename="${fileName(context, job)}"`)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .header('accept-ranges', 'bytes')
    .header('etag', `"${job.sha256}"`)
  if (range === 'UNSATISFIABLE') {
    void reply.header('content-range', `bytes */${size}`)
    throw new HttpError(416, 'RANGE_NOT_SATISFIABLE', `The file has ${size} bytes.`)
  }
  const { start, end } = range ?? { start: 0, end: size }
  // A download that is taken up again is no other one.
  if (start === 0)
    await noteAudit(context, 'downloadExport', { id: request.params.id, kind: job.kind, format: job.format })
  if (range !== null) void reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${size}`)
  return reply
    .type(CONTENT_TYPES[job.format])
    .header('content-length', end - start)
    .send(Readable.from(readExportBytes(db, job, { start, end })))
}

/** One part of a file, `[start, end)`; null for what is no such question, which is answered with the whole. */
function rangeOf(header: string, size: number): { start: number; end: number } | 'UNSATISFIABLE' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? []
  if (first === '' && last === '') return null
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  return start < end ? { start, end } : 'UNSATISFIABLE'
}

function fileName({ tenant }: Context, { kind, format, rangeFrom, rangeTo, requestedAt }: ExportRecord): string {
  const days =
    rangeFrom === null || rangeTo === null
      ? localDay(Date.parse(requestedAt), tenant.timeZone)
      : `${rangeFrom}-${addDays(rangeTo, -1)}`
  return `${kind}-${days}.${format.toLowerCase()}`
}
