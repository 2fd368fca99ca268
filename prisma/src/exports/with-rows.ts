import type { Pool, PoolClient } from 'pg'
import type { TableCell } from '@outlay/domain/export/csv-line'
import { DomainError } from '@outlay/domain/errors'
import { localTimeText } from '@outlay/domain/export/local-time-text'
import type { AboutRow, ExportColumn, ExportRow } from '@outlay/domain/export/table'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { textArray } from '../sql/pg-array.ts'
import { instantText } from '../sql/cell-sums.ts'
import { sqlState } from '../ingest/sql-state.ts'
import { asLimited } from '../tenancy/as-limited.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { readingScope, type ExportAsker } from './export-asker.ts'
import { fileColumns, type ExportPart, type SqlColumn } from './export-kind.ts'
import type { ExportQuestion } from './export-question.ts'

/** A table that is open for reading, once, until the work on it ends. */
export interface OpenTable {
  columns: readonly ExportColumn[]
  /** Whatever is asked of it, it is as the tenant's rows were at one moment. */
  pages: AsyncGenerator<readonly ExportRow[]>
  /** How many rows there are; null when counting took too long. Only before the first page. */
  count: () => Promise<number | null>
  /** How many rows there are, if not more than `limit`; else `limit`. */
  countUpTo: (limit: number) => Promise<number>
  about: readonly AboutRow[]
}

/** Rows that are read, and turned into cells, at a time. */
const PAGE = 200
const COUNT_MS_MAX = 20_000

/**
 * Opens the rows of a question in one snapshot, for somebody who may read them, and answers what the work on them made. Rows come through a
 * cursor: memory holds one page, however many there are, and what is written meanwhile is not among them. Every export of the database goes
 * through here, the job of a worker too. Throws DomainError FORBIDDEN.
 */
export function withRows<T>(
  pool: Pool,
  { tenantId, asker, question }: { tenantId: string; asker: ExportAsker; question: ExportQuestion },
  work: (table: OpenTable) => Promise<T>,
): Promise<T> {
  return tenantTransaction(pool, tenantId, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const scope = await readingScope(client, { tenantId, asker, action: question.kind.action })
    if (scope === null) {
      throw new DomainError('FORBIDDEN', 'Whoever asked for this export may not read the table.')
    }
    const tenant = await tenantOf(client, tenantId)
    const statements = statementsOf(tenantId, question, tenant.timeZone)
    return asLimited(client, scope, () =>
      work({
        columns: fileColumns(question.kind, tenant.timeZone),
        pages: pagesOf(client, { statements, columns: question.kind.columns, timeZone: tenant.timeZone }),
        count: () => countOf(client, statements),
        countUpTo: (limit) => countUpTo(client, statements, limit),
        about: aboutOf(question, tenant),
      }),
    )
  })
}

interface Tenant {
  name: string
  currency: string
  timeZone: string
  /** The moment of the snapshot. */
  at: string
}

