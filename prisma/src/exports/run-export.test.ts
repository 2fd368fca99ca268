import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { openAllocationWorld, OCTOBER, type AllocationTenant, type AllocationWorld } from '../allocation/test-world.ts'
import { readExport, readExportBytes, type ExportRecord } from '../sql/read-exports.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import { expireExports } from './expire-exports.ts'
import type { ExportAsker } from './export-asker.ts'
import { queuedExports } from './queued-exports.ts'
import { requestExport, type ExportRequest } from './request-export.ts'
import { runExport } from './run-export.ts'
import { exportSize } from './read-table.ts'

const ADA: ExportAsker = { kind: 'USER', id: 'ada' }
const range = { from: '2026-10-01', to: '2026-11-01' }
const EVENTS = 2_300

let world: AllocationWorld
let tenant: AllocationTenant

beforeAll(async () => {
  world = await openAllocationWorld()
  tenant = await world.tenant()
  await tenant.publish('1.000000001')
  const events = Array.from({ length: EVENTS }, (_, n) => ({
    ...{
      id: `e${n}`,
      kind: 'MODEL',
      provider: 'acme',
      resource: 'small-1',
      agent: `=agent ${n % 7}`,
      trace: `t${n % 90}`,
    },
    ...{ span: `s${n}`, occurredAt: `2026-10-${String(1 + (n % 31)).padStart(2, '0')}T10:00:00Z` },
    ...(n % 9 === 0 ? { kind: 'RETRIEVAL', sharedKey: `k${n % 4}` } : {}),
    usage: [{ meter: 'input_tokens', quantity: String(1 + n) }],
  }))
  for (let at = 0; at < EVENTS; at += 500) await tenant.record(...events.slice(at, at + 500))
  await become('FINANCE')
}, 120_000)

afterAll(() => world.close())

/** Ada is a member with this role, or none. */
async function become(role: string | null): Promise<void> {
  await world.owner.query(`DELETE FROM membership WHERE tenant_id = $1 AND user_id = 'ada'`, [tenant.id])
  if (role === null) return
  await world.owner.query(
    `INSERT INTO app_user (id, name, email, email_verified, created_at, updated_at) VALUES ('ada', 'Ada', 'ada@example.test', true, now(), now())
     ON CONFLICT DO NOTHING`,
  )
  await world.owner.query(`INSERT INTO membership (tenant_id, user_id, role) VALUES ($1, 'ada', $2)`, [tenant.id, role])
}

function request(changes: Partial<ExportRequest> = {}): ReturnType<typeof requestExport> {
  const wish = { kind: 'invocations', range, filter: {} }
  return requestExport({ pool: world.pool }, tenant.id, {
    ...{ wish, format: 'CSV', asker: ADA, requestedBy: 'ada@example.test' },
    ...changes,
  })
}

async function started(changes: Partial<ExportRequest> = {}): Promise<string> {
  const { exportId, userErrors } = await request(changes)
  expect(userErrors).toEqual([])
  return exportId ?? ''
}

const run = (exportId: string) =>
  runExport({ pool: world.pool }, { tenantId: tenant.id, exportId }, { signal: new AbortController().signal })

const db = () => tenantSql(world.pool, tenant.id)

async function stateOf(exportId: string, asker = ADA): Promise<ExportRecord> {
  const found = await readExport(db(), asker, exportId)
  if (found === null) throw new Error('There is no such export.')
  return found
}

