import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { guessMap } from '@outlay/domain/csv-import/guess-map'
import { sha256Base64Url } from './sha256.ts'
import {
  addAnswer,
  batchesOf,
  mapText,
  NOTHING_YET,
  readRows,
  readUsageFile,
  rejectedCsv,
  type UsageFile,
} from './usage-file.ts'

const now = Date.parse('2026-03-02T00:00:00Z')

function fileOf(text: string): UsageFile {
  const file = readUsageFile(text)
  if ('problem' in file) throw new Error(file.problem)
  return file
}

const rowsOf = (text: string) => {
  const file = fileOf(text)
  return [...readRows(file, { mappings: guessMap(file.columns), source: '', now })]
}

describe('the digest of a row', () => {
  it.each(['', 'a', 'Zürich, £4.41', '😀\ud800', 'x'.repeat(10_000)])('is SHA-256 of its UTF-8 bytes: %#', (text) => {
    expect(sha256Base64Url(text)).toBe(createHash('sha256').update(text).digest('base64url'))
  })
})

describe('a usage file', () => {
  it('is read with quotes, line breaks within cells, empty lines and a byte order mark', () => {
    expect(fileOf('\ufeffTime, Note\r\n"a ""b""","two\nlines"\r\n\r\nc,d')).toEqual({
      columns: ['Time', 'Note'],
      rows: [
        { line: 3, values: ['a "b"', 'two\nlines'] },
        { line: 5, values: ['c', 'd'] },
      ],
    })
  })

  it.each([
    ['', 'The file is empty; its first line must name the columns.'],
    ['a,a\n1,2', 'Two columns are called "a"; give each its own name.'],
    ['a,b\n1,"2', /^This is not valid CSV: /],
  ])('%j is none, and says why', (text, problem) => {
    const file = readUsageFile(text)
    expect(file).toEqual({ problem: expect.stringMatching(problem) })
  })
})

describe('rows of a file', () => {
  it('become events, or name the line, the column and the reason', () => {
    const rows = rowsOf(
      [
        'time,client,model,input tokens,output tokens,kind',
        '2026-03-01 09:00,northwind,large,100,20,MODEL',
        '1 March,northwind,large,100,20,',
        '2026-03-01 09:00,northwind,large,ten,20,',
        '2026-03-01 09:00,northwind,large,100,20,CHAT',
        '2026-03-01 09:00,northwind',
        '2027-03-01 09:00,northwind,large,,20,',
      ].join('\n'),
    )
    expect(rows[0]).toEqual({
      line: 2,
      item: {
        id: expect.stringMatching(/^csv:.{43}:1$/),
        occurredAt: '2026-03-01T09:00:00Z',
        client: 'northwind',
        resource: 'large',
        kind: 'MODEL',
        usage: [
          { meter: 'input_tokens', quantity: '100' },
          { meter: 'output_tokens', quantity: '20' },
        ],
      },
    })
    const problems = rows
      .slice(1)
      .map((row) => ('problem' in row ? [row.problem.line, row.problem.column, row.problem.code] : row))
    expect(problems).toEqual([
      [3, 'time', 'INVALID_INSTANT'],
      [4, 'input tokens', 'INVALID_DECIMAL'],
      [5, 'kind', 'INVALID_FIELD'],
      [6, null, 'COLUMN_COUNT'],
      [7, 'time', 'IN_THE_FUTURE'],
    ])
    expect(rows[2]).toMatchObject({ problem: { message: expect.stringMatching(/^"ten" is not a decimal quantity/) } })
  })

  it('need a time and a quantity', () => {
    expect(mapText(guessMap(['model']))).toBe('Say which column holds the time of each row.')
    expect(mapText(guessMap(['time']))).toMatch(/quantity/)
    expect(mapText(guessMap(['time', 'prompt']))).toBeNull()
  })
})

describe('the requests of an import', () => {
  const events = (count: number, name = 'x') =>
    Array.from({ length: count }, (_, n) => ({
      line: n + 2,
      item: { id: `${n}`, occurredAt: '2026-03-01T00:00:00Z', usage: [], name },
    }))

  it('hold at most 1,000 events, and every event once, in order', () => {
    const batches = batchesOf(events(2_001))
    expect(batches.map(({ items }) => items.length)).toEqual([1_000, 1_000, 1])
    expect(batches.flatMap(({ lines }) => lines)).toEqual(events(2_001).map(({ line }) => line))
  })

  it('stay below what the server takes from a person, also where a character is four bytes', () => {
    for (const { items } of batchesOf(events(900, '😀'.repeat(200))))
      expect(Buffer.byteLength(JSON.stringify({ input: { invocations: items } }))).toBeLessThan(256 * 1024 - 10_000)
  })

  it('add up, and name refused rows by their line', () => {
    const answer = {
      accepted: 1,
      duplicates: 0,
      unpriced: 1,
      rejected: [{ index: 1, code: 'CONFLICT', message: '=known' }],
    }
    const once = addAnswer(NOTHING_YET, { lines: [2, 4], items: [] }, answer)
    const totals = addAnswer(once, { lines: [5, 6], items: [] }, answer)
    expect(totals).toMatchObject({ accepted: 2, duplicates: 0, unpriced: 2 })
    expect(totals.rejected.map(({ line }) => line)).toEqual([4, 6])
    // A reason that begins like a formula is text in the file.
    expect(rejectedCsv(totals.rejected)).toBe(
      "\ufeffline,column,code,reason\r\n4,,CONFLICT,'=known\r\n6,,CONFLICT,'=known\r\n",
    )
  })
})
