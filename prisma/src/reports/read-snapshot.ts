import type { PoolClient } from 'pg'
import { addMonths, firstOfMonth, type DateRange } from '@outlay/domain/periods/calendar-date'

/** What a report was made from, beside the instant: the prices and settings of then, the state of the sums, and the closed months it is of. */
export interface ReportSnapshot {
  /** Grows with every change of prices and settings. */
  configVersion: number
  /** Grows with every change of any day's sums. */
  generation: string
  /** Closed months of the period, with the edition that was filed and its hash. */
  closedMonths: { month: string; edition: number; hash: string }[]
}

const NOW = `
SELECT config_version AS "configVersion",
  (SELECT coalesce(sum(generation), 0)::text FROM sums_change s WHERE s.tenant_id = $1::uuid) AS generation
FROM tenant WHERE id = $1::uuid`

const CLOSED = `
SELECT p.month::text AS month, p.edition, s.hash FROM period p
JOIN period_snapshot s ON s.tenant_id = p.tenant_id AND s.month = p.month AND s.edition = p.edition
WHERE p.tenant_id = $1::uuid AND p.state = 'CLOSED' AND p.month >= $2::date AND p.month < $3::date ORDER BY p.month`

/** What the transaction sees. */
export async function readSnapshot(client: PoolClient, tenantId: string, range: DateRange): Promise<ReportSnapshot> {
  const now = await client.query<Omit<ReportSnapshot, 'closedMonths'>>(NOW, [tenantId])
  const [row] = now.rows
  if (row === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  const months = [
    firstOfMonth(range.from),
    addMonths(firstOfMonth(range.to), range.to === firstOfMonth(range.to) ? 0 : 1),
  ]
  const closed = await client.query<ReportSnapshot['closedMonths'][number]>(CLOSED, [tenantId, ...months])
  return { ...row, closedMonths: closed.rows }
}
