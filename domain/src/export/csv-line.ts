/** A cell is text, or a number in plain decimal text, which a spreadsheet may compute with. */
export type TableCell = string | { number: string } | null

const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/

/** Whether a text is a number in plain decimal form: `-0.5` is, `1e3`, `+1` and `1,000` are not. */
export function isPlainNumber(text: string): boolean {
  return PLAIN_NUMBER.test(text)
}

/**
 * A text that no spreadsheet runs as a formula: one that begins like a formula gets an apostrophe, which makes it text again.
 *
 *     harmlessText('=1+1') // "'=1+1"
 */
export function harmlessText(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
}

function cellText(cell: TableCell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string' && isPlainNumber(cell.number)) return cell.number
  const safe = harmlessText(typeof cell === 'string' ? cell : cell.number)
  return /[",\r\n]/.test(safe) || /^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** What a CSV file begins with: the byte order mark by which spreadsheets know UTF-8. */
export const CSV_START = '\ufeff'

/** One line of a CSV file by RFC 4180, with its end. */
export function csvLine(cells: readonly TableCell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`
}
