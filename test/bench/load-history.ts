import { insertTasks } from '@outlay/db/demo/insert-records'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { lockTenant } from '@outlay/db/ingest/tenant-lock'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { tenantTransaction } from '@outlay/db/tenancy/tenant-transaction'
import { measured, type Usage } from './processes.ts'
import { EVENTS_PER_TASK, items, tasks, type Traffic } from './traffic.ts'
import type { World } from './world.ts'

export interface LoadMeasurement {
  events: number
  usage: Usage
  /** Fewer than asked for, because the time was up. */
  isCutShort: boolean
}

const CHUNK = 5_000
/** While one batch commits, the next is parsed and rated. */
const IN_FLIGHT = 3

/** Loads a run of traffic through the Ingestor in this process: parse, rate, record, with the tasks known and completed before. */
export async function loadHistory(
  world: World,
  { tenantId, traffic, until }: { tenantId: string; traffic: Traffic; until: number },
): Promise<LoadMeasurement> {
  const { pool, parts } = world
  const ingestor = new Ingestor({ pool, configs: new TenantConfigs({ pool, catalogue: null }) })
  let next = 0
  let events = 0
  const lane = async () => {
    while (next < traffic.events && Date.now() < until) {
      const from = next
      const to = Math.min(traffic.events, from + CHUNK)
      next = to
      await makeTasks(
        world,
        tenantId,
        tasks(traffic, Math.ceil(from / EVENTS_PER_TASK), Math.ceil(to / EVENTS_PER_TASK)),
      )
      const batch = items(traffic, from, to)
      const { accepted, rejected } = await ingestor.record({ tenantId, items: batch })
      if (accepted !== batch.length)
        throw new Error(`${accepted} of ${batch.length}: ${rejected[0]?.message ?? 'duplicates'}`)
      events += accepted
    }
  }
  const { usage } = await measured({ ...parts, bench: [process.pid] }, () =>
    Promise.all(Array.from({ length: IN_FLIGHT }, lane)),
  )
  return { events, usage, isCutShort: events < traffic.events }
}

async function makeTasks({ pool }: World, tenantId: string, list: ReturnType<typeof tasks>): Promise<void> {
  await tenantTransaction(pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    await insertTasks(client, { tenantId, timeZone: 'Europe/London', tasks: list })
  })
}
