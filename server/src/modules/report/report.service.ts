import type { ReportOutcome } from '@outlay/db/reports/request-report'
import { readingAction } from '@outlay/db/reports/report-run'
import {
  countReports,
  readReport,
  readReportDeliveries,
  readReportDocument,
  readReportEdition,
  readReportEditions,
  readReportFiles,
  readReportRuns,
  readReports,
  type ReportDeliveryRecord,
  type ReportEditionRecord,
  type ReportFileRecord,
  type ReportRecord,
  type ReportRunRecord,
} from '@outlay/db/sql/read-reports'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { bridgeOf, headlineOf, type Bridge } from '@outlay/domain/reports/bridge'
import { REPORT_KINDS, type ReportDocument, type ReportFigure, type ReportKind } from '@outlay/domain/reports/document'
import { actorOf } from '../../graphql/actor.ts'
import { exportAskerOf, mayDo, type Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { decodeCursor, pageSize, toPage, type Page, type PageArgs } from '../../graphql/page.ts'
import { groupBy } from '@outlay/domain/group-by'
import { checkedRange } from '../../reads/period.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface ReportPayloadSource {
  report: ReportRecord | null
  userErrors: UserErrorSource[]
}

export interface EditionPayloadSource {
  edition: ReportEditionRecord | null
  userErrors: UserErrorSource[]
}

const LIST = 'reports'
const AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The kinds that the asker may read; what is of another does not exist for them. */
export function readableKinds(context: Context): ReportKind[] {
  return REPORT_KINDS.filter((kind) => mayDo(context, readingAction(kind)))
}

/** Why the asker may not have a report of a kind made, sent or scheduled; null when they may. */
export function refusedKind(context: Context, kind: ReportKind): UserErrorSource | null {
  if (kind === 'PROJECT_WEEKLY' || mayDo(context, 'report.manage')) return null
  return { code: 'FORBIDDEN', message: 'Your role makes project weeklies only.', field: ['input', 'kind'] }
}

/**
 * Why a report may not be sent to these addresses; null when it may. Who does not keep the money sends to members who may read it, and to nobody
 * else.
 */
export async function refusedRecipients(
  { services, tenant, ...context }: Context,
  { kind, recipients }: { kind: ReportKind; recipients: readonly string[] },
): Promise<UserErrorSource | null> {
  if (mayDo(context, 'report.manage')) return null
  const others = await services.reports.nonReaders(tenant.id, { kind, recipients })
  if (others.length === 0) return null
  const message = `Your role sends reports to members who may read them; that is not ${others.slice(0, 3).join(', ')}.`
  return { code: 'FORBIDDEN', message, field: ['input', 'recipients'] }
}

/** A page of the reports that the asker may read, the newest first. */
export async function listReports(
  context: Context,
  { kind, ...args }: PageArgs & { kind?: ReportKind | null },
): Promise<Page<ReportRecord>> {
  const { db } = context
  const size = pageSize(args)
  const after = decodeCursor(LIST, 2, args.after)
  // A cursor may come from anybody; what is not a position of ours must not reach the database.
  const [createdAt = '', id = ''] = after ?? []
  if (after !== null && !(AT.test(createdAt) && UUID.test(id)))
    throw badInput('after', 'after is not a cursor of this list; take it from pageInfo.endCursor of the page before.')
  const kinds = readableKinds(context).filter((one) => kind === null || kind === undefined || one === kind)
  return toPage({
    list: LIST,
    rows: await readReports(db, { kinds, after: after === null ? null : { createdAt, id }, limit: size + 1 }),
    size,
    keyOf: (report) => [report.createdAt, report.id],
    after: args.after,
    totalCount: () => countReports(db, kinds),
  })
}

export function findReport(context: Context, id: string): Promise<ReportRecord | null> {
  return readReport(context.db, readableKinds(context), uuidOf('Report', id, 'id'))
}

export function runsOf({ db, loaders }: Context, { id }: ReportRecord): Promise<ReportRunRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readReportRuns(db, ids), ({ reportId }) => reportId)
  return loaders.of<string, ReportRunRecord[]>('report runs', load, []).load(id)
}

export function editionsOf({ db, loaders }: Context, { id }: ReportRecord): Promise<ReportEditionRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readReportEditions(db, ids), ({ reportId }) => reportId)
  return loaders.of<string, ReportEditionRecord[]>('report editions', load, []).load(id)
}

export function filesOf({ db, loaders }: Context, { id }: ReportEditionRecord): Promise<ReportFileRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readReportFiles(db, ids), ({ editionId }) => editionId)
  return loaders.of<string, ReportFileRecord[]>('report files', load, []).load(id)
}

export function deliveriesOf({ db, loaders }: Context, { id }: ReportEditionRecord): Promise<ReportDeliveryRecord[]> {
  const load = async (ids: readonly string[]) =>
    groupBy(await readReportDeliveries(db, ids), ({ editionId }) => editionId)
  return loaders.of<string, ReportDeliveryRecord[]>('report deliveries', load, []).load(id)
}

