import type { Pool } from 'pg'
import { policyInForce } from '@outlay/domain/allocation/policy-in-force'
import { DomainError, quoted } from '@outlay/domain/errors'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { UserError } from '../ingest/user-error.ts'
import { readByIds } from '../sql/read-dimensions.ts'
import { readPoliciesOfPools } from '../sql/read-policies.ts'
import { readPoolTotals, type PoolRecord } from '../sql/read-pools.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { insertPool } from './create-pool.ts'
import { moveEnd } from './end-pool.ts'
import { checkColumns, columnOf, parsePoolRow, type FileRow, type PoolColumn, type PoolRow } from './parse-pool-row.ts'
import { poolOfName, poolToChange } from './pool-state.ts'
import { refusalOf, writePools, type Actor, type PoolWriter } from './pool-writer.ts'
import { reviseAmount } from './set-pool-amount.ts'

/** Most rows of one file: each is a few statements under the tenant's lock. */
const ROWS_MAX = 1_000

/** What became of a row, or would. */
export interface ImportedRow {
  line: number
  name: string | null
  outcome: 'CREATED' | 'CHANGED' | 'UNCHANGED' | 'REFUSED'
  /** Why it was refused. */
  message: string | null
}

export interface ImportReport {
  rows: ImportedRow[]
  userErrors: UserError[]
}

/**
 * Imports pools from the rows of a file, all or none. A row whose pool is there already sets its amount from the row's month on, or its
 * end; a row that says what is there changes nothing, so a file is imported again without harm. `dryRun` does all of it and keeps nothing.
 */
export async function importPools(
  deps: { pool: Pool },
  tenantId: string,
  {
    headings,
    rows,
    dryRun,
    actor,
  }: {
    headings: readonly string[]
    rows: readonly FileRow[]
    dryRun: boolean
    actor: Actor
  },
): Promise<ImportReport> {
  const nothing = (error: unknown): ImportReport => ({ rows: [], userErrors: [refusalOf(error)] })
  let columns: PoolColumn[]
  try {
    columns = checkColumns(headings)
    if (rows.length > ROWS_MAX) {
      throw new DomainError('TOO_MANY_ITEMS', `The file has ${rows.length} rows; the most is ${ROWS_MAX}.`, 'csv')
    }
  } catch (error) {
    return nothing(error)
  }
  try {
    const written = await writePools(deps, tenantId, async (writer) => {
      const report = await importRows(writer, { rows, columns, actor })
      if (dryRun || report.userErrors.length > 0) throw new NothingKept(report)
      return report
    })
    return written.done ?? { rows: [], userErrors: written.userErrors }
  } catch (error) {
    if (error instanceof NothingKept) return error.report
    throw error
  }
}

/** Rolls the transaction back and carries out what it found. */
class NothingKept extends Error {
  readonly report: ImportReport

  constructor(report: ImportReport) {
    super('The import is rolled back.')
    this.report = report
  }
}

async function importRows(
  writer: PoolWriter,
  { rows, columns, actor }: { rows: readonly FileRow[]; columns: readonly PoolColumn[]; actor: Actor },
): Promise<ImportReport> {
  const report: ImportReport = { rows: [], userErrors: [] }
  const lines = new Map<string, number>()
  for (const row of rows) {
    const { line } = row
    let name: string | null = row.cells[columns.indexOf('name')]?.trim() || null
    try {
      const parsed = parsePoolRow(row, columns)
      name = parsed.pool.name
      refuseTwice(lines, { line, key: JSON.stringify([name, parsed.pool.firstMonth]) })
      report.rows.push({ line, name, outcome: await importRow(writer, { row: parsed, actor }), message: null })
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      const column = columnOf(error.field)
      report.rows.push({ line, name, outcome: 'REFUSED', message: error.message })
      report.userErrors.push({
        code: error.code,
        message: `line ${line}${column === null ? '' : `, ${column}`}: ${error.message}`,
        field: ['input', 'csv', String(line), ...(column === null ? [] : [column])],
      })
    }
  }
  return report
}

