import type { DateRange } from '@outlay/domain/periods/calendar-date'
import type { ExportAsker } from './export-asker.ts'
import type { ExportFilter } from './export-question.ts'

export const EXPORT_FORMATS = ['CSV', 'XLSX', 'PARQUET'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** QUEUED waits for a worker, RUNNING is begun again by whoever picks it up, DONE can be fetched until it is EXPIRED. */
export const EXPORT_STATES = ['QUEUED', 'RUNNING', 'DONE', 'FAILED', 'EXPIRED'] as const
export type ExportState = (typeof EXPORT_STATES)[number]

/** The names of a job: all that a queue carries. */
export interface ExportRef {
  tenantId: string
  exportId: string
}

/** What a run of a job needs of its row. */
export interface TakenExport {
  kind: string
  format: ExportFormat
  range: DateRange | null
  filter: ExportFilter
  asker: ExportAsker
  /** Which run this is, from 1. What an earlier one has written counts no more. */
  run: number
}
