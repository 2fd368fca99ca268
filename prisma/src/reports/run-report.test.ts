import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { bridgeOf } from '@outlay/domain/reports/bridge'
import type { ReportDocument } from '@outlay/domain/reports/document'
import { openAllocationWorld, type AllocationTenant, type AllocationWorld } from '../allocation/test-world.ts'
import { sealer } from '../channels/seal.ts'
import {
  readReportBytes,
  readReportDeliveries,
  readReportDocument,
  readReportEditions,
  readReportFiles,
  readReportRuns,
  type ReportEditionRecord,
} from '../sql/read-reports.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import { queuedReports } from './queued-reports.ts'
import { dueReportDeliveries, sendEdition, tryReportDelivery, type ReportMail } from './report-deliveries.ts'
import { openLink, revokeLink } from './report-link.ts'
import { requestReport, restateReport, type ReportAsker, type ReportWish } from './request-report.ts'
import { runReport, type Render, type ReportStep } from './run-report.ts'

const ADA: ReportAsker = { asker: { kind: 'USER', id: 'ada' }, requestedBy: 'ada@example.test' }
const wish: ReportWish = {
  kind: 'FINANCE_PACK',
  range: { from: '2026-10-01', to: '2026-11-01' },
  clientKey: null,
  recipients: ['Ada@example.test', 'auditor@example.com', 'vera@example.test'],
}
const nowMs = Date.parse('2026-11-20T12:00:00Z')
const seal = sealer('a secret of thirty-two characters')

/** A file that says what it was made of. */
const render: Render = (document, format, mark) =>
  Promise.resolve(Buffer.from(JSON.stringify({ format, ...mark, title: document.title }).repeat(9_000)))

let world: AllocationWorld
let tenant: AllocationTenant

beforeAll(async () => {
  world = await openAllocationWorld()
  tenant = await world.tenant()
  await tenant.publish('1.25')
  await tenant.record(use('a', '40'), use('b', '2'))
  await member('ada', 'FINANCE')
  await member('vera', 'VIEWER')
}, 120_000)

afterAll(() => world.close())

function use(id: string, quantity: string): object {
  return {
    ...{ id, kind: 'MODEL', provider: 'acme', resource: 'small-1', agent: `agent-${id}`, trace: id, span: id },
    ...{ occurredAt: '2026-10-10T10:00:00Z', usage: [{ meter: 'input_tokens', quantity }] },
  }
}

async function member(userId: string, role: string): Promise<void> {
  await world.owner.query(
    `INSERT INTO app_user (id, name, email, email_verified, created_at, updated_at) VALUES ($1, $1, $1 || '@example.test', true, now(), now())`,
    [userId],
  )
  await world.owner.query('INSERT INTO membership (tenant_id, user_id, role) VALUES ($1, $2, $3)', [
    tenant.id,
    userId,
    role,
  ])
}

const db = () => tenantSql(world.pool, tenant.id)

async function asked(changes: Partial<ReportWish> = {}): Promise<{ runId: string; reportId: string }> {
  const outcome = await requestReport({ pool: world.pool, nowMs }, tenant.id, { wish: { ...wish, ...changes }, ...ADA })
  if (outcome.runId === null) throw new Error(JSON.stringify(outcome.userErrors))
  return outcome
}

const run = (runId: string, onStep?: (step: ReportStep) => Promise<void>, by = render) =>
  runReport(
    { pool: world.pool, render: by },
    { tenantId: tenant.id, runId },
    {
      signal: new AbortController().signal,
      ...(onStep === undefined ? {} : { onStep }),
    },
  )

async function latest(reportId: string): Promise<ReportEditionRecord> {
  const [edition] = await readReportEditions(db(), [reportId])
  if (edition === undefined) throw new Error('There is no edition.')
  return edition
}

async function deliver(send: (mail: ReportMail) => Promise<string | null>): Promise<ReportMail[]> {
  const sent: ReportMail[] = []
  for (const ref of await dueReportDeliveries(world.pool, tenant.id))
    await tryReportDelivery({ pool: world.pool, auth: world.owner, sealer: seal }, ref, (mail) => {
      sent.push(mail)
      return send(mail)
    })
  return sent
}

