import { inflateRawSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import type { ReportCell, ReportDocument } from '@outlay/domain/reports/document'
import { renderReport } from './render.ts'

const money = (exact: string): ReportCell => ({ kind: 'money', exact })
const text = (words: string): ReportCell => ({ kind: 'text', text: words })

const HOSTILE = '=HYPERLINK("http://evil.test","x")</td><script>alert(1)</script>'

const document: ReportDocument = {
  ...{ kind: 'FINANCE_PACK', title: 'Finance pack', issuer: 'Łódź & Søn, Ελλάς', addressee: null },
  ...{ timeZone: 'Europe/London', currency: 'GBP', asOf: '2026-11-02T00:00:00.000000Z' },
  period: { from: '2026-10-01', to: '2026-11-01' },
  sections: [
    {
      id: 'costs',
      heading: 'Costs',
      blocks: [
        { kind: 'text', text: HOSTILE },
        { kind: 'figures', figures: [{ label: 'Cost', value: money('1234.505'), note: '+4 % on September' }] },
        {
          kind: 'table',
          table: {
            id: 'agents',
            title: 'By agent',
            columns: [
              { label: 'Agent', kind: 'text' },
              { label: 'Since', kind: 'date' },
              { label: 'Cost', kind: 'money' },
              { label: 'Share', kind: 'percent' },
            ],
            rows: [
              [
                text(HOSTILE),
                { kind: 'date', date: '2026-10-01' },
                money('1234.505'),
                { kind: 'percent', exact: '96.8' },
              ],
              [text('b'), text(''), money('0.333333333333333333'), { kind: 'unknown', reason: 'It has no price.' }],
            ],
            total: [text('All'), text(''), money('1234.838333333333333333'), text('')],
          },
        },
        {
          kind: 'chart',
          chart: {
            ...{ id: 'c', title: 'By month', form: 'bars', unit: 'money', labels: ['a', 'b'] },
            series: [{ name: 'Cost', values: ['1', null] }],
          },
        },
      ],
    },
  ],
}

const mark = { editionId: 'rpe_1', hash: 'ab'.repeat(32) }

/** The files of an archive by their names: from its directory, because sizes stand behind the content. */
function unzipped(archive: Uint8Array): Map<string, string> {
  const bytes = Buffer.from(archive)
  const end = bytes.length - 22
  const files = new Map<string, string>()
  for (let i = 0, at = bytes.readUInt32LE(end + 16); i < bytes.readUInt16LE(end + 10); i += 1) {
    const nameLength = bytes.readUInt16LE(at + 28)
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const local = bytes.readUInt32LE(at + 42)
    const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    files.set(name, inflateRawSync(bytes.subarray(begin, begin + bytes.readUInt32LE(at + 20))).toString('utf8'))
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return files
}

describe('the files of a report', () => {
  it('as CSV are one for each table, exact, and run nothing', async () => {
    const files = unzipped(await renderReport(document, 'CSV', mark))
    expect([...files.keys()]).toEqual(['About.csv', 'costs_agents.csv'])
    expect(files.get('About.csv')).toContain(`SHA-256 of its content,${mark.hash}\r\n`)
    expect(files.get('costs_agents.csv')).toBe(
      [
        '\ufeffAgent,Since,Cost,Share',
        `"'${HOSTILE.replaceAll('"', '""')}",2026-10-01,1234.505,96.8`,
        'b,,0.333333333333333333,It has no price.',
        'All,,1234.838333333333333333,',
        '',
      ].join('\r\n'),
    )
  })

  it('as a workbook have typed cells: numbers, percentages and days are numbers, with a format each', async () => {
    const files = unzipped(await renderReport(document, 'XLSX', mark))
    const sheet = files.get('xl/worksheets/sheet1.xml') ?? ''
    // 2026-10-01 is day 46296 of spreadsheets.
    expect(sheet).toContain(
      '<c r="B2" s="5"><v>46296</v></c><c r="C2" s="2"><v>1234.505</v></c><c r="D2" s="4"><v>0.968</v></c>',
    )
    expect(sheet).toContain('As text, more than 15 digits: Cost')
    expect(sheet).not.toContain('<script>')
    expect(files.get('xl/workbook.xml')).toContain('<sheet name="costs agents"')
  })

  it('as HTML need nothing else, and let nothing in', async () => {
    const html = Buffer.from(await renderReport(document, 'HTML', mark)).toString('utf8')
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\son\w+=|url\(|@import/i)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).toContain("default-src 'none'")
    expect(html).toContain('<td class="n">1,234.50</td><td class="n">96.8\u00a0%</td>')
    expect(html).toContain('<td class="n">n/a (1)</td>')
    expect(html).toContain('(1) It has no price.')
    expect(html).toContain(`SHA-256 ${mark.hash}`)
    expect(html).toContain('@media print')
  })

  it.each(['PDF', 'XLSX', 'CSV', 'HTML'] as const)('as %s are the same bytes each time', async (format) => {
    const [first, second] = [await renderReport(document, format, mark), await renderReport(document, format, mark)]
    expect(Buffer.from(first).equals(Buffer.from(second))).toBe(true)
    expect(first.length).toBeGreaterThan(500)
  })
})
