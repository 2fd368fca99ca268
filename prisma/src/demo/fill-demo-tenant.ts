import type { Pool } from 'pg'
import { invariant } from '@outlay/domain/errors'
import type { Ingestor } from '../ingest/ingestor.ts'
import { publishFxRates } from '../ingest/publish-fx-rates.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import type { TenantConfigs } from '../ingest/tenant-config.ts'
import { lockTenant } from '../ingest/tenant-lock.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { demoFleet } from './demo-fleet.ts'
import { DEMO_AGENTS, DEMO_CLIENTS, DEMO_TENANT } from './fleet.ts'
import { insertNames, insertTasks } from './insert-records.ts'

export interface DemoDeps {
  /** The pool of outlay_app. */
  pool: Pool
  configs: TenantConfigs
  ingestor: Ingestor
}

const EVENTS_PER_CALL = 5_000
const FX_SOURCE = 'demo illustration'

/**
 * Fills an existing, empty tenant with the demo fleet as it looks at `nowMs`: prices, names, tasks, then every event through the same
 * path as a sender's. Running it again after an interruption, with the same `nowMs`, goes on where it stopped: every step either is in
 * one transaction or has ids of its own.
 */
export async function fillDemoTenant(
  deps: DemoDeps,
  {
    tenantId,
    nowMs,
    onProgress = () => {},
  }: { tenantId: string; nowMs: number; onProgress?: (share: number) => void | Promise<void> },
): Promise<{ tasks: number; invocations: number }> {
  const fleet = demoFleet(nowMs)
  await publishPrices(deps, tenantId, fleet)
  await tenantTransaction(deps.pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    await insertNames(client, tenantId, { agents: DEMO_AGENTS, clients: DEMO_CLIENTS })
    await insertTasks(client, { tenantId, timeZone: DEMO_TENANT.timeZone, tasks: fleet.tasks })
  })
  for (let start = 0; start < fleet.invocations.length; start += EVENTS_PER_CALL) {
    const items = fleet.invocations.slice(start, start + EVENTS_PER_CALL)
    const { accepted, duplicates, rejected } = await deps.ingestor.record({ tenantId, items })
    invariant(accepted + duplicates === items.length, `The demo sent what is refused: ${rejected[0]?.message}`)
    await onProgress((start + items.length) / fleet.invocations.length)
  }
  return { tasks: fleet.tasks.length, invocations: fleet.invocations.length }
}

async function publishPrices(deps: DemoDeps, tenantId: string, fleet: ReturnType<typeof demoFleet>): Promise<void> {
  const isDone = await tenantTransaction(deps.pool, tenantId, async (client) => {
    const found = await client.query('SELECT 1 FROM rate WHERE tenant_id = $1::uuid LIMIT 1', [tenantId])
    return found.rowCount !== 0
  })
  // FX rates first: they replace themselves when repeated, and rates are what says that both are there.
  if (isDone) return
  const fx = await publishFxRates(deps, tenantId, { rates: fleet.fxRates, source: FX_SOURCE })
  const rates = await publishRates(deps, tenantId, fleet.rates)
  for (const { message } of [...fx.userErrors, ...rates.userErrors])
    throw new Error(`The demo’s prices are refused: ${message}`)
}
