import type { DateRange } from '../periods/calendar-date.ts'

/** The reports that Outlay makes. A client statement is of one client, the weekly of a project manager of some; the pack is of the firm. */
export const REPORT_KINDS = ['FINANCE_PACK', 'PROJECT_WEEKLY', 'CLIENT_STATEMENT'] as const
export type ReportKind = (typeof REPORT_KINDS)[number]

/** The forms a report is kept in. One document makes all of them, so that no two can differ. */
export const REPORT_FORMATS = ['PDF', 'XLSX', 'CSV', 'HTML'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/**
 * What a report says, before it is a file: text, tables and charts, with every number as exact decimal text. It is stored with its edition, and
 * every file of the edition is made from it.
 */
export interface ReportDocument {
  kind: ReportKind
  title: string
  /** The firm as its readers know it. */
  issuer: string
  /** The colour of the firm on paper, `#rrggbb`, where it has one and the report is for a client. */
  accent?: string
  /** Who it is for, where it is for somebody: the client of a statement. */
  addressee: string | null
  /** The local days that it is of. */
  period: DateRange
  timeZone: string
  /** Reporting currency, ISO 4217. */
  currency: string
  /** The instant whose facts it shows, ISO 8601 in UTC. */
  asOf: string
  sections: readonly ReportSection[]
}

export interface ReportSection {
  /** Stable name, lower-case with hyphens: file names of CSV tables and anchors of the HTML are made of it. */
  id: string
  heading: string
  blocks: readonly ReportBlock[]
}

export type ReportBlock =
  | { kind: 'text'; text: string }
  | { kind: 'figures'; figures: readonly ReportFigure[] }
  | { kind: 'table'; table: ReportTable }
  | { kind: 'chart'; chart: ReportChart }

/** One number with its name, and what it was compared with. */
export interface ReportFigure {
  label: string
  value: ReportCell
  /** In words, such as "+4.1 % on October". */
  note: string | null
}

export interface ReportTable {
  /** Stable within its section, lower-case with hyphens. */
  id: string
  title: string
  columns: readonly { label: string; kind: ReportCellKind }[]
  rows: readonly (readonly ReportCell[])[]
  /** The row under the line, which the rows above add up to; null where adding up means nothing. */
  total: readonly ReportCell[] | null
}

export type ReportCellKind = 'text' | 'money' | 'quantity' | 'percent' | 'date'

/**
 * A cell by what it is. `exact` is a decimal without exponent: money in the document's currency, a percentage in percent (96.8).
 * What is not known says why and is never a zero.
 */
export type ReportCell =
  | { kind: 'text'; text: string }
  | { kind: 'money' | 'quantity' | 'percent'; exact: string }
  | { kind: 'date'; date: string }
  | { kind: 'unknown'; reason: string }

/** A chart states its finding in its title and stands beside a table that has its numbers. */
export interface ReportChart {
  id: string
  title: string
  form: 'bars' | 'line' | 'bar-list' | 'bridge'
  /** Names of the places on the axis, such as months. */
  labels: readonly string[]
  series: readonly { name: string; values: readonly (string | null)[] }[]
  unit: 'money' | 'quantity' | 'percent'
}
