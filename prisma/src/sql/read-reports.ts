import type { PeriodRule } from '@outlay/domain/reports/check-report'
import type { ReportDocument, ReportFormat, ReportKind } from '@outlay/domain/reports/document'
import type { ReportDeliveryState } from '../reports/report-deliveries.ts'
import type { ReportState, ReportStepName } from '../reports/report-run.ts'
import type { ScheduleState } from '../reports/report-schedules.ts'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** A report and how many editions it has. Instants are RFC 3339, dates local days. */
export interface ReportRecord {
  id: string
  kind: ReportKind
  clientId: string | null
  from: string
  to: string
  editions: number
  createdAt: string
}

const REPORT = `SELECT r.id, r.kind, r.client_id AS "clientId", r.period_from::text AS "from", r.period_to::text AS "to", r.editions,
    ${instantText('r.created_at')} AS "createdAt" FROM report r WHERE r.tenant_id = $1::uuid AND r.kind = ANY ($2::text[])`

const PAGE: Prepared = {
  name: 'read_reports',
  text: `${REPORT} AND ($3::timestamptz IS NULL OR (r.created_at, r.id) < ($3::timestamptz, $4::uuid))
    ORDER BY r.created_at DESC, r.id DESC LIMIT $5::int`,
}

/** Reports of some kinds, the newest first, after a place in that order. */
export function readReports(
  db: TenantSql,
  {
    kinds,
    after,
    limit,
  }: { kinds: readonly ReportKind[]; after: { createdAt: string; id: string } | null; limit: number },
): Promise<ReportRecord[]> {
  return db.query(PAGE, [[...kinds], after?.createdAt ?? null, after?.id ?? null, limit])
}

const COUNT: Prepared = {
  name: 'count_reports',
  text: 'SELECT count(*)::int AS count FROM report WHERE tenant_id = $1::uuid AND kind = ANY ($2::text[])',
}

export async function countReports(db: TenantSql, kinds: readonly ReportKind[]): Promise<number> {
  return (await db.query<{ count: number }>(COUNT, [[...kinds]]))[0]?.count ?? 0
}

const ONE: Prepared = { name: 'read_report', text: `${REPORT} AND r.id = $3::uuid` }

/** A report of one of the kinds; null for another. */
export async function readReport(
  db: TenantSql,
  kinds: readonly ReportKind[],
  id: string,
): Promise<ReportRecord | null> {
  return (await db.query<ReportRecord>(ONE, [[...kinds], id]))[0] ?? null
}

/** The making of an edition as it stands. */
export interface ReportRunRecord {
  id: string
  reportId: string
  state: ReportState
  step: ReportStepName | null
  filesDone: number
  run: number
  error: string | null
  reason: string | null
  requestedBy: string
  requestedAt: string
  startedAt: string | null
  doneAt: string | null
}

const RUNS: Prepared = {
  name: 'read_report_runs',
  text: `SELECT id, report_id AS "reportId", state, step, files_done AS "filesDone", run, error, reason, requested_by AS "requestedBy",
      ${instantText('requested_at')} AS "requestedAt", ${instantText('started_at')} AS "startedAt", ${instantText('done_at')} AS "doneAt"
    FROM unnest($2::uuid[]) AS asked(report) CROSS JOIN LATERAL (SELECT * FROM report_run q
      WHERE q.tenant_id = $1::uuid AND q.report_id = asked.report ORDER BY q.requested_at DESC, q.id DESC LIMIT 20) AS latest
    ORDER BY requested_at DESC, id DESC`,
}

/** The latest runs of reports, at most 20 of each, the newest first. */
export function readReportRuns(db: TenantSql, reportIds: readonly string[]): Promise<ReportRunRecord[]> {
  return db.query(RUNS, [[...reportIds]])
}

/** An edition, without what it says. */
export interface ReportEditionRecord {
  id: string
  reportId: string
  number: number
  sha256: string
  snapshot: string
  snapshotId: string
  reason: string | null
  requestedBy: string
  writtenAt: string
}

const EDITION = `SELECT e.id, e.report_id AS "reportId", e.number, e.sha256, e.snapshot, e.snapshot_id AS "snapshotId", e.reason,
    e.requested_by AS "requestedBy", ${instantText('e.written_at')} AS "writtenAt"
  FROM report_edition e WHERE e.tenant_id = $1::uuid`

