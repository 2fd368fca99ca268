import type { StoredContributor, StoredDecomposition } from '@outlay/db/alerts/alert-row'
import type { AlertEventRecord } from '@outlay/db/sql/read-alerts'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { PersonRecord } from '../../auth/people.ts'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { mayDo, type Context } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Node, registerNode } from '../../graphql/node.ts'
import { BudgetScope, BudgetStatus } from '../budget/budget.schema.ts'
import { findBudget } from '../budget/budget.service.ts'
import { AlertDelivery } from '../channel/channel.ref.ts'
import { DimensionEnum } from '../cost/cost.schema.ts'
import { Money, type Amount } from '../money/money.schema.ts'
import { AlertFeedback, AlertKind, AlertSeverity, AlertState } from './alert.enums.ts'
import { Alert } from './alert.ref.ts'
import { daysOf, hoursOf, type AlertDaySource, type AlertHourSource } from './alert-course.service.ts'
import {
  assigneesOf,
  deliveriesOf,
  historyOf,
  labelOf,
  subjectOf,
  suppressedOf,
  nameOf,
  type SubjectSource,
} from './alert.service.ts'
import { findAlert } from './find-alert.ts'

function amountOf(amount: Fixed18 | null, { tenant }: Context): Amount | null {
  return amount === null ? null : { amount, currency: tenant.currency }
}

function amountText(text: string, { tenant }: Context): Amount {
  return { amount: parseFixed18(text), currency: tenant.currency }
}

/** A statistic, which is no amount, to two decimals. */
function hundredths(value: number | undefined): string | null {
  return value === undefined || !Number.isFinite(value) ? null : String(Math.round(value * 100) / 100)
}

const AlertContributor = builder.objectRef<StoredContributor>('AlertContributor').implement({
  description:
    'A part of the impact (of a limit: of what was spent) by one member of a dimension. The parts of a dimension, with the one without a key, add up to it.',
  fields: (t) => ({
    dimension: t.field({ type: DimensionEnum, resolve: ({ dimension }) => dimension }),
    key: t.string({
      nullable: true,
      resolve: async (part, _args, context) => (await nameOf(context, part))?.key ?? null,
    }),
    label: t.string({ resolve: async (part, _args, context) => (await nameOf(context, part))?.name ?? 'Other' }),
    amount: t.field({ type: Money, resolve: ({ amount }, _args, context) => amountText(amount, context) }),
    share: t.expose('share', { type: 'Decimal' }),
  }),
})

export const AlertSubject = builder.objectRef<SubjectSource>('AlertSubject').implement({
  description: 'What an alert is about; two of them where it is about an agent for a client.',
  fields: (t) => ({
    dimension: t.field({ type: DimensionEnum, resolve: ({ dimension }) => dimension }),
    key: t.exposeString('key', { nullable: true }),
    label: t.exposeString('label'),
  }),
})

const AlertDecomposition = builder.objectRef<StoredDecomposition>('AlertDecomposition').implement({
  description:
    'What made actual − expected: more calls, more tokens a call, other prices, other resources. The parts add up exactly.',
  fields: (t) => ({
    volume: t.field({ type: Money, resolve: (parts, _args, context) => amountText(parts.volume, context) }),
    tokensPerCall: t.field({
      type: Money,
      resolve: (parts, _args, context) => amountText(parts.tokensPerCall, context),
    }),
    price: t.field({ type: Money, resolve: (parts, _args, context) => amountText(parts.price, context) }),
    mix: t.field({ type: Money, resolve: (parts, _args, context) => amountText(parts.mix, context) }),
    total: t.field({ type: Money, resolve: (parts, _args, context) => amountText(parts.total, context) }),
  }),
})

const AlertEvent = builder.objectRef<AlertEventRecord>('AlertEvent').implement({
  fields: (t) => ({
    id: t.id({ resolve: (event) => encodeId('AlertEvent', event.id) }),
    action: t.exposeString('action', {
      description:
        'RAISED, UPDATED, ACKNOWLEDGED, RESOLVED, DISMISSED, SNOOZED, ASSIGNED, ESCALATED, FEEDBACK or SUPPRESSED',
    }),
    actor: t.exposeString('actor', { description: 'Outlay where nobody acted' }),
    note: t.exposeString('note', { nullable: true }),
    at: t.expose('at', { type: 'DateTime' }),
  }),
})

