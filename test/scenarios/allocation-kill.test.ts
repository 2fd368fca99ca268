import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import type { AllocationStep } from '@outlay/db/allocation/run-job'
import {
  OCTOBER,
  openAllocationWorld,
  type AllocationTenant,
  type AllocationWorld,
} from '@outlay/db/allocation/test-world'
import { Random } from '../oracle/random.ts'
import { item } from '../support/items.ts'

jest.setTimeout(600_000)

const worker = fileURLToPath(new URL('../support/allocation-worker.ts', import.meta.url))
const seed = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000
const steps: AllocationStep[] = ['START', 'READ', 'ALLOCATE', 'STORE', 'SHARES', 'SWITCH', 'COMMIT', 'STORED']

describe('an allocation job whose worker is killed', () => {
  let world: AllocationWorld
  const random = new Random(seed)

  beforeAll(async () => {
    console.log(`Killing allocations: OUTLAY_SEED=${seed} replays the moments.`)
    world = await openAllocationWorld()
  })
  afterAll(() => world?.close())

  it('shows nothing half-written at any step, and begun again makes the bytes of one that nobody killed', async () => {
    const [calm, killed] = [await fleet(), await fleet()]
    const first = [await calm.run(), await killed.run()]
    expect(await killed.bytesOf(first[1] ?? '')).toBe(await calm.bytesOf(first[0] ?? ''))
    for (const tenant of [calm, killed]) await tenant.record(...history('second', 300))
    const [calmJob, job] = [await calm.run(), (await killed.request()).jobId ?? '']
    const before = await visible(killed)

    for (const step of steps) {
      const snapshot = await snapshotOf(job)
      await killAt(killed, job, step)
      const isStored = step === 'STORED'
      expect({ step, changed: (await visible(killed)) !== before, state: await stateOf(job) }).toEqual({
        step,
        changed: isStored,
        state: isStored ? 'DONE' : step === 'START' ? 'QUEUED' : 'RUNNING',
      })
      // Once it is there, the moment that the job looks at the month from is never another.
      if (snapshot !== null) expect(await snapshotOf(job)).toBe(snapshot)
      // Whoever sends meanwhile neither waits for the dead worker nor changes what it had seen.
      if (step !== 'START') await killed.record(item(`while ${step}`, { agent: `agent-${random.int(0, 6)}` }))
      expect(await killed.verify()).toEqual([])
    }
    await killed.work(job)
    expect(await killed.bytesOf(job)).toBe(await calm.bytesOf(calmJob))
    expect(await sums(killed)).toEqual(await sums(calm))
  })

  it('killed at any moment ends as if nobody had killed it', async () => {
    const [calm, killed] = [await fleet(), await fleet()]
    const [calmJob, job] = [await calm.run(), (await killed.request()).jobId ?? '']
    for (let kills = 0; kills < 8 && (await stateOf(job)) !== 'DONE'; kills += 1) {
      const child = start(killed, job, '-')
      const ended = once(child, 'exit')
      await Promise.race([once(child, 'message'), ended])
      await sleep(random.int(0, 60))
      child.kill('SIGKILL')
      await ended
      expect(await killed.verify()).toEqual([])
      const state = await stateOf(job)
      const runs = (await killed.runs()).length
      expect(state === 'DONE' ? runs : 0).toBe(runs)
    }
    await killed.work(job)
    expect(await killed.bytesOf(job)).toBe(await calm.bytesOf(calmJob))
    expect(await sums(killed)).toEqual(await sums(calm))
  })

  async function fleet(): Promise<AllocationTenant> {
    const tenant = await world.tenant()
    await tenant.publish('1')
    await tenant.record(...history('first', 900))
    for (let n = 0; n < 9; n += 1)
      await tenant.task({
        key: `task-${n}`,
        completedAt: `2026-10-2${n}T10:00:00Z`,
        billed: { amount: `${n}.5`, currency: 'GBP' },
      })
    const search = await tenant.declare({
      name: 'Search',
      amount: '77.77',
      basis: 'RESOURCE_USES',
      resource: { provider: 'acme', name: 'small-1' },
    })
    await tenant.declare({
      name: 'Hosting',
      amount: '1000.01',
      basis: 'TOKENS',
      feeds: [{ poolId: search, share: '0.25' }],
    })
    await tenant.declare({ name: 'Time', amount: '-13.37', basis: 'COMPUTE_TIME' })
    await tenant.declare({ name: 'Revenue', amount: '500', method: 'REVENUE' })
    await tenant.declare({ name: 'Overhead', amount: '20', method: 'OVERHEAD_RATE', rate: '0.2' })
    await tenant.declare({ name: 'Equal', amount: '0.05', method: 'EQUAL' })
    return tenant
  }

  function start(tenant: AllocationTenant, job: string, stopAt: string) {
    return fork(worker, [world.database.appUrl, tenant.id, job, stopAt], {
      execArgv: ['--import', 'tsx'],
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  }

  async function killAt(tenant: AllocationTenant, job: string, step: AllocationStep): Promise<void> {
    const child = start(tenant, job, step)
    const ended = once(child, 'exit')
    const reached = new Promise<string>((resolve) => {
      child.on('message', (message: { step: string }) => message.step === step && resolve(step))
    })
    expect(await Promise.race([reached, ended])).toBe(step)
    // In the middle of a transaction: what it holds is let go when Postgres notices that its client is gone.
    child.kill('SIGKILL')
    await ended
  }

  /** Everything of the month that a reader could see, as one text. */
  async function visible(tenant: AllocationTenant): Promise<string> {
    const { rows } = await world.owner.query(
      `SELECT (SELECT jsonb_agg(to_jsonb(r) ORDER BY r.id) FROM allocation_run r WHERE r.tenant_id = $1)::text AS runs,
         (SELECT count(*) FROM allocation_share s WHERE s.tenant_id = $1)::text AS shares,
         (SELECT jsonb_agg(to_jsonb(p) ORDER BY p.task_id, p.agent_id, p.client_id, p.project_id) FROM allocated_place p WHERE p.tenant_id = $1)::text AS places,
         (SELECT jsonb_agg(to_jsonb(m) ORDER BY m.grain, m.a, m.b) FROM allocated_month m WHERE m.tenant_id = $1)::text AS months`,
      [tenant.id],
    )
    return JSON.stringify(rows[0])
  }

  async function sums(tenant: AllocationTenant): Promise<unknown[]> {
    const { rows } = await world.owner.query(
      `SELECT t.key AS task, a.key AS agent, c.key AS client, p.amount::text FROM allocated_place p LEFT JOIN task t ON t.id = p.task_id
       LEFT JOIN agent a ON a.id = p.agent_id LEFT JOIN client c ON c.id = p.client_id
       WHERE p.tenant_id = $1 AND p.month = $2 ORDER BY 1, 2, 3`,
      [tenant.id, OCTOBER],
    )
    expect(rows.length).toBeGreaterThan(20)
    return rows
  }

  async function stateOf(job: string): Promise<string> {
    const { rows } = await world.owner.query<{ state: string }>('SELECT state FROM allocation_job WHERE id = $1', [job])
    return rows[0]?.state ?? ''
  }

  async function snapshotOf(job: string): Promise<string | null> {
    const { rows } = await world.owner.query<{ snapshot: string | null }>(
      'SELECT snapshot::text AS snapshot FROM allocation_job WHERE id = $1',
      [job],
    )
    return rows[0]?.snapshot ?? null
  }
})

/** Events over the whole month; some without tags, some that overlap in time. */
function history(name: string, count: number) {
  return Array.from({ length: count }, (_, n) => {
    const at = `2026-10-${String(1 + ((n * 7) % 31)).padStart(2, '0')}T10:00:${String(n % 60).padStart(2, '0')}Z`
    return item(`${name}-${n}`, {
      agent: n % 11 === 0 ? undefined : `agent-${n % 7}`,
      client: n % 5 === 0 ? undefined : `client-${n % 3}`,
      task: n % 6 === 0 ? undefined : `task-${n % 9}`,
      trace: `trace-${n % 31}`,
      span: `${name}-span-${n}`,
      resource: n % 7 === 0 ? 'unlisted' : 'small-1',
      occurredAt: at,
      endedAt: at.replace(':00:', ':01:'),
      usage: [{ meter: 'input_tokens', quantity: String(1 + n) }],
    })
  })
}