const taken = () => Promise.resolve(null)
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')

describe('an edition', () => {
  it('is what was said at one moment, with its files and its hash, and says what it was made from', async () => {
    const { runId, reportId } = await asked({ recipients: [] })
    await run(runId)
    const edition = await latest(reportId)
    const stored = await world.owner.query<{ document: string }>('SELECT document FROM report_edition WHERE id = $1', [
      edition.id,
    ])
    expect(edition).toMatchObject({ number: 1, reason: null, sha256: sha256(stored.rows[0]?.document ?? '') })
    expect(edition.snapshotId).toBe(sha256(edition.snapshot).slice(0, 16))
    const document = await readReportDocument(db(), reportId, 1)
    expect(JSON.parse(edition.snapshot)).toEqual({
      asOf: document?.asOf,
      closedMonths: [],
      configVersion: expect.any(Number),
      generation: expect.stringMatching(/^[1-9]/),
    })
    const files = await readReportFiles(db(), [edition.id])
    expect(files.map(({ format }) => format)).toEqual(['PDF', 'XLSX', 'CSV', 'HTML'])
    for (const file of files) {
      const pieces: Buffer[] = []
      for await (const piece of readReportBytes(db(), file)) pieces.push(piece)
      const bytes = Buffer.concat(pieces)
      expect([String(bytes.length), sha256(bytes)]).toEqual([file.bytes, file.sha256])
      expect(bytes.toString('utf8')).toContain(edition.sha256)
    }
  })

  it('stays as it is for ever: the database refuses to change it, and a document that is not its hash', async () => {
    const { runId, reportId } = await asked({ recipients: [] })
    await run(runId)
    const { id } = await latest(reportId)
    const app = async (text: string) => {
      const client = await world.pool.connectUnscoped()
      try {
        await client.query('BEGIN')
        await client.query(`SET LOCAL app.tenant_id = '${tenant.id}'`)
        return await client.query(text, [id]).then(
          () => 'done',
          (error: { code: string }) => error.code,
        )
      } finally {
        await client.query('ROLLBACK')
        client.release()
      }
    }
    for (const text of [
      `UPDATE report_edition SET document = '{}' WHERE id = $1`,
      'DELETE FROM report_edition WHERE id = $1',
      'DELETE FROM report_file WHERE edition_id = $1',
      `UPDATE report_file_piece SET content = 'x' WHERE edition_id = $1`,
      `UPDATE report_link_view SET what = 'PDF' WHERE id = $1`,
    ])
      expect([text, await app(text)]).toEqual([text, '42501'])
    const forged = world.owner.query(`UPDATE report_edition SET document = '{}' WHERE id = $1`, [id])
    await expect(forged).rejects.toMatchObject({ constraint: 'report_edition_hash_is_of_document' })
  })

  it('that restates another one leaves it alone, and their bridge adds up', async () => {
    const { runId, reportId } = await asked({ recipients: [] })
    await run(runId)
    const first = await latest(reportId)
    await tenant.record(use('late', '8'))
    const by = { reportId, recipients: [], ...ADA }
    const empty = await restateReport({ pool: world.pool }, tenant.id, { ...by, reason: ' ' })
    expect(empty.userErrors).toMatchObject([{ code: 'MISSING_FIELD', field: ['input', 'reason'] }])
    const again = await restateReport({ pool: world.pool }, tenant.id, { ...by, reason: 'A late import.' })
    await run(again.runId ?? '')
    const second = await latest(reportId)
    expect(second).toMatchObject({ number: first.number + 1, reason: 'A late import.' })
    expect(await readReportEditions(db(), [reportId])).toContainEqual(first)
    const [before, after] = await Promise.all(
      [first, second].map(({ number }) => readReportDocument(db(), reportId, number)),
    )
    const { figures, tables } = bridgeOf(before as ReportDocument, after as ReportDocument)
    // Eight more units at 1.25 a thousand.
    expect(figures.map(({ difference }) => difference)).toContain('0.01')
    expect(tables.flatMap(({ lines }) => lines)).toContainEqual(
      expect.objectContaining({ label: expect.stringContaining('agent-late'), old: null, difference: '0.01' }),
    )
  })

  it('is made once, however often and wherever its worker ends', async () => {
    const { runId, reportId } = await asked({ recipients: ['ada@example.test'] })
    const before = (await readReportEditions(db(), [reportId])).length
    const steps: ReportStep[] = ['START', 'READ', 'FILE', 'STORE']
    for (const dies of steps) {
      const died = run(runId, (step) =>
        step === dies ? Promise.reject(Object.assign(new Error('gone'), { code: '57P01' })) : Promise.resolve(),
      )
      await expect(died).rejects.toThrow('gone')
      expect(await readReportEditions(db(), [reportId])).toHaveLength(before)
    }
    // Two workers at once, the second from within the first.
    let isFirst = true
    await run(runId, async (step) => {
      if (step !== 'STORE' || !isFirst) return
      isFirst = false
      await run(runId)
    })
    await run(runId)
    expect(await readReportEditions(db(), [reportId])).toHaveLength(before + 1)
    expect((await readReportRuns(db(), [reportId]))[0]).toMatchObject({ state: 'DONE', filesDone: 4, error: null })
    const { id } = await latest(reportId)
    expect(await readReportDeliveries(db(), [id])).toMatchObject([{ recipient: 'ada@example.test', state: 'PENDING' }])
    await deliver(taken)
  })

  it('that cannot be made says why, and a fault of ours is no sentence of a library', async () => {
    const { runId, reportId } = await asked({ recipients: [] })
    const broken = run(runId, undefined, () => Promise.reject(new Error('font missing')))
    await expect(broken).rejects.toThrow('font missing')
    expect((await readReportRuns(db(), [reportId]))[0]).toMatchObject({
      state: 'FAILED',
      error: 'The work stopped at a fault of ours, which the log of the worker names.',
    })
    const refused = await asked({ recipients: [] })
    await world.owner.query(
      `UPDATE membership SET role = 'PROJECT_MANAGER', is_limited = true WHERE tenant_id = $1 AND user_id = 'ada'`,
      [tenant.id],
    )
    await run(refused.runId)
    expect((await readReportRuns(db(), [reportId]))[0]).toMatchObject({
      state: 'FAILED',
      error: 'Whoever asked for this report may not read it.',
    })
    await world.owner.query(
      `UPDATE membership SET role = 'FINANCE', is_limited = false WHERE tenant_id = $1 AND user_id = 'ada'`,
      [tenant.id],
    )
  })

  it('is put into the queue again when nobody works on it', async () => {
    const { runId } = await asked({ recipients: [] })
    expect(await queuedReports(world.pool, tenant.id)).toEqual([])
    await world.owner.query(`UPDATE report_run SET updated_at = now() - interval '11 seconds' WHERE id = $1`, [runId])
    expect(await queuedReports(world.pool, tenant.id)).toEqual([{ tenantId: tenant.id, runId }])
    await run(runId)
    expect(await queuedReports(world.pool, tenant.id)).toEqual([])
  })
})

