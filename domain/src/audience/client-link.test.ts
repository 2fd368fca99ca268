import { describe, expect, it } from '@jest/globals'
import { checkClientLink, checkQuestion, shownMonths } from './client-link.ts'

const THIS_MONTH = '2026-11-01'
const wish = { label: ' Board of Northwind ', firstMonth: '2026-09-01', lastMonth: null, days: 90 } as const

describe('a link to a client’s page', () => {
  it('is asked for with a label, months and days', () => {
    expect(checkClientLink(wish, THIS_MONTH)).toEqual({ ...wish, label: 'Board of Northwind' })
    expect(checkClientLink({ ...wish, lastMonth: '2026-09-01', days: 400 }, THIS_MONTH).days).toBe(400)
  })

  it.each([
    ['label', ' ', 'MISSING_FIELD'],
    ['label', 'x'.repeat(81), 'INVALID_FIELD'],
    ['label', 'two\nlines', 'INVALID_FIELD'],
    ['firstMonth', '2026-09-02', 'INVALID_DATE'],
    ['firstMonth', '2026-12-01', 'INVALID_DATE'],
    ['lastMonth', '2026-08-01', 'INVALID_DATE'],
    ['lastMonth', 'soon', 'INVALID_DATE'],
    ['days', 0, 'INVALID_FIELD'],
    ['days', 401, 'INVALID_FIELD'],
    ['days', 1.5, 'INVALID_FIELD'],
  ])('is refused for its %s %j', (field, value, code) => {
    expect(() => checkClientLink({ ...wish, [field]: value }, THIS_MONTH)).toThrow(
      expect.objectContaining({ code, field }),
    )
  })

  it('shows its months up to now, the latest first', () => {
    expect(shownMonths(wish, THIS_MONTH)).toEqual(['2026-11-01', '2026-10-01', '2026-09-01'])
    expect(shownMonths({ ...wish, lastMonth: '2026-10-01' }, THIS_MONTH)).toEqual(['2026-10-01', '2026-09-01'])
    expect(shownMonths({ ...wish, lastMonth: '2027-10-01' }, THIS_MONTH)).toHaveLength(3)
    expect(shownMonths({ ...wish, firstMonth: '2020-01-01' }, THIS_MONTH)).toHaveLength(36)
  })
})

describe('a question', () => {
  it('is kept as text of several lines', () => {
    expect(checkQuestion('  Why\r\n\tso much? <b>👍</b> ')).toBe('Why\n\tso much? <b>👍</b>')
    expect(checkQuestion('👍'.repeat(1_000))).toHaveLength(2_000)
  })

  it.each([
    ['', 'MISSING_FIELD'],
    [' \r\n ', 'MISSING_FIELD'],
    ['x'.repeat(1_001), 'INVALID_FIELD'],
    ['a\u0000b', 'INVALID_FIELD'],
    ['a\u001b[31mb', 'INVALID_FIELD'],
    ['a\ud800b', 'INVALID_FIELD'],
  ])('%j is refused', (body, code) => {
    expect(() => checkQuestion(body)).toThrow(expect.objectContaining({ code, field: 'body' }))
  })
})
