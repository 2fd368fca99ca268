import type { ReportDocument, ReportFormat } from '@outlay/domain/reports/document'
import { csvReport } from './csv.ts'
import { htmlReport } from './html.ts'
import { pdfReport } from './pdf.ts'
import { workbookReport } from './workbook.ts'

/** What every file of an edition carries, so that a print can be held against what is kept. */
export interface EditionMark {
  editionId: string
  /** Of the stored document, in hexadecimal. */
  hash: string
}

/** A document as the bytes of one of its files. The same document and mark make the same text in every form. */
export async function renderReport(
  document: ReportDocument,
  format: ReportFormat,
  mark: EditionMark,
): Promise<Uint8Array> {
  switch (format) {
    case 'PDF':
      return pdfReport(document, mark)
    case 'XLSX':
      return workbookReport(document, mark)
    case 'CSV':
      return csvReport(document, mark)
    case 'HTML':
      return htmlReport(document, mark)
    default:
      return format satisfies never
  }
}
