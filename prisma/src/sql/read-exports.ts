import type { ExportAsker } from '../exports/export-asker.ts'
import type { ExportFormat, ExportState } from '../exports/export-job.ts'
import type { ExportFilter } from '../exports/export-question.ts'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** An export as it stands. Counts are texts of integers, instants RFC 3339. */
export interface ExportRecord {
  id: string
  kind: string
  format: ExportFormat
  state: ExportState
  run: number
  rangeFrom: string | null
  rangeTo: string | null
  filter: ExportFilter
  rowsDone: string
  /** Null: not known yet, or counting took too long. */
  rowsTotal: string | null
  bytes: string
  sha256: string | null
  error: string | null
  requestedBy: string
  requestedAt: string
  startedAt: string | null
  doneAt: string | null
  expiresAt: string | null
}

const EXPORTS = `SELECT id, kind, format, CASE WHEN state = 'DONE' AND expires_at <= clock_timestamp() THEN 'EXPIRED' ELSE state END AS state, run,
    range_from::text AS "rangeFrom", range_to::text AS "rangeTo", filter, rows_done::text AS "rowsDone", rows_total::text AS "rowsTotal",
    bytes::text AS bytes, sha256, error, requested_by AS "requestedBy", ${instantText('requested_at')} AS "requestedAt",
    ${instantText('started_at')} AS "startedAt", ${instantText('done_at')} AS "doneAt", ${instantText('expires_at')} AS "expiresAt"
  FROM export_job WHERE tenant_id = $1::uuid AND asker_kind = $2 AND asker_id = $3`

const ONE: Prepared = { name: 'read_export', text: `${EXPORTS} AND id = $4::uuid` }

/** An export that the asker asked for; null for one of somebody else. */
export async function readExport(db: TenantSql, asker: ExportAsker, id: string): Promise<ExportRecord | null> {
  return (await db.query<ExportRecord>(ONE, [asker.kind, asker.id, id]))[0] ?? null
}

const LATEST: Prepared = {
  name: 'read_exports',
  text: `${EXPORTS} ORDER BY requested_at DESC, id DESC LIMIT $4::int`,
}

/** What the asker asked for last, the newest first. */
export function readExports(db: TenantSql, asker: ExportAsker, limit: number): Promise<ExportRecord[]> {
  return db.query(LATEST, [asker.kind, asker.id, limit])
}

const PIECE: Prepared = {
  name: 'read_export_piece',
  text: `SELECT at_byte::float8 AS "atByte", content FROM export_piece
    WHERE tenant_id = $1::uuid AND job_id = $2::uuid AND run = $3::int AND at_byte <= $4::bigint ORDER BY at_byte DESC LIMIT 1`,
}

/** The bytes of a file from `start` to before `end`, one stored piece at a time. */
export async function* readExportBytes(
  db: TenantSql,
  { id, run }: Pick<ExportRecord, 'id' | 'run'>,
  { start, end }: { start: number; end: number },
): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    const [piece] = await db.query<{ atByte: number; content: Buffer }>(PIECE, [id, run, at])
    const bytes = piece?.content.subarray(at - piece.atByte, end - piece.atByte)
    // Its file expired while it was being fetched: an answer that ends early is seen to, by its length.
    if (bytes === undefined || bytes.length === 0) throw new Error(`The export ${id} has no byte ${at}.`)
    yield bytes
    at += bytes.length
  }
}
