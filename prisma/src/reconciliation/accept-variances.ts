import type { Pool } from 'pg'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { Cause } from '@outlay/domain/reconciliation/variance'
import { plainArray, textArray } from '../sql/pg-array.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** A part of the gap of a provider's day, as it is now. */
export interface VarianceToAccept {
  provider: string
  day: CalendarDate
  /** Null: of the provider's whole day. */
  resource: string | null
  cause: Cause
  amount: Fixed18
}

const ACCEPT = `
INSERT INTO accepted_variance (tenant_id, provider, day, resource, cause, amount, reason, accepted_by, accepted_at)
SELECT $1::uuid, v.provider, v.day, v.resource, v.cause, v.amount, $7, $8, clock_timestamp()
FROM unnest($2::text[], $3::date[], $4::text[], $5::text[], $6::numeric[]) AS v(provider, day, resource, cause, amount)
ON CONFLICT (tenant_id, provider, day, resource, cause) DO UPDATE SET amount = EXCLUDED.amount, reason = EXCLUDED.reason,
  accepted_by = EXCLUDED.accepted_by, accepted_at = EXCLUDED.accepted_at`

/** Keeps that variances were accepted, by whom and why; what was accepted before of the same cause is replaced. */
export async function acceptVariances(
  { pool }: { pool: Pool },
  tenantId: string,
  { variances, reason, by }: { variances: readonly VarianceToAccept[]; reason: string; by: string },
): Promise<void> {
  await tenantTransaction(pool, tenantId, (client) =>
    client.query(ACCEPT, [
      tenantId,
      textArray(variances.map(({ provider }) => provider)),
      plainArray(variances.map(({ day }) => day)),
      textArray(variances.map(({ resource }) => resource ?? '')),
      plainArray(variances.map(({ cause }) => cause)),
      plainArray(variances.map(({ amount }) => formatFixed18(amount))),
      reason,
      by,
    ]),
  )
}
