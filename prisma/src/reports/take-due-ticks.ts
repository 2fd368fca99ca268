import type { Pool, PoolClient } from 'pg'
import { DomainError } from '@outlay/domain/errors'
import { localDay } from '@outlay/domain/periods/local-day'
import { periodOf, type PeriodRule } from '@outlay/domain/reports/check-report'
import type { ReportKind } from '@outlay/domain/reports/document'
import { readingScope, type ExportAsker } from '../exports/export-asker.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import type { ReportRunRef } from './report-run.ts'
import { insertRun, reportOf } from './request-report.ts'
import { ticksAfter, ticksUntil } from './ticks.ts'

interface DueRow {
  id: string
  kind: ReportKind
  clientId: string | null
  cron: string
  periodRule: PeriodRule
  recipients: string[]
  isSubscription: boolean
  nextAt: Date
  askerKind: ExportAsker['kind']
  askerId: string
  createdBy: string
  timeZone: string
}

const DUE = `
SELECT s.id, s.kind, s.client_id AS "clientId", s.cron, s.period_rule AS "periodRule", s.recipients, s.is_subscription AS "isSubscription",
  s.next_at AS "nextAt", s.asker_kind AS "askerKind", s.asker_id AS "askerId", s.created_by AS "createdBy", t.time_zone AS "timeZone"
FROM report_schedule s JOIN tenant t ON t.id = s.tenant_id
WHERE s.tenant_id = $1::uuid AND s.state = 'ACTIVE' AND s.next_at <= $2::timestamptz
ORDER BY s.next_at, s.id LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED`

/**
 * Has the reports made whose instant has come, and answers their runs. Of instants that nobody attended to the latest is run, and the others
 * are noted as skipped. However many workers do this at the same time, an instant is run once: its schedule is locked meanwhile, and the key of
 * `report_tick` would refuse a second row.
 */
export async function takeDueTicks(
  { pool, nowMs }: { pool: Pool; nowMs: number },
  tenantId: string,
): Promise<ReportRunRef[]> {
  const taken: ReportRunRef[] = []
  for (;;) {
    const runId = await tenantTransaction(pool, tenantId, async (client) => {
      const { rows } = await client.query<DueRow>(DUE, [tenantId, new Date(nowMs).toISOString()])
      const [due] = rows
      return due === undefined ? 'NOTHING' : take(client, { tenantId, due, nowMs })
    })
    if (runId === 'NOTHING') return taken
    if (runId !== null) taken.push({ tenantId, runId })
  }
}

interface Taking {
  tenantId: string
  due: DueRow
  nowMs: number
}

const INSERT_TICKS = `
INSERT INTO report_tick (tenant_id, schedule_id, tick_at, run_id, skipped)
SELECT $1::uuid, $2::uuid, tick_at, $4::uuid, $5 FROM unnest($3::timestamptz[]) AS t(tick_at)`

/** The run of the latest instant; null where nothing is made of it. */
async function take(client: PoolClient, taking: Taking): Promise<string | null> {
  const { tenantId, due, nowMs } = taking
  const [nextMs] = ticksAfter(due, nowMs, 1)
  await client.query(
    'UPDATE report_schedule SET next_at = $3::timestamptz WHERE tenant_id = $1::uuid AND id = $2::uuid',
    [tenantId, due.id, new Date(nextMs ?? 0).toISOString()],
  )
  const missed = await untaken(client, taking)
  const latest = missed.pop()
  if (latest === undefined) return null
  const note = (ticks: readonly number[], runId: string | null, skipped: string | null) =>
    client.query(INSERT_TICKS, [tenantId, due.id, ticks.map((at) => new Date(at).toISOString()), runId, skipped])
  if (missed.length > 0) await note(missed, null, 'No worker was there at that time; the latest one was run.')
  const run = await begin(client, taking, latest)
  if ('skipped' in run) {
    await note([latest], null, run.skipped)
    return null
  }
  await note([latest], run.runId, null)
  return run.runId
}

/** The instants up to now that nothing was done about. One may be there already: clocks of two machines differ. */
async function untaken(client: PoolClient, { tenantId, due, nowMs }: Taking): Promise<number[]> {
  const { rows } = await client.query<{ tickAt: Date }>(
    `SELECT tick_at AS "tickAt" FROM report_tick WHERE tenant_id = $1::uuid AND schedule_id = $2::uuid AND tick_at >= $3::timestamptz`,
    [tenantId, due.id, due.nextAt.toISOString()],
  )
  const known = new Set(rows.map(({ tickAt }) => tickAt.getTime()))
  return ticksUntil(due, due.nextAt.getTime(), nowMs).filter((at) => !known.has(at))
}

async function begin(
  client: PoolClient,
  { tenantId, due }: Taking,
  tickMs: number,
): Promise<{ runId: string } | { skipped: string }> {
  const { kind, clientId } = due
  const who = due.isSubscription
    ? await subscribersOf(client, tenantId, due.id)
    : { asker: { kind: due.askerKind, id: due.askerId }, recipients: due.recipients }
  if (who === null) return { skipped: 'Nobody who may read it is subscribed.' }
  const range = periodOf(due.periodRule, localDay(tickMs, due.timeZone))
  const reportId = await reportOf(client, tenantId, { kind, range, clientId })
  try {
    const requestedBy = due.isSubscription ? 'Weekly mail' : `Schedule of ${due.createdBy}`
    return await insertRun(client, tenantId, { reportId, reason: null, ...who, requestedBy })
  } catch (error) {
    if (error instanceof DomainError) return { skipped: error.message }
    throw error
  }
}

/** The addresses of the members who subscribed and may read what they subscribed to; the first of them is who it is made for. */
async function subscribersOf(
  client: PoolClient,
  tenantId: string,
  scheduleId: string,
): Promise<{ asker: ExportAsker; recipients: string[] } | null> {
  const { rows } = await client.query<{ userId: string; email: string }>(
    `SELECT user_id AS "userId", email FROM report_subscriber WHERE tenant_id = $1::uuid AND schedule_id = $2::uuid ORDER BY since, user_id`,
    [tenantId, scheduleId],
  )
  const readers: { asker: ExportAsker; email: string }[] = []
  for (const { userId, email } of rows) {
    const asker: ExportAsker = { kind: 'USER', id: userId }
    if ((await readingScope(client, { tenantId, asker, action: 'report.read' })) !== null)
      readers.push({ asker, email })
  }
  const [first] = readers
  return first === undefined
    ? null
    : { asker: first.asker, recipients: [...new Set(readers.map(({ email }) => email))] }
}
