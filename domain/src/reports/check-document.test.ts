import { describe, expect, it } from '@jest/globals'
import { checkedDocument } from './check-document.ts'
import type { ReportCell, ReportDocument, ReportTable } from './document.ts'

const money = (exact: string): ReportCell => ({ kind: 'money', exact })
const text = (words: string): ReportCell => ({ kind: 'text', text: words })

function documentOf(...tables: Partial<ReportTable>[]): ReportDocument {
  return {
    ...{ kind: 'FINANCE_PACK', title: 'T', issuer: 'I', addressee: null, timeZone: 'UTC', currency: 'GBP' },
    ...{ period: { from: '2026-10-01', to: '2026-11-01' }, asOf: '2026-11-02T00:00:00Z' },
    sections: [
      {
        id: 'costs',
        heading: 'Costs',
        blocks: tables.map((table) => ({
          kind: 'table',
          table: {
            ...{ id: 'a', title: 'A', rows: [], total: null },
            columns: [
              { label: 'Name', kind: 'text' },
              { label: 'Amount', kind: 'money' },
            ],
            ...table,
          },
        })),
      },
    ],
  }
}

describe('a report', () => {
  const rows = [
    [text('x'), money('0.000000000000000001')],
    [text('y'), money('-2.5')],
    [text('z'), { kind: 'unknown', reason: 'It has no price.' } as const],
  ]

  it('is made when its rows add up to the last decimal; what is not known adds nothing', () => {
    const document = documentOf({ rows, total: [text('All'), money('-2.499999999999999999')] })
    expect(checkedDocument(document)).toBe(document)
  })

  it.each([
    [
      'rows do not add up',
      [{ rows, total: [text('All'), money('-2.5')] }],
      'the rows of costs/a make -2.499999999999999999',
    ],
    ['a row is wider than the table', [{ rows: [[text('x'), money('1'), money('1')]] }], 'of another width'],
    [
      'a cell is of another kind',
      [{ rows: [[text('x'), { kind: 'quantity', exact: '1' } as const]] }],
      'a quantity under Amount',
    ],
    ['two tables have one name', [{}, {}], 'no or no other table costs/a'],
  ])('is not made when %s', (_, tables, message) => {
    expect(() => checkedDocument(documentOf(...tables))).toThrow(message)
  })
})
