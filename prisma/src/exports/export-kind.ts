import type { Action } from '@outlay/domain/audience/policy'
import type { ColumnKind, ExportColumn } from '@outlay/domain/export/table'
import type { ExportFormat } from './export-job.ts'
import type { ParquetColumn } from './parquet-file.ts'

/** A column and the SQL of its cells. An instant becomes two columns: as clocks of the tenant show it, and in UTC. */
export interface SqlColumn {
  label: string
  kind: ColumnKind | 'instant'
  sql: string
}

/** Rows of a table that come from elsewhere: the SQL of their cells, in the order of the columns, and what follows FROM. */
export interface ExportPart {
  cells: readonly string[]
  from: string
  where: string
  orderBy: string
}

/**
 * A table that can be exported from the database alone, by the server while somebody waits and by a worker as a job. A new one is a file in
 * kinds/ and a line in kinds.ts.
 */
export interface ExportKind {
  /** As it stands in addresses: lower-case letters and hyphens. */
  name: string
  label: string
  /** What who asks for it must be allowed to do. */
  action: Action
  /** Whether its rows are of a period: then $2 and $3 are the instants it begins at and ends before. Else it is what stands now. */
  isOfPeriod: boolean
  columns: readonly SqlColumn[]
  /** What follows FROM. $1 is the tenant, and `z` its row. */
  from: string
  where: string
  /** A total order, so that the same rows make the same file. */
  orderBy: string
  /** Rows that follow, each in an order of its own. They have no filters: where there are any, a filter would mean one source only. */
  more?: readonly ExportPart[]
  /** A CSV for programs, without the mark by which spreadsheets know UTF-8: most take it for a part of the first heading. */
  isPlain?: boolean
  /** Its columns in a Parquet file, in their order; left out where it is not written as one. */
  parquet?: readonly ParquetColumn[]
  /** By the names that addresses use: a condition in which `?` stands for the list of texts that was asked for. */
  filters: Readonly<Record<string, string>>
  /** What a reader has to know of the rows, for the sheet About. */
  about: readonly (readonly [name: string, value: string])[]
}

/** What a job may write it as. */
export function formatsOf({ parquet }: Pick<ExportKind, 'parquet'>): ExportFormat[] {
  return parquet === undefined ? ['CSV', 'XLSX'] : ['CSV', 'XLSX', 'PARQUET']
}

/** The columns as a file has them. */
export function fileColumns({ columns }: Pick<ExportKind, 'columns'>, timeZone: string): ExportColumn[] {
  return columns.flatMap(({ label, kind }): ExportColumn[] =>
    kind === 'instant'
      ? [
          { label: `${label}, ${timeZone}`, kind: 'text' },
          { label: `${label}, UTC`, kind: 'text' },
        ]
      : [{ label, kind }],
  )
}
