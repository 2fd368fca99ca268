import type { PoolClient } from 'pg'
import { checkScope, setScopeStatement, type TenantScope } from './tenant-context.ts'

/**
 * Runs a reading within an open transaction of the tenant as somebody who is limited to clients would be answered, or a client itself, and
 * goes on with the rights that the transaction had; after a reading for a client it can no longer write. With neither it is an ordinary reading. What a change may touch is decided by the same policies as what is
 * seen, under the locks of the change.
 */
export async function asLimited<T>(client: PoolClient, scope: TenantScope, read: () => Promise<T>): Promise<T> {
  if (scope.clientIds === null && scope.answeredClient === undefined) return read()
  await client.query(setScopeStatement(checkScope(scope)))
  const answer = await read()
  // A reading that failed has ended the transaction, and its role with it.
  await client.query('SET LOCAL ROLE NONE')
  return answer
}
