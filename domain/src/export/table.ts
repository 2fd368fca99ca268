import type { TableCell } from './csv-line.ts'

/** What a column holds: text as people wrote it, or a number and how a spreadsheet prints it; a date is its days since 30 December 1899. */
export type ColumnKind = 'text' | 'amount' | 'count' | 'ratio' | 'date'

export interface ExportColumn {
  label: string
  kind: ColumnKind
}

/** A row: a cell for each column. */
export type ExportRow = readonly TableCell[]

/** What a file says of itself, for whoever opens it later: names and values. */
export type AboutRow = readonly [name: string, value: string]
