import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react'
import { Link } from '../ui/link.tsx'
import type { ReactNode } from 'react'
import { csvText, type CsvCell } from '../../lib/csv.ts'
import { first, hrefWith, type SearchParams } from '../../lib/search-params.ts'
import { readSort, sortedBy, type Sort, type SortValue } from '../../lib/sorting.ts'
import { ToggleLink } from '../ui/toggle-link.tsx'
import type { ExportJob } from '../export/export-job.ts'
import { cellMarks, classOf } from './cell-attributes.ts'
import { CsvButton } from './csv-button.tsx'
import { ExportMenu } from './export-menu.tsx'
import { FilterBox } from './filter-box.tsx'

export interface Column<Row> {
  id: string
  /** In words: head, column chooser, CSV head and, on a phone, the name before the value. */
  label: string
  /** The head when it is more than the label. */
  head?: ReactNode
  isNumber?: boolean
  cell: (row: Row) => ReactNode
  sort?: (row: Row) => SortValue
  csv?: (row: Row) => CsvCell
  /** On a phone, the value beside the row's name. One per table. */
  isMain?: boolean
  /** Left out unless the address asks for it. */
  isExtra?: boolean
  className?: string
}

/** A row that is not data: the total, a named remainder, the ledger. It stays in place whatever the sort and the filter. */
export interface FixedRow {
  id: string
  tone: 'total' | 'remainder'
  cells: Readonly<Record<string, ReactNode>>
  csv: Readonly<Record<string, CsvCell>>
}

interface DataTableProps<Row> {
  label: string
  /** What the rows are: "agents", "tasks". */
  noun: string
  path: string
  params: SearchParams
  rows: readonly Row[]
  /** The first column names the row and cannot be hidden. */
  columns: readonly Column<Row>[]
  rowKey: (row: Row) => string
  /** Text the filter looks in. */
  filterText: (row: Row) => string
  defaultSort: Sort
  fixedRows?: readonly FixedRow[]
  openKey?: string | null
  /** What the open row unfolds below itself, as wide as the table. */
  detail?: (row: Row) => ReactNode
  /** Rows that belong under a row, wherever the sort puts it; they are neither filtered nor counted by themselves. */
  nested?: (row: Row) => readonly Row[]
  csvName: string
  /** Its CSV has every row and column, whatever the filter and the columns shown: for tables that have no export of the server. */
  isCsvWhole?: boolean
  /** The export of the server that has all rows of this table. */
  exportOf?: string | ExportJob
  /** What else the same menu has, such as every event behind the rows. */
  exportMore?: readonly ExportJob[]
  toolbar?: ReactNode
  /** Rows in all, when this is a page of more. */
  totalCount?: number
  /** A server that pages its rows also sorts them. */
  isSortable?: boolean
  empty?: ReactNode
}

/** As many rows are shown unasked, the first by the sort: every row of a table is elements twice, in the document and in the browser. */
const ROWS_SHOWN = 100

