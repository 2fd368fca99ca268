import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

export interface ApiKeyRecord {
  id: string
  name: string
  prefix: string
  scopes: string[]
  createdAt: string
  lastUsedAt: string | null
  revokedAt: string | null
}

const COLUMNS = `id, name, prefix, scopes, ${instantText('created_at')} AS "createdAt", ${instantText('last_used_at')} AS "lastUsedAt",
  ${instantText('revoked_at')} AS "revokedAt"`

const ALL: Prepared = {
  name: 'read_api_keys',
  text: `SELECT ${COLUMNS} FROM api_key WHERE tenant_id = $1::uuid ORDER BY created_at DESC, id DESC LIMIT 1000`,
}

/** The keys of the tenant, newest first. */
export function readApiKeys(db: TenantSql): Promise<ApiKeyRecord[]> {
  return db.query(ALL)
}

const ONE: Prepared = {
  name: 'read_api_key',
  text: `SELECT ${COLUMNS} FROM api_key WHERE tenant_id = $1::uuid AND id = $2::uuid`,
}

export async function readApiKey(db: TenantSql, id: string): Promise<ApiKeyRecord | null> {
  const rows = await db.query<ApiKeyRecord>(ONE, [id])
  return rows[0] ?? null
}

const INSERT: Prepared = {
  name: 'insert_api_key',
  text: `INSERT INTO api_key (tenant_id, id, name, prefix, hash, scopes) VALUES ($1::uuid, $2::uuid, $3, $4, $5::bytea, $6::text[])
    RETURNING ${COLUMNS}`,
}

export async function insertApiKey(
  db: TenantSql,
  key: { id: string; name: string; prefix: string; hash: Buffer; scopes: readonly string[] },
): Promise<ApiKeyRecord | null> {
  const rows = await db.query<ApiKeyRecord>(INSERT, [key.id, key.name, key.prefix, key.hash, [...key.scopes]])
  return rows[0] ?? null
}

const REVOKE: Prepared = {
  name: 'revoke_api_key',
  text: `UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) WHERE tenant_id = $1::uuid AND id = $2::uuid RETURNING ${COLUMNS}`,
}

/** Ends a key; null when the tenant has no such key. Ending it again changes nothing. */
export async function revokeApiKey(db: TenantSql, id: string): Promise<ApiKeyRecord | null> {
  const rows = await db.query<ApiKeyRecord>(REVOKE, [id])
  return rows[0] ?? null
}

const USED: Prepared = {
  name: 'touch_api_keys',
  text: `UPDATE api_key k SET last_used_at = u.at FROM unnest($2::uuid[], $3::timestamptz[]) AS u(id, at)
    WHERE k.tenant_id = $1::uuid AND k.id = u.id AND (k.last_used_at IS NULL OR k.last_used_at < u.at)`,
}

/** Notes when some keys were last used. */
export async function touchApiKeys(db: TenantSql, uses: readonly { id: string; at: string }[]): Promise<void> {
  await db.query(USED, [uses.map((use) => use.id), uses.map((use) => use.at)])
}
