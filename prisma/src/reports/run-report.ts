import { createHash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@outlay/domain/errors'
import { idText } from '@outlay/domain/ids/id-text'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { canonicalText } from '@outlay/domain/reports/canonical-text'
import {
  REPORT_FORMATS,
  type ReportDocument,
  type ReportFormat,
  type ReportKind,
} from '@outlay/domain/reports/document'
import { readingScope, type ExportAsker } from '../exports/export-asker.ts'
import { isPassing } from '../ingest/sql-state.ts'
import { TakenOverError } from '../rerating/work-on.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { buildReport } from './build-report.ts'
import { readSnapshot } from './read-snapshot.ts'
import { readingAction, type ReportRunRef, type ReportStepName } from './report-run.ts'

/** Where the work on a report is; each is told when it begins, FILE before each file is made. */
export type ReportStep = 'START' | 'READ' | 'FILE' | 'STORE' | 'DONE'

export interface ReportControl {
  /** Aborted: the work ends before its next step with the reason; started again, it begins anew. */
  signal: AbortSignal
  /** Asked before each step, and waited for. */
  onStep?: (step: ReportStep) => Promise<void> | void
}

/** Makes a file of a document; `editionId` and `hash` are what the file says of itself. */
export type Render = (
  document: ReportDocument,
  format: ReportFormat,
  mark: { editionId: string; hash: string },
) => Promise<Uint8Array>

/** A run whose workers end under it so often is the cause. */
const RUNS_MAX = 20
const PIECE_BYTES = 1024 * 1024

/**
 * Makes an edition: reads what the report says in one snapshot, makes all its files of that, and stores everything, with the mails that are due,
 * in one transaction. Killed anywhere before that, nothing of it is there and it is begun again; after it, it is done. Done twice it changes
 * nothing. What cannot succeed by being tried again ends the run as FAILED.
 */
export async function runReport(
  { pool, render }: { pool: Pool; render: Render },
  ref: ReportRunRef,
  control: ReportControl,
): Promise<void> {
  const step = async (name: ReportStep) => {
    control.signal.throwIfAborted()
    await control.onStep?.(name)
  }
  try {
    await step('START')
    const taken = await tenantTransaction(pool, ref.tenantId, (client) => takeUp(client, ref))
    if (taken === null) return
    const work: Work = { pool, render, ref, taken, step }
    await step('READ')
    const read = await readDocument(work)
    const files = await makeFiles(work, read)
    await step('STORE')
    await note(work, { at: 'STORE', files: files.length })
    await tenantTransaction(pool, ref.tenantId, (client) => store(client, work, { ...read, files }))
    await step('DONE')
  } catch (error) {
    if (error instanceof TakenOverError) return
    if (!control.signal.aborted && !isPassing(error)) await fail(pool, ref, error)
    if (!(error instanceof DomainError)) throw error
  }
}

interface Taken {
  run: number
  reportId: string
  kind: ReportKind
  range: DateRange
  clientKey: string | null
  asker: ExportAsker
}

interface Work {
  pool: Pool
  render: Render
  ref: ReportRunRef
  taken: Taken
  step: (name: ReportStep) => Promise<void>
}

/** What was read: the text that is hashed, and what it was read from. */
interface Read {
  editionId: string
  document: ReportDocument
  text: string
  hash: string
  snapshot: string
}

interface File {
  format: ReportFormat
  content: Uint8Array
}

const TAKE_UP = `
UPDATE report_run r SET state = 'RUNNING', run = r.run + 1, step = 'READ', files_done = 0, started_at = clock_timestamp(),
  updated_at = clock_timestamp()
FROM report p LEFT JOIN client c ON c.tenant_id = p.tenant_id AND c.id = p.client_id
WHERE r.tenant_id = $1::uuid AND r.id = $2::uuid AND r.state IN ('QUEUED', 'RUNNING') AND p.tenant_id = r.tenant_id AND p.id = r.report_id
RETURNING r.run, r.report_id AS "reportId", p.kind, p.period_from::text AS "from", p.period_to::text AS "to", c.key AS "clientKey",
  r.asker_kind AS "askerKind", r.asker_id AS "askerId"`

interface TakenRow extends Omit<Taken, 'range' | 'asker'> {
  from: string
  to: string
  askerKind: ExportAsker['kind']
  askerId: string
}

/** Takes the run from whoever had it. Null when there is nothing to do. */
async function takeUp(client: PoolClient, { tenantId, runId }: ReportRunRef): Promise<Taken | null> {
  const { rows } = await client.query<TakenRow>(TAKE_UP, [tenantId, runId])
  const [row] = rows
  if (row === undefined) return null
  const { from, to, askerKind, askerId, ...taken } = row
  if (taken.run > RUNS_MAX)
    throw new DomainError('GIVEN_UP', `It was begun ${RUNS_MAX} times, and each time its worker ended.`)
  return { ...taken, range: { from, to }, asker: { kind: askerKind, id: askerId } }
}

/** Reads in one snapshot, for somebody who may still read such a report. */
function readDocument({ pool, ref: { tenantId }, taken }: Work): Promise<Read> {
  return tenantTransaction(pool, tenantId, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { kind, range, clientKey, asker } = taken
    // Reports are of the whole firm, or of what a client is told: nobody who is limited to clients is allowed to read them.
    if ((await readingScope(client, { tenantId, asker, action: readingAction(kind) })) === null)
      throw new DomainError('FORBIDDEN', 'Whoever asked for this report may not read it.')
    const snapshot = await readSnapshot(client, tenantId, range)
    const document = await buildReport(client, { tenantId, kind, range, client: clientKey })
    const text = canonicalText(document)
    return {
      editionId: uuidv7(),
      document,
      text,
      hash: sha256(text),
      snapshot: canonicalText({ asOf: document.asOf, ...snapshot }),
    }
  })
}

