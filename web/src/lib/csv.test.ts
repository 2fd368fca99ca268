import { describe, expect, it } from '@jest/globals'
import { csvText } from './csv.ts'

const lines = (...rows: Parameters<typeof csvText>[0]): string[] => csvText(rows).slice(1).split('\r\n')

describe('a CSV export', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('makes the text %j harmless to a spreadsheet', (text) => {
    expect(csvText([[text]])).toContain(`'${text}`)
  })

  it('keeps numbers as numbers, negative ones too', () => {
    expect(lines([{ number: '-114.73' }, { number: '0.000000000000000001' }])[0]).toBe('-114.73,0.000000000000000001')
  })

  it('does not let a number field smuggle a formula', () => {
    expect(lines([{ number: '-1+cmd()' }])[0]).toBe("'-1+cmd()")
  })

  it('quotes commas, quotes and line ends', () => {
    expect(csvText([['Halden, "H" & Co', 'two\nlines', null, ' padded']])).toBe(
      '\ufeff"Halden, ""H"" & Co","two\nlines",," padded"\r\n',
    )
  })
})
