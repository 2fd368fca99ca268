/** A cell is text, or a number in plain decimal text, which a spreadsheet may compute with. */
export type CsvCell = string | { number: string } | null

const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/

function cellText(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string' && PLAIN_NUMBER.test(cell.number)) return cell.number
  const text = typeof cell === 'string' ? cell : cell.number
  // A spreadsheet runs text that starts like a formula; an apostrophe makes it text again.
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) || /^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** RFC 4180 text with a byte order mark, so that spreadsheets read it as UTF-8. */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return `\ufeff${rows.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`
}
