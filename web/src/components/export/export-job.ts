import { addDays } from '../../lib/calendar.ts'
import type { DateRange } from '../../lib/period.ts'
import { all, hrefWith, type SearchParams } from '../../lib/search-params.ts'

/** Rows that the server writes at once when they are few, and a worker when they are many. */
export interface ExportJob {
  /** The name of an ExportKind. */
  kind: string
  /** What all of its rows are: "All pools". */
  words: string
  /** Null where the rows are of no period. */
  range: DateRange | null
  /** For programs; nobody opens it as a workbook. */
  isCsvOnly?: boolean
  filters: readonly { name: string; values: string[] }[]
}

/** The filters of an address under the names that the export has for them, which are the same. */
export function exportFilters(params: SearchParams, names: readonly string[]): ExportJob['filters'] {
  return names.map((name) => ({ name, values: all(params[name]) })).filter(({ values }) => values.length > 0)
}

/** Where the rows are answered at once. */
export function exportAddress({ kind, range, filters }: ExportJob, format: 'CSV' | 'XLSX'): string {
  const period = range === null ? {} : { period: 'custom', from: range.from, to: addDays(range.to, -1) }
  const kept = Object.fromEntries(filters.map(({ name, values }) => [name, values]))
  return hrefWith(`/v1/exports/${kind}.${format.toLowerCase()}`, { ...period, ...kept })
}
