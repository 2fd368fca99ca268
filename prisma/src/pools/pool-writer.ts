import type { Pool, PoolClient } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { lockTenant } from '../ingest/tenant-lock.ts'
import type { UserError } from '../ingest/user-error.ts'
import { clientSql, type TenantSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** Who changes pools and policies, and on which day of the tenant. */
export interface Actor {
  /** An e-mail address, or `API key <name>`. */
  by: string
  /** A key is no second pair of eyes: what it approves, it approves by override. */
  isPerson: boolean
  /** Whether it may let count what no other person has looked at. */
  mayOverride: boolean
  today: CalendarDate
}

/** A transaction that changes pools: the tenant's only writer until it ends. */
export interface PoolWriter {
  client: PoolClient
  tenantId: string
  /** Reads what the transaction sees. */
  db: TenantSql
}

export type Written<T> = { done: T; userErrors: [] } | { done: null; userErrors: UserError[] }

/**
 * Runs a change of pools or policies, whole or not at all: what the domain refuses (a DomainError) rolls it back and comes back as a
 * userError, its field as a path within `input`.
 */
export async function writePools<T>(
  deps: { pool: Pool },
  tenantId: string,
  work: (writer: PoolWriter) => Promise<T>,
): Promise<Written<T>> {
  try {
    const done = await tenantTransaction(deps.pool, tenantId, async (client) => {
      await lockTenant(client, tenantId)
      return work({ client, tenantId, db: clientSql(client, tenantId) })
    })
    return { done, userErrors: [] }
  } catch (error) {
    return { done: null, userErrors: [refusalOf(error)] }
  }
}

/** What the domain or a constraint refused, as the user is told; anything else is thrown on. */
export function refusalOf(error: unknown): UserError {
  if (error instanceof DomainError) {
    const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
    return { code: error.code, message: error.message, field }
  }
  if (!isNameTaken(error)) throw error
  // Writers of a tenant take turns and look first, so only what went round that lock gets here.
  const message = 'A pool of the same name was made for one of these months at the same moment; nothing was changed.'
  return { code: 'CONFLICT', message, field: ['input', 'name'] }
}

function isNameTaken(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && error.constraint === 'cost_pool_name_once_a_month'
}
