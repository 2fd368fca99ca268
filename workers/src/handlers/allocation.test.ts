import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openAllocationWorld, OCTOBER, NOW, type AllocationWorld } from '@outlay/db/allocation/test-world'
import { Pool } from 'pg'
import { pino } from 'pino'
import { requestDueAllocations } from '../maintenance/request-due-allocations.ts'
import { requeueAllocations } from '../maintenance/requeue-allocations.ts'
import { runAllocationOf, type AllocationTools } from './allocation-run.ts'

let world: AllocationWorld
let auth: Pool
beforeAll(async () => {
  world = await openAllocationWorld()
  auth = new Pool({ connectionString: world.database.authUrl })
}, 120_000)
afterAll(async () => {
  await auth.end()
  await world.close()
})

describe('the job of an allocation', () => {
  it('is asked for by the schedule, may run twice, tells that it is done, and is put in again when nobody works on it', async () => {
    const tenant = await world.tenant()
    await tenant.publish('1')
    const usage = [{ meter: 'input_tokens', quantity: '1000' }]
    const event = { kind: 'MODEL', provider: 'acme', resource: 'small-1', occurredAt: '2026-10-10T10:00:00Z', usage }
    await tenant.record({ ...event, id: '1', agent: 'a' })
    await tenant.declare({ name: 'Hosting', amount: '12.34' })

    const run = { signal: new AbortController().signal }
    const asked: unknown[] = []
    const queue = { enqueue: async (_: unknown, payload: unknown) => void asked.push(payload) }
    const ask = () => {
      const night = { ...run, log: pino({ level: 'silent' }), nowMs: Date.parse(NOW) }
      return requestDueAllocations({ app: world.pool, auth, queue }, night)
    }
    await ask()
    await ask()
    expect(asked).toEqual([{ tenantId: tenant.id, jobId: expect.any(String) }])

    const [ref] = (await lost()) as { tenantId: string; jobId: string }[]
    expect(ref).toEqual(asked[0])
    const told: unknown[] = []
    const tools: AllocationTools = { app: world.pool, publish: async (...message) => void told.push(message) }
    await runAllocationOf(ref ?? { tenantId: '', jobId: '' }, run, tools)
    await runAllocationOf(ref ?? { tenantId: '', jobId: '' }, run, tools)
    expect(told[0]).toEqual(['allocation', tenant.id, { jobId: ref?.jobId }])
    expect(await lost()).toEqual([])
    expect(await tenant.runs(OCTOBER)).toEqual([expect.objectContaining({ state: 'CURRENT', shares: { a: '12.34' } })])
    await ask()
    expect(asked).toHaveLength(1)
  })

  /** What the sweeper puts in, two minutes later. */
  async function lost(): Promise<unknown[]> {
    await world.owner.query(`UPDATE allocation_job SET updated_at = now() - interval '2 minutes'`)
    const found: unknown[] = []
    await requeueAllocations({ app: world.pool, auth }, async ({ payload }, ref) => void found.push(payload.parse(ref)))
    return found
  }
})
