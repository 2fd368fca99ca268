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
  /** Whether there are shares in the months at all: what sums to nothing is no amount, and may be a credit beside a cost. */
  hasShares: boolean
}

/** Positions of the statement that are none of a row. */
const WHOLE = 0
const ANY = -1

/** What some rows of a roll-up were allocated, and all of them together, in one statement. */
export async function readAllocatedGroups(
  db: TenantSql,
  question: ShareQuestion,
  rows: readonly RollupGroup[],
): Promise<AllocatedGroups> {
  if (keepsNoShare(question)) return { rows: rows.map(() => []), total: [], hasShares: false }
  const statement = new Statement()
  const asked = rows.filter((row) => isShareRow(question, row))
  const dimensions = toldBy(question)
  const parts = [anyShare(question, statement), wholeByMonth(question, statement)]
  if (asked.length > 0 && dimensions.length > 0) parts.push(rowsByMonth(question, asked, statement))
  const text = parts.join(' UNION ALL ')
  const found = await db.query<{ position: number; month: string | null; amount: string | null }>(
    { name: PLANNED_EACH_TIME, text },
    statement.values,
  )
  const amounts = new Map<number, MonthAmount[]>()
  for (const { position, month, amount } of found) {
    const known = amounts.get(position) ?? []
    amounts.set(position, month === null ? known : [...known, { month, amount: parseFixed18(amount ?? '0') }])
  }
  const total = amounts.get(WHOLE) ?? []
  // Where shares tell no dimension apart, the one row that can have them has them all.
  const amountsOf = (row: RollupGroup) => (dimensions.length === 0 ? total : amounts.get(asked.indexOf(row) + 1))
  return {
    rows: rows.map((row) => (isShareRow(question, row) ? (amountsOf(row) ?? []) : [])),
    total,
    hasShares: amounts.has(ANY),
  }
}

function anyShare(question: ShareQuestion, statement: Statement): string {
  return `SELECT ${ANY} AS position, NULL AS month, NULL AS amount
    WHERE EXISTS (SELECT 1 FROM allocated_place c WHERE c.tenant_id = $1::uuid AND c.month = ANY (${months(question, statement)}))`
}

function wholeByMonth(question: ShareQuestion, statement: Statement): string {
  const { from, where } = shareSource(question, [], statement)
  return `SELECT ${WHOLE}, c.month::text, sum(c.amount)::text FROM ${from}
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