async function makeFiles(work: Work, { document, editionId, hash }: Read): Promise<File[]> {
  const files: File[] = []
  for (const format of REPORT_FORMATS) {
    await work.step('FILE')
    await note(work, { at: 'RENDER', files: files.length })
    const mark = { editionId: idText('red', editionId), hash }
    files.push({ format, content: await work.render(document, format, mark) })
  }
  return files
}

// The run is part of the condition: of two workers on one run the one that came last goes on, and the other ends.
const NOTE = `
UPDATE report_run SET step = $4, files_done = $5, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid AND run = $3 AND state = 'RUNNING'`

async function note({ pool, ref, taken }: Work, { at, files }: { at: ReportStepName; files: number }): Promise<void> {
  await tenantTransaction(pool, ref.tenantId, async (client) => {
    const noted = await client.query(NOTE, [ref.tenantId, ref.runId, taken.run, at, files])
    if (noted.rowCount !== 1) throw takenOver(ref)
  })
}

const FINISH = `
UPDATE report_run SET state = 'DONE', step = NULL, files_done = $4, done_at = clock_timestamp(), updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid AND run = $3 AND state = 'RUNNING'
RETURNING recipients, reason, requested_by AS "requestedBy"`

// The row of the report is locked by this, so that no two editions have one number.
const NUMBER = `UPDATE report SET editions = editions + 1 WHERE tenant_id = $1::uuid AND id = $2::uuid RETURNING editions AS number`

const INSERT_EDITION = `
INSERT INTO report_edition (tenant_id, id, report_id, number, run_id, document, sha256, snapshot, snapshot_id, reason, requested_by)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4, $5::uuid, $6, $7, $8, $9, $10, $11)`

const INSERT_DELIVERIES = `
INSERT INTO report_delivery (tenant_id, id, edition_id, recipient, requested_by)
SELECT $1::uuid, d.id, $2::uuid, d.recipient, $5 FROM unnest($3::uuid[], $4::text[]) AS d(id, recipient)`

async function store(client: PoolClient, { ref, taken }: Work, written: Read & { files: File[] }): Promise<void> {
  const { tenantId, runId } = ref
  const { editionId, text, hash, snapshot, files } = written
  const finished = await client.query<{ recipients: string[]; reason: string | null; requestedBy: string }>(FINISH, [
    tenantId,
    runId,
    taken.run,
    files.length,
  ])
  const [run] = finished.rows
  if (run === undefined) throw takenOver(ref)
  const numbered = await client.query<{ number: number }>(NUMBER, [tenantId, taken.reportId])
  await client.query(INSERT_EDITION, [
    ...[tenantId, editionId, taken.reportId, numbered.rows[0]?.number, runId, text, hash],
    ...[snapshot, sha256(snapshot).slice(0, 16), run.reason, run.requestedBy],
  ])
  for (const file of files) await storeFile(client, { tenantId, editionId, file })
  const ids = run.recipients.map(() => uuidv7())
  await client.query(INSERT_DELIVERIES, [tenantId, editionId, ids, run.recipients, run.requestedBy])
}

async function storeFile(
  client: PoolClient,
  { tenantId, editionId, file: { format, content } }: { tenantId: string; editionId: string; file: File },
): Promise<void> {
  await client.query(
    'INSERT INTO report_file (tenant_id, edition_id, format, bytes, sha256) VALUES ($1::uuid, $2::uuid, $3, $4, $5)',
    [tenantId, editionId, format, content.length, sha256(content)],
  )
  for (let at = 0; at < content.length; at += PIECE_BYTES) {
    await client.query(
      'INSERT INTO report_file_piece (tenant_id, edition_id, format, at_byte, content) VALUES ($1::uuid, $2::uuid, $3, $4, $5)',
      [tenantId, editionId, format, at, Buffer.from(content.subarray(at, at + PIECE_BYTES))],
    )
  }
}

function takenOver({ runId }: ReportRunRef): TakenOverError {
  return new TakenOverError(`Another worker goes on with the report ${runId}.`)
}

async function fail(pool: Pool, { tenantId, runId }: ReportRunRef, cause: unknown): Promise<void> {
  const error =
    cause instanceof DomainError
      ? cause.message
      : 'The work stopped at a fault of ours, which the log of the worker names.'
  await tenantTransaction(pool, tenantId, (client) =>
    client.query(
      `UPDATE report_run SET state = 'FAILED', step = NULL, error = $3, updated_at = clock_timestamp()
       WHERE tenant_id = $1::uuid AND id = $2::uuid AND state IN ('QUEUED', 'RUNNING')`,
      [tenantId, runId, error],
    ),
  )
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