async function tenantOf(client: PoolClient, tenantId: string): Promise<Tenant> {
  const { rows } = await client.query<Tenant>(
    `SELECT name, currency, time_zone AS "timeZone", ${instantText('clock_timestamp()')} AS at FROM tenant WHERE id = $1::uuid`,
    [tenantId],
  )
  const [tenant] = rows
  if (tenant === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  return tenant
}

interface Statement {
  select: string
  from: string
  orderBy: string
  values: readonly string[]
}

/** One for each source of rows, in their order. */
function statementsOf(tenantId: string, { kind, range, filter }: ExportQuestion, timeZone: string): Statement[] {
  const values = [tenantId]
  if (range !== null) {
    const { start, end } = rangeBounds(range, timeZone)
    values.push(new Date(start).toISOString(), new Date(end).toISOString())
  }
  const conditions = [kind.where]
  for (const [name, condition] of Object.entries(kind.filters)) {
    const keys = filter[name]
    if (keys === undefined || keys.length === 0) continue
    conditions.push(condition.replaceAll('?', `$${values.push(textArray(keys))}::text[]`))
  }
  const statement = ({ cells, from, orderBy }: Omit<ExportPart, 'where'>, where: string): Statement => ({
    select: cells.join(', '),
    from: `${from} CROSS JOIN (SELECT * FROM tenant WHERE id = $1::uuid) z WHERE ${where}`,
    orderBy,
    values,
  })
  const cells = kind.columns.map(({ sql }) => sql)
  return [
    statement({ ...kind, cells }, conditions.join(' AND ')),
    ...(kind.more ?? []).map((part) => statement(part, part.where)),
  ]
}

async function* pagesOf(
  client: PoolClient,
  {
    statements,
    columns,
    timeZone,
  }: { statements: readonly Statement[]; columns: readonly SqlColumn[]; timeZone: string },
): AsyncGenerator<readonly ExportRow[]> {
  for (const statement of statements) {
    for await (const rows of fetched(client, statement)) yield rows.map((row) => cellsOf(row, { columns, timeZone }))
  }
}

async function* fetched(
  client: PoolClient,
  { select, from, orderBy, values }: Statement,
): AsyncGenerator<readonly (string | null)[][]> {
  await client.query({
    text: `DECLARE export_rows NO SCROLL CURSOR FOR SELECT ${select} FROM ${from} ORDER BY ${orderBy}`,
    values: [...values],
  })
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: `FETCH ${PAGE} FROM export_rows`,
      rowMode: 'array',
    })
    if (rows.length > 0) yield rows
    if (rows.length < PAGE) break
  }
  await client.query('CLOSE export_rows')
}

function cellsOf(
  row: readonly (string | null)[],
  { columns, timeZone }: { columns: readonly SqlColumn[]; timeZone: string },
): ExportRow {
  return columns.flatMap(({ kind }, i): TableCell[] => {
    const value = row[i] ?? null
    if (kind === 'instant') return value === null ? [null, null] : [localTimeText(value, timeZone), utcText(value)]
    if (kind === 'text' || value === null) return [value]
    return [{ number: value }]
  })
}

/** Without the zeros of a fraction: Postgres writes six digits. */
function utcText(instant: string): string {
  return instant.replace(/\.?0+Z$/, 'Z')
}

/** A count that takes too long is not worth waiting for; the transaction goes on without it. */
async function countOf(client: PoolClient, statements: readonly Statement[]): Promise<number | null> {
  await client.query('SAVEPOINT before_count')
  await client.query(`SET LOCAL statement_timeout = ${COUNT_MS_MAX}`)
  try {
    let count = 0
    for (const { from, values } of statements) {
      const { rows } = await client.query<{ rows: number }>({
        text: `SELECT count(*)::float8 AS rows FROM ${from}`,
        values: [...values],
      })
      count += rows[0]?.rows ?? 0
    }
    return count
  } catch (error) {
    if (sqlState(error) !== '57014') throw error
    return null
  } finally {
    // With it goes the limit that was set behind it.
    await client.query('ROLLBACK TO before_count')
  }
}

async function countUpTo(client: PoolClient, statements: readonly Statement[], limit: number): Promise<number> {
  let count = 0
  for (const { from, values } of statements) {
    const { rows } = await client.query<{ rows: number }>({
      text: `SELECT count(*)::float8 AS rows FROM (SELECT 1 FROM ${from} LIMIT ${limit - count}) counted`,
      values: [...values],
    })
    count += rows[0]?.rows ?? 0
  }
  return count
}

function aboutOf({ kind, range, filter }: ExportQuestion, tenant: Tenant): AboutRow[] {
  return [
    ['Tenant', tenant.name],
    ['Table', kind.label],
    ...(range === null
      ? []
      : [
          ['First day', range.from] as const,
          ['Last day', addDays(range.to, -1)] as const,
          ['Time zone of days', tenant.timeZone] as const,
        ]),
    ['Currency', tenant.currency],
    ['As of, UTC', utcText(tenant.at)],
    ['As of, local', localTimeText(tenant.at, tenant.timeZone)],
    ...Object.entries(filter).map(([name, keys]): AboutRow => [`Only ${name}`, keys.join(', ')]),
    ...kind.about,
  ]
}
