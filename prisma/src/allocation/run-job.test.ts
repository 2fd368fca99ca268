import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseInstant } from '@outlay/domain/periods/instant'
import { rebuildRollups } from '../ingest/verify-rollups.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import { dueRuns } from './due-runs.ts'
import { queuedRuns } from './queued-runs.ts'
import type { AllocationStep } from './run-job.ts'
import { staleRuns } from './stale-runs.ts'
import { NOW, OCTOBER, openAllocationWorld, type AllocationTenant, type AllocationWorld } from './test-world.ts'

let world: AllocationWorld
beforeAll(async () => {
  world = await openAllocationWorld()
}, 120_000)
afterAll(() => world.close())

let events = 0
function item(agent: string, changes: object = {}): object {
  events += 1
  return {
    ...{ id: `event-${events}`, agent, client: `client of ${agent}`, task: `task of ${agent}`, kind: 'MODEL' },
    ...{ provider: 'acme', resource: 'small-1', occurredAt: '2026-10-10T10:00:00Z' },
    usage: [{ meter: 'input_tokens', quantity: '1000' }],
    ...changes,
  }
}

const many = (count: number, agent: string, changes?: object) =>
  Array.from({ length: count }, () => item(agent, changes))

async function fleet(): Promise<AllocationTenant> {
  const tenant = await world.tenant()
  await tenant.publish('1')
  await tenant.record(...many(40, 'a'), ...many(60, 'b'))
  return tenant
}

const nowMs = parseInstant(NOW) / 1000

