import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError, quoted } from '@outlay/domain/errors'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { checkReport } from '@outlay/domain/reports/check-report'
import type { ReportKind } from '@outlay/domain/reports/document'
import { readingScope, type ExportAsker } from '../exports/export-asker.ts'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { checkedRecipients } from './recipients.ts'
import { readingAction } from './report-run.ts'

/** Runs of one tenant that wait or are at work. */
const OPEN_MAX = 20
const REASON_LENGTH_MAX = 1_000

export interface ReportWish {
  kind: ReportKind
  range: DateRange
  /** Of a statement: whose. */
  clientKey: string | null
  /** Who is sent the edition; none: nobody. */
  recipients: readonly string[]
}

/** Who wants an edition. */
export interface ReportAsker {
  asker: ExportAsker
  /** An e-mail address, or the name of an API key. */
  requestedBy: string
}

export type ReportOutcome =
  { runId: string; reportId: string; userErrors: [] } | { runId: null; userErrors: UserError[] }

/**
 * Asks for an edition of a report, which is its first or restates the one before. The row is the place in the queue.
 *
 * userErrors on `input`: those of checkReport and checkedRecipients, NOT_FOUND on `clientKey`, FORBIDDEN on `kind`, TOO_MANY_JOBS.
 */
export function requestReport(
  { pool, nowMs }: { pool: Pool; nowMs: number },
  tenantId: string,
  { wish, ...by }: ReportAsker & { wish: ReportWish },
): Promise<ReportOutcome> {
  return asOutcome(
    tenantTransaction(pool, tenantId, async (client) => {
      const { kind, range, clientKey } = wish
      const timeZone = await timeZoneOf(client, tenantId)
      checkReport({ kind, range, hasClient: clientKey !== null, today: today(nowMs, timeZone) })
      const recipients = checkedRecipients(wish.recipients)
      const clientId = clientKey === null ? null : await clientIdOf(client, tenantId, clientKey)
      await refuseUnreadable(client, tenantId, { kind, asker: by.asker })
      const reportId = await reportOf(client, tenantId, { kind, range, clientId })
      return insertRun(client, tenantId, { reportId, recipients, reason: null, ...by })
    }),
  )
}

/**
 * Asks for a new edition of a report that has one. What was filed stays; the new one says why it is there, and by how much it differs.
 *
 * userErrors on `input`: NOT_FOUND and NO_EDITION on `id`, MISSING_FIELD and INVALID_FIELD on `reason`, those of checkedRecipients, FORBIDDEN,
 * TOO_MANY_JOBS.
 */
export function restateReport(
  { pool }: { pool: Pool },
  tenantId: string,
  {
    reportId,
    reason,
    recipients,
    ...by
  }: ReportAsker & { reportId: string; reason: string; recipients: readonly string[] },
): Promise<ReportOutcome> {
  return asOutcome(
    tenantTransaction(pool, tenantId, async (client) => {
      const { rows } = await client.query<{ kind: ReportKind; editions: number }>(
        'SELECT kind, editions FROM report WHERE tenant_id = $1::uuid AND id = $2::uuid',
        [tenantId, reportId],
      )
      const [report] = rows
      if (report === undefined) throw new DomainError('NOT_FOUND', 'There is no such report.', 'id')
      await refuseUnreadable(client, tenantId, { kind: report.kind, asker: by.asker })
      if (report.editions === 0)
        throw new DomainError('NO_EDITION', 'It has no edition yet that could be restated.', 'id')
      const why = reason.trim()
      if (why === '')
        throw new DomainError('MISSING_FIELD', 'Say why it is restated; the new edition says so.', 'reason')
      if (why.length > REASON_LENGTH_MAX)
        throw new DomainError('INVALID_FIELD', `The reason has more than ${REASON_LENGTH_MAX} characters.`, 'reason')
      const to = checkedRecipients(recipients)
      return insertRun(client, tenantId, { reportId, recipients: to, reason: why, ...by })
    }),
  )
}

async function asOutcome(run: Promise<{ runId: string; reportId: string }>): Promise<ReportOutcome> {
  try {
    return { ...(await run), userErrors: [] }
  } catch (error) {
    return { runId: null, userErrors: [userErrorOf(error)] }
  }
}

