import type { Mapping } from '@outlay/domain/csv-import/field-map'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import { fxRateProblems } from '@outlay/domain/rating/fx-rate'
import type { FxRate } from '@outlay/domain/rating/rate'
import { readMappings, requireColumns } from './column-map.ts'
import { CommandFailure } from './failure.ts'
import type { Row, RowFile } from './read-rows.ts'

/** A rate and the line of the file that states it. */
export type FxRow = { line: number; rate: FxRate }

export type FxFile = {
  rows: FxRow[]
  /** What is wrong, by line. */
  problems: { line: number; code: string; message: string }[]
  /** Headings of a wide file that name no currency in use. */
  leftOut: string[]
}

/** Most rates of a file: forty years of thirty currencies, twice. */
const RATES_MAX = 1_000_000

const FIELDS = ['date', 'base', 'quote', 'rate']

/** Cells of a wide file that say that there is no rate. */
const NO_RATE = new Set(['', 'N/A', '-'])

/**
 * Reads all rates of a file and what is wrong with them. A long file has one rate a row; a wide one has a row for each day and a column
 * for each currency, the price of 1 `wide` in it.
 */
export async function readFxFile(
  file: RowFile,
  options: { map: readonly string[]; wide: string | null },
): Promise<FxFile> {
  const layout = options.wide === null ? longLayout(file, options.map) : wideLayout(file, options.map, options.wide)
  const rows: FxRow[] = []
  const problems: FxFile['problems'] = []
  for await (const row of file.rows) {
    if (row.values.length === file.columns.length) rows.push(...layout.read(row))
    else problems.push({ line: row.line, ...columnCount(row, file) })
    if (rows.length > RATES_MAX) throw new CommandFailure(`The file has more than ${RATES_MAX} rates; cut it by years.`)
  }
  const wrong = fxRateProblems(rows.map(({ rate }) => rate))
  problems.push(...wrong.map(({ index, code, message }) => ({ line: rows[index]?.line ?? 0, code, message })))
  return { rows, problems: problems.sort((a, b) => a.line - b.line), leftOut: layout.leftOut }
}

type Layout = { read: (row: Row) => FxRow[]; leftOut: string[] }

function longLayout({ columns }: RowFile, map: readonly string[]): Layout {
  const cells = cellsOf(columns, map, FIELDS)
  return {
    leftOut: [],
    read: ({ line, values }) => {
      const [date = '', base = '', quote = '', rate = ''] = FIELDS.map((field) => cells.get(field)?.(values) ?? '')
      return [{ line, rate: { date, base, quote, rate } }]
    },
  }
}

function wideLayout({ columns }: RowFile, map: readonly string[], base: string): Layout {
  const date = cellsOf(columns, map, ['date']).get('date')
  const dateColumn = dateColumnOf(columns, map)
  const others = columns.flatMap((name, at) =>
    name === '' || name === dateColumn || name === base ? [] : [{ name, at }],
  )
  const quotes = others.filter(({ name }) => isCurrencyCode(name))
  if (quotes.length === 0) throw new CommandFailure('No heading of the file is a currency such as USD.')
  return {
    leftOut: others.flatMap(({ name }) => (isCurrencyCode(name) ? [] : [name])),
    read: ({ line, values }) =>
      quotes.flatMap(({ name, at }) => {
        const rate = values[at]?.trim() ?? ''
        if (NO_RATE.has(rate.toUpperCase())) return []
        return [{ line, rate: { date: date?.(values) ?? '', base, quote: name, rate } }]
      }),
  }
}

function dateColumnOf(columns: readonly string[], map: readonly string[]): string | undefined {
  const source = fxMappings(map, ['date']).find(({ field }) => field === 'date')?.source
  return source?.kind === 'column' ? source.column : columns.find((name) => name.toLowerCase() === 'date')
}

type Cell = (values: readonly string[]) => string

/** How each field is read from a row: as `--map` says, else from the column of its own name, in capitals or not. */
function cellsOf(columns: readonly string[], map: readonly string[], fields: readonly string[]): Map<string, Cell> {
  const stated = fxMappings(map, fields)
  requireColumns(stated, columns)
  const cells = fields.map((field): [string, Cell] => {
    const source = stated.find((mapping) => mapping.field === field)?.source
    if (source?.kind === 'constant') return [field, () => source.text]
    const at = columns.findIndex((name) =>
      source === undefined ? name.toLowerCase() === field : name === source.column,
    )
    if (at < 0) {
      const headings = columns.map((name) => `"${name}"`).join(', ')
      throw new CommandFailure(
        `The file has no column "${field}", it has ${headings}; name it with --map ${field}=Column or --map ${field}==text.`,
      )
    }
    return [field, (values) => values[at]?.trim() ?? '']
  })
  return new Map(cells)
}

function fxMappings(map: readonly string[], fields: readonly string[]): Mapping[] {
  return readMappings(map, (field) => {
    if (!fields.includes(field))
      throw new CommandFailure(`--map names no field "${field}"; there is ${fields.join(', ')}.`)
  })
}

function columnCount({ values }: Row, { columns }: RowFile): { code: string; message: string } {
  return {
    code: 'COLUMN_COUNT',
    message: `The row has ${values.length} columns, the headings ${columns.length}.`,
  }
}
