import { strFromU8, unzipSync } from 'fflate'

/** A cell of a sheet as a spreadsheet reads it: text, a number as it stands in the file, or nothing. */
export type ReadCell = string | { number: string } | null

/** The sheets of a workbook by their names, row by row, for tests: what was written is read back from the file's own XML. */
export function readWorkbook(file: Uint8Array): Map<string, ReadCell[][]> {
  const parts = unzipSync(file)
  const part = (name: string): string => strFromU8(parts[name] ?? new Uint8Array())
  const names = [...part('xl/workbook.xml').matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(([, name]) => name ?? '')
  return new Map(names.map((name, i) => [name, rowsOf(part(`xl/worksheets/sheet${i + 1}.xml`))]))
}

/** Whether the first row of the first sheet stays in sight. */
export function hasFrozenHead(file: Uint8Array): boolean {
  return /<pane ySplit="1"[^>]*state="frozen"/.test(
    strFromU8(unzipSync(file)['xl/worksheets/sheet1.xml'] ?? new Uint8Array()),
  )
}

function rowsOf(xml: string): ReadCell[][] {
  return [...xml.matchAll(/<row [^>]*>([\s\S]*?)<\/row>/g)].map(([, cells = '']) => {
    const row: ReadCell[] = []
    for (const [, column = '', text, value = ''] of cells.matchAll(
      /<c r="([A-Z]+)\d+"[^>]*>(?:<is><t[^>]*>([^<]*)<\/t><\/is>|<v>([^<]*)<\/v>)<\/c>/g,
    )) {
      const index = columnIndex(column)
      while (row.length < index) row.push(null)
      row.push(text === undefined ? { number: value } : unescaped(text))
    }
    return row
  })
}

function columnIndex(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

function unescaped(text: string): string {
  const entities: Record<string, string> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&apos;': "'",
    '&amp;': '&',
    '&#13;': '\r',
  }
  return text.replace(/&(?:lt|gt|quot|apos|amp|#13);/g, (entity) => entities[entity] ?? entity)
}