/** A refusal as a mutation answers it; anything else is thrown on. */
export function userErrorOf(error: unknown): UserError {
  if (!(error instanceof DomainError)) throw error
  const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
  return { code: error.code, message: error.message, field }
}

export async function timeZoneOf(client: PoolClient, tenantId: string): Promise<string> {
  const { rows } = await client.query<{ timeZone: string }>(
    'SELECT time_zone AS "timeZone" FROM tenant WHERE id = $1::uuid',
    [tenantId],
  )
  const [tenant] = rows
  if (tenant === undefined) throw new Error(`The tenant ${tenantId} does not exist.`)
  return tenant.timeZone
}

/** The id of the client of a key. Throws DomainError NOT_FOUND on `clientKey`. */
export async function clientIdOf(client: PoolClient, tenantId: string, clientKey: string): Promise<string> {
  const { rows } = clientKey.includes('\u0000')
    ? { rows: [] }
    : await client.query<{ id: string }>('SELECT id FROM client WHERE tenant_id = $1::uuid AND key = $2', [
        tenantId,
        clientKey,
      ])
  const [found] = rows
  if (found === undefined) throw new DomainError('NOT_FOUND', `There is no client ${quoted(clientKey)}.`, 'clientKey')
  return found.id
}

/** Who may not read a report may not have it made either. Throws DomainError FORBIDDEN on `kind`. */
export async function refuseUnreadable(
  client: PoolClient,
  tenantId: string,
  { kind, asker }: { kind: ReportKind; asker: ExportAsker },
): Promise<void> {
  if ((await readingScope(client, { tenantId, asker, action: readingAction(kind) })) === null)
    throw new DomainError('FORBIDDEN', 'You may not read such a report.', 'kind')
}

const FIND_REPORT = `
SELECT id FROM report WHERE tenant_id = $1::uuid AND kind = $2 AND client_id IS NOT DISTINCT FROM $3::uuid
  AND period_from = $4::date AND period_to = $5::date`

const INSERT_REPORT = `
INSERT INTO report (tenant_id, id, kind, client_id, period_from, period_to)
VALUES ($1::uuid, $6::uuid, $2, $3::uuid, $4::date, $5::date) ON CONFLICT DO NOTHING`

/** The report of a kind, period and client, which is there from now on if it was not. */
export async function reportOf(
  client: PoolClient,
  tenantId: string,
  { kind, range, clientId }: { kind: ReportKind; range: DateRange; clientId: string | null },
): Promise<string> {
  const scope = [tenantId, kind, clientId, range.from, range.to]
  await client.query(INSERT_REPORT, [...scope, uuidv7()])
  const { rows } = await client.query<{ id: string }>(FIND_REPORT, scope)
  const [report] = rows
  if (report === undefined) throw new Error('A report that was just asked for is not there.')
  return report.id
}

const INSERT_RUN = `
INSERT INTO report_run (tenant_id, id, report_id, recipients, reason, asker_kind, asker_id, requested_by)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::text[], $5, $6, $7, $8)`

/** Puts a run of a report into the queue. Throws DomainError TOO_MANY_JOBS. */
export async function insertRun(
  client: PoolClient,
  tenantId: string,
  run: ReportAsker & { reportId: string; recipients: readonly string[]; reason: string | null },
): Promise<{ runId: string; reportId: string }> {
  const open = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM report_run WHERE tenant_id = $1::uuid AND state IN ('QUEUED', 'RUNNING')`,
    [tenantId],
  )
  if ((open.rows[0]?.count ?? 0) >= OPEN_MAX)
    throw new DomainError(
      'TOO_MANY_JOBS',
      `${OPEN_MAX} reports wait or are being made; that is the most. Ask again when one is done.`,
    )
  const runId = uuidv7()
  const { reportId, recipients, reason, asker, requestedBy } = run
  await client.query(INSERT_RUN, [
    tenantId,
    runId,
    reportId,
    [...recipients],
    reason,
    asker.kind,
    asker.id,
    requestedBy,
  ])
  return { runId, reportId }
}
