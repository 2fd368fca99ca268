import { describe, expect, it } from '@jest/globals'
import { isHeldExactly, textCell, workbookRow } from './workbook-cells.ts'

describe('a text of a workbook', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', "'\r=1"],
    ['<b>&amp;"', '<b>&amp;"'],
    ['a\u0000b\u001fc\uffff', 'a\ufffdb\ufffdc\ufffd'],
    ['half \ud800 pair', 'half \ufffd pair'],
    ['x'.repeat(40_000), 'x'.repeat(32_767)],
  ])('%j runs nowhere and can be written', (text, written) => {
    expect(textCell(text)).toEqual({ type: 'text', text: written })
  })
})

describe('a number of a workbook', () => {
  it.each([
    ['0', true],
    ['-114.73', true],
    ['123456789012345', true],
    ['123456789012345000', true],
    ['0.000000000000000001', true],
    ['0.123456789012345', true],
    ['1234567890123456', false],
    ['0.3333333333333333', false],
    ['12345678.123456789', false],
    ['1e3', false],
  ])('%s is held exactly: %s', (text, isExact) => {
    expect(isHeldExactly(text)).toBe(isExact)
  })

  it('stands as text, with all its digits and a note, where it would be rounded', () => {
    const columns = [
      { label: 'Agent', kind: 'text' },
      { label: 'Direct', kind: 'amount' },
      { label: 'Allocated', kind: 'amount' },
      { label: 'Invocations', kind: 'count' },
    ] as const
    const row = ['a', { number: '12.5' }, { number: '-0.333333333333333333' }, null]
    expect(workbookRow(columns, row)).toEqual([
      { type: 'text', text: 'a' },
      { type: 'number', number: 12.5, format: '#,##0.00################' },
      { type: 'text', text: '-0.333333333333333333' },
      null,
      { type: 'text', text: 'As text, more than 15 digits: Allocated' },
    ])
  })
})
