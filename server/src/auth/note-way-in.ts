import { insertAuditEvent } from '@outlay/db/sql/read-audit'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { encodeTextId } from '../graphql/ids.ts'
import type { Person } from './person-auth.ts'

/** Notes in every tenant of a person that their way in has changed: whoever keeps a tenant safe wants to know. */
export async function noteWayIn(
  pool: TenantPool,
  person: Pick<Person, 'userId' | 'email' | 'memberships'>,
  action: 'enableTwoFactor' | 'disableTwoFactor' | 'linkProvider',
): Promise<void> {
  for (const { tenant } of person.memberships) {
    await insertAuditEvent(tenantSql(pool, tenant.id), {
      actorKind: 'USER',
      actorId: encodeTextId('User', person.userId),
      actorLabel: person.email,
      action,
      subject: person.email,
      facts: {},
    })
  }
}
