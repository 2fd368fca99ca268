import type { AboutRow, ExportColumn, ExportRow } from '@outlay/domain/export/table'
import { NUMBER_FORMATS, textCell, workbookRow, type WorkbookCell } from '@outlay/domain/export/workbook-cells'
import { zip, type ZipEntry } from './zip.ts'

/** What a sheet takes, its head included. */
const SHEET_ROWS_MAX = 1_048_576

const EXACT =
  'Spreadsheets keep 15 digits of a number. A number with more is text here, with all of them, and the column Note names it.'

export interface Workbook {
  columns: readonly ExportColumn[]
  pages: AsyncIterable<readonly ExportRow[]>
  /** Asked for when all rows are written. */
  about: () => Promise<readonly AboutRow[]>
  /** Rows of one sheet, its head included; fewer in tests. */
  sheetRowsMax?: number
}

/**
 * A table as the pieces of a workbook: its rows under a head that stays in sight, in as many sheets as they need, and a sheet About. Numbers
 * are numbers where a spreadsheet holds them exactly; where it would round them they are text, and the last column says so. It is written as
 * the rows are read, and nothing is kept of what has been written. Throws ZipTooLargeError at 4 GiB.
 */
export function workbookFile(workbook: Workbook): AsyncGenerator<Buffer> {
  return zip(parts(workbook))
}

async function* parts({ columns, pages, about, sheetRowsMax = SHEET_ROWS_MAX }: Workbook): AsyncGenerator<ZipEntry> {
  yield part('[Content_Types].xml', CONTENT_TYPES)
  const { heads, widths } = headsOf(columns)
  const rows = new Rows(columns, pages)
  const sheets: string[] = []
  do {
    sheets.push(sheets.length === 0 ? 'Rows' : `Rows ${sheets.length + 1}`)
    const content = sheet({ heads, widths, rows: rows.take(sheetRowsMax - 1) })
    yield { name: `xl/worksheets/sheet${sheets.length}.xml`, content }
  } while (!(await rows.isAtEnd()))
  sheets.push('About')
  yield { name: `xl/worksheets/sheet${sheets.length}.xml`, content: aboutSheet(await about()) }
  yield* workbookParts(sheets)
}

function headsOf(columns: readonly ExportColumn[]): { heads: string[]; widths: number[] } {
  const heads: ExportColumn[] = [...columns, { label: 'Note', kind: 'text' }]
  return {
    heads: heads.map(({ label }) => label),
    widths: heads.map(({ kind, label }) => (kind === 'text' ? 26 : Math.max(14, label.length + 2))),
  }
}

function aboutSheet(about: readonly AboutRow[]): AsyncGenerator<string> {
  const facts = [...about, ['Exact amounts', EXACT] as const]
  const rows = facts.map(([name, value]) => [textCell(name), textCell(value)])
  return sheet({ heads: ['What', 'Value'], widths: [34, 90], rows: [rows] })
}

function* workbookParts(sheets: readonly string[]): Generator<ZipEntry> {
  yield part('xl/styles.xml', STYLES)
  yield part('xl/workbook.xml', workbookXml(sheets))
  yield part('xl/_rels/workbook.xml.rels', workbookRelations(sheets))
  yield part('_rels/.rels', RELATIONS)
}

/** A table that is in memory, as one sheet of its own. */
export interface WorkbookTable {
  /** At most 31 characters, and of no other sheet. */
  name: string
  columns: readonly ExportColumn[]
  rows: readonly ExportRow[]
}

/** Some tables as the pieces of a workbook: a sheet for each under its name, and a sheet About. Cells are as those of workbookFile. */
export function workbookOfTables({
  tables,
  about,
}: {
  tables: readonly WorkbookTable[]
  about: readonly AboutRow[]
}): AsyncGenerator<Buffer> {
  return zip(tableParts(tables, about))
}

async function* tableParts(tables: readonly WorkbookTable[], about: readonly AboutRow[]): AsyncGenerator<ZipEntry> {
  yield part('[Content_Types].xml', CONTENT_TYPES)
  for (const [i, { columns, rows }] of tables.entries()) {
    const { heads, widths } = headsOf(columns)
    const content = sheet({ heads, widths, rows: [rows.map((row) => workbookRow(columns, row))] })
    yield { name: `xl/worksheets/sheet${i + 1}.xml`, content }
  }
  yield { name: `xl/worksheets/sheet${tables.length + 1}.xml`, content: aboutSheet(about) }
  yield* workbookParts([...tables.map(({ name }) => name), 'About'])
}

