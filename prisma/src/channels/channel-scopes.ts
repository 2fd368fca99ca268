import { DomainError, quoted } from '@outlay/domain/errors'
import type { TenantSql } from '../sql/tenant-sql.ts'
import type { ScopeInput } from './channel-input.ts'

/** Whose alerts a channel tells, as it is stored; the member of FLEET is nil. */
export interface StoredScope {
  scope: ScopeInput['scope']
  memberId: string
}

const NIL = '00000000-0000-0000-0000-000000000000'

const TABLES = { AGENT: 'agent', CLIENT: 'client', PROJECT: 'project' } as const

/** Finds the members of scopes by key, each once. Throws DomainError NOT_FOUND or INVALID_FIELD on `scopes.<n>.key`. */
export async function resolveScopes(db: TenantSql, scopes: readonly ScopeInput[]): Promise<StoredScope[]> {
  const found = new Map<string, StoredScope>()
  for (const [index, { scope, key }] of scopes.entries()) {
    const memberId = await memberOf(db, { scope, key, field: `scopes.${index}.key` })
    found.set(`${scope} ${memberId}`, { scope, memberId })
  }
  return [...found.values()]
}

async function memberOf(db: TenantSql, { scope, key, field }: ScopeInput & { field: string }): Promise<string> {
  if (scope === 'FLEET') {
    if (key === null) return NIL
    throw new DomainError('INVALID_FIELD', `The fleet is one; leave the key ${quoted(key)} out.`, field)
  }
  const noun = TABLES[scope]
  if (key === null) throw new DomainError('MISSING_FIELD', `Which ${noun}? Its key is missing.`, field)
  const [row] = await db.query<{ id: string }>(
    { name: `${noun}_of_scope`, text: `SELECT id FROM ${noun} WHERE tenant_id = $1::uuid AND key = $2` },
    [key.replaceAll('\0', '')],
  )
  if (row === undefined) throw new DomainError('NOT_FOUND', `There is no ${noun} ${quoted(key)}.`, field)
  return row.id
}