describe('the mails of an edition', () => {
  it('are one for each recipient, with figures for who may read them, and none for a member who may not', async () => {
    await world.owner.query(
      `UPDATE membership SET role = 'PROJECT_MANAGER', is_limited = true WHERE tenant_id = $1 AND user_id = 'vera'`,
      [tenant.id],
    )
    const { runId, reportId } = await asked()
    await run(runId)
    const { id: editionId } = await latest(reportId)
    const mails = await deliver(taken)
    expect(mails.map(({ recipient, headline }) => [recipient, headline.length > 0])).toEqual(
      expect.arrayContaining([
        ['ada@example.test', true],
        ['auditor@example.com', false],
      ]),
    )
    expect(mails).toHaveLength(2)
    const log = await readReportDeliveries(db(), [editionId])
    expect(log.map(({ recipient, state }) => `${recipient} ${state}`).sort()).toEqual([
      'ada@example.test SENT',
      'auditor@example.com SENT',
      'vera@example.test REFUSED',
    ])
    // Sent again to the same, and to somebody new: one mail.
    const again = await sendEdition({ pool: world.pool }, tenant.id, {
      ...{ editionId, recipients: ['ADA@example.test', 'new@example.com'], by: 'ada@example.test' },
    })
    expect(again.deliveries).toHaveLength(1)
    expect((await deliver(taken)).map(({ recipient }) => recipient)).toEqual(['new@example.com'])
  })

  it('that were not taken are tried again with the same link, and two workers never send one at once', async () => {
    const { runId, reportId } = await asked({ recipients: ['board@example.com'] })
    await run(runId)
    const [refused] = await deliver(() => Promise.resolve('450 try later'))
    const { id } = await latest(reportId)
    expect(await readReportDeliveries(db(), [id])).toMatchObject([
      { state: 'PENDING', tries: 1, error: '450 try later' },
    ])
    expect(await dueReportDeliveries(world.pool, tenant.id)).toEqual([])
    await world.owner.query(`UPDATE report_delivery SET not_before = now() WHERE edition_id = $1`, [id])
    const [ref] = await dueReportDeliveries(world.pool, tenant.id)
    if (ref === undefined) throw new Error('No mail is due.')
    const sent: ReportMail[] = []
    const attempt = () =>
      tryReportDelivery({ pool: world.pool, auth: world.owner, sealer: seal }, ref, (mail) => {
        sent.push(mail)
        return taken()
      })
    await Promise.all([attempt(), attempt(), attempt()])
    expect(sent).toEqual([refused])
    const { rows } = await world.owner.query<{ sealed_secret: Buffer | null }>(
      'SELECT sealed_secret FROM report_delivery WHERE edition_id = $1',
      [id],
    )
    expect(rows).toEqual([{ sealed_secret: null }])
  })
})

