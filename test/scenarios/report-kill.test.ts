import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createApiKey } from '@outlay/db/admin/create-tenant'
import { openAllocationWorld, type AllocationTenant, type AllocationWorld } from '@outlay/db/allocation/test-world'
import { requestReport } from '@outlay/db/reports/request-report'
import { readReportDeliveries, readReportEditions, readReportFiles } from '@outlay/db/sql/read-reports'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import { item } from '../support/items.ts'

jest.setTimeout(300_000)

const worker = fileURLToPath(new URL('../support/report-worker.ts', import.meta.url))
/** Where a worker is killed, one after the other on the same report. */
const MOMENTS = ['START', 'READ', 'FILE', 'STORE', 'DONE', 'MAIL', 'SEND', 'SENT'] as const

describe('a report whose worker is killed', () => {
  let world: AllocationWorld
  let tenant: AllocationTenant
  const folder = mkdtempSync(join(tmpdir(), 'outlay-reports-'))
  const outbox = join(folder, 'outbox')

  beforeAll(async () => {
    world = await openAllocationWorld()
    tenant = await world.tenant()
    await tenant.publish('1.25')
    await tenant.record(...Array.from({ length: 50 }, (_, n) => item(`e${n}`, { agent: `agent-${n % 5}` })))
  })
  afterAll(async () => {
    await world?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('at every step in turn is made once, whole, and is sent in one mail', async () => {
    const key = await createApiKey(world.pool, { tenantId: tenant.id, name: 'Reader', scopes: ['read'] })
    const range = { from: '2026-10-01', to: '2026-11-01' }
    const outcome = await requestReport({ pool: world.pool, nowMs: Date.now() }, tenant.id, {
      wish: { kind: 'FINANCE_PACK', range, clientKey: null, recipients: ['board@example.com'] },
      asker: { kind: 'KEY', id: key.id },
      requestedBy: 'API key Reader',
    })
    const { runId, reportId } = outcome.runId === null ? { runId: '', reportId: '' } : outcome
    expect(outcome.userErrors).toEqual([])
    const db = tenantSql(world.pool, tenant.id)
    for (const moment of MOMENTS) {
      await killAt(runId, moment)
      const editions = await readReportEditions(db, [reportId])
      const isStored = ['DONE', 'MAIL', 'SEND', 'SENT'].includes(moment)
      expect([moment, editions.length, mails().length]).toEqual([moment, isStored ? 1 : 0, moment === 'SENT' ? 1 : 0])
    }
    await runThrough(runId)
    const [edition, ...more] = await readReportEditions(db, [reportId])
    expect(more).toEqual([])
    expect(await readReportFiles(db, [edition?.id ?? ''])).toHaveLength(4)
    expect(await readReportDeliveries(db, [edition?.id ?? ''])).toMatchObject([{ state: 'SENT', tries: 1 }])
    expect(mails()).toHaveLength(1)
  })

  const mails = (): string[] => (existsSync(outbox) ? readFileSync(outbox, 'utf8').trimEnd().split('\n') : [])

  function start(runId: string, stopAt: string) {
    const { appUrl, authUrl } = world.database
    return fork(worker, [appUrl, authUrl, tenant.id, runId, stopAt, outbox], {
      execArgv: ['--import', 'tsx'],
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  }

  async function runThrough(runId: string): Promise<void> {
    const [code] = (await once(start(runId, '-'), 'exit')) as [number]
    expect(code).toBe(0)
  }

  async function killAt(runId: string, moment: string): Promise<void> {
    const child = start(runId, moment)
    const ended = once(child, 'exit')
    const reached = new Promise<string>((resolve) => {
      child.on('message', (step: string) => step === moment && resolve(step))
    })
    expect(await Promise.race([reached, ended])).toBe(moment)
    child.kill('SIGKILL')
    await ended
  }
})
