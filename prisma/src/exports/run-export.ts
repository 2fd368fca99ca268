import { createHash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import type { ExportRow } from '@outlay/domain/export/table'
import { isPassing } from '../ingest/sql-state.ts'
import { TakenOverError } from '../rerating/work-on.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { csvFile } from './csv-file.ts'
import type { ExportRef, TakenExport } from './export-job.ts'
import type { ExportKind } from './export-kind.ts'
import { checkedQuestion } from './export-question.ts'
import { parquetFile } from './parquet-file.ts'
import { withRows, type OpenTable } from './with-rows.ts'
import { workbookFile } from './workbook-file.ts'
import { ZipTooLargeError } from './zip.ts'

/** Where the work on an export is; each is told when it begins, PIECE before each piece is stored. */
export type ExportStep = 'START' | 'READ' | 'PIECE' | 'FINISH' | 'DONE'

export interface ExportControl {
  /** Aborted: the work ends before its next step with the reason; started again, it begins anew. */
  signal: AbortSignal
  /** Asked before each step, and waited for. */
  onStep?: (step: ExportStep) => Promise<void> | void
}

/** What is stored at a time; memory holds one of it. */
const PIECE_BYTES = 1024 * 1024
/** A larger file is of no use to a spreadsheet, and a database is no place for it. */
const FILE_BYTES_MAX = 2 * 1024 ** 3
/** A job whose workers end under it so often is the cause. */
const RUNS_MAX = 20
const KEPT = '7 days'

/**
 * Writes the file of an export, piece by piece, from one snapshot of the tenant's rows. It can be fetched once the last piece is there, and
 * not before: killed anywhere, it is begun again, and what the run before it has written goes. Done twice it changes nothing. What cannot
 * succeed by being tried again ends it as FAILED.
 */
export async function runExport({ pool }: { pool: Pool }, ref: ExportRef, control: ExportControl): Promise<void> {
  const step = async (name: ExportStep) => {
    control.signal.throwIfAborted()
    await control.onStep?.(name)
  }
  try {
    await step('START')
    const taken = await tenantTransaction(pool, ref.tenantId, (client) => takeUp(client, ref))
    if (taken === null) return
    await step('READ')
    const { tenantId } = ref
    const question = checkedQuestion(taken)
    await withRows(pool, { tenantId, asker: taken.asker, question }, (table) =>
      write(pool, { ref, taken, table, kind: question.kind, step }),
    )
    await step('DONE')
  } catch (error) {
    if (error instanceof TakenOverError) return
    if (!control.signal.aborted && !isPassing(error)) await fail(pool, ref, error)
    if (!(error instanceof DomainError) && !(error instanceof ZipTooLargeError)) throw error
  }
}

const TAKE_UP = `
UPDATE export_job SET state = 'RUNNING', run = run + 1, rows_done = 0, rows_total = NULL, bytes = 0, started_at = clock_timestamp(),
  updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid AND state IN ('QUEUED', 'RUNNING')
RETURNING kind, format, range_from::text AS "from", range_to::text AS "to", filter, asker_kind AS "askerKind", asker_id AS "askerId", run`

interface TakenRow extends Pick<TakenExport, 'kind' | 'format' | 'filter' | 'run'> {
  from: string | null
  to: string | null
  askerKind: TakenExport['asker']['kind']
  askerId: string
}

/** Takes the job from whoever had it, and throws away what that one has written. Null when there is nothing to do. */
async function takeUp(client: PoolClient, { tenantId, exportId }: ExportRef): Promise<TakenExport | null> {
  const { rows } = await client.query<TakenRow>(TAKE_UP, [tenantId, exportId])
  const [row] = rows
  if (row === undefined) return null
  await client.query('DELETE FROM export_piece WHERE tenant_id = $1::uuid AND job_id = $2::uuid', [tenantId, exportId])
  const { from, to, askerKind, askerId, ...taken } = row
  if (taken.run > RUNS_MAX) {
    throw new DomainError('GIVEN_UP', `It was begun ${RUNS_MAX} times, and each time its worker ended.`)
  }
  return {
    ...taken,
    range: from === null || to === null ? null : { from, to },
    asker: { kind: askerKind, id: askerId },
  }
}

interface Writing {
  ref: ExportRef
  taken: TakenExport
  table: OpenTable
  kind: ExportKind
  step: (name: ExportStep) => Promise<void>
}

async function write(pool: Pool, { ref, taken, table, kind, step }: Writing): Promise<void> {
  const stored = <T>(work: (client: PoolClient) => Promise<T>) => tenantTransaction(pool, ref.tenantId, work)
  const total = await table.count()
  await stored((client) => note(client, { ref, taken, rows: 0, total, bytes: 0 }))
  const progress = { rows: 0 }
  const hash = createHash('sha256')
  let bytes = 0
  for await (const piece of piecesOf(fileOf({ format: taken.format, kind }, table, progress))) {
    await step('PIECE')
    hash.update(piece)
    const at = bytes
    bytes += piece.length
    if (bytes > FILE_BYTES_MAX) throw tooLarge()
    const { rows } = progress
    await stored(async (client) => {
      await note(client, { ref, taken, rows, total, bytes })
      await client.query(
        'INSERT INTO export_piece (tenant_id, job_id, run, at_byte, content) VALUES ($1::uuid, $2::uuid, $3, $4, $5)',
        [ref.tenantId, ref.exportId, taken.run, at, piece],
      )
    })
  }
  await step('FINISH')
  await stored((client) => finish(client, { ref, taken, rows: progress.rows, bytes, sha256: hash.digest('hex') }))
}

function fileOf(
  { format, kind }: Pick<TakenExport, 'format'> & { kind: ExportKind },
  { columns, pages, about }: OpenTable,
  progress: { rows: number },
): AsyncIterable<string | Buffer> {
  const counted = (async function* (): AsyncGenerator<readonly ExportRow[]> {
    for await (const page of pages) {
      progress.rows += page.length
      yield page
    }
  })()
  if (format === 'CSV') return csvFile({ columns, pages: counted, isPlain: kind.isPlain === true })
  if (format === 'PARQUET') {
    if (kind.parquet === undefined) throw new Error(`${kind.name} has no columns of Parquet.`)
    return parquetFile({ columns: kind.parquet, pages: counted })
  }
  return workbookFile({
    columns,
    pages: counted,
    about: () => Promise.resolve([...about, ['Rows', String(progress.rows)]]),
  })
}

/** The bytes of a file in pieces of at most PIECE_BYTES and what one page adds. */
async function* piecesOf(file: AsyncIterable<string | Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let bytes = 0
  for await (const part of file) {
    const buffer = typeof part === 'string' ? Buffer.from(part, 'utf8') : part
    parts.push(buffer)
    bytes += buffer.length
    if (bytes < PIECE_BYTES) continue
    yield Buffer.concat(parts)
    parts = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(parts)
}

interface Progress {
  ref: ExportRef
  taken: TakenExport
  rows: number
  total: number | null
  bytes: number
}

// The run is part of the condition: of two workers on one job the one that came last goes on, and the other ends.
const NOTE = `
UPDATE export_job SET rows_done = $4, rows_total = $5, bytes = $6, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid AND run = $3 AND state = 'RUNNING'`

async function note(client: PoolClient, { ref, taken, rows, total, bytes }: Progress): Promise<void> {
  const noted = await client.query(NOTE, [ref.tenantId, ref.exportId, taken.run, rows, total, bytes])
  if (noted.rowCount !== 1) throw takenOver(ref)
}

const FINISH = `
UPDATE export_job SET state = 'DONE', rows_done = $4, rows_total = $4, bytes = $5, sha256 = $6, done_at = clock_timestamp(),
  expires_at = clock_timestamp() + interval '${KEPT}', updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid AND run = $3 AND state = 'RUNNING'`

async function finish(
  client: PoolClient,
  { ref, taken, rows, bytes, sha256 }: Omit<Progress, 'total'> & { sha256: string },
): Promise<void> {
  const done = await client.query(FINISH, [ref.tenantId, ref.exportId, taken.run, rows, bytes, sha256])
  if (done.rowCount !== 1) throw takenOver(ref)
}

function takenOver({ exportId }: ExportRef): TakenOverError {
  return new TakenOverError(`Another worker goes on with the export ${exportId}.`)
}

function tooLarge(): DomainError {
  return new DomainError('TOO_LARGE', 'The file has more than 2 GiB; ask for fewer days.')
}

async function fail(pool: Pool, { tenantId, exportId }: ExportRef, cause: unknown): Promise<void> {
  const known = cause instanceof ZipTooLargeError ? tooLarge() : cause
  const error =
    known instanceof DomainError
      ? known.message
      : 'The work stopped at a fault of ours, which the log of the worker names.'
  await tenantTransaction(pool, tenantId, async (client) => {
    await client.query(
      `UPDATE export_job SET state = 'FAILED', error = $3, bytes = 0, updated_at = clock_timestamp()
       WHERE tenant_id = $1::uuid AND id = $2::uuid AND state IN ('QUEUED', 'RUNNING')`,
      [tenantId, exportId, error],
    )
    await client.query(
      `DELETE FROM export_piece p USING export_job j WHERE p.tenant_id = $1::uuid AND p.job_id = $2::uuid
         AND j.tenant_id = p.tenant_id AND j.id = p.job_id AND j.state = 'FAILED'`,
      [tenantId, exportId],
    )
  })
}