describe('an allocation job', () => {
  it('splits the pools of a month to the penny and to its tasks and clients', async () => {
    const tenant = await fleet()
    await tenant.declare({ name: 'Equal', amount: '0.05', method: 'EQUAL' })
    await tenant.declare({ name: 'Usage', amount: '100' })
    const jobId = await tenant.run()
    expect(await tenant.runs()).toEqual([
      expect.objectContaining({ pool: 'Equal', total: '0.05', allocated: '0.05', shares: { a: '0.03', b: '0.02' } }),
      expect.objectContaining({ pool: 'Usage', state: 'CURRENT', total: '100', shares: { a: '40', b: '60' } }),
    ])
    expect(await allocatedMonth(tenant)).toEqual({
      '0': '100.05',
      '1': '100.05',
      '2': '100.05',
      '3': '100.05',
      '7': '100.05',
      '10': '100.05',
    })
    const { rows } = await world.owner.query(
      `SELECT t.key AS task, trim_scale(sum(p.amount))::text AS amount FROM allocated_place p JOIN task t ON t.id = p.task_id
       WHERE p.tenant_id = $1 GROUP BY 1 ORDER BY 1`,
      [tenant.id],
    )
    expect(rows).toEqual([
      { task: 'task of a', amount: '40.03' },
      { task: 'task of b', amount: '60.02' },
    ])
    const bytes = await tenant.bytesOf(jobId)
    await tenant.work(jobId)
    expect(await tenant.bytesOf(jobId)).toBe(bytes)
    expect(await tenant.verify()).toEqual([])
  })

  it('done by several workers and beside others leaves one run of a pool that holds, and right sums', async () => {
    const tenant = await fleet()
    for (let n = 0; n < 5; n += 1) await tenant.declare({ name: `Pool ${n}`, amount: `${n + 1}.01` })
    const jobs: string[] = []
    for (let n = 0; n < 4; n += 1) jobs.push((await tenant.request()).jobId ?? '')
    await Promise.all([...jobs, ...jobs].map((jobId) => tenant.work(jobId)))
    const runs = await tenant.runs()
    expect(runs).toHaveLength(20)
    expect(runs.filter(({ state }) => state === 'CURRENT')).toHaveLength(5)
    expect(await allocatedMonth(tenant)).toMatchObject({ '0': '15.05', '1': '15.05', '2': '15.05' })
    expect(await tenant.verify()).toEqual([])
  })

  it('takes late events in with the policy of its own month, and keeps the run before', async () => {
    const tenant = await fleet()
    const poolId = await tenant.declare({ name: 'Usage', amount: '100', lastMonth: null })
    await tenant.policy(poolId, 2, '2026-11-01', { method: 'EQUAL' })
    await tenant.run()
    expect(await stale(tenant)).toBe(false)
    await tenant.record(
      ...many(100, 'c', { occurredAt: '2026-10-31T23:59:59Z' }),
      item('d', { occurredAt: '2026-11-01T00:00:00Z' }),
    )
    expect(await stale(tenant)).toBe(true)
    await tenant.run({ cause: 'LATE_EVENTS' })
    expect(await tenant.runs()).toEqual([
      expect.objectContaining({ state: 'CURRENT', policy: 1, shares: { a: '20', b: '30', c: '50' } }),
      expect.objectContaining({ state: 'SUPERSEDED', policy: 1, shares: { a: '40', b: '60' } }),
    ])
    expect(await stale(tenant)).toBe(false)
    await tenant.run({ month: '2026-11-01' })
    expect(await tenant.runs('2026-11-01')).toEqual([expect.objectContaining({ policy: 2, shares: { d: '100' } })])
  })

  const STEPS: AllocationStep[] = ['READ', 'ALLOCATE', 'STORE', 'SHARES', 'SWITCH', 'COMMIT']
  it.each(STEPS)('interrupted before %s and begun again reads the month as it first saw it', async (step) => {
    const [calm, disturbed] = [await fleet(), await fleet()]
    for (const tenant of [calm, disturbed]) {
      await tenant.declare({ name: 'Tokens', amount: '100.01', basis: 'TOKENS' })
      await tenant.declare({ name: 'Time', amount: '-7.77', basis: 'COMPUTE_TIME' })
      await tenant.declare({ name: 'Revenue', amount: '33.33', method: 'REVENUE', fallback: ['EQUAL', 'HOLD'] })
    }
    const [calmJob, job] = [await calm.run(), (await disturbed.request()).jobId ?? '']
    const stop = new AbortController()
    const onStep = (at: AllocationStep) => (at === step ? stop.abort(new Error('stopped')) : undefined)
    await expect(
      disturbed.work(job, { signal: stop.signal, onStep: (at) => (onStep(at), stop.signal.throwIfAborted()) }),
    ).rejects.toThrow('stopped')
    expect(await disturbed.runs()).toEqual([])
    expect(await allocatedMonth(disturbed)).toEqual({})
    await disturbed.record(...many(30, 'a'), ...many(5, 'late'))
    await disturbed.work(job)
    expect(await disturbed.bytesOf(job)).toBe(await calm.bytesOf(calmJob))
    expect(await disturbed.verify()).toEqual([])
  })

  it('gives the same hash for the same inputs, whichever pools are run with it, and another for others', async () => {
    const tenant = await fleet()
    const poolId = await tenant.declare({ name: 'Usage', amount: '100' })
    await tenant.declare({ name: 'Other', amount: '1', method: 'REVENUE' })
    await tenant.run()
    await tenant.run({ poolIds: [poolId] })
    await tenant.record(item('a'))
    await tenant.run({ poolIds: [poolId] })
    const [third, second, first] = (await tenant.runs()).filter(({ pool }) => pool === 'Usage')
    expect(second?.inputsHash).toBe(first?.inputsHash)
    expect(third?.inputsHash).not.toBe(first?.inputsHash)
  })

  it('that was overtaken by a later snapshot stays in the history', async () => {
    const tenant = await fleet()
    await tenant.declare({ name: 'Usage', amount: '100' })
    const slow = (await tenant.request()).jobId ?? ''
    await tenant.work(slow, {
      onStep: async (step) => {
        if (step !== 'STORE') return
        await tenant.record(...many(100, 'c'))
        await tenant.run()
      },
    })
    expect(await tenant.runs()).toEqual([
      expect.objectContaining({ state: 'SUPERSEDED', shares: { a: '40', b: '60' } }),
      expect.objectContaining({ state: 'CURRENT', shares: { a: '20', b: '30', c: '50' } }),
    ])
    expect(await tenant.verify()).toEqual([])
  })

  it('runs all pools that money passes between, and also those that it did in the run before', async () => {
    const tenant = await fleet()
    const search = await tenant.declare({ name: 'Search', amount: '50', method: 'EQUAL' })
    const feeds = [{ poolId: search, share: '0.3' }]
    const hosting = await tenant.declare({ name: 'Hosting', amount: '100', feeds })
    await tenant.run({ poolIds: [search] })
    expect(await tenant.runs()).toEqual([
      expect.objectContaining({ pool: 'Hosting', total: '70', shares: { a: '28', b: '42' } }),
      expect.objectContaining({ pool: 'Search', total: '80', shares: { a: '40', b: '40' } }),
    ])
    await tenant.policy(hosting, 2, OCTOBER, {})
    expect(await stale(tenant)).toBe(true)
    await tenant.run({ poolIds: [hosting] })
    expect((await tenant.runs()).filter(({ state }) => state === 'CURRENT')).toEqual([
      expect.objectContaining({ pool: 'Hosting', total: '100' }),
      expect.objectContaining({ pool: 'Search', total: '50' }),
    ])
    expect(await allocatedMonth(tenant)).toMatchObject({ '0': '150' })
  })

  it('falls back on the weights of the month before, of the pool of the same name', async () => {
    const tenant = await fleet()
    await tenant.record(item('a', { occurredAt: '2026-11-02T10:00:00Z', agent: undefined }))
    await tenant.declare({ name: 'Usage', amount: '100' })
    const november = { name: 'Usage', amount: '10', month: '2026-11-01', scope: [] as string[] }
    const { a = '', b = '' } = await tenant.agents()
    await tenant.declare({ ...november, scope: [a, b], fallback: ['PRIOR_PERIOD', 'HOLD'] })
    await tenant.run()
    await tenant.run({ month: '2026-11-01' })
    expect(await tenant.runs('2026-11-01')).toEqual([
      expect.objectContaining({ fallback: 'PRIOR_PERIOD', shares: { a: '4', b: '6' } }),
    ])
  })

  it('ends as failed with the reason when a pool cannot be run any more, and the month stays as it was', async () => {
    const tenant = await fleet()
    await tenant.declare({ name: 'Usage', amount: '100' })
    await tenant.run()
    const jobId = (await tenant.request()).jobId ?? ''
    await world.owner.query(`INSERT INTO period (tenant_id, month, state, edition) VALUES ($1, $2, 'CLOSED', 1)`, [
      tenant.id,
      OCTOBER,
    ])
    await tenant.work(jobId)
    expect(await jobOf(jobId)).toEqual({
      state: 'FAILED',
      error: '2026-10 is closed; its runs are part of what was closed.',
    })
    expect(await tenant.runs()).toHaveLength(1)
    expect((await tenant.request()).userErrors).toEqual([
      {
        code: 'PERIOD_CLOSED',
        message: '2026-10 is closed; its runs are part of what was closed.',
        field: ['input', 'month'],
      },
    ])
  })
})

