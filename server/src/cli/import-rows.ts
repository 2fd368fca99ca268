import { createHash } from 'node:crypto'
import type { Mapping } from '@outlay/domain/csv-import/field-map'
import { RowIds } from '@outlay/domain/csv-import/row-id'
import { type Item, rowItem } from '@outlay/domain/csv-import/row-item'
import { DomainError } from '@outlay/domain/errors'
import { addRejected, emptyReport, type ImportReport } from './import-report.ts'
import type { Row, RowFile } from './read-rows.ts'
import type { Sender } from './send-batch.ts'

export type ImportOptions = {
  mappings: readonly Mapping[]
  source: string
  batchSize: number
  onProgress?: (progress: { bytes: number; rows: number }) => void
}

/** The server takes 16 MiB a request; this keeps well below it. */
const BATCH_BYTES_MAX = 8 * 1024 * 1024

type Batch = { lines: number[]; items: string[]; bytes: number; position: number }

/** Sends every row of a file, a batch at a time; the next batch is read while the server works on the last one. */
export async function importRows(file: RowFile, sender: Sender, options: ImportOptions): Promise<ImportReport> {
  const report = emptyReport()
  let underway: Promise<void> = Promise.resolve()
  for await (const batch of batches(file, options, report)) {
    await underway
    underway = deliver(batch, sender, report, options)
    // The failure is thrown where it is awaited; until then it must not count as unhandled.
    underway.catch(() => {})
  }
  await underway
  return report
}

async function deliver(
  batch: Batch,
  sender: Sender,
  report: ImportReport,
  { onProgress }: ImportOptions,
): Promise<void> {
  const answer = await sender.send(`[${batch.items.join(',')}]`)
  report.accepted += answer.accepted
  report.duplicates += answer.duplicates
  report.unpriced += answer.unpriced
  for (const rejected of answer.rejected) addRejected(report, batch.lines[rejected.index] ?? 0, rejected)
  onProgress?.({ bytes: batch.position, rows: report.accepted + report.duplicates + report.rejected })
}

async function* batches(file: RowFile, options: ImportOptions, report: ImportReport): AsyncGenerator<Batch> {
  let batch: Batch = { lines: [], items: [], bytes: 0, position: 0 }
  for await (const { row, item } of items(file, options)) {
    report.rows += 1
    if (item instanceof DomainError) {
      addRejected(report, row.line, item)
      continue
    }
    const text = JSON.stringify(item)
    batch.lines.push(row.line)
    batch.items.push(text)
    batch.bytes += Buffer.byteLength(text) + 1
    batch.position = row.bytes
    if (batch.items.length >= options.batchSize || batch.bytes >= BATCH_BYTES_MAX) {
      yield batch
      batch = { lines: [], items: [], bytes: 0, position: 0 }
    }
  }
  if (batch.items.length > 0) yield batch
}

/** Every row with its item, or with the reason why it is none. */
export async function* items(
  file: RowFile,
  { mappings, source }: Pick<ImportOptions, 'mappings' | 'source'>,
): AsyncGenerator<{ row: Row; item: Item | DomainError }> {
  const ids = new RowIds(file.columns, { source, digest })
  for await (const row of file.rows) {
    // Counted before anything can be refused: a row that is mended later must not move the number of its twins.
    const id = ids.next(row.values)
    yield { row, item: rowItem(row.values, { columns: file.columns, mappings, id }) }
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
