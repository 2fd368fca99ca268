import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { AFTER, connectionOf, FIRST } from '../../graphql/connection.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { BudgetScope } from '../budget/budget.schema.ts'
import { DateRangeInput } from '../cost/cost.schema.ts'
import { UserError } from '../user-error.schema.ts'
import { AlertFeedback, AlertKind, AlertOrder, AlertState } from './alert.enums.ts'
import { Alert, type AlertSource } from './alert.ref.ts'
import {
  actOn,
  assign,
  countsOf,
  listAlerts,
  type AlertCountsSource,
  type AlertPayloadSource,
} from './alert.service.ts'
import './alert.type.ts'
import { findAlert } from './find-alert.ts'
import { followAlerts } from './follow-alerts.ts'

const AlertConnection = connectionOf('Alert', Alert)

const AlertCounts = builder.objectRef<AlertCountsSource>('AlertCounts').implement({
  description: 'Alerts by state, without those that another one explains.',
  fields: (t) => ({
    open: t.exposeInt('open'),
    acknowledged: t.exposeInt('acknowledged'),
    resolved: t.exposeInt('resolved'),
    dismissed: t.exposeInt('dismissed'),
  }),
})

builder.queryFields((t) => ({
  alerts: t.field({
    description: 'Alerts, the newest first',
    type: AlertConnection,
    args: {
      state: t.arg({ type: AlertState }),
      first: t.arg.int(FIRST),
      after: t.arg.string(AFTER),
      scope: t.arg({ type: BudgetScope }),
      key: t.arg.string({ description: 'Of the agent, client or project of the scope' }),
      kinds: t.arg({ type: [AlertKind] }),
      isOpen: t.arg.boolean({ description: 'OPEN or ACKNOWLEDGED; false: those that have ended' }),
      range: t.arg({ type: DateRangeInput, description: 'Whose days touch it' }),
      orderBy: t.arg({ type: AlertOrder, required: true, defaultValue: 'NEWEST' }),
      includeSuppressed: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Also those that another alert explains',
      }),
    },
    ...facts({ action: 'alert.read', cost: 5 }),
    resolve: (_root, args, context) => listAlerts(context, args),
  }),
  alert: t.field({
    type: Alert,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'alert.read', cost: 2 }),
    resolve: (_root, { id }, context) => findAlert(context, uuidOf('Alert', id, 'id')),
  }),
  alertCounts: t.field({
    type: AlertCounts,
    args: { range: t.arg({ type: DateRangeInput }) },
    ...facts({ action: 'alert.read', cost: 2 }),
    resolve: (_root, { range }, context) => countsOf(context, range),
  }),
}))

const AlertPayload = builder.objectRef<AlertPayloadSource>('AlertPayload').implement({
  fields: (t) => ({
    alert: t.field({ type: Alert, nullable: true, resolve: (payload) => payload.alert }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationFields((t) => ({
  acknowledgeAlert: t.field({
    description: 'Somebody looks at it. It does not escalate any more.',
    type: AlertPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'alert.handle', cost: 5 }),
    resolve: (_root, { id }, context) => actOn(context, uuidOf('Alert', id, 'id'), { do: 'acknowledge' }),
  }),
  resolveAlert: t.field({
    description: 'Its cause is mended. The channels that were told of it are told that too.',
    type: AlertPayload,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'alert.handle', cost: 5 }),
    resolve: (_root, { id }, context) => actOn(context, uuidOf('Alert', id, 'id'), { do: 'resolve' }),
  }),
  dismissAlert: t.field({
    description: 'It is nothing to act on, for a reason that stays with it.',
    type: AlertPayload,
    args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
    ...facts({ action: 'alert.handle', cost: 5 }),
    resolve: (_root, { id, reason }, context) => actOn(context, uuidOf('Alert', id, 'id'), { do: 'dismiss', reason }),
  }),
  snoozeAlert: t.field({
    description: 'Nobody is told of it again before then; at most 30 days',
    type: AlertPayload,
    args: { id: t.arg.id({ required: true }), until: t.arg({ type: 'DateTime', required: true }) },
    ...facts({ action: 'alert.handle', cost: 5 }),
    resolve: (_root, { id, until }, context) => actOn(context, uuidOf('Alert', id, 'id'), { do: 'snooze', until }),
  }),
  assignAlert: t.field({
    description: 'Says who looks after it; nobody when `to` is absent or empty',
    type: AlertPayload,
    args: {
      id: t.arg.id({ required: true }),
      to: t.arg.string({ description: 'The e-mail address of a member who may handle it (Alert.assignees)' }),
    },
    ...facts({ action: 'alert.handle', cost: 5 }),
    resolve: (_root, { id, to }, context) => assign(context, uuidOf('Alert', id, 'id'), to ?? null),
  }),
  giveAlertFeedback: t.field({
    description:
      'Says what an alert was worth; it moves how far its series must stray before it alerts again, within bounds.',
    type: AlertPayload,
    args: { id: t.arg.id({ required: true }), feedback: t.arg({ type: AlertFeedback, required: true }) },
    ...facts({ action: 'alert.handle', cost: 5 }),
    resolve: (_root, { id, feedback }, context) =>
      actOn(context, uuidOf('Alert', id, 'id'), { do: 'feedback', feedback }),
  }),
}))

builder.subscriptionField('anomalyAlerts', (t) =>
  t.field({
    description: 'Alerts as they are raised or change. `since` replays missed ones.',
    type: Alert,
    args: { kinds: t.arg({ type: [AlertKind] }), since: t.arg({ type: 'DateTime' }) },
    ...facts({ action: 'alert.read', cost: 5 }),
    subscribe: (_root, args, context) => followAlerts(context, args),
    resolve: (alert: AlertSource) => alert,
  }),
)