describe('asking for a run', () => {
  it('refuses what cannot be run and names it', async () => {
    const tenant = await fleet()
    const code = async (request: Parameters<typeof tenant.request>[0]) => {
      const { jobId, userErrors } = await tenant.request(request)
      expect(jobId).toBeNull()
      return userErrors.map((error) => `${error.code} ${error.field?.join('.')}`)
    }
    expect(await code({})).toEqual(['NOTHING_TO_RUN input.month'])
    expect(await code({ month: '2026-12-01' })).toEqual(['MONTH_NOT_BEGUN input.month'])
    expect(await code({ month: '2026-10-02' })).toEqual(['INVALID_DATE input.month'])
    expect(await code({ poolIds: [tenant.id] })).toEqual(['NOT_FOUND input.poolIds.0'])
    const proposed = await tenant.declare({ name: 'Proposed', amount: '1', state: 'PROPOSED' })
    const euros = await tenant.declare({ name: 'Euros', amount: '1', currency: 'EUR' })
    expect(await code({ poolIds: [proposed, euros] })).toEqual([
      'POLICY_NOT_APPROVED input.poolIds.0',
      'UNCONVERTED input.poolIds.1',
    ])
    const fed = await tenant.declare({ name: 'Fed', amount: '1', feeds: [{ poolId: proposed, share: '0.5' }] })
    expect(await code({ poolIds: [fed] })).toEqual(['POLICY_NOT_APPROVED input.poolIds'])
    await tenant.declare({ name: 'Runs', amount: '1' })
    const { jobId, userErrors } = await tenant.request()
    await tenant.work(jobId ?? '')
    expect(userErrors.map(({ message }) => message)).toEqual([
      'The pool Euros is in EUR and there is no FX rate EUR to GBP on 2026-10-31, the last day of its month.',
      'The pool Proposed has no approved policy for 2026-10.',
    ])
    expect((await tenant.runs()).map(({ pool }) => pool)).toEqual(['Runs'])
    const [one, other] = [
      await tenant.declare({ name: 'One', amount: '1' }),
      await tenant.declare({ name: 'Two', amount: '1' }),
    ]
    await tenant.policy(one, 2, OCTOBER, { feeds: [{ poolId: other, share: '1' }] })
    await tenant.policy(other, 2, OCTOBER, { feeds: [{ poolId: one, share: '1' }] })
    expect((await tenant.request({ poolIds: [one] })).userErrors).toEqual([
      expect.objectContaining({ code: 'POOL_CYCLE', message: expect.stringContaining('One → Two → One') }),
    ])
  })

  it('has an end', async () => {
    const tenant = await fleet()
    await tenant.declare({ name: 'Usage', amount: '100' })
    for (let n = 0; n < 20; n += 1) expect((await tenant.request()).jobId).not.toBeNull()
    expect((await tenant.request()).userErrors).toEqual([expect.objectContaining({ code: 'TOO_MANY_JOBS' })])
  })

  it('is not forgotten when nobody works on it', async () => {
    const tenant = await fleet()
    await tenant.declare({ name: 'Usage', amount: '100' })
    const { jobId } = await tenant.request()
    expect(await queuedRuns(world.pool, tenant.id)).toEqual([])
    await world.owner.query(`UPDATE allocation_job SET updated_at = now() - interval '2 minutes' WHERE id = $1`, [
      jobId,
    ])
    expect(await queuedRuns(world.pool, tenant.id)).toEqual([{ tenantId: tenant.id, jobId }])
    await tenant.work(jobId ?? '')
    expect(await queuedRuns(world.pool, tenant.id)).toEqual([])
  })
})