const EDITIONS: Prepared = {
  name: 'read_report_editions',
  text: `${EDITION} AND e.report_id = ANY ($2::uuid[]) AND e.number > (SELECT r.editions - 100 FROM report r
    WHERE r.tenant_id = e.tenant_id AND r.id = e.report_id) ORDER BY e.report_id, e.number DESC`,
}

/** The latest editions of reports, at most 100 of each, the newest first. */
export function readReportEditions(db: TenantSql, reportIds: readonly string[]): Promise<ReportEditionRecord[]> {
  return db.query(EDITIONS, [[...reportIds]])
}

const ONE_EDITION: Prepared = {
  name: 'read_report_edition',
  text: `${EDITION} AND e.id = $2::uuid AND EXISTS (SELECT 1 FROM report r WHERE r.tenant_id = e.tenant_id AND r.id = e.report_id
    AND r.kind = ANY ($3::text[]))`,
}

/** An edition of a report of one of the kinds; null for another. */
export async function readReportEdition(
  db: TenantSql,
  kinds: readonly ReportKind[],
  id: string,
): Promise<ReportEditionRecord | null> {
  return (await db.query<ReportEditionRecord>(ONE_EDITION, [id, [...kinds]]))[0] ?? null
}

const DOCUMENT: Prepared = {
  name: 'read_report_document',
  text: `SELECT document::json AS document FROM report_edition WHERE tenant_id = $1::uuid AND report_id = $2::uuid AND number = $3::int`,
}

/** What an edition says; null where the report has none of that number. */
export async function readReportDocument(
  db: TenantSql,
  reportId: string,
  number: number,
): Promise<ReportDocument | null> {
  return (await db.query<{ document: ReportDocument }>(DOCUMENT, [reportId, number]))[0]?.document ?? null
}

export interface ReportFileRecord {
  editionId: string
  format: ReportFormat
  /** Integer text. */
  bytes: string
  sha256: string
}

const FILES: Prepared = {
  name: 'read_report_files',
  text: `SELECT edition_id AS "editionId", format, bytes::text AS bytes, sha256 FROM report_file
    WHERE tenant_id = $1::uuid AND edition_id = ANY ($2::uuid[]) ORDER BY edition_id, array_position(ARRAY['PDF', 'XLSX', 'CSV', 'HTML'], format)`,
}

/** The files of editions. */
export function readReportFiles(db: TenantSql, editionIds: readonly string[]): Promise<ReportFileRecord[]> {
  return db.query(FILES, [[...editionIds]])
}

const PIECE: Prepared = {
  name: 'read_report_piece',
  text: `SELECT content FROM report_file_piece WHERE tenant_id = $1::uuid AND edition_id = $2::uuid AND format = $3 AND at_byte = $4::bigint`,
}

/** The bytes of a file, one stored piece at a time. */
export async function* readReportBytes(
  db: TenantSql,
  { editionId, format, bytes }: ReportFileRecord,
): AsyncGenerator<Buffer> {
  for (let at = 0; at < Number(bytes);) {
    const [piece] = await db.query<{ content: Buffer }>(PIECE, [editionId, format, at])
    if (piece === undefined) throw new Error(`The file ${format} of the edition ${editionId} has no byte ${at}.`)
    yield piece.content
    at += piece.content.length
  }
}

/** A mail of an edition, and its link. */
export interface ReportDeliveryRecord {
  id: string
  editionId: string
  recipient: string
  state: ReportDeliveryState
  tries: number
  error: string | null
  requestedBy: string
  createdAt: string
  sentAt: string | null
  linkId: string | null
  linkExpiresAt: string | null
  linkRevokedAt: string | null
  linkRevokedBy: string | null
  /** How often the link was opened. */
  views: number
  lastViewedAt: string | null
}

