import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@outlay/domain/errors'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import type { ProviderLine, StatementFormat } from '@outlay/domain/reconciliation/provider-line'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import type { PoolClient } from 'pg'
import { plainArray, textArray } from '../sql/pg-array.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** A file that was read, as it is stored. */
export interface StatementWish {
  name: string
  format: StatementFormat
  /** The file itself: what it is known by. */
  text: string
  lines: readonly ProviderLine[]
  by: string
}

export interface ImportedStatement {
  statementId: string
  /** The same text is there already; nothing was changed. */
  isRepeat: boolean
}

const STATEMENT = `
INSERT INTO provider_statement (tenant_id, id, name, format, content_hash, first_day, last_day, providers, lines, imported_by)
VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::date, $7::date, $8::text[], $9::int, $10)
ON CONFLICT (tenant_id, content_hash) DO NOTHING RETURNING id`

const LINES = `
INSERT INTO provider_line (tenant_id, statement_id, number, reference, provider, day, account, resource, meter, tier, quantity, amount,
  currency, kind, fx_rate)
SELECT $1::uuid, $2::uuid, l.number, l.reference, l.provider, l.day, l.account, l.resource, l.meter, l.tier, l.quantity, l.amount,
  l.currency, l.kind, l.fx_rate
FROM unnest($3::text[], $4::text[], $5::date[], $6::text[], $7::text[], $8::text[], $9::text[], $10::numeric[], $11::numeric[],
  $12::text[], $13::text[], $14::numeric[])
  WITH ORDINALITY AS l(reference, provider, day, account, resource, meter, tier, quantity, amount, currency, kind, fx_rate, number)`

/** Stores a file with its lines, whole or not at all; a text that is there already changes nothing. `lines` must not be empty. */
export function importStatement(
  { pool }: { pool: Pool },
  tenantId: string,
  wish: StatementWish,
): Promise<ImportedStatement> {
  return tenantTransaction(pool, tenantId, async (client) => {
    const hash = hashOf(wish.text)
    const days = wish.lines.map(({ day }) => day).sort()
    const providers = [...new Set(wish.lines.map(({ provider }) => provider))].sort()
    const { rows } = await client.query<{ id: string }>(STATEMENT, [
      tenantId,
      uuidv7(),
      wish.name,
      wish.format,
      hash,
      days[0],
      days.at(-1),
      textArray(providers),
      wish.lines.length,
      wish.by,
    ])
    const [row] = rows
    if (row === undefined) return { statementId: await idOf(client, tenantId, hash), isRepeat: true }
    await client.query(LINES, [tenantId, row.id, ...columnsOf(wish.lines)])
    return { statementId: row.id, isRepeat: false }
  })
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}

const BY_HASH = `SELECT id FROM provider_statement WHERE tenant_id = $1::uuid AND content_hash = $2`

async function idOf(client: PoolClient, tenantId: string, hash: Buffer): Promise<string> {
  const { rows } = await client.query<{ id: string }>(BY_HASH, [tenantId, hash])
  const [row] = rows
  if (row === undefined) throw new DomainError('CONFLICT', 'The statement was removed at the same moment; try again.')
  return row.id
}

function columnsOf(lines: readonly ProviderLine[]): string[] {
  const texts = (read: (line: ProviderLine) => string | null) => textArray(lines.map(read))
  const plain = (read: (line: ProviderLine) => string | null) => plainArray(lines.map(read))
  return [
    texts(({ reference }) => reference),
    texts(({ provider }) => provider),
    plain(({ day }) => day),
    texts(({ account }) => account),
    texts(({ resource }) => resource),
    texts(({ meter }) => meter),
    texts(({ tier }) => tier),
    plain(({ quantity }) => (quantity === null ? null : formatQuantity(quantity))),
    plain(({ amount }) => (amount === null ? null : formatFixed18(amount))),
    plain(({ currency }) => currency),
    plain(({ kind }) => kind),
    plain(({ fxRate }) => (fxRate === null ? null : formatFixed18(fxRate))),
  ]
}

/** The statement that a text was imported as; null where it was not. */
export async function findImported({ pool }: { pool: Pool }, tenantId: string, text: string): Promise<string | null> {
  const { rows } = await tenantTransaction(pool, tenantId, (client) =>
    client.query<{ id: string }>(BY_HASH, [tenantId, hashOf(text)]),
  )
  return rows[0]?.id ?? null
}

const REMOVE = 'DELETE FROM provider_statement WHERE tenant_id = $1::uuid AND id = $2::uuid'

/** Removes a statement and its lines, as when it was read with a wrong map; false where there is none. */
export async function removeStatement(
  { pool }: { pool: Pool },
  tenantId: string,
  statementId: string,
): Promise<boolean> {
  const { rowCount } = await tenantTransaction(pool, tenantId, (client) =>
    client.query(REMOVE, [tenantId, statementId]),
  )
  return rowCount === 1
}
