import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { MonthAmount } from './accrued.ts'
import { plainArray } from './pg-array.ts'
import { fractionRows } from './read-allocated.ts'
import { months } from './read-allocated-groups.ts'
import { dimensionsOf, naming, selection, Statement, type RollupGroup } from './read-rollup.ts'
import { rollupSource } from './rollup-source.ts'
import {
  inOrderAsked,
  isShareRow,
  NOT_TOLD,
  shareSource,
  toldBy,
  wantedRows,
  type ShareQuestion,
} from './share-source.ts'
import { PLANNED_EACH_TIME, type TenantSql } from './tenant-sql.ts'

/** A row of a roll-up that has a share and no usage in the range: the share accrues over the whole month. */
export interface ShareRow extends Omit<RollupGroup, 'sums'> {
  amounts: MonthAmount[]
}

interface FoundRow extends Omit<RollupGroup, 'sums'> {
  months: string[]
  amounts: string[]
  groups: number
}

/**
 * Rows with shares that are none of `rows`, the largest first, at most `limit`, and how many there are. To be asked when `rows` are all rows
 * with usage.
 */
export async function readShareRows(
  db: TenantSql,
  question: ShareQuestion,
  { rows, limit }: { rows: readonly RollupGroup[]; limit: number },
): Promise<{ rows: ShareRow[]; groups: number }> {
  const statement = new Statement()
  const names = toldBy(question).map((dimension, i) => naming(dimension, i + 1))
  const most = statement.param(Math.max(limit, 1), 'int')
  const ids = inOrderAsked(
    question,
    names.map((_, i) => `g.k${i + 1}::text`),
    (dimension) => `${NOT_TOLD[dimension]?.sql}::text`,
  )
  const nameColumns = (column: 'key' | 'label') =>
    inOrderAsked(
      question,
      names.map((name) => name[column]),
      () => 'NULL',
    ).join(', ')
  const order = ['g.accrued DESC', ...names.map((name, i) => `${name.key} NULLS LAST, g.k${i + 1}`)]
  // As in readRollup, rows are named after the cut.
  const text = `SELECT ARRAY[${ids.join(', ')}]::text[] AS ids, ARRAY[${nameColumns('key')}]::text[] AS keys,
      ARRAY[${nameColumns('label')}]::text[] AS labels, g.months, g.amounts, g.groups
    FROM (${otherShares(question, rows, statement)} ORDER BY accrued DESC FETCH FIRST (${most}) ROWS WITH TIES) g
    ${names.map((name) => name.join).join(' ')} ORDER BY ${order.join(', ')} LIMIT ${most}`
  const found = await db.query<FoundRow>({ name: PLANNED_EACH_TIME, text }, statement.values)
  return { rows: found.slice(0, limit).map(shareRow), groups: found[0]?.groups ?? 0 }
}

/** Shares by the told dimensions `k1`, … that are none of some rows. */
function otherShares(question: ShareQuestion, rows: readonly RollupGroup[], statement: Statement): string {
  const { fractions } = question
  const { from, where, columns } = shareSource(question, toldBy(question), statement)
  const accrual = fractionRows(
    months(question, statement),
    statement.param(plainArray(fractions.map((part) => part.fraction)), 'numeric[]'),
  )
  const known = rows.filter((row) => isShareRow(question, row))
  const keys = columns.map((_, i) => `k${i + 1}`)
  const isKnown =
    keys.length === 0
      ? String(known.length > 0)
      : `EXISTS (SELECT 1 FROM ${wantedRows(question, known, statement)} WHERE ${keys.map((key) => `w.${key} = m.${key}`).join(' AND ')})`
  return `SELECT ${[...keys, ''].join(', ')}array_agg(m.month::text) AS months, array_agg(m.amount::text) AS amounts,
      sum(m.amount * m.fraction) AS accrued, (count(*) OVER ())::int AS groups
    FROM (
      SELECT ${[...columns.map((column, i) => `${column} AS k${i + 1}`), ''].join(', ')}c.month, sum(c.amount) AS amount, max(f.fraction) AS fraction
      FROM ${accrual} JOIN ${from} ON c.month = f.month WHERE ${where} GROUP BY ${[...columns, 'c.month'].join(', ')}
    ) m WHERE m.amount <> 0 AND NOT ${isKnown} GROUP BY ${keys.length === 0 ? '()' : keys.join(', ')} HAVING count(*) > 0`
}

function shareRow({ ids, keys, labels, months: of, amounts }: FoundRow): ShareRow {
  return { ids, keys, labels, amounts: of.map((month, i) => ({ month, amount: parseFixed18(amounts[i] ?? '0') })) }
}

/** How many rows have a share and no usage in the range. */
export async function countShareRows(db: TenantSql, question: ShareQuestion): Promise<number> {
  const statement = new Statement()
  const { from, where, columns } = shareSource(question, toldBy(question), statement)
  const source = rollupSource({ dimensions: dimensionsOf(question), isHourly: false })
  const usage = selection(question, source, statement)
  const ids = inOrderAsked(
    question,
    columns.map((_, i) => `g.k${i + 1}`),
    (dimension) =>
      dimension === 'KIND' && source.kindIsUuid ? `'${NIL_UUID}'::uuid` : (NOT_TOLD[dimension]?.sql ?? ''),
  )
  const same = question.groupBy.map((dimension, i) => `${source.columns[dimension]} = ${ids[i]}`)
  const text = `SELECT count(*)::int AS count FROM (
      SELECT DISTINCT ${['1', ...columns.map((column, i) => `${column} AS k${i + 1}`)].join(', ')} FROM ${from}
      WHERE ${where} AND c.month = ANY (${months(question, statement)}) AND c.amount <> 0
    ) g WHERE NOT EXISTS (SELECT 1 FROM ${usage.from} WHERE ${usage.where} AND ${same.join(' AND ')})`
  const [row] = await db.query<{ count: number }>({ name: PLANNED_EACH_TIME, text }, statement.values)
  return row?.count ?? 0
}