async function bytesOf(job: ExportRecord, part = { start: 0, end: Number(job.bytes) }): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of readExportBytes(db(), job, part)) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('an export', () => {
  it('has every event once, adds up to the fleet, and is the same bytes when it is written again', async () => {
    const [first, second] = [await started(), await started()]
    await run(first)
    await run(second)
    const [job, again] = [await stateOf(first), await stateOf(second)]
    expect(job).toMatchObject({ state: 'DONE', rowsDone: String(EVENTS), rowsTotal: String(EVENTS), error: null })
    const bytes = await bytesOf(job)
    expect([bytes.length, sha256(bytes)]).toEqual([Number(job.bytes), job.sha256])
    expect(again.sha256).toBe(job.sha256)

    const lines = bytes.toString('utf8').trimEnd().split('\r\n')
    const heads = lines[0]?.replace('\ufeff', '').split(',') ?? []
    const cost = heads.indexOf('Counted cost')
    // The heads of instants hold a comma themselves and are quoted; cells before the cost are not.
    const quoted = heads.slice(0, cost).filter((head) => head.startsWith('"')).length
    const total = lines.slice(1).reduce((sum, line) => sum + parseFixed18(line.split(',')[cost - quoted] || '0'), 0n)
    const fleet = await world.owner.query<{ cost: string }>(
      `SELECT sum(cost_direct + cost_shared)::text AS cost FROM rollup_day WHERE tenant_id = $1 AND grain = 0`,
      [tenant.id],
    )
    expect(total).toBe(parseFixed18(fleet.rows[0]?.cost ?? ''))
    expect(bytes.toString('utf8')).toContain(`'=agent 3`)
  })

  it('is not begun again once it is done', async () => {
    const id = await started()
    await run(id)
    const done = await stateOf(id)
    await run(id)
    expect(await stateOf(id)).toEqual(done)
  })

  it('is fetched from any byte to any other', async () => {
    const id = await started({ wish: { kind: 'invocations', range, filter: { agent: ['=agent 1'] } }, format: 'XLSX' })
    await run(id)
    const job = await stateOf(id)
    const whole = await bytesOf(job)
    for (const [start, end] of [
      [0, 1],
      [17, 400],
      [whole.length - 1, whole.length],
    ] as const) {
      expect(await bytesOf(job, { start, end })).toEqual(whole.subarray(start, end))
    }
    // A file of its kind: begins as an archive and ends as one.
    expect([whole.readUInt32LE(0), whole.readUInt32LE(whole.length - 22)]).toEqual([0x04034b50, 0x06054b50])
  })

  it('shows nothing of a run that another one has taken over, and the other ends as if it were alone', async () => {
    const id = await started()
    const ref = { tenantId: tenant.id, exportId: id }
    let isFirst = true
    await runExport({ pool: world.pool }, ref, {
      signal: new AbortController().signal,
      onStep: async (step) => {
        if (step !== 'PIECE' || !isFirst) return
        isFirst = false
        await run(id)
      },
    })
    const job = await stateOf(id)
    expect([job.state, job.run]).toEqual(['DONE', 2])
    expect(sha256(await bytesOf(job))).toBe(job.sha256)
    const { rows } = await world.owner.query<{ run: number }>(
      'SELECT DISTINCT run FROM export_piece WHERE job_id = $1',
      [id],
    )
    expect(rows).toEqual([{ run: 2 }])
  })

  it('fails with a sentence when who asked for it may no longer read the table', async () => {
    const id = await started()
    await become(null)
    await run(id)
    expect(await stateOf(id)).toMatchObject({
      state: 'FAILED',
      error: 'Whoever asked for this export may not read the table.',
    })
    const { userErrors } = await request()
    expect(userErrors).toMatchObject([{ code: 'FORBIDDEN', field: ['input', 'kind'] }])
    await become('FINANCE')
  })

  it('is nobody else’s, and goes after a week', async () => {
    const id = await started()
    await run(id)
    expect(await readExport(db(), { kind: 'USER', id: 'bob' }, id)).toBeNull()
    expect(await readExport(db(), { kind: 'KEY', id: 'ada' }, id)).toBeNull()
    const other = await world.tenant()
    expect(await readExport(tenantSql(world.pool, other.id), ADA, id)).toBeNull()
    await expireExports(world.pool, tenant.id)
    expect((await stateOf(id)).state).toBe('DONE')
    await world.owner.query(`UPDATE export_job SET expires_at = now() - interval '1 second' WHERE id = $1`, [id])
    expect((await stateOf(id)).state).toBe('EXPIRED')
    await expireExports(world.pool, tenant.id)
    expect(await stateOf(id)).toMatchObject({ state: 'EXPIRED', bytes: '0' })
    expect((await world.owner.query('SELECT 1 FROM export_piece WHERE job_id = $1', [id])).rowCount).toBe(0)
  })

  it('is put into the queue again when nobody works on it, and given up when its workers end again and again', async () => {
    const id = await started()
    expect(await queuedExports(world.pool, tenant.id)).toEqual([])
    await world.owner.query(`UPDATE export_job SET updated_at = now() - interval '11 seconds' WHERE id = $1`, [id])
    expect(await queuedExports(world.pool, tenant.id)).toEqual([{ tenantId: tenant.id, exportId: id }])
    await world.owner.query(`UPDATE export_job SET state = 'RUNNING', run = 20 WHERE id = $1`, [id])
    await run(id)
    expect(await stateOf(id)).toMatchObject({
      state: 'FAILED',
      error: 'It was begun 20 times, and each time its worker ended.',
    })
  })

  it.each([
    [{ kind: 'secrets', range, filter: {} }, 'NOT_FOUND', 'kind'],
    [{ kind: 'invocations', range: null, filter: {} }, 'MISSING_FIELD', 'range'],
    [{ kind: 'invocations', range, filter: { constructor: ['x'] } }, 'INVALID_FIELD', 'filters'],
    [{ kind: 'invocations', range, filter: { agent: ['a\u0000'] } }, 'INVALID_FIELD', 'filters'],
    [{ kind: 'invocations', range, filter: { agent: Array<string>(1_001).fill('a') } }, 'TOO_MANY_ITEMS', 'filters'],
  ])('%j is refused', async (wish, code, field) => {
    expect(await request({ wish })).toMatchObject({ exportId: null, userErrors: [{ code, field: ['input', field] }] })
  })

  it('says how many rows there are before it is asked for', async () => {
    const size = (filter: Record<string, string[]>) =>
      exportSize(world.pool, tenant.id, { wish: { kind: 'invocations', range, filter }, asker: ADA })
    expect([await size({}), await size({ kind: ['TOOL'] })]).toEqual([EVENTS, 0])
  })

  it('of shares adds up to what was allocated, pool by pool', async () => {
    await tenant.declare({ name: 'Hosting', amount: '1000.01' })
    await tenant.run({ month: OCTOBER })
    const id = await started({ wish: { kind: 'allocation-shares', range, filter: {} } })
    await run(id)
    const job = await stateOf(id)
    const lines = (await bytesOf(job)).toString('utf8').trimEnd().split('\r\n').slice(1)
    const total = lines.reduce((sum, line) => sum + parseFixed18(line.split(',')[14] ?? ''), 0n)
    expect(total).toBe(parseFixed18('1000.01'))
  })

  it('of a tenant are ten at a time', async () => {
    for (let n = 0; n < 10; n += 1) await started()
    expect((await request()).userErrors).toMatchObject([{ code: 'TOO_MANY_JOBS' }])
  })
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
