import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sealer } from '@outlay/db/channels/seal'
import { createTestDatabase, type TestDatabase } from '@outlay/db/embedded/test-database'
import { Ingestor } from '@outlay/db/ingest/ingestor'
import { publishRates } from '@outlay/db/ingest/publish-rates'
import { TenantConfigs } from '@outlay/db/ingest/tenant-config'
import { verifyRollups } from '@outlay/db/ingest/verify-rollups'
import { requestApply } from '@outlay/db/rerating/request-apply'
import { requestPreview } from '@outlay/db/rerating/request-preview'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { allHandlers } from '@outlay/workers/handlers/all'
import type { JobTools } from '@outlay/workers/job-tools'
import { reratingPreviewJob } from '@outlay/workers/jobs/rerating-preview'
import { requeueReratings } from '@outlay/workers/maintenance/requeue-reratings'
import { openQueue } from '@outlay/workers/queue'
import { runJobs } from '@outlay/workers/run-jobs'
import pg from 'pg'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import type { TestHome } from './test-home.ts'

const log = pino({ level: 'silent' })
const by = 'ada@example.test'
const EVENTS = 2_500

/** The jobs of the product, run by its worker from its queue. */
export function describeJobs(name: string, open: () => Promise<TestHome>): void {
  describe(`re-rating from the queue on ${name}`, () => {
    let opened: TestHome
    let database: TestDatabase
    let owner: pg.Pool
    let tools: JobTools
    let tenantId: string
    let worker: ReturnType<typeof runJobs>

    beforeAll(async () => {
      opened = await open()
      await opened.clear()
      database = await createTestDatabase()
      owner = new pg.Pool({ connectionString: database.ownerUrl, max: 2 })
      const app = new TenantPool({ url: database.appUrl, max: 8 })
      tools = {
        app,
        auth: new pg.Pool({ connectionString: database.authUrl, max: 2 }),
        configs: new TenantConfigs({ pool: app, catalogue: null }),
        queue: openQueue(opened.home, { log }),
        publish: () => Promise.resolve(),
        deliveries: { look: () => Promise.resolve() },
        mails: {
          mailer: { send: () => Promise.reject(new Error('no mail here')) },
          mailDomain: 'localhost',
          sealer: sealer('x'.repeat(32)),
          publicUrl: null,
        },
      }
      tenantId = await unpricedTenant()
      worker = runJobs(opened.home, allHandlers(tools), { log, concurrency: 2 })
    }, 120_000)

    afterAll(async () => {
      await worker.close()
      await tools.queue.close()
      await Promise.all([owner.end(), tools.auth.end(), tools.app.end()])
      await database.drop()
      await opened.close()
    })

    /** Its events have no price when they arrive; 0.5 a call is published afterwards. */
    async function unpricedTenant(): Promise<string> {
      const id = uuidv7()
      await owner.query(
        `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', 'UTC')`,
        [id],
      )
      const ingestor = new Ingestor({ pool: tools.app, configs: tools.configs })
      const items = Array.from({ length: EVENTS }, (_, n) => ({
        id: `e${n}`,
        agent: `agent ${n % 3}`,
        kind: 'TOOL',
        provider: 'acme',
        resource: 'search',
        occurredAt: new Date(Date.UTC(2026, 9, 1) + n * 600_000).toISOString(),
        usage: [{ meter: 'requests', quantity: 1 }],
      }))
      expect(await ingestor.record({ tenantId: id, items })).toMatchObject({ accepted: EVENTS, unpriced: EVENTS })
      const price = {
        provider: 'acme',
        resource: 'search',
        meter: 'requests',
        price: { amount: '0.5', currency: 'GBP' },
      }
      const published = await publishRates({ pool: tools.app }, id, [
        { ...price, effectiveFrom: '2026-01-01T00:00:00Z' },
      ])
      expect(published.userErrors).toEqual([])
      return id
    }

    async function untilState(reratingId: string, wanted: string): Promise<Record<string, unknown>> {
      for (let tries = 0; tries < 600; tries++) {
        const { rows } = await owner.query<{ state: string }>(
          'SELECT state, events_done::int AS done, events_changed::int AS changed, error FROM rerating WHERE id = $1',
          [reratingId],
        )
        const [row] = rows
        if (row !== undefined && (row.state === wanted || row.state === 'FAILED')) return row
        await sleep(100)
      }
      throw new Error(`The re-rating ${reratingId} did not become ${wanted}.`)
    }

    const fleetCost = async () => {
      const { rows } = await owner.query<{ cost: string; unpriced: number }>(
        `SELECT trim_scale(sum(cost_direct))::text AS cost, sum(unpriced)::int AS unpriced FROM rollup_day WHERE tenant_id = $1 AND grain = 0`,
        [tenantId],
      )
      return rows[0]
    }

    it('previews what is put in, and applies what the sweeper finds, each once', async () => {
      const range = { from: '2026-10-01', to: '2026-11-01' }
      const request = { range, filter: null, whatIf: null, requestedBy: by }
      const { reratingId } = await requestPreview({ pool: tools.app }, tenantId, request)
      const ref = { tenantId, reratingId: reratingId ?? '' }
      await tools.queue.enqueue(reratingPreviewJob, ref)
      const all = { done: EVENTS, changed: EVENTS, error: null }
      expect(await untilState(ref.reratingId, 'PREVIEWED')).toEqual({ state: 'PREVIEWED', ...all })
      expect(await fleetCost()).toEqual({ cost: '0', unpriced: EVENTS })

      // Whoever asked for it ended before it could tell the queue: the row itself asks, half a minute later.
      expect(await requestApply({ pool: tools.app }, ref, { reason: 'A late price', appliedBy: by })).toEqual({
        userErrors: [],
      })
      await owner.query(`UPDATE rerating SET updated_at = now() - interval '31 seconds' WHERE id = $1`, [
        ref.reratingId,
      ])
      await requeueReratings(tools, (contract, payload) => tools.queue.enqueue(contract, payload))
      expect(await untilState(ref.reratingId, 'APPLIED')).toEqual({ state: 'APPLIED', ...all })
      expect(await fleetCost()).toEqual({ cost: '1250', unpriced: 0 })
      expect(await verifyRollups(tools.app, tenantId)).toEqual([])
    }, 120_000)
  })
}
