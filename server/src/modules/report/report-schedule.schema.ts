import type { ReportScheduleRecord, ReportTickRecord } from '@outlay/db/sql/read-reports'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Client } from '../client/client.type.ts'
import { UserError } from '../user-error.schema.ts'
import { ReportKind, ReportPeriodRule, ReportScheduleState } from './report.enums.ts'
import {
  changeSchedule,
  createSchedule,
  isWeeklySubscriber,
  listSchedules,
  previewRuns,
  setScheduleState,
  setSubscription,
  ticksOf,
  upcomingOf,
  type SchedulePayloadSource,
  type SubscriptionPayloadSource,
  type UpcomingRun,
} from './report-schedule.service.ts'

const ReportUpcomingRun = builder.objectRef<UpcomingRun>('ReportUpcomingRun').implement({
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    from: t.expose('from', { type: 'Date', description: 'First day of its report' }),
    to: t.expose('to', { type: 'Date', description: 'The first day after it' }),
  }),
})

const ReportTick = builder.objectRef<ReportTickRecord>('ReportTick').implement({
  description: 'What became of an instant of a schedule.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime' }),
    skipped: t.exposeString('skipped', { nullable: true, description: 'Why it was not run; null: it was' }),
  }),
})

const CRON = "Five fields of cron with one minute, in the tenant's time zone: `0 7 * * 1` is Mondays at 07:00"

const ReportSchedule = builder.objectRef<ReportScheduleRecord>('ReportSchedule').implement({
  description:
    'Makes a report by itself. Of instants that no worker attended to the latest is run once, and the others are skipped.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('ReportSchedule', id) }),
    kind: t.field({ type: ReportKind, resolve: ({ kind }) => kind }),
    client: t.field({
      type: Client,
      nullable: true,
      resolve: ({ clientId }, _args, { loaders }) => (clientId === null ? null : loaders.client.load(clientId)),
    }),
    cron: t.exposeString('cron', { description: CRON }),
    periodRule: t.field({ type: ReportPeriodRule, resolve: ({ periodRule }) => periodRule }),
    recipients: t.exposeStringList('recipients'),
    isSubscription: t.exposeBoolean('isSubscription', { description: 'Its recipients are the members who subscribed' }),
    subscribers: t.exposeInt('subscribers'),
    state: t.field({ type: ReportScheduleState, resolve: ({ state }) => state }),
    createdBy: t.exposeString('createdBy'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    nextRuns: t.field({
      description: 'The next five; none while it is paused',
      type: [ReportUpcomingRun],
      ...facts({ size: 5 }),
      resolve: (schedule, _args, context) => upcomingOf(context, schedule),
    }),
    ticks: t.field({
      description: 'What became of the latest ten instants, the newest first',
      type: [ReportTick],
      ...facts({ size: 10 }),
      resolve: (schedule, _args, context) => ticksOf(context, schedule),
    }),
  }),
})

builder.queryFields((t) => ({
  reportSchedules: t.field({
    description: 'The schedules that have not ended, of reports that the asker may read',
    type: [ReportSchedule],
    ...facts({ action: 'report.read', cost: 5, size: 20 }),
    resolve: (_root, _args, context) => listSchedules(context),
  }),
  reportSchedulePreview: t.field({
    description: 'The next five runs that a schedule would have',
    type: [ReportUpcomingRun],
    args: { cron: t.arg.string({ required: true }), periodRule: t.arg({ type: ReportPeriodRule, required: true }) },
    ...facts({ action: 'report.read', cost: 2, size: 5 }),
    resolve: (_root, terms, context) => previewRuns(context, terms),
  }),
  weeklyReportSubscription: t.field({
    description: 'Whether the asker is sent the weekly report',
    type: 'Boolean',
    ...facts({ action: 'report.subscribe' }),
    resolve: (_root, _args, context) => isWeeklySubscriber(context),
  }),
}))

const CreateReportScheduleInput = builder.inputType('CreateReportScheduleInput', {
  fields: (t) => ({
    kind: t.field({ type: ReportKind, required: true }),
    clientKey: t.string({ description: 'Of a CLIENT_STATEMENT' }),
    cron: t.string({ required: true, description: CRON }),
    periodRule: t.field({ type: ReportPeriodRule, required: true }),
    recipients: t.stringList({ required: true, description: 'E-mail addresses; none: it is made and sent to nobody' }),
  }),
})

const ChangeReportScheduleInput = builder.inputType('ChangeReportScheduleInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    cron: t.string({ required: true, description: CRON }),
    periodRule: t.field({ type: ReportPeriodRule, required: true }),
    recipients: t.stringList({ required: true }),
  }),
})

const ReportSchedulePayload = builder.objectRef<SchedulePayloadSource>('ReportSchedulePayload').implement({
  fields: (t) => ({
    schedule: t.field({ type: ReportSchedule, nullable: true, resolve: ({ schedule }) => schedule }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

const WeeklySubscriptionPayload = builder.objectRef<SubscriptionPayloadSource>('WeeklySubscriptionPayload').implement({
  fields: (t) => ({
    isSubscribed: t.exposeBoolean('isSubscribed'),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

builder.mutationFields((t) => {
  const toState = (state: 'ACTIVE' | 'PAUSED' | 'ENDED', description: string) =>
    t.field({
      description,
      type: ReportSchedulePayload,
      args: { id: t.arg.id({ required: true }) },
      ...facts({ action: 'report.request', cost: 5 }),
      resolve: (_root, { id }, context) => setScheduleState(context, id, state),
    })
  const subscription = (isWanted: boolean, description: string) =>
    t.field({
      description,
      type: WeeklySubscriptionPayload,
      ...facts({ action: 'report.subscribe', cost: 5 }),
      resolve: (_root, _args, context) => setSubscription(context, isWanted),
    })
  return {
    createReportSchedule: t.field({
      description: 'Has a report made by itself, for as long as whoever asks may read it',
      type: ReportSchedulePayload,
      args: { input: t.arg({ type: CreateReportScheduleInput, required: true }) },
      ...facts({ action: 'report.request', cost: 10 }),
      resolve: (_root, { input: { clientKey, ...wish } }, context) =>
        createSchedule(context, { ...wish, clientKey: clientKey ?? null }),
    }),
    changeReportSchedule: t.field({
      description: 'Changes when a schedule runs, of which days its reports are and who is sent them',
      type: ReportSchedulePayload,
      args: { input: t.arg({ type: ChangeReportScheduleInput, required: true }) },
      ...facts({ action: 'report.request', cost: 10 }),
      resolve: (_root, { input: { id, ...terms } }, context) => changeSchedule(context, { id, terms }),
    }),
    pauseReportSchedule: toState(
      'PAUSED',
      'Makes nothing until it is resumed; what would have been made is not made up for',
    ),
    resumeReportSchedule: toState('ACTIVE', 'Goes on with the next instant'),
    endReportSchedule: toState('ENDED', 'Ends a schedule for good; what it made stays'),
    subscribeToWeeklyReport: subscription(true, 'Has the asker sent the weekly report, on Mondays'),
    unsubscribeFromWeeklyReport: subscription(false, 'Ends that the asker is sent the weekly report'),
  }
})
