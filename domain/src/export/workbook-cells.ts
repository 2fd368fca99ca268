import { harmlessText, isPlainNumber, type TableCell } from './csv-line.ts'
import type { ColumnKind, ExportColumn, ExportRow } from './table.ts'

/** A cell of a workbook: text, or a number that a double holds as it was written. */
export type WorkbookCell = { type: 'text'; text: string } | { type: 'number'; number: number; format: string } | null

/** What a double, and so every spreadsheet, holds of any number. */
const DIGITS_MAX = 15
/** What a spreadsheet takes in one cell. */
const CHARACTERS_MAX = 32_767

const FORMATS: Record<Exclude<ColumnKind, 'text'>, string> = {
  amount: '#,##0.00################',
  count: '#,##0',
  ratio: '0.00%',
  date: 'yyyy-mm-dd',
}

/** Every format that a number of a workbook may have. */
export const NUMBER_FORMATS: readonly string[] = Object.values(FORMATS)

/**
 * Whether a spreadsheet holds a decimal as it is written: at most 15 digits between the first and the last that is not zero.
 *
 *     isHeldExactly('1234567890123.45') // true
 *     isHeldExactly('0.3333333333333333') // false: 16 digits
 */
export function isHeldExactly(text: string): boolean {
  const digits = text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '')
  return isPlainNumber(text) && digits.length <= DIGITS_MAX
}

/** The cells of a row, and a note on the numbers in it that stand as text because a spreadsheet would round them. */
export function workbookRow(columns: readonly ExportColumn[], row: ExportRow): WorkbookCell[] {
  const asText: string[] = []
  const cells = row.map((cell, i) => {
    const column = columns[i] ?? { label: '', kind: 'text' as const }
    const made = workbookCell(cell, column.kind)
    if (cell !== null && typeof cell !== 'string' && made?.type === 'text') asText.push(column.label)
    return made
  })
  return [
    ...cells,
    asText.length === 0 ? null : textCell(`As text, more than ${DIGITS_MAX} digits: ${asText.join(', ')}`),
  ]
}

function workbookCell(cell: TableCell, kind: ColumnKind): WorkbookCell {
  if (cell === null) return null
  if (typeof cell === 'string') return textCell(cell)
  const { number } = cell
  if (kind === 'text' || !isHeldExactly(number))
    return isPlainNumber(number) ? { type: 'text', text: number } : textCell(number)
  return { type: 'number', number: Number(number), format: FORMATS[kind] }
}

/** Text that runs nowhere, and that the file format can hold: it has no place for most control characters. */
export function textCell(text: string): WorkbookCell {
  // eslint-disable-next-line no-control-regex -- these are the characters that XML does not allow
  const clean = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
  return { type: 'text', text: harmlessText(clean).slice(0, CHARACTERS_MAX) }
}