/** The portal's table: sort, filter and chosen columns are in the address; totals and remainders stand below the data. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, params, rows, isSortable = true } = props
  const hidden = hiddenColumns(columns, params)
  const shown = columns.filter((column, index) => index === 0 || !hidden.has(column.id))
  const sortable = isSortable ? columns.filter((column) => column.sort !== undefined).map((column) => column.id) : []
  const sort = readSort(params, sortable, props.defaultSort)
  const filter = (first(params.q) ?? '').toLowerCase()
  const matching = rows.filter((row) => filter === '' || props.filterText(row).toLowerCase().includes(filter))
  const value = isSortable ? columns.find((column) => column.id === sort.column)?.sort : undefined
  const sorted = value === undefined ? matching : sortedBy(matching, value, sort.direction)
  const isInSight = (row: Row, index: number) => index < ROWS_SHOWN || props.rowKey(row) === props.openKey
  const inSight = first(params.all) === 'rows' ? sorted : sorted.filter(isInSight)
  const fixedRows = props.fixedRows ?? []
  const isWhole = props.isCsvWhole === true
  const exported = (isWhole ? columns : shown).filter((column) => column.csv !== undefined)
  const all = !isWhole ? sorted : value === undefined ? rows : sortedBy(rows, value, sort.direction)
  const csv = csvText([
    exported.map((column) => column.label),
    ...all
      .flatMap((row) => [row, ...(props.nested?.(row) ?? [])])
      .map((row) => exported.map((column) => column.csv?.(row) ?? null)),
    ...fixedRows.map((row) => exported.map((column) => row.csv[column.id] ?? null)),
  ])
  return (
    <div className="print-wide">
      <Toolbar {...props} hidden={hidden} shownCount={sorted.length} csv={csv} />
      <div className="card overflow-clip max-sm:overflow-visible">
        <div
          className="relative overflow-x-auto max-sm:overflow-visible"
          tabIndex={0}
          role="region"
          aria-label={props.label}
        >
          <table className="table table-reflow" role="table">
            <caption className="sr-only">{props.label}</caption>
            <thead role="rowgroup" data-plain={sortable.length === 0 ? '' : undefined}>
              <tr role="row">
                {shown.map((column) => (
                  <HeadCell
                    key={column.id}
                    column={column}
                    sort={sort}
                    href={
                      sortable.includes(column.id)
                        ? hrefWith(props.path, params, { sort: `${column.id}.${nextDirection(column, sort)}` })
                        : null
                    }
                  />
                ))}
              </tr>
            </thead>
            <tbody role="rowgroup">
              {sorted.length === 0 ? (
                <tr role="row">
                  <td role="cell" colSpan={shown.length} className="text-ink-2">
                    {props.empty ??
                      (filter === '' ? `No ${props.noun} in this period.` : `No ${props.noun} match “${filter}”.`)}
                  </td>
                </tr>
              ) : (
                inSight
                  .flatMap((row) => [row, ...(props.nested?.(row) ?? [])])
                  .map((row) => <DataRow key={props.rowKey(row)} {...props} row={row} columns={shown} />)
              )}
              {inSight.length === sorted.length ? null : (
                <tr role="row" className="no-print">
                  <td role="cell" colSpan={shown.length}>
                    <Link
                      href={hrefWith(props.path, params, { all: 'rows' })}
                      scroll={false}
                      className="link inline-flex min-h-8 items-center"
                    >
                      Show all {sorted.length} {props.noun}
                    </Link>
                    <span className="ml-2 text-ink-3">{inSight.length} are shown; totals and CSV have all.</span>
                  </td>
                </tr>
              )}
            </tbody>
            {fixedRows.length === 0 ? null : (
              <tfoot role="rowgroup">
                {fixedRows.map((row) => (
                  <tr role="row" key={row.id} id={row.id} className={row.tone}>
                    {mergedCells(shown, row).map(({ column, span, content }, index) => (
                      <Cell key={column.id} column={column} isHead={index === 0} span={span}>
                        {content}
                      </Cell>
                    ))}
                  </tr>
                ))}
              </tfoot>
            )}
          </table>
        </div>
      </div>
    </div>
  )
}

/** A row and, when it is the open one, what it unfolds. */
function DataRow<Row>({
  row,
  columns,
  openKey,
  rowKey,
  detail,
}: Pick<DataTableProps<Row>, 'openKey' | 'rowKey' | 'detail' | 'columns'> & { row: Row }) {
  const isOpen = openKey === rowKey(row)
  return (
    <>
      <tr role="row" {...(isOpen ? { 'data-open': detail === undefined ? '' : 'unfolded' } : {})}>
        {columns.map((column, index) => (
          <Cell key={column.id} column={column} isHead={index === 0}>
            {column.cell(row)}
          </Cell>
        ))}
      </tr>
      {isOpen && detail !== undefined ? (
        <tr role="row" data-detail="">
          <td role="cell" colSpan={columns.length}>
            {detail(row)}
          </td>
        </tr>
      ) : null}
    </>
  )
}

function listOf(params: SearchParams, name: 'hide' | 'show'): string[] {
  return (first(params[name]) ?? '').split(',').filter((id) => id !== '')
}

/** `hide` takes out columns that are there by themselves, `show` puts in those that are not. */
function hiddenColumns<Row>(columns: readonly Column<Row>[], params: SearchParams): Set<string> {
  const shown = listOf(params, 'show')
  const extra = columns.filter(({ id, isExtra }) => isExtra && !shown.includes(id)).map(({ id }) => id)
  return new Set([...listOf(params, 'hide'), ...extra])
}

/** The address in which one more or one fewer column is shown; its lists keep the order of the columns. */
function toggledColumn<Row>({ path, params, columns }: ToolbarProps<Row>, { id, isExtra }: Column<Row>): string {
  const name = isExtra ? 'show' : 'hide'
  const listed = new Set(listOf(params, name))
  if (!listed.delete(id)) listed.add(id)
  const next = columns.map((column) => column.id).filter((one) => listed.has(one))
  return hrefWith(path, params, { [name]: next.length === 0 ? null : next.join(',') })
}