/** The figures that an edition opens with. */
export async function headlineFigures({ db }: Context, edition: ReportEditionRecord): Promise<readonly ReportFigure[]> {
  const document = await readReportDocument(db, edition.reportId, edition.number)
  return document === null ? [] : headlineOf(document)
}

export interface BridgeSource extends Bridge {
  before: ReportDocument
  number: number
}

/** How an edition differs from the one that it restates; null for the first. */
export async function bridgeTo(
  { db }: Context,
  { reportId, number }: ReportEditionRecord,
): Promise<BridgeSource | null> {
  if (number === 1) return null
  const [before, after] = await Promise.all([
    readReportDocument(db, reportId, number - 1),
    readReportDocument(db, reportId, number),
  ])
  if (before === null || after === null) return null
  return { ...bridgeOf(before, after), before, number: number - 1 }
}

export async function requestReport(
  context: Context,
  {
    kind,
    range,
    clientKey,
    recipients,
  }: { kind: ReportKind; range: DateRange; clientKey: string | null; recipients: readonly string[] },
): Promise<ReportPayloadSource> {
  const refusal = refusedKind(context, kind) ?? (await refusedRecipients(context, { kind, recipients }))
  if (refusal !== null) return { report: null, userErrors: [refusal] }
  const wish = { kind, range: checkedRange(range, 'input.range'), clientKey, recipients }
  return begun(
    context,
    await context.services.reports.request(context.tenant.id, { wish, ...(await askerOf(context)) }),
  )
}

export async function restateReport(
  context: Context,
  { id, reason, recipients }: { id: string; reason: string; recipients: readonly string[] },
): Promise<ReportPayloadSource> {
  const report = await readReport(context.db, readableKinds(context), uuidOf('Report', id, 'input.id'))
  if (report === null) return { report: null, userErrors: [notFound('There is no such report.', 'id')] }
  const { kind } = report
  const refusal = refusedKind(context, kind) ?? (await refusedRecipients(context, { kind, recipients }))
  if (refusal !== null) return { report: null, userErrors: [refusal] }
  const wish = { reportId: report.id, reason, recipients, ...(await askerOf(context)) }
  return begun(context, await context.services.reports.restate(context.tenant.id, wish))
}

async function begun(context: Context, outcome: ReportOutcome): Promise<ReportPayloadSource> {
  const { services, tenant, db } = context
  if (outcome.runId === null) return { report: null, userErrors: outcome.userErrors }
  await services.enqueue('report.write', { tenantId: tenant.id, runId: outcome.runId })
  return { report: await readReport(db, readableKinds(context), outcome.reportId), userErrors: [] }
}

/** Sends an edition to addresses that it was not sent to yet. */
export async function sendReport(
  context: Context,
  { editionId, recipients }: { editionId: string; recipients: readonly string[] },
): Promise<EditionPayloadSource> {
  const { db, services, tenant } = context
  const edition = await readReportEdition(
    db,
    readableKinds(context),
    uuidOf('ReportEdition', editionId, 'input.editionId'),
  )
  const report = edition === null ? null : await readReport(db, readableKinds(context), edition.reportId)
  if (edition === null || report === null)
    return { edition: null, userErrors: [notFound('There is no such edition.', 'editionId')] }
  const { kind } = report
  const refusal = refusedKind(context, kind) ?? (await refusedRecipients(context, { kind, recipients }))
  if (refusal !== null) return { edition: null, userErrors: [refusal] }
  const by = await actorOf(context)
  const { deliveries, userErrors } = await services.reports.send(tenant.id, { editionId: edition.id, recipients, by })
  for (const delivery of deliveries) await services.enqueue('report.deliver', delivery)
  return { edition: userErrors.length === 0 ? edition : null, userErrors }
}

/** Closes the link of a mail for good. */
export async function revokeReportLink(context: Context, id: string): Promise<EditionPayloadSource> {
  const { db, services, tenant } = context
  const linkId = uuidOf('ReportLink', id, 'id')
  const found = await services.reports.editionOfLink(tenant.id, linkId)
  const edition = found === null ? null : await readReportEdition(db, readableKinds(context), found)
  const report = edition === null ? null : await readReport(db, readableKinds(context), edition.reportId)
  if (edition === null || report === null)
    return { edition: null, userErrors: [{ code: 'NOT_FOUND', message: 'There is no such link.', field: ['id'] }] }
  const refusal = refusedKind(context, report.kind)
  if (refusal !== null) return { edition: null, userErrors: [refusal] }
  const { userErrors } = await services.reports.revokeLink(tenant.id, { linkId, by: await actorOf(context) })
  return { edition, userErrors }
}

export async function askerOf(
  context: Context,
): Promise<{ asker: ReturnType<typeof exportAskerOf>; requestedBy: string }> {
  return { asker: exportAskerOf(context.principal), requestedBy: await actorOf(context) }
}

export function notFound(message: string, field: string): UserErrorSource {
  return { code: 'NOT_FOUND', message, field: ['input', field] }
}
