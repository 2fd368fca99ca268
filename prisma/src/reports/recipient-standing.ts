import type { Pool } from 'pg'
import { isAllowed, isRole } from '@outlay/domain/audience/policy'
import type { ReportKind } from '@outlay/domain/reports/document'
import { readingAction } from './report-run.ts'

/**
 * Who an address is to a report. READER: a member who may read it, or of the client whose statement it is. OUTSIDE: nobody of the tenant. MEMBER: a
 * member who may not read it, and is sent nothing.
 */
export type RecipientStanding = 'READER' | 'OUTSIDE' | 'MEMBER'

const MEMBER = `
SELECT m.role, m.client_id::text AS "clientId", m.is_limited AS "isLimited"
FROM app_user u JOIN membership m ON m.user_id = u.id WHERE m.tenant_id = $1::uuid AND u.email = $2`

/** The standing of an address, as memberships are at this moment. `auth`: the pool of outlay_auth, which alone knows addresses. */
export async function recipientStanding(
  auth: Pool,
  {
    tenantId,
    recipient,
    kind,
    clientId,
  }: { tenantId: string; recipient: string; kind: ReportKind; clientId: string | null },
): Promise<RecipientStanding> {
  const { rows } = await auth.query<{ role: string; clientId: string | null; isLimited: boolean }>(MEMBER, [
    tenantId,
    recipient,
  ])
  const [member] = rows
  if (member === undefined || !isRole(member.role)) return 'OUTSIDE'
  const { role, isLimited } = member
  if (role === 'CLIENT') return kind === 'CLIENT_STATEMENT' && member.clientId === clientId ? 'READER' : 'MEMBER'
  return isAllowed({ kind: 'user', role, isLimited }, readingAction(kind)) ? 'READER' : 'MEMBER'
}