/** A fixed row's cells; one that is not given (undefined, not null) is taken over by the cell before it. */
function mergedCells<Row>(columns: readonly Column<Row>[], row: FixedRow) {
  const merged: { column: Column<Row>; span: number; content: ReactNode }[] = []
  for (const column of columns) {
    const content = row.cells[column.id]
    const last = merged.at(-1)
    if (content === undefined && last !== undefined) last.span += 1
    else merged.push({ column, span: 1, content })
  }
  return merged
}

/** Numbers start at the largest, names at A. */
function nextDirection<Row>(column: Column<Row>, sort: Sort): Sort['direction'] {
  if (sort.column !== column.id) return column.isNumber ? 'desc' : 'asc'
  return sort.direction === 'asc' ? 'desc' : 'asc'
}

function HeadCell<Row>({ column, sort, href }: { column: Column<Row>; sort: Sort; href: string | null }) {
  const isSorted = sort.column === column.id
  const Arrow = sort.direction === 'asc' ? ArrowUp : ArrowDown
  // A unit stays with its comma when a narrow head breaks.
  const content = column.head ?? column.label.replace(', ', ',\u00a0')
  return (
    <th
      role="columnheader"
      scope="col"
      data-plain={href === null ? '' : undefined}
      aria-sort={isSorted ? (sort.direction === 'asc' ? 'ascending' : 'descending') : undefined}
      className={`${column.isNumber ? '!text-right' : ''} ${column.className ?? ''}`}
    >
      {href === null ? (
        <span className="inline-flex min-h-8 items-end py-0.5">{content}</span>
      ) : (
        <Link href={href} scroll={false} className="inline-flex min-h-8 items-end gap-1 py-0.5 hover:text-ink">
          <span>{content}</span>
          {isSorted ? <Arrow size={12} strokeWidth={2} aria-hidden className="mb-0.5 shrink-0" /> : null}
        </Link>
      )}
    </th>
  )
}

interface CellProps<Row> {
  column: Column<Row>
  isHead: boolean
  span?: number
  children: ReactNode
}

function Cell<Row>({ column, isHead, span = 1, children }: CellProps<Row>) {
  const names = [column.isNumber ? 'right' : '', column.className ?? ''].filter((name) => name !== '')
  const attributes = { ...classOf(names.join(' ')), ...(span === 1 ? {} : { colSpan: span }) }
  if (isHead) {
    return (
      <th role="rowheader" scope="row" {...attributes}>
        {children}
      </th>
    )
  }
  return (
    <td role="cell" data-label={column.label} {...attributes} {...cellMarks(column, children)}>
      {children}
    </td>
  )
}

interface ToolbarProps<Row> extends DataTableProps<Row> {
  hidden: ReadonlySet<string>
  shownCount: number
  csv: string
}

function Toolbar<Row>(props: ToolbarProps<Row>) {
  const { noun, path, params, columns, hidden } = props
  return (
    <div className="no-print mb-3 flex flex-wrap items-center gap-2">
      <FilterBox noun={noun} path={path} initial={first(params.q) ?? ''} />
      {props.toolbar}
      <span className="flex-1" />
      <span role="status" className="num px-1 text-caption text-ink-3">
        {props.shownCount} of {props.totalCount ?? props.rows.length}
      </span>
      <details className="relative">
        <summary className="control">
          <Columns3 size={16} strokeWidth={1.4} aria-hidden />
          Columns
        </summary>
        <div className="popover right-0 w-56">
          <ul>
            {columns.slice(1).map((column) => {
              const isOn = !hidden.has(column.id)
              return (
                <li key={column.id}>
                  <ToggleLink
                    href={toggledColumn(props, column)}
                    role="checkbox"
                    isOn={isOn}
                    className="flex h-8 items-center gap-2 rounded-control px-2 hover:bg-hover"
                  >
                    <span
                      aria-hidden
                      className={`flex size-4 items-center justify-center rounded-badge border text-[10px] leading-none ${
                        isOn ? 'border-accent bg-accent text-on-accent' : 'border-line-2'
                      }`}
                    >
                      {isOn ? '✓' : ''}
                    </span>
                    {column.label}
                  </ToggleLink>
                </li>
              )
            })}
          </ul>
        </div>
      </details>
      {props.exportOf === undefined ? (
        <CsvButton csv={props.csv} name={props.csvName} />
      ) : (
        <ExportMenu csv={props.csv} name={props.csvName} of={props.exportOf} more={props.exportMore} params={params} />
      )}
    </div>
  )
}
