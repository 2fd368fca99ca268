import { createHash } from 'node:crypto'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { createApiKey } from '@outlay/db/admin/create-tenant'
import { openAllocationWorld, type AllocationTenant, type AllocationWorld } from '@outlay/db/allocation/test-world'
import type { ExportAsker } from '@outlay/db/exports/export-asker'
import type { ExportFormat } from '@outlay/db/exports/export-job'
import { requestExport } from '@outlay/db/exports/request-export'
import { runExport, type ExportStep } from '@outlay/db/exports/run-export'
import { readExport, readExportBytes } from '@outlay/db/sql/read-exports'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import { Random } from '../oracle/random.ts'
import { item } from '../support/items.ts'

jest.setTimeout(600_000)

const worker = fileURLToPath(new URL('../support/export-worker.ts', import.meta.url))
const seed = Number.parseInt(process.env['OUTLAY_SEED'] ?? '', 10) || Date.now() % 1_000_000
/** Where a worker is killed: the step, and which time it comes to it. */
const moments: [ExportStep, number][] = [
  ['START', 1],
  ['READ', 1],
  ['PIECE', 1],
  ['PIECE', 3],
  ['FINISH', 1],
  ['DONE', 1],
]

describe('an export whose worker is killed', () => {
  let world: AllocationWorld
  let tenant: AllocationTenant
  let asker: ExportAsker
  const random = new Random(seed)

  beforeAll(async () => {
    console.log(`Killing exports: OUTLAY_SEED=${seed} replays the moments.`)
    world = await openAllocationWorld()
    tenant = await world.tenant()
    await tenant.publish('1.25')
    const events = Array.from({ length: 12_000 }, (_, n) =>
      item(`e${n}`, { agent: `agent-${n % 9}`, trace: `trace-${n % 500}`, span: `s${n}`, task: `task-${n % 40}` }),
    )
    for (let at = 0; at < events.length; at += 1_000) await tenant.record(...events.slice(at, at + 1_000))
    const key = await createApiKey(world.pool, { tenantId: tenant.id, name: 'Reader', scopes: ['read'] })
    asker = { kind: 'KEY', id: key.id }
  })
  afterAll(() => world?.close())

  it.each(['CSV', 'XLSX'] as const)(
    'can never be fetched half, and begun again as %s is the bytes of one that nobody killed',
    async (format) => {
      const [calm, killed] = [await request(format), await request(format)]
      await run(calm)
      const whole = await fileOf(calm)
      expect(whole?.length).toBeGreaterThan(format === 'CSV' ? 3_000_000 : 100_000)
      for (const [step, time] of moments) {
        // A workbook of these rows is one piece.
        if (format === 'XLSX' && time > 1) continue
        await killAt(killed, step, time)
        const file = await fileOf(killed)
        expect({ step, time, isThere: file !== null }).toEqual({ step, time, isThere: step === 'DONE' })
      }
      await run(killed)
      expect(await fileOf(killed)).toEqual(whole)
    },
  )

  it('killed at any moment ends as if nobody had killed it', async () => {
    const [calm, killed] = [await request('CSV'), await request('CSV')]
    await run(calm)
    for (let kills = 0; kills < 6 && (await fileOf(killed)) === null; kills += 1) {
      const child = start(killed, '-', 1)
      const ended = once(child, 'exit')
      await Promise.race([once(child, 'message'), ended])
      await sleep(random.int(0, 400))
      child.kill('SIGKILL')
      await ended
    }
    await run(killed)
    expect(await fileOf(killed)).toEqual(await fileOf(calm))
  })

  async function request(format: ExportFormat): Promise<string> {
    const range = { from: '2026-10-01', to: '2026-11-01' }
    const { exportId, userErrors } = await requestExport({ pool: world.pool }, tenant.id, {
      ...{ wish: { kind: 'invocations', range, filter: {} }, format, asker, requestedBy: 'API key Reader' },
    })
    expect(userErrors).toEqual([])
    return exportId ?? ''
  }

  async function run(exportId: string): Promise<void> {
    await runExport({ pool: world.pool }, { tenantId: tenant.id, exportId }, { signal: new AbortController().signal })
  }

  function start(exportId: string, stopAt: string, time: number) {
    return fork(worker, [world.database.appUrl, tenant.id, exportId, stopAt, String(time)], {
      execArgv: ['--import', 'tsx'],
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  }

  async function killAt(exportId: string, step: ExportStep, time: number): Promise<void> {
    const child = start(exportId, step, time)
    const ended = once(child, 'exit')
    const reached = new Promise<string>((resolve) => {
      child.on('message', (message: { step: string; times: number }) => {
        if (message.step === step && message.times === time) resolve(step)
      })
    })
    expect(await Promise.race([reached, ended])).toBe(step)
    child.kill('SIGKILL')
    await ended
  }

  /** What could be fetched, checked against its own hash; null while nothing can. About sheets tell their own time, so of workbooks without it. */
  async function fileOf(exportId: string): Promise<Buffer | null> {
    const db = tenantSql(world.pool, tenant.id)
    const job = await readExport(db, asker, exportId)
    if (job?.state !== 'DONE') return null
    const pieces: Buffer[] = []
    for await (const piece of readExportBytes(db, job, { start: 0, end: Number(job.bytes) })) pieces.push(piece)
    const file = Buffer.concat(pieces)
    expect(createHash('sha256').update(file).digest('hex')).toBe(job.sha256)
    return job.format === 'CSV' ? file : rowsOf(file)
  }

  /** The packed sheet of rows, which stands before the others. */
  function rowsOf(workbook: Buffer): Buffer {
    return workbook.subarray(0, workbook.indexOf('xl/worksheets/sheet2.xml'))
  }
})
