import type { Pool } from 'pg'
import type { AboutRow, ExportColumn, ExportRow } from '@outlay/domain/export/table'
import type { ExportAsker } from './export-asker.ts'
import { checkedQuestion, type ExportQuestion, type ExportWish } from './export-question.ts'
import { withRows } from './with-rows.ts'

/** Rows that are answered while somebody waits. More are written by a job: they would hold a connection, and the answer, for too long. */
export const WAITED_ROWS_MAX = 5_000

export interface ReadTable {
  columns: readonly ExportColumn[]
  /** At most WAITED_ROWS_MAX. */
  rows: readonly ExportRow[]
  about: readonly AboutRow[]
}

/** A table of at most WAITED_ROWS_MAX rows; null when it has more. Throws DomainError FORBIDDEN. */
export function readTable(
  pool: Pool,
  ask: { tenantId: string; asker: ExportAsker; question: ExportQuestion },
): Promise<ReadTable | null> {
  return withRows(pool, ask, async ({ columns, pages, about }) => {
    const rows: ExportRow[] = []
    for await (const page of pages) {
      rows.push(...page)
      if (rows.length > WAITED_ROWS_MAX) return null
    }
    return { columns, rows, about }
  })
}

/** How many rows there are, up to one more than WAITED_ROWS_MAX. Throws DomainError as checkedQuestion, and FORBIDDEN. */
export function exportSize(
  pool: Pool,
  tenantId: string,
  { wish, asker }: { wish: ExportWish; asker: ExportAsker },
): Promise<number> {
  const question = checkedQuestion(wish)
  return withRows(pool, { tenantId, asker, question }, ({ countUpTo }) => countUpTo(WAITED_ROWS_MAX + 1))
}
