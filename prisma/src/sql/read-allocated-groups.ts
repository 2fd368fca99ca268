import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { MonthAmount } from './accrued.ts'
import { plainArray } from './pg-array.ts'
import { Statement, type RollupGroup } from './read-rollup.ts'
import { isShareRow, keepsNoShare, shareSource, toldBy, wantedRows, type ShareQuestion } from './share-source.ts'
import { PLANNED_EACH_TIME, type TenantSql } from './tenant-sql.ts'

/** What rows of a roll-up were allocated, by month. */
export interface AllocatedGroups {
  /** In the order of the rows asked about. */
  rows: MonthAmount[][]
  /** Of all rows, those not asked about included. */
  total: MonthAmount[]
}

/** What some rows of a roll-up were allocated, and all of them together, in one statement. */
export async function readAllocatedGroups(
  db: TenantSql,
  question: ShareQuestion,
  rows: readonly RollupGroup[],
): Promise<AllocatedGroups> {
  if (keepsNoShare(question)) return { rows: rows.map(() => []), total: [] }
  const statement = new Statement()
  const asked = rows.filter((row) => isShareRow(question, row))
  const dimensions = toldBy(question)
  const parts = [wholeByMonth(question, statement)]
  if (asked.length > 0 && dimensions.length > 0) parts.push(rowsByMonth(question, asked, statement))
  const text = parts.join(' UNION ALL ')
  const found = await db.query<{ position: number; month: string; amount: string }>(
    { name: PLANNED_EACH_TIME, text },
    statement.values,
  )
  const amounts = new Map<number, MonthAmount[]>()
  for (const { position, month, amount } of found) {
    amounts.set(position, [...(amounts.get(position) ?? []), { month, amount: parseFixed18(amount) }])
  }
  const total = amounts.get(0) ?? []
  // Where shares tell no dimension apart, the one row that can have them has them all.
  const amountsOf = (row: RollupGroup) => (dimensions.length === 0 ? total : amounts.get(asked.indexOf(row) + 1))
  return { rows: rows.map((row) => (isShareRow(question, row) ? (amountsOf(row) ?? []) : [])), total }
}

function wholeByMonth(question: ShareQuestion, statement: Statement): string {
  const { from, where } = shareSource(question, [], statement)
  return `SELECT 0 AS position, c.month::text AS month, sum(c.amount)::text AS amount FROM ${from}
    WHERE ${where} AND c.month = ANY (${months(question, statement)}) GROUP BY c.month`
}

function rowsByMonth(question: ShareQuestion, rows: readonly RollupGroup[], statement: Statement): string {
  const { from, where, columns } = shareSource(question, toldBy(question), statement)
  const same = columns.map((column, i) => `${column} = w.k${i + 1}`).join(' AND ')
  return `SELECT w.position::int, c.month::text, sum(c.amount)::text FROM ${wantedRows(question, rows, statement)} JOIN ${from} ON ${same}
    WHERE ${where} AND c.month = ANY (${months(question, statement)}) GROUP BY w.position, c.month`
}

/** The months of the range as a parameter. */
export function months({ fractions }: ShareQuestion, statement: Statement): string {
  return statement.param(plainArray(fractions.map((part) => part.month)), 'date[]')
}
