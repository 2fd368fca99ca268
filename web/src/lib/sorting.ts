import { compareDecimals } from './format.ts'
import { first, type SearchParams } from './search-params.ts'

/** What a column sorts by. Unknown values stand last in either direction. */
export type SortValue = { text: string } | { decimal: string } | null

export interface Sort {
  column: string
  direction: 'asc' | 'desc'
}

/** `sort=cost.desc`; anything else gives the table's own order. */
export function readSort(params: SearchParams, columns: readonly string[], fallback: Sort): Sort {
  const [column = '', direction] = (first(params.sort) ?? '').split('.')
  if (!columns.includes(column)) return fallback
  return { column, direction: direction === 'asc' ? 'asc' : 'desc' }
}

function compareValues(a: NonNullable<SortValue>, b: NonNullable<SortValue>): number {
  if ('decimal' in a && 'decimal' in b) return compareDecimals(a.decimal, b.decimal)
  if ('text' in a && 'text' in b) return a.text.localeCompare(b.text, 'en', { numeric: true })
  return 'decimal' in a ? -1 : 1
}

/** Sorted anew; equal values keep the order they came in. */
export function sortedBy<Row>(
  rows: readonly Row[],
  value: (row: Row) => SortValue,
  direction: Sort['direction'],
): Row[] {
  const sign = direction === 'asc' ? 1 : -1
  return [...rows].sort((a, b) => {
    const x = value(a)
    const y = value(b)
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1
    return sign * compareValues(x, y)
  })
}
