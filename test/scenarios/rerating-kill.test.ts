import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '@outlay/db/embedded/test-database'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { publishRates } from '@outlay/db/ingest/publish-rates'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { verifyRollups } from '@outlay/db/ingest/verify-rollups'
import { applyRerating } from '@outlay/db/rerating/apply-rerating'
import { previewRerating } from '@outlay/db/rerating/preview-rerating'
import { requestApply } from '@outlay/db/rerating/request-apply'
import { requestPreview } from '@outlay/db/rerating/request-preview'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import pg from 'pg'
import { Random } from '../oracle/random.ts'
import { item, plainRate } from '../support/items.ts'
import { makeTenant } from '../support/make-tenant.ts'

jest.setTimeout(600_000)

const worker = fileURLToPath(new URL('../support/rerating-worker.ts', import.meta.url))
const seed = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000
const events = 1_200
const pageSize = 20
const killsMin = 5
const october = { from: '2026-10-01', to: '2026-11-01' }

describe('a re-rating whose worker is killed', () => {
  let database: TestDatabase
  let owner: pg.Pool
  let pool: TenantPool
  const random = new Random(seed)

  beforeAll(async () => {
    console.log(`Killing re-ratings: OUTLAY_SEED=${seed} replays the moments.`)
    database = await createTestDatabase()
    owner = new pg.Pool({ connectionString: database.ownerUrl, max: 2 })
    pool = new TenantPool({ url: database.appUrl, max: 4 })
  })

  afterAll(async () => {
    await pool?.end()
    await owner?.end()
    await database?.drop()
  })

  it('ends as if nobody had killed it, in the preview and while it is applied', async () => {
    const [calm, killed] = [await tenantWithHistory(), await tenantWithHistory()]
    const before = await costs(killed)
    expect(before).toEqual(await costs(calm))
    const [calmId, killedId] = [await preview(calm), await preview(killed)]

    await previewRerating({ pool, configs: configsOf() }, { tenantId: calm, reratingId: calmId }, control)
    const previewKills = await workAndKill({
      tenantId: killed,
      reratingId: killedId,
      work: 'PREVIEW',
      end: 'PREVIEWED',
    })
    expect(await differences(killed, killedId)).toEqual(await differences(calm, calmId))
    expect(await costs(killed)).toEqual(before)

    for (const [tenantId, reratingId] of [
      [calm, calmId],
      [killed, killedId],
    ] as const) {
      const asked = await requestApply({ pool }, { tenantId, reratingId }, { reason: 'A test.', appliedBy: 'test' })
      expect(asked.userErrors).toEqual([])
    }
    await applyRerating({ pool, configs: configsOf() }, { tenantId: calm, reratingId: calmId }, control)
    const applyKills = await workAndKill({ tenantId: killed, reratingId: killedId, work: 'APPLY', end: 'APPLIED' })
    expect(await costs(killed)).toEqual(await costs(calm))
    expect(await costs(killed)).not.toEqual(before)
    expect(await superseded(killed)).toEqual(await superseded(calm))
    expect(await counters(killed, killedId)).toEqual(await counters(calm, calmId))
    expect(await verifyRollups(pool, killed)).toEqual([])
    console.log(`Killed in the preview: ${previewKills}; while applying: ${applyKills}.`)
  })

  const control = { signal: new AbortController().signal, publish: () => {} }
  const configsOf = () => new TenantConfigs({ pool, catalogue: null })

  async function tenantWithHistory(): Promise<string> {
    const { tenantId } = await makeTenant(database, { currency: 'GBP', timeZone: 'Europe/London' })
    const publish = async (amount: string, effectiveFrom: string) => {
      const rate = { ...plainRate('GBP'), price: { amount, currency: 'GBP' }, effectiveFrom }
      expect((await publishRates({ pool }, tenantId, [rate])).userErrors).toEqual([])
    }
    await publish('1', '2026-01-01T00:00:00Z')
    const ingestor = new Ingestor({ pool, configs: configsOf() })
    const { accepted } = await ingestor.record({
      tenantId,
      items: Array.from({ length: events }, (_, n) => history(n)),
    })
    expect(accepted).toBe(events)
    await publish('1.25', '2026-10-10T00:00:00Z')
    return tenantId
  }

  async function preview(tenantId: string): Promise<string> {
    const request = { range: october, filter: null, whatIf: null, requestedBy: 'test' }
    const { reratingId } = await requestPreview({ pool }, tenantId, request)
    return reratingId ?? ''
  }

  /** Starts a worker, lets it store a few pages, kills it at any moment; until one gets to the end. Answers how many were killed. */
  async function workAndKill(job: {
    tenantId: string
    reratingId: string
    work: string
    end: string
  }): Promise<number> {
    for (let kills = 0; ; kills += 1) {
      const child = fork(worker, [database.appUrl, job.tenantId, job.reratingId, job.work, String(pageSize)], {
        execArgv: ['--import', 'tsx'],
        env: { PATH: process.env['PATH'] },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      })
      const isLastLife = kills >= killsMin
      const ended = once(child, 'exit')
      if (!isLastLife) {
        await pagesOf(child, random.int(1, 4))
        await sleep(random.int(0, 30))
        child.kill('SIGKILL')
      }
      const [code] = (await ended) as [number | null]
      const state = await stateOf(job)
      if (state !== job.end) {
        // It did not get to the end, so it did not end by itself.
        expect({ code, state, isLastLife }).toEqual({
          code: null,
          state: expect.stringMatching(/ING$/),
          isLastLife: false,
        })
        continue
      }
      expect(kills).toBeGreaterThanOrEqual(killsMin)
      return kills
    }
  }

  async function pagesOf(child: ChildProcess, count: number): Promise<void> {
    let pages = 0
    await new Promise<void>((resolve) => {
      child.on('message', () => {
        pages += 1
        if (pages === count) resolve()
      })
      child.once('exit', () => resolve())
    })
  }

  async function stateOf({ tenantId, reratingId }: { tenantId: string; reratingId: string }): Promise<string> {
    const { rows } = await owner.query<{ state: string }>(
      'SELECT state FROM rerating WHERE tenant_id = $1 AND id = $2',
      [tenantId, reratingId],
    )
    return rows[0]?.state ?? ''
  }

  async function differences(tenantId: string, reratingId: string): Promise<unknown[]> {
    const { rows } = await owner.query(
      `SELECT d.dimension, coalesce(a.key, c.key, r.name) AS member, d.invocations, d.changed, d.cost_before, d.cost_after
       FROM rerating_difference d LEFT JOIN agent a ON a.id = d.member_id LEFT JOIN client c ON c.id = d.member_id
       LEFT JOIN resource r ON r.id = d.member_id WHERE d.tenant_id = $1 AND d.rerating_id = $2 ORDER BY 1, 2`,
      [tenantId, reratingId],
    )
    expect(rows.length).toBeGreaterThan(5)
    return rows
  }

  async function costs(tenantId: string): Promise<unknown[]> {
    const { rows } = await owner.query(
      'SELECT id, status, cost::text, quantities::text, amounts::text FROM invocation WHERE tenant_id = $1 ORDER BY id',
      [tenantId],
    )
    return rows
  }

  async function superseded(tenantId: string): Promise<unknown[]> {
    const { rows } = await owner.query(
      'SELECT invocation_id, status, cost::text, amounts::text FROM superseded_rating WHERE tenant_id = $1 ORDER BY 1',
      [tenantId],
    )
    return rows
  }

  async function counters(tenantId: string, reratingId: string): Promise<unknown> {
    const { rows } = await owner.query(
      'SELECT state, events_total, events_done, events_changed FROM rerating WHERE tenant_id = $1 AND id = $2',
      [tenantId, reratingId],
    )
    return rows[0]
  }
})

/** Events over the whole month, many at one instant; one in seven has no price. */
function history(n: number) {
  const day = String(1 + ((n * 7) % 31)).padStart(2, '0')
  return item(`event-${n}`, {
    agent: `agent-${n % 5}`,
    client: `client-${n % 3}`,
    task: `task-${n % 9}`,
    resource: n % 7 === 0 ? 'unlisted' : 'small-1',
    occurredAt: `2026-10-${day}T10:00:0${n % 2}Z`,
    usage: [{ meter: 'input_tokens', quantity: String(1 + n) }],
  })
}
