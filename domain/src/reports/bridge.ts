import { formatFixed18, parseFixed18, type Fixed18 } from '../money/fixed18.ts'
import type { ReportCell, ReportDocument, ReportFigure, ReportTable } from './document.ts'

/** From one edition of a report to a later one: every figure and every sum of a table that is another, with the rows that made it so. */
export interface Bridge {
  figures: BridgeLine[]
  tables: BridgeTable[]
}

/** One number in both editions, as exact decimal text. Null: it is not there, or not known; then it counts nothing in the difference. */
export interface BridgeLine {
  label: string
  old: string | null
  new: string | null
  /** New less old. */
  difference: string
}

/** A column of money of one table: `old` + Σ differences of `lines` = `new`. Rows that did not change are in the sums, and not in the lines. */
export interface BridgeTable {
  section: string
  heading: string
  table: string
  title: string
  column: string
  old: string
  new: string
  difference: string
  lines: BridgeLine[]
}

/**
 * How a later edition differs from the one before it, from the two stored documents alone. Rows are known by the texts and dates in them, in the
 * order they stand in where several have the same; columns by their names. Figures are known by section and name.
 */
export function bridgeOf(before: ReportDocument, after: ReportDocument): Bridge {
  const lines = compared(figuresOf(before), figuresOf(after))
  const [was, is] = [columnsOf(before), columnsOf(after)]
  const tables = [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [old, now] = [was.get(key), is.get(key)]
    const about = now?.about ?? old?.about
    if (about === undefined) return []
    const rows = compared(old?.rows ?? new Map(), now?.rows ?? new Map())
    if (rows.length === 0) return []
    const sums = [old, now].map((column) => sumOf(column?.rows.values() ?? []))
    const [oldSum = 0n, newSum = 0n] = sums
    return [{ ...about, ...textsOf(oldSum, newSum), lines: rows }]
  })
  return { figures: lines, tables }
}

interface Known {
  label: string
  value: Fixed18 | null
}

interface Column {
  about: Pick<BridgeTable, 'section' | 'heading' | 'table' | 'title' | 'column'>
  rows: Map<string, Known>
}

function figuresOf({ sections }: ReportDocument): Map<string, Known> {
  const figures = new Map<string, Known>()
  for (const { id, blocks } of sections) {
    for (const block of blocks) {
      if (block.kind !== 'figures') continue
      for (const { label, value } of block.figures) put(figures, `${id}/${label}`, { label, value: valueOf(value) })
    }
  }
  return figures
}

/** Every column of money of every table, by section, table and name. */
function columnsOf({ sections }: ReportDocument): Map<string, Column> {
  const columns = new Map<string, Column>()
  for (const { id: section, heading, blocks } of sections) {
    for (const block of blocks) {
      if (block.kind !== 'table') continue
      const { table } = block
      table.columns.forEach(({ label, kind }, at) => {
        if (kind !== 'money') return
        const about = { section, heading, table: table.id, title: table.title, column: label }
        const key = JSON.stringify([section, table.id, label])
        if (!columns.has(key)) columns.set(key, { about, rows: rowsOf(table, at) })
      })
    }
  }
  return columns
}

function rowsOf({ rows }: ReportTable, at: number): Map<string, Known> {
  const known = new Map<string, Known>()
  for (const row of rows) {
    const names = row.flatMap((cell) => (cell.kind === 'text' ? [cell.text] : cell.kind === 'date' ? [cell.date] : []))
    put(known, JSON.stringify(names), { label: names.join(' · '), value: valueOf(row[at]) })
  }
  return known
}

/** Under its name, or under the first free one after it: the same twice is told apart by the order it stands in. */
function put(known: Map<string, Known>, name: string, value: Known): void {
  let free = name
  for (let count = 2; known.has(free); count += 1) free = `${name}/${count}`
  known.set(free, value)
}

function valueOf(cell: ReportCell | undefined): Fixed18 | null {
  return cell === undefined || !('exact' in cell) ? null : parseFixed18(cell.exact)
}

/** What is in either and not the same in both, in the order of the later one, then what is no longer there. */
function compared(before: Map<string, Known>, after: Map<string, Known>): BridgeLine[] {
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)]
    const [was, is] = [old?.value ?? null, now?.value ?? null]
    if (was === is) return []
    return [
      {
        label: now?.label ?? old?.label ?? '',
        old: was === null ? null : formatFixed18(was),
        new: is === null ? null : formatFixed18(is),
        difference: formatFixed18((is ?? 0n) - (was ?? 0n)),
      },
    ]
  })
}

function sumOf(values: Iterable<Known>): Fixed18 {
  let sum = 0n
  for (const { value } of values) sum += value ?? 0n
  return sum
}

function textsOf(old: Fixed18, now: Fixed18): Pick<BridgeTable, 'old' | 'new' | 'difference'> {
  return { old: formatFixed18(old), new: formatFixed18(now), difference: formatFixed18(now - old) }
}

/** The figures that a document opens with: those of its first block of figures. Empty where it has none. */
export function headlineOf({ sections }: ReportDocument): readonly ReportFigure[] {
  for (const { blocks } of sections) {
    for (const block of blocks) if (block.kind === 'figures') return block.figures
  }
  return []
}
