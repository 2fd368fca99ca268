import type { Pool, PoolClient } from 'pg'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { readBudgets } from '../sql/read-budgets.ts'
import { clientSql, type TenantSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { crossBudgets, windowsOfDays } from './cross-budgets.ts'
import { lockAlerts } from './lock-alerts.ts'
import { markSeen, PENDING_MAX, pendingDays } from './pending-days.ts'

/** The tenant whose alerts are written, in a transaction that holds its alert lock. */
export interface Watch {
  client: PoolClient
  db: TenantSql
  tenantId: string
  nowMs: number
  today: CalendarDate
  timeZone: string
  /** The reporting currency. */
  currency: string
}

/** What a look at the sums has brought about: what to publish and what to send, once it is committed. */
export interface Watched {
  alertIds: string[]
  deliveryIds: string[]
}

/** What a look at the limits has brought about, and what is left to look at. */
export interface LimitLook extends Watched {
  /** More days have changed than one look takes. */
  isMore: boolean
  /** Something of today has changed: `lookAtToday` may find more in it than limits. */
  isTodayChanged: boolean
}

/**
 * Looks at everything that has changed since the last look: limits of every window that a changed day lies in, on the exact sums. Each
 * crossing alerts once (law L25), whoever looks and however often; late, corrected and re-rated events are looked at like live ones (law
 * L26). What changes meanwhile is left for the next look.
 */
export async function evaluateLimits(
  { pool, nowMs }: { pool: Pool; nowMs: number },
  tenantId: string,
): Promise<LimitLook> {
  return tenantTransaction(pool, tenantId, async (client) => {
    // In one flight: what follows the lock runs when it is taken, with snapshots of its own. Marks are read before the sums they stand for.
    const [, pending, watch, budgets] = await Promise.all([
      lockAlerts(client, tenantId),
      pendingDays(client, tenantId),
      openWatch(client, tenantId, nowMs),
      readBudgets(clientSql(client, tenantId)),
    ])
    if (pending.length === 0) return { alertIds: [], deliveryIds: [], isMore: false, isTodayChanged: false }
    const days = pending.map(({ day }) => day)
    const { deferredDays, ...crossed } = await crossBudgets(watch, windowsOfDays(budgets, days))
    // A day of which something is still to be written down is looked at again.
    const seen = pending.filter(({ day }) => !deferredDays.has(day))
    await markSeen(client, tenantId, seen)
    return { ...crossed, isMore: pending.length === PENDING_MAX, isTodayChanged: days.includes(watch.today) }
  })
}

const TENANT = `SELECT currency, time_zone AS "timeZone" FROM tenant WHERE id = $1::uuid`

/** Under the tenant's alert lock. */
export async function openWatch(client: PoolClient, tenantId: string, nowMs: number): Promise<Watch> {
  const { rows } = await client.query<{ currency: string; timeZone: string }>({
    name: 'tenant_to_watch',
    text: TENANT,
    values: [tenantId],
  })
  const [tenant] = rows
  if (tenant === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  const { currency, timeZone } = tenant
  return { client, db: clientSql(client, tenantId), tenantId, nowMs, today: today(nowMs, timeZone), timeZone, currency }
}

export function together(parts: readonly Watched[]): Watched {
  return {
    alertIds: [...new Set(parts.flatMap(({ alertIds }) => alertIds))],
    deliveryIds: parts.flatMap(({ deliveryIds }) => deliveryIds),
  }
}
