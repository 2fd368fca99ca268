import type { ScheduleOutcome, ScheduleState, ScheduleTerms, ScheduleWish } from '@outlay/db/reports/report-schedules'
import { checkCron, ticksAfter } from '@outlay/db/reports/ticks'
import {
  isSubscribed,
  readReportSchedule,
  readReportSchedules,
  readReportTicks,
  type ReportScheduleRecord,
  type ReportTickRecord,
} from '@outlay/db/sql/read-reports'
import { DomainError, invariant } from '@outlay/domain/errors'
import { localDay } from '@outlay/domain/periods/local-day'
import { periodOf, type PeriodRule } from '@outlay/domain/reports/check-report'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { groupBy } from '@outlay/domain/group-by'
import { isoText } from '../../reads/period.ts'
import type { UserErrorSource } from '../user-error.schema.ts'
import { askerOf, notFound, readableKinds, refusedKind, refusedRecipients } from './report.service.ts'

export interface SchedulePayloadSource {
  schedule: ReportScheduleRecord | null
  userErrors: UserErrorSource[]
}

export interface SubscriptionPayloadSource {
  isSubscribed: boolean
  userErrors: UserErrorSource[]
}

/** When a schedule runs, and of which days its report will be. */
export interface UpcomingRun {
  at: string
  from: string
  to: string
}

/** Instants that are shown in advance. */
const UPCOMING = 5

export function listSchedules(context: Context): Promise<ReportScheduleRecord[]> {
  return readReportSchedules(context.db, readableKinds(context))
}

export function ticksOf({ db, loaders }: Context, { id }: ReportScheduleRecord): Promise<ReportTickRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readReportTicks(db, ids), ({ scheduleId }) => scheduleId)
  return loaders.of<string, ReportTickRecord[]>('report ticks', load, []).load(id)
}

/** The next five runs of a schedule; none where it is paused or has ended. */
export function upcomingOf(context: Context, { state, cron, periodRule }: ReportScheduleRecord): UpcomingRun[] {
  return state === 'ACTIVE' ? upcoming(context, { cron, periodRule }) : []
}

/** The next five runs that a schedule would have. Throws BAD_USER_INPUT on `cron`. */
export function previewRuns(context: Context, terms: { cron: string; periodRule: PeriodRule }): UpcomingRun[] {
  try {
    return upcoming(context, { ...terms, cron: checkCron(terms.cron, context.tenant.timeZone) })
  } catch (error) {
    if (error instanceof DomainError) throw badInput('cron', error.message)
    throw error
  }
}

function upcoming(
  { tenant, now }: Context,
  { cron, periodRule }: { cron: string; periodRule: PeriodRule },
): UpcomingRun[] {
  const { timeZone } = tenant
  return ticksAfter({ cron, timeZone }, now, UPCOMING).map((at) => ({
    at: isoText(at),
    ...periodOf(periodRule, localDay(at, timeZone)),
  }))
}

export async function createSchedule(context: Context, wish: ScheduleWish): Promise<SchedulePayloadSource> {
  const refusal = refusedKind(context, wish.kind) ?? (await refusedRecipients(context, wish))
  if (refusal !== null) return { schedule: null, userErrors: [refusal] }
  const { services, tenant } = context
  return payloadOf(context, await services.reports.createSchedule(tenant.id, { wish, ...(await askerOf(context)) }))
}

export async function changeSchedule(
  context: Context,
  { id, terms }: { id: string; terms: ScheduleTerms },
): Promise<SchedulePayloadSource> {
  return withSchedule(context, { id, argument: 'input.id' }, async ({ kind, id: scheduleId }) => {
    const refusal = await refusedRecipients(context, { kind, recipients: terms.recipients })
    if (refusal !== null) return { scheduleId: null, userErrors: [refusal] }
    const { services, tenant } = context
    return services.reports.changeSchedule(tenant.id, { scheduleId, terms, by: await actorOf(context) })
  })
}

/** Pauses, resumes or ends a schedule. */
export function setScheduleState(context: Context, id: string, state: ScheduleState): Promise<SchedulePayloadSource> {
  return withSchedule(context, { id, argument: 'id' }, async ({ id: scheduleId }) => {
    const { services, tenant } = context
    return services.reports.setScheduleState(tenant.id, { scheduleId, state, by: await actorOf(context) })
  })
}

async function withSchedule(
  context: Context,
  { id, argument }: { id: string; argument: string },
  change: (schedule: ReportScheduleRecord) => Promise<ScheduleOutcome>,
): Promise<SchedulePayloadSource> {
  const schedule = await readReportSchedule(context.db, readableKinds(context), uuidOf('ReportSchedule', id, argument))
  if (schedule === null)
    return { schedule: null, userErrors: [notFound('There is no such schedule, or it has ended.', 'id')] }
  const refusal = schedule.isSubscription ? refusedKind(context, 'FINANCE_PACK') : refusedKind(context, schedule.kind)
  if (refusal !== null) return { schedule: null, userErrors: [refusal] }
  return payloadOf(context, await change(schedule))
}

async function payloadOf(
  context: Context,
  { scheduleId, userErrors }: ScheduleOutcome,
): Promise<SchedulePayloadSource> {
  const schedule = scheduleId === null ? null : await readReportSchedule(context.db, readableKinds(context), scheduleId)
  return { schedule, userErrors }
}

/** Whether the asker is sent the weekly report. */
export function isWeeklySubscriber({ db, principal }: Context): Promise<boolean> {
  return principal.kind === 'user' ? isSubscribed(db, principal.userId) : Promise.resolve(false)
}

/** Begins or ends that the asker is sent the weekly report. */
export async function setSubscription(context: Context, isWanted: boolean): Promise<SubscriptionPayloadSource> {
  const { services, tenant, principal } = context
  invariant(principal.kind === 'user', 'Only persons are allowed to subscribe')
  const { userId, email } = principal
  const { userErrors } = isWanted
    ? await services.reports.subscribe(tenant.id, { userId, email })
    : await services.reports.unsubscribe(tenant.id, userId)
  return { isSubscribed: await isWeeklySubscriber(context), userErrors }
}
