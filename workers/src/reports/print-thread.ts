import { parentPort } from 'node:worker_threads'
import type { ReportDocument } from '@outlay/domain/reports/document'
import { pdfReport } from './pdf.ts'
import type { EditionMark } from './render.ts'

/*
 * A thread that makes PDFs of documents, one for each message, for who must not stand still meanwhile (server/src/transparency). What goes wrong
 * ends it, and whoever waits is told by that.
 */
parentPort?.on('message', ({ document, mark }: { document: ReportDocument; mark: EditionMark }) => {
  void print(document, mark)
})

async function print(document: ReportDocument, mark: EditionMark): Promise<void> {
  // A copy: what the renderer answers may be a part of memory that is not its own.
  const bytes = new Uint8Array(await pdfReport(document, mark))
  parentPort?.postMessage(bytes, [bytes.buffer])
}
