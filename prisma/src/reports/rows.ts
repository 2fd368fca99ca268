import type { ReportBlock } from '@outlay/domain/reports/document'

/** A paragraph. */
export function words(text: string): ReportBlock {
  return { kind: 'text', text }
}

/** The first of a list, and the rest of it: a table shows so many rows by name, and those after them as one. */
export function firstOf<T>(list: readonly T[], most: number): { shown: readonly T[]; rest: readonly T[] } {
  return list.length <= most + 1 ? { shown: list, rest: [] } : { shown: list.slice(0, most), rest: list.slice(most) }
}