const Assignee = builder.objectRef<PersonRecord>('Assignee').implement({
  description: 'Somebody who may handle an alert.',
  fields: (t) => ({ name: t.exposeString('name'), email: t.exposeString('email') }),
})

const AlertDay = builder.objectRef<AlertDaySource>('AlertDay').implement({
  fields: (t) => ({
    day: t.expose('day', { type: 'Date' }),
    actual: t.field({
      type: Money,
      resolve: ({ actual }, _args, { tenant }) => ({ amount: actual, currency: tenant.currency }),
    }),
    expected: t.field({
      type: Money,
      nullable: true,
      resolve: ({ expected }, _args, context) => amountOf(expected, context),
    }),
    low: t.field({ type: Money, nullable: true, resolve: ({ low }, _args, context) => amountOf(low, context) }),
    high: t.field({ type: Money, nullable: true, resolve: ({ high }, _args, context) => amountOf(high, context) }),
    isFlagged: t.exposeBoolean('isFlagged'),
    isPartial: t.exposeBoolean('isPartial', { description: 'The day is not over' }),
  }),
})

const AlertHour = builder.objectRef<AlertHourSource>('AlertHour').implement({
  description: 'What the day had come to by the end of an hour.',
  fields: (t) => ({
    start: t.expose('start', { type: 'DateTime' }),
    end: t.expose('end', { type: 'DateTime' }),
    actual: t.field({
      description: 'null: still to come',
      type: Money,
      nullable: true,
      resolve: ({ actual }, _args, context) => amountOf(actual, context),
    }),
    expected: t.field({
      type: Money,
      nullable: true,
      resolve: ({ expected }, _args, context) => amountOf(expected, context),
    }),
  }),
})