describe('the schedule', () => {
  it('asks for months that are over, and again when something came late', async () => {
    const tenant = await fleet()
    const poolId = await tenant.declare({ name: 'Usage', amount: '100', lastMonth: null })
    await tenant.declare({ name: 'Proposed', amount: '1', lastMonth: null, state: 'PROPOSED' })
    const due = () => dueRuns(world.pool, tenant.id, nowMs)
    expect(await due()).toEqual([{ month: OCTOBER, poolIds: [poolId], cause: 'SCHEDULED' }])
    const { jobId } = await tenant.request({ poolIds: [poolId], cause: 'SCHEDULED' })
    expect(await due()).toEqual([])
    await tenant.work(jobId ?? '')
    expect(await due()).toEqual([])
    await tenant.record(item('late', { occurredAt: '2026-11-03T10:00:00Z' }))
    expect(await due()).toEqual([])
    await tenant.record(item('late'))
    expect(await due()).toEqual([{ month: OCTOBER, poolIds: [poolId], cause: 'LATE_EVENTS' }])
    await world.owner.query(`INSERT INTO period (tenant_id, month, state, edition) VALUES ($1, $2, 'CLOSED', 1)`, [
      tenant.id,
      OCTOBER,
    ])
    expect(await due()).toEqual([])
  })
})

describe('the nightly check', () => {
  it('finds what differs from the runs, and the rebuild mends it', async () => {
    const tenant = await fleet()
    await tenant.declare({ name: 'Usage', amount: '100' })
    await tenant.run()
    await world.owner.query('UPDATE allocated_place SET amount = amount + 0.01 WHERE tenant_id = $1', [tenant.id])
    await world.owner.query('DELETE FROM allocated_month WHERE tenant_id = $1 AND grain = 1', [tenant.id])
    expect(await tenant.verify()).toEqual([
      { table: 'allocated_place', cells: 2 },
      { table: 'allocated_month', cells: 2 },
    ])
    await rebuildRollups(world.pool, tenant.id)
    expect(await tenant.verify()).toEqual([])
  })
})

async function stale(tenant: AllocationTenant): Promise<boolean> {
  const { rows } = await world.owner.query(
    `SELECT id, pool_id AS "poolId", month::text AS month, policy_id AS "policyId", pool_amount::text AS "poolAmount",
       to_char(snapshot AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS snapshot FROM allocation_run
     WHERE tenant_id = $1 AND month = $2 AND state = 'CURRENT'`,
    [tenant.id, OCTOBER],
  )
  const money = { currency: 'GBP', timeZone: 'Europe/London' }
  return (await staleRuns(tenantSql(world.pool, tenant.id), money, rows)).size > 0
}

/** Sums by grain. */
async function allocatedMonth(tenant: AllocationTenant): Promise<Record<string, string>> {
  const { rows } = await world.owner.query<{ grain: number; amount: string }>(
    'SELECT grain, trim_scale(sum(amount))::text AS amount FROM allocated_month WHERE tenant_id = $1 AND month = $2 GROUP BY 1',
    [tenant.id, OCTOBER],
  )
  return Object.fromEntries(rows.map(({ grain, amount }) => [String(grain), amount]))
}

async function jobOf(jobId: string): Promise<unknown> {
  const { rows } = await world.owner.query('SELECT state, error FROM allocation_job WHERE id = $1', [jobId])
  return rows[0]
}
