import type { Pool } from 'pg'
import { attendByClock } from '../alerts/attend-by-clock.ts'
import { openWatch, together, type Watch, type Watched } from '../alerts/evaluate-limits.ts'
import { lockAlerts } from '../alerts/lock-alerts.ts'
import { forecastBudgets } from '../budgets/forecast-budgets.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { checkHours } from './check-hours.ts'
import { checkToday } from './check-today.ts'
import { followUnpriced } from './resolve-quiet.ts'

const GENERATIONS = `SELECT coalesce(sum(generation), 0)::text AS generation FROM sums_change WHERE tenant_id = $1::uuid`

const isNothing = (): Watched => ({ alertIds: [], deliveryIds: [] })

/** What a tenant's sums were like when somebody looked. */
export interface Looked {
  /** Grows with every change of any day. */
  generation: string
}

/**
 * What is done for a tenant as time passes, whether events come in or not: snoozes and escalations; and where sums have changed since
 * `last`, the hours behind, today once more (an open alert says what it has come to) and usage that has got its price.
 */
export async function attendTenant(
  { pool, nowMs }: { pool: Pool; nowMs: number },
  tenantId: string,
  last: Looked | null,
): Promise<Watched & { looked: Looked }> {
  return tenantTransaction(pool, tenantId, async (client) => {
    await lockAlerts(client, tenantId)
    const watch = await openWatch(client, tenantId, nowMs)
    const looked = await generationOf(watch)
    const byClock = await attendByClock(watch)
    const bySums =
      looked.generation === last?.generation
        ? isNothing()
        : together([await checkToday(watch), await checkHours(watch), await followUnpriced(watch)])
    return { ...together([byClock, bySums]), looked }
  })
}

/** Compares budgets with what their windows are expected to come to, where sums have changed since `last`. */
export async function attendForecasts(
  { pool, nowMs }: { pool: Pool; nowMs: number },
  tenantId: string,
  last: Looked | null,
): Promise<Watched & { looked: Looked }> {
  return tenantTransaction(pool, tenantId, async (client) => {
    await lockAlerts(client, tenantId)
    const watch = await openWatch(client, tenantId, nowMs)
    const looked = await generationOf(watch)
    const told = looked.generation === last?.generation ? isNothing() : await forecastBudgets(watch)
    return { ...told, looked }
  })
}

async function generationOf({ client, tenantId }: Watch): Promise<Looked> {
  const { rows } = await client.query<Looked>(GENERATIONS, [tenantId])
  return { generation: rows[0]?.generation ?? '0' }
}
