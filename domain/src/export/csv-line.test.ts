import { describe, expect, it } from '@jest/globals'
import { csvLine, harmlessText } from './csv-line.ts'

describe('a line of CSV', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['\r=1', `"'\r=1"`],
    ['\n=1', `"'\n=1"`],
    ['a=1', 'a=1'],
    ["'=1", "'=1"],
    ['two\nlines', '"two\nlines"'],
    ['say "so"', '"say ""so"""'],
    [' padded', '" padded"'],
    ['', ''],
  ])('writes the text %j as %j', (text, written) => {
    expect(csvLine([text])).toBe(`${written}\r\n`)
  })

  it.each(['-114.73', '0.000000000000000001', '12345678901234567890.1'])('keeps the number %s as it is', (number) => {
    expect(csvLine([{ number }])).toBe(`${number}\r\n`)
  })

  it.each(['-1+cmd()', '=1', '1e3', '', '+1'])('lets no number field smuggle %j', (number) => {
    expect(csvLine([{ number }])).toBe(`${harmlessText(number)}\r\n`)
  })

  it('leaves the place of what is not known empty', () => {
    expect(csvLine([null, 'a', null])).toBe(',a,\r\n')
  })
})