const DELIVERIES: Prepared = {
  name: 'read_report_deliveries',
  text: `SELECT d.id, d.edition_id AS "editionId", d.recipient, d.state, d.tries, d.error, d.requested_by AS "requestedBy",
      ${instantText('d.created_at')} AS "createdAt", ${instantText('d.sent_at')} AS "sentAt", d.link_id AS "linkId",
      ${instantText('l.expires_at')} AS "linkExpiresAt", ${instantText('l.revoked_at')} AS "linkRevokedAt", l.revoked_by AS "linkRevokedBy",
      v.views, ${instantText('v.last')} AS "lastViewedAt"
    FROM report_delivery d LEFT JOIN report_link l ON l.tenant_id = d.tenant_id AND l.id = d.link_id
    CROSS JOIN LATERAL (SELECT count(*)::int AS views, max(viewed_at) AS last FROM report_link_view w
      WHERE w.tenant_id = d.tenant_id AND w.link_id = d.link_id) AS v
    WHERE d.tenant_id = $1::uuid AND d.edition_id = ANY ($2::uuid[]) ORDER BY d.created_at, d.recipient LIMIT 2000`,
}

/** The mails of editions, the first ones first. */
export function readReportDeliveries(db: TenantSql, editionIds: readonly string[]): Promise<ReportDeliveryRecord[]> {
  return db.query(DELIVERIES, [[...editionIds]])
}

/** A schedule as it stands. */
export interface ReportScheduleRecord {
  id: string
  kind: ReportKind
  clientId: string | null
  cron: string
  periodRule: PeriodRule
  recipients: string[]
  isSubscription: boolean
  subscribers: number
  state: ScheduleState
  nextAt: string | null
  createdBy: string
  createdAt: string
}

const SCHEDULE = `SELECT s.id, s.kind, s.client_id AS "clientId", s.cron, s.period_rule AS "periodRule", s.recipients,
    s.is_subscription AS "isSubscription", s.state, ${instantText('s.next_at')} AS "nextAt", s.created_by AS "createdBy",
    ${instantText('s.created_at')} AS "createdAt",
    (SELECT count(*)::int FROM report_subscriber b WHERE b.tenant_id = s.tenant_id AND b.schedule_id = s.id) AS subscribers
  FROM report_schedule s WHERE s.tenant_id = $1::uuid AND s.kind = ANY ($2::text[])`

const SCHEDULES: Prepared = {
  name: 'read_report_schedules',
  text: `${SCHEDULE} AND s.state <> 'ENDED' ORDER BY s.created_at, s.id`,
}

/** The schedules of some kinds that have not ended, the first ones first. */
export function readReportSchedules(db: TenantSql, kinds: readonly ReportKind[]): Promise<ReportScheduleRecord[]> {
  return db.query(SCHEDULES, [[...kinds]])
}

const ONE_SCHEDULE: Prepared = { name: 'read_report_schedule', text: `${SCHEDULE} AND s.id = $3::uuid` }

/** A schedule of one of the kinds, ended or not; null for another. */
export async function readReportSchedule(
  db: TenantSql,
  kinds: readonly ReportKind[],
  id: string,
): Promise<ReportScheduleRecord | null> {
  return (await db.query<ReportScheduleRecord>(ONE_SCHEDULE, [[...kinds], id]))[0] ?? null
}

/** What became of an instant of a schedule. */
export interface ReportTickRecord {
  scheduleId: string
  at: string
  /** Null: it was run. */
  skipped: string | null
}

const TICKS: Prepared = {
  name: 'read_report_ticks',
  text: `SELECT latest.schedule_id AS "scheduleId", ${instantText('latest.tick_at')} AS at, latest.skipped
    FROM unnest($2::uuid[]) AS asked(schedule) CROSS JOIN LATERAL (SELECT * FROM report_tick k
      WHERE k.tenant_id = $1::uuid AND k.schedule_id = asked.schedule ORDER BY k.tick_at DESC LIMIT 10) AS latest
    ORDER BY latest.tick_at DESC`,
}

/** What became of the latest instants of schedules, at most ten of each, the newest first. */
export function readReportTicks(db: TenantSql, scheduleIds: readonly string[]): Promise<ReportTickRecord[]> {
  return db.query(TICKS, [[...scheduleIds]])
}

const SUBSCRIPTION: Prepared = {
  name: 'read_report_subscription',
  text: 'SELECT 1 FROM report_subscriber WHERE tenant_id = $1::uuid AND user_id = $2 LIMIT 1',
}

/** Whether a member is sent the weekly report. */
export async function isSubscribed(db: TenantSql, userId: string): Promise<boolean> {
  return (await db.query(SUBSCRIPTION, [userId])).length > 0
}