Alert.implement({
  description: 'Something a person should look at: a limit that was crossed, or a cost that strays from its own past.',
  interfaces: [Node],
  isTypeOf: (source) => (source as { nodeKind?: string }).nodeKind === 'Alert',
  fields: (t) => ({
    id: t.id({ resolve: (alert) => encodeId('Alert', alert.id) }),
    kind: t.field({ type: AlertKind, resolve: ({ kind }) => kind }),
    severity: t.field({ type: AlertSeverity, resolve: ({ severity }) => severity }),
    state: t.field({ type: AlertState, resolve: ({ state }) => state }),
    scope: t.field({ type: BudgetScope, resolve: ({ scope }) => scope }),
    key: t.string({
      nullable: true,
      description: 'Of the agent, client or project; null for the fleet',
      resolve: async (alert, _args, context) => (await subjectOf(context, alert))[0]?.scopeKey ?? null,
    }),
    title: t.exposeString('title'),
    expected: t.field({
      description: 'What was expected; of a limit, what its threshold comes to',
      type: Money,
      nullable: true,
      resolve: ({ expected }, _args, context) => amountOf(expected, context),
    }),
    actual: t.field({
      type: Money,
      nullable: true,
      resolve: ({ actual }, _args, context) => amountOf(actual, context),
    }),
    impact: t.field({
      description: 'actual − expected; of a limit, what was spent beyond its budget, null before that',
      type: Money,
      nullable: true,
      resolve: ({ impact }, _args, context) => amountOf(impact, context),
    }),
    threshold: t.expose('threshold', { type: 'Decimal', nullable: true }),
    contributors: t.field({
      type: [AlertContributor],
      ...facts({ size: 18 }),
      resolve: ({ contributors }) => [...contributors],
    }),
    windowStart: t.expose('windowStart', { type: 'DateTime' }),
    windowEnd: t.expose('windowEnd', { type: 'DateTime' }),
    raisedAt: t.expose('raisedAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    label: t.string({
      description: 'What it is about, in words',
      resolve: (alert, _args, context) => labelOf(context, alert),
    }),
    subject: t.field({
      type: [AlertSubject],
      ...facts({ size: 2 }),
      resolve: (alert, _args, context) => subjectOf(context, alert),
    }),
    reason: t.exposeString('reason', { description: 'A sentence: what happened, and why it is told' }),
    firstDay: t.expose('firstDay', { type: 'Date' }),
    lastDay: t.expose('lastDay', { type: 'Date' }),
    bandLow: t.field({
      type: Money,
      nullable: true,
      resolve: ({ bandLow }, _args, context) => amountOf(bandLow, context),
    }),
    bandHigh: t.field({
      type: Money,
      nullable: true,
      resolve: ({ bandHigh }, _args, context) => amountOf(bandHigh, context),
    }),
    impactPerHour: t.field({
      description: 'If nothing changes',
      type: Money,
      nullable: true,
      resolve: ({ impactPerHour }, _args, context) => amountOf(impactPerHour, context),
    }),
    rule: t.string({
      nullable: true,
      description: 'POINT, BACKSTOP, SHIFT, COLD_START or BURN_RATE; null for limits and structure',
      resolve: ({ evidence }) => evidence.rule ?? null,
    }),
    score: t.field({
      description: 'How many of its usual deviations the cost was away',
      type: 'Decimal',
      nullable: true,
      resolve: ({ evidence }) => hundredths(evidence.score),
    }),
    ratio: t.field({
      description: 'actual ÷ expected',
      type: 'Decimal',
      nullable: true,
      resolve: ({ evidence }) => hundredths(evidence.ratio),
    }),
    decomposition: t.field({ type: AlertDecomposition, nullable: true, resolve: ({ decomposition }) => decomposition }),
    budget: t.field({
      type: BudgetStatus,
      nullable: true,
      ...facts({ action: 'budget.read', cost: 2 }),
      resolve: ({ budgetId }, _args, context) => (budgetId === null ? null : findBudget(context, budgetId)),
    }),
    suppressedBy: t.field({
      description: 'The alert that explains this one, which is then not told',
      type: Alert,
      nullable: true,
      resolve: ({ suppressedBy }, _args, context) => (suppressedBy === null ? null : findAlert(context, suppressedBy)),
    }),
    suppressed: t.field({
      description: 'The alerts that this one explains',
      type: [Alert],
      ...facts({ size: 3 }),
      resolve: (alert, _args, context) => suppressedOf(context, alert),
    }),
    assignee: t.exposeString('assignee', { nullable: true, description: 'E-mail address' }),
    assignees: t.field({
      description: 'The members it can be given to, by their names',
      type: [Assignee],
      nullable: true,
      ...facts({ action: 'alert.handle', cost: 3, size: 10 }),
      resolve: ({ id }, _args, context) => assigneesOf(context, id),
    }),
    snoozedUntil: t.expose('snoozedUntil', { type: 'DateTime', nullable: true }),
    escalatedAt: t.expose('escalatedAt', { type: 'DateTime', nullable: true }),
    acknowledgedBy: t.exposeString('acknowledgedBy', { nullable: true }),
    acknowledgedAt: t.expose('acknowledgedAt', { type: 'DateTime', nullable: true }),
    endedBy: t.exposeString('endedBy', { nullable: true, description: 'Outlay where it ended by itself' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    dismissReason: t.exposeString('dismissReason', { nullable: true }),
    feedback: t.field({ type: AlertFeedback, nullable: true, resolve: ({ feedback }) => feedback }),
    history: t.field({
      type: [AlertEvent],
      ...facts({ size: 10 }),
      resolve: (alert, _args, context) => historyOf(context, alert),
    }),
    deliveries: t.field({
      description: 'What channels were told of it; at most 200',
      type: [AlertDelivery],
      nullable: true,
      ...facts({ action: 'channel.read', size: 5 }),
      resolve: (alert, _args, context) => deliveriesOf(context, alert),
    }),
    days: t.field({
      description:
        'The days before its last one and that day, with what was expected of each; of a limit without a band',
      type: [AlertDay],
      args: { count: t.arg.int({ required: true, defaultValue: 28, description: '1 to 112' }) },
      ...facts({ cost: 20, size: 28 }),
      resolve: (alert, { count }, context) => daysOf(context, alert, count),
    }),
    hours: t.field({
      description: 'Its last day hour by hour, beside the usual course of such a day',
      type: [AlertHour],
      ...facts({ cost: 20, size: 25 }),
      resolve: (alert, _args, context) => hoursOf(context, alert),
    }),
  }),
})

registerNode('Alert', (uuid, context) =>
  mayDo(context, 'alert.read') ? findAlert(context, uuid) : Promise.resolve(null),
)