function refuseTwice(lines: Map<string, number>, { line, key }: { line: number; key: string }): void {
  const before = lines.get(key)
  if (before !== undefined) {
    throw new DomainError('CONFLICT', `Line ${before} says the amount of this pool and month already.`, 'name')
  }
  lines.set(key, line)
}

/** Statements fail a transaction for good, so all that a row may be refused for is asked before anything is written. */
async function importRow(
  writer: PoolWriter,
  { row, actor }: { row: PoolRow; actor: Actor },
): Promise<Exclude<ImportedRow['outcome'], 'REFUSED'>> {
  const { name, firstMonth } = row.pool
  const known = await poolOfName(writer.db, { name, first: firstMonth, last: firstMonth })
  if (known === null) {
    await insertPool(writer, { pool: row.pool, actor })
    return 'CREATED'
  }
  const pool = await poolToChange(writer.db, known.id)
  refuseOtherPool(pool, row)
  await refuseOtherPolicy(writer.db, { pool, row })
  const { lastMonth } = row.said
  const isMoved = lastMonth !== null && (await moveEnd(writer, { pool, lastMonth, by: actor.by }))
  const isRevised = await setAmount(writer, { pool: isMoved ? { ...pool, lastMonth } : pool, row, actor })
  return isMoved || isRevised ? 'CHANGED' : 'UNCHANGED'
}

async function setAmount(
  writer: PoolWriter,
  { pool, row, actor }: { pool: PoolRecord; row: PoolRow; actor: Actor },
): Promise<boolean> {
  const { firstMonth: fromMonth, amount, note } = row.pool
  const [inForce] = await readPoolTotals(writer.db, [fromMonth], [pool.id])
  if (inForce?.amount === amount) return false
  return reviseAmount(writer, { pool, fromMonth, amount, note, by: actor.by })
}

/** A file cannot turn one pool into another: what identifies it must be what is stored, where the row says it. */
function refuseOtherPool(pool: PoolRecord, { pool: row, said }: PoolRow): void {
  const different = (column: PoolColumn, stored: string | null, stated: string | null): void => {
    if (stated === null || stated === stored) return
    const message = `The pool ${quoted(pool.name)} has the ${column.replace('_', ' ')} ${stored ?? 'none'}, the row says ${stated}.`
    throw new DomainError('CONFLICT', message, column)
  }
  different('category', pool.category, row.category)
  different('recurrence', pool.recurrence, said.recurrence)
  different('currency', pool.currency, row.currency)
  different('resource', pool.resourceName, row.resource?.name ?? null)
  different('resource_provider', pool.resourceProvider, row.resource?.provider ?? null)
  const capacity = pool.capacity === null ? null : parseFixed18(pool.capacity)
  if (row.capacity !== null && capacity !== parseFixed18(row.capacity))
    different('capacity', pool.capacity, row.capacity)
}

/** A policy is changed by a new version that another person approves, not by a file. */
async function refuseOtherPolicy(db: TenantSql, { pool, row }: { pool: PoolRecord; row: PoolRow }): Promise<void> {
  const { method, basis, rate, scope } = row.said
  const versions = await readPoliciesOfPools(db, [pool.id])
  const policy = policyInForce(versions, row.pool.firstMonth) ?? versions[0]
  if (policy === undefined) return
  const agents = scope === null ? [] : await readByIds(db, 'agent', policy.scope)
  const keys = agents.map(({ key }) => key).sort()
  const isOther = {
    method: method !== null && method !== policy.method,
    basis: basis !== null && basis !== policy.basis,
    rate: rate !== null && (policy.rate === null || parseFixed18(rate) !== parseFixed18(policy.rate)),
    scope: scope !== null && JSON.stringify([...new Set(scope)].sort()) !== JSON.stringify(keys),
  }
  const column = (['method', 'basis', 'rate', 'scope'] as const).find((name) => isOther[name])
  if (column === undefined) return
  const message = `The pool ${quoted(pool.name)} has another ${column} by version ${policy.version} of its policy; draft a new version to change it.`
  throw new DomainError('CONFLICT', message, column)
}