/** The rows of a table, taken a sheet at a time. */
class Rows {
  readonly #columns: readonly ExportColumn[]
  readonly #pages: AsyncIterator<readonly ExportRow[]>
  #rest: readonly ExportRow[] = []

  constructor(columns: readonly ExportColumn[], pages: AsyncIterable<readonly ExportRow[]>) {
    this.#columns = columns
    this.#pages = pages[Symbol.asyncIterator]()
  }

  /** The next rows, at most `limit` of them, in slices. */
  async *take(limit: number): AsyncGenerator<WorkbookCell[][]> {
    for (let left = limit; left > 0 && !(await this.isAtEnd());) {
      const slice = this.#rest.slice(0, left)
      this.#rest = this.#rest.slice(slice.length)
      left -= slice.length
      yield slice.map((row) => workbookRow(this.#columns, row))
    }
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#pages.next()
      if (next.done === true) return true
      this.#rest = next.value
    }
    return false
  }
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

function part(name: string, xml: string): ZipEntry {
  return { name, content: [XML + xml] }
}

async function* sheet({
  heads,
  widths,
  rows,
}: {
  heads: readonly string[]
  widths: readonly number[]
  rows: AsyncIterable<WorkbookCell[][]> | Iterable<WorkbookCell[][]>
}): AsyncGenerator<string> {
  const cols = widths
    .map((width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`)
    .join('')
  yield `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${cols}</cols><sheetData>`
  const names = heads.map((_, i) => columnName(i))
  yield rowXml({ cells: heads.map(textCell), names, number: 1, isHead: true })
  let number = 1
  for await (const slice of rows) {
    yield slice.map((cells) => rowXml({ cells, names, number: (number += 1), isHead: false })).join('')
  }
  yield '</sheetData></worksheet>'
}

const HEAD_STYLE = 1
const FIRST_FORMAT_STYLE = 2

function rowXml({
  cells,
  names,
  number,
  isHead,
}: {
  cells: readonly WorkbookCell[]
  names: readonly string[]
  number: number
  isHead: boolean
}): string {
  const written = cells.map((cell, i) => {
    if (cell === null) return ''
    const at = `${names[i] ?? columnName(i)}${number}`
    if (cell.type === 'number') {
      const style = FIRST_FORMAT_STYLE + NUMBER_FORMATS.indexOf(cell.format)
      return `<c r="${at}" s="${style}"><v>${cell.number}</v></c>`
    }
    return `<c r="${at}"${isHead ? ` s="${HEAD_STYLE}"` : ''} t="inlineStr"><is><t xml:space="preserve">${escaped(cell.text)}</t></is></c>`
  })
  return `<row r="${number}">${written.join('')}</row>`
}

/** `columnName(0)` is A, `columnName(26)` AA. */
function columnName(index: number): string {
  const rest = Math.floor(index / 26)
  return (rest === 0 ? '' : columnName(rest - 1)) + String.fromCharCode(65 + (index % 26))
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character)
}

// Whatever is not named otherwise is a sheet, so that this can stand first, before it is known how many there are.
const CONTENT_TYPES = `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`

const RELATIONS = `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`

function workbookXml(sheets: readonly string[]): string {
  const listed = sheets.map((name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
  return `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${listed.join('')}</sheets></workbook>`
}

function workbookRelations(sheets: readonly string[]): string {
  const listed = sheets.map(
    (_, i) => `<Relationship Id="rId${i + 1}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  )
  const styles = `<Relationship Id="rId${sheets.length + 1}" Type="${OFFICE}/styles" Target="styles.xml"/>`
  return `<Relationships xmlns="${PACKAGE}/relationships">${listed.join('')}${styles}</Relationships>`
}

/** Formats of our own have numbers from 164. */
const FIRST_FORMAT = 164

const STYLES = `<styleSheet xmlns="${MAIN}"><numFmts count="${NUMBER_FORMATS.length}">${NUMBER_FORMATS.map(
  (format, i) => `<numFmt numFmtId="${FIRST_FORMAT + i}" formatCode="${escaped(format)}"/>`,
).join(
  '',
)}</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${FIRST_FORMAT_STYLE + NUMBER_FORMATS.length}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>${NUMBER_FORMATS.map(
  (_, i) => `<xf numFmtId="${FIRST_FORMAT + i}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`,
).join('')}</cellXfs></styleSheet>`
