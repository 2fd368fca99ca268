import { rmSync } from 'node:fs'
import path from 'node:path'
import type { Client } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { measured, type Parts, type Usage } from './processes.ts'

export interface CopyMeasurement {
  rows: number
  usage: Usage
}

/**
 * How fast this Postgres takes the same rows into the same table by the fastest way it has: COPY in binary form from a file of its own,
 * as the owner, without identities, rollups or row-level security. `fromTenant` is a tenant whose events are the rows.
 */
export async function measureCopy(
  owner: Client,
  fromTenant: string,
  rows: number,
  parts: Parts,
): Promise<CopyMeasurement> {
  const folder =
    (await owner.query<{ data_directory: string }>('SHOW data_directory')).rows[0]?.data_directory ?? '/tmp'
  const file = path.join(folder, 'bench.copy')
  const literal = `'${file.replaceAll("'", "''")}'`
  const columns = await columnsOf(owner)
  const list = columns.map((column) => `"${column}"`).join(', ')
  const selected = columns.map((column) => (column === 'tenant_id' ? `'${uuidv7()}'::uuid` : `"${column}"`)).join(', ')
  try {
    await owner.query(
      `COPY (SELECT ${selected} FROM invocation WHERE tenant_id = '${fromTenant}' ORDER BY occurred_at, id LIMIT ${rows})
       TO ${literal} (FORMAT binary)`,
    )
    await owner.query('CHECKPOINT')
    const { result, usage } = await measured(parts, () =>
      owner.query(`COPY invocation (${list}) FROM ${literal} (FORMAT binary)`),
    )
    return { rows: result.rowCount ?? 0, usage }
  } finally {
    rmSync(file, { force: true })
  }
}

async function columnsOf(owner: Client): Promise<string[]> {
  const result = await owner.query<{ column_name: string }>(
    `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'invocation' ORDER BY ordinal_position`,
  )
  return result.rows.map((row) => row.column_name)
}