describe('a link', () => {
  it('opens its edition until it is revoked or too old, notes who looked, and is nothing in another tenant', async () => {
    const { runId, reportId } = await asked({ recipients: ['link@example.com'] })
    await run(runId)
    const [mail] = await deliver(taken)
    const secret = mail?.token.split('~')[1] ?? ''
    expect(secret).toHaveLength(43)
    const edition = await latest(reportId)
    const open = (what: 'PAGE' | 'PDF' = 'PAGE', tenantId = tenant.id) =>
      openLink({ pool: world.pool }, { tenantId, secret, what })
    expect(await open()).toMatchObject({ editionId: edition.id, number: edition.number, from: '2026-10-01' })
    expect(await open('PDF')).not.toBeNull()
    expect(await open('PAGE', (await world.tenant()).id)).toBeNull()
    expect(await openLink({ pool: world.pool }, { tenantId: tenant.id, secret: `${secret}x`, what: 'PAGE' })).toBeNull()
    const [delivery] = await readReportDeliveries(db(), [edition.id])
    expect(delivery).toMatchObject({ views: 2, lastViewedAt: expect.any(String), linkRevokedAt: null })

    await world.owner.query(`UPDATE report_link SET expires_at = now() WHERE id = $1`, [delivery?.linkId])
    expect(await open()).toBeNull()
    await world.owner.query(`UPDATE report_link SET expires_at = now() + interval '1 day' WHERE id = $1`, [
      delivery?.linkId,
    ])
    expect(await open()).not.toBeNull()
    const by = 'ada@example.test'
    const revoked = await revokeLink({ pool: world.pool }, tenant.id, { linkId: delivery?.linkId ?? '', by })
    expect([revoked.userErrors, await open()]).toEqual([[], null])
    const { rows } = await world.owner.query<{ stored: string }>(
      'SELECT row_to_json(l)::text AS stored FROM report_link l',
    )
    expect(rows.map(({ stored }) => stored).join()).not.toContain(secret)
  })
})
