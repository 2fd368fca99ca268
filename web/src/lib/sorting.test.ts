import { describe, expect, it } from '@jest/globals'
import { readSort, sortedBy } from './sorting.ts'

describe('sorting a table', () => {
  it('compares amounts by value, not as text or float', () => {
    const amounts = ['9.5', '10', '9.500000000000000001', '-3']
    expect(sortedBy(amounts, (decimal) => ({ decimal }), 'desc')).toEqual(['10', '9.500000000000000001', '9.5', '-3'])
  })

  it('keeps what is unknown last in both directions', () => {
    const rows = [null, '2', '1']
    const value = (row: string | null) => (row === null ? null : { decimal: row })
    expect(sortedBy(rows, value, 'asc')).toEqual(['1', '2', null])
    expect(sortedBy(rows, value, 'desc')).toEqual(['2', '1', null])
  })

  it('ignores a column that is not there', () => {
    const fallback = { column: 'cost', direction: 'desc' as const }
    expect(readSort({ sort: 'constructor.asc' }, ['cost', 'name'], fallback)).toEqual(fallback)
    expect(readSort({ sort: 'name.asc' }, ['cost', 'name'], fallback)).toEqual({ column: 'name', direction: 'asc' })
  })
})
