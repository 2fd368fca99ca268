import type { BridgeLine as BridgeSource } from '@outlay/db/periods/bridge'
import type { PeriodRecord } from '@outlay/db/periods/period'
import type { PeriodCheck as CheckSource } from '@outlay/db/periods/period-checks'
import { verifySnapshot, type AcceptedCheck as AcceptedSource } from '@outlay/db/periods/snapshot'
import {
  readPeriodEvents,
  type PeriodCorrectionRecord,
  type PeriodEventRecord,
  type SnapshotRecord,
} from '@outlay/db/sql/read-periods'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { AFTER, connectionOf, FIRST } from '../../graphql/connection.ts'
import type { Context } from '../../graphql/context.ts'
import { Agent } from '../agent/agent.type.ts'
import { Client } from '../client/client.type.ts'
import { CostBreakdown, DimensionEnum } from '../cost/cost.schema.ts'
import { InvocationKind } from '../invocation/invocation-kind.schema.ts'
import { Money } from '../money/money.schema.ts'
import { Project } from '../project/project.type.ts'
import { Task } from '../task/task.type.ts'
import {
  bridgeLabel,
  checklistOf,
  correctionSums,
  listCorrections,
  listSnapshotRows,
  mayAgree,
  mayClose,
  memberOf,
  snapshotsOf,
  type SnapshotRowSource,
} from './period.service.ts'

const PeriodState = builder.enumType('PeriodState', {
  description: 'OPEN and SOFT_CLOSED: what happens in it counts in it; SOFT_CLOSED says that it is being closed.',
  values: {
    OPEN: {},
    SOFT_CLOSED: {},
    CLOSED: { description: 'A snapshot; what arrives later for it is posted to the open month' },
  } as const,
})

const CheckState = builder.enumType('CheckState', {
  values: {
    PASS: {},
    WARN: { description: 'The month can be closed with a reason' },
    FAIL: { description: 'The month cannot be closed' },
  } as const,
})

const amountIn = (amount: Fixed18, { tenant }: Context) => ({ amount, currency: tenant.currency })

const PeriodCheck = builder.objectRef<CheckSource>('PeriodCheck').implement({
  description: 'Something that is looked at before a month is closed.',
  fields: (t) => ({
    item: t.exposeString('item', { description: 'What to accept it by, e.g. UNPRICED' }),
    state: t.field({ type: CheckState, resolve: (check) => check.state }),
    title: t.exposeString('title'),
    detail: t.exposeString('detail', { description: 'What was found, in a sentence' }),
    count: t.field({ type: 'BigInt', nullable: true, resolve: ({ count }) => count?.toString() ?? null }),
    amount: t.field({
      type: Money,
      nullable: true,
      resolve: ({ amount }, _args, context) => (amount === null ? null : amountIn(amount, context)),
    }),
    isBlocking: t.exposeBoolean('isBlocking', { description: 'Whether it has to pass' }),
    href: t.exposeString('href', { nullable: true, description: 'Where in the portal it can be mended' }),
  }),
})

const AcceptedCheck = builder.objectRef<AcceptedSource>('AcceptedCheck').implement({
  description: 'What did not pass, and why the month was closed all the same.',
  fields: (t) => ({ item: t.exposeString('item'), reason: t.exposeString('reason') }),
})

const BridgeLine = builder.objectRef<BridgeSource>('BridgeLine').implement({
  description:
    'A line of the way from the edition before. Without dimension: the fleet, then the steps by cause, each beginning where the one before ended, then what is unallocated. By agent, and by client, the differences add up to that of the fleet.',
  fields: (t) => ({
    label: t.string({ resolve: async (line, _args, context) => (await bridgeLabel(context, line)).label }),
    dimension: t.field({
      type: DimensionEnum,
      nullable: true,
      resolve: ({ of }) => (of === 'AGENT' || of === 'CLIENT' ? of : null),
    }),
    key: t.string({
      nullable: true,
      description: 'null = the named remainder',
      resolve: async (line, _args, context) => (await bridgeLabel(context, line)).key,
    }),
    cause: t.exposeString('cause', {
      nullable: true,
      description:
        'LATE_EVENT, RERATING, CORRECTION, TASK_MOVED: what had been posted elsewhere and went home. RETURNED: what others had posted here. ALLOCATION, WHILE_OPEN. null: no step',
    }),
    before: t.field({
      type: Money,
      resolve: ({ before }, _args, context) => amountIn(parseFixed18(before), context),
    }),
    after: t.field({ type: Money, resolve: ({ after }, _args, context) => amountIn(parseFixed18(after), context) }),
    difference: t.field({
      type: Money,
      description: 'after − before',
      resolve: ({ before, after }, _args, context) => amountIn(parseFixed18(after) - parseFixed18(before), context),
    }),
  }),
})

const PeriodSnapshotRow = builder.objectRef<SnapshotRowSource>('PeriodSnapshotRow').implement({
  description: 'What one agent, client, project or task came to when the month was closed.',
  fields: (t) => ({
    key: t.string({
      nullable: true,
      description: 'null = the named remainder',
      resolve: async (row, _args, context) => (await memberOf(context, row.dimension, row.memberId)).key,
    }),
    label: t.string({
      resolve: async (row, _args, context) => (await memberOf(context, row.dimension, row.memberId)).label,
    }),
    cost: t.field({ type: CostBreakdown, resolve: (row) => row.sums }),
    revenue: t.field({
      type: Money,
      nullable: true,
      description: 'Σ billed of the tasks completed in the month; null for agents and where nothing was billed',
      resolve: ({ sums: { revenue } }, _args, context) =>
        revenue === null ? null : amountIn(parseFixed18(revenue), context),
    }),
  }),
})

const PeriodSnapshotRowConnection = connectionOf('PeriodSnapshotRow', PeriodSnapshotRow)

const PeriodSnapshot = builder.objectRef<SnapshotRecord>('PeriodSnapshot').implement({
  description: 'An edition of a closed month: written once, never changed. A later close makes another one.',
  fields: (t) => ({
    edition: t.exposeInt('edition'),
    hash: t.exposeString('hash', { description: 'sha256 over the edition and all its rows, hex' }),
    isIntact: t.boolean({
      description: 'Whether what is stored still makes the hash',
      ...facts({ cost: 20 }),
      resolve: ({ month, edition }, _args, { db }) => verifySnapshot(db, { month, edition }),
    }),
    closedBy: t.exposeString('closedBy'),
    closedAt: t.expose('closedAt', { type: 'DateTime' }),
    cost: t.field({ type: CostBreakdown, resolve: ({ fleet }) => fleet }),
    unallocated: t.field({
      type: Money,
      description: 'Σ of the pools less what was allocated',
      resolve: ({ content }, _args, context) => amountIn(parseFixed18(content.unallocated), context),
    }),
    revenue: t.field({
      type: Money,
      nullable: true,
      description: 'Σ billed of the tasks completed in the month; what terms charge is in no edition',
      resolve: ({ fleet: { revenue } }, _args, context) =>
        revenue === null ? null : amountIn(parseFixed18(revenue), context),
    }),
    tasksCompleted: t.int({ resolve: ({ content }) => content.tasksCompleted }),
    accepted: t.field({ type: [AcceptedCheck], resolve: ({ content }) => content.accepted }),
    bridge: t.field({
      type: [BridgeLine],
      nullable: true,
      description: 'From the edition before; null for the first',
      ...facts({ size: 50 }),
      resolve: ({ bridge }) => bridge,
    }),
    rows: t.field({
      type: PeriodSnapshotRowConnection,
      description: 'The most expensive first; by AGENT, CLIENT, PROJECT or TASK',
      args: {
        dimension: t.arg({ type: DimensionEnum, required: true }),
        first: t.arg.int(FIRST),
        after: t.arg.string(AFTER),
      },
      ...facts({ cost: 5 }),
      resolve: (snapshot, args, context) => listSnapshotRows(context, snapshot, args),
    }),
  }),
})

const PeriodCorrection = builder.objectRef<PeriodCorrectionRecord>('PeriodCorrection').implement({
  description:
    'What happened to a closed month afterwards: it keeps its usage day, and counts on the day it was posted. Events of one hour and place are one row.',
  fields: (t) => ({
    cause: t.exposeString('cause', { description: 'LATE_EVENT, RERATING, CORRECTION or TASK_MOVED' }),
    reference: t.exposeString('reference', {
      nullable: true,
      description: 'Of a CORRECTION: the sender’s id of the invocation',
    }),
    usageDay: t.expose('usageDay', { type: 'Date' }),
    postedDay: t.expose('postedDay', { type: 'Date' }),
    agent: t.field({
      type: Agent,
      nullable: true,
      resolve: ({ agentId }, _args, { loaders }) => (agentId === NIL_UUID ? null : loaders.agent.load(agentId)),
    }),
    client: t.field({
      type: Client,
      nullable: true,
      resolve: ({ clientId }, _args, { loaders }) => (clientId === NIL_UUID ? null : loaders.client.load(clientId)),
    }),
    project: t.field({
      type: Project,
      nullable: true,
      resolve: ({ projectId }, _args, { loaders }) => (projectId === NIL_UUID ? null : loaders.project.load(projectId)),
    }),
    task: t.field({
      type: Task,
      nullable: true,
      resolve: ({ taskId }, _args, { loaders }) => (taskId === NIL_UUID ? null : loaders.task.load(taskId)),
    }),
    resource: t.string({
      nullable: true,
      description: '`provider/name`',
      resolve: async ({ resourceId }, _args, { loaders }) => {
        const resource = resourceId === NIL_UUID ? null : await loaders.resource.load(resourceId)
        return resource === null ? null : [resource.provider, resource.name].filter(Boolean).join('/')
      },
    }),
    kind: t.field({ type: InvocationKind, resolve: ({ kind }) => kind }),
    cost: t.field({
      type: Money,
      description: 'Direct and chain-shared; below zero where something was taken away',
      resolve: ({ cost }, _args, context) => amountIn(parseFixed18(cost), context),
    }),
    invocations: t.expose('invocations', { type: 'BigInt' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    isReturned: t.exposeBoolean('isReturned', { description: 'It went home when the month was reopened' }),
  }),
})

const PeriodCorrectionConnection = connectionOf('PeriodCorrection', PeriodCorrection)

const ReopeningRequest = builder.objectRef<PeriodRecord>('ReopeningRequest').implement({
  description: 'Somebody asks for a closed month to be reopened; another person agrees or declines.',
  fields: (t) => ({
    requestedBy: t.string({ resolve: (period) => period.reopeningRequestedBy ?? '' }),
    requestedAt: t.field({ type: 'DateTime', resolve: (period) => period.reopeningRequestedAt ?? '' }),
    reason: t.string({ resolve: (period) => period.reopeningReason ?? '' }),
    mayAgree: t.boolean({
      description: 'Whether you are another person who may',
      resolve: (period, _args, context) => mayAgree(context, period),
    }),
  }),
})

const PeriodEvent = builder.objectRef<PeriodEventRecord>('PeriodEvent').implement({
  fields: (t) => ({
    action: t.exposeString('action', {
      description: 'SOFT_CLOSED, OPENED, CLOSED, REOPENING_REQUESTED, REOPENING_DECLINED or REOPENED',
    }),
    reason: t.exposeString('reason', { nullable: true }),
    actedBy: t.exposeString('actedBy'),
    actedAt: t.expose('actedAt', { type: 'DateTime' }),
  }),
})

export const Period = builder.objectRef<PeriodRecord>('Period').implement({
  description: 'A calendar month of the tenant: open, being closed, or closed as a snapshot (law L23).',
  fields: (t) => ({
    month: t.field({ type: 'Date', description: 'Its first day', resolve: (period) => period.month }),
    state: t.field({ type: PeriodState, resolve: (period) => period.state }),
    edition: t.exposeInt('edition', { description: 'How often it was closed' }),
    checklist: t.field({
      type: [PeriodCheck],
      description:
        'What is looked at before it is closed; of a closed month, what it was closed with, and whether it still is that',
      args: {
        withSums: t.arg.boolean({
          defaultValue: true,
          description:
            'Whether to compare every sum of an open month with its events, which takes seconds for a million of them; closing it does so in any case',
        }),
      },
      // It adds up every event of the month.
      ...facts({ cost: 400, size: 14 }),
      resolve: (period, { withSums }, context) => checklistOf(context, period, withSums ?? true),
    }),
    snapshots: t.field({
      type: [PeriodSnapshot],
      description: 'Its editions, the newest first',
      ...facts({ cost: 2, size: 3 }),
      resolve: ({ month }, _args, context) => snapshotsOf(context, month),
    }),
    corrections: t.field({
      type: PeriodCorrectionConnection,
      description: 'What was posted to other months for it, the latest first',
      args: { first: t.arg.int(FIRST), after: t.arg.string(AFTER) },
      ...facts({ cost: 5 }),
      resolve: ({ month }, args, context) => listCorrections(context, month, args),
    }),
    correctionsPosted: t.field({
      type: Money,
      description: 'Σ posted elsewhere for this usage month, as it stands',
      ...facts({ cost: 2 }),
      resolve: async ({ month }, _args, context) => amountIn((await correctionSums(context, month)).posted, context),
    }),
    correctionsReceived: t.field({
      type: Money,
      description:
        'Σ that closed months have posted to this one, as it stands. Their counts are posted too: where usage of a closed month got its price, this month counts one unpriced invocation less, and may show −1',
      ...facts({ cost: 2 }),
      resolve: async ({ month }, _args, context) => amountIn((await correctionSums(context, month)).received, context),
    }),
    reopening: t.field({
      type: ReopeningRequest,
      nullable: true,
      resolve: (period) => (period.reopeningRequestedBy === null ? null : period),
    }),
    history: t.field({
      type: [PeriodEvent],
      description: 'What was done to it, the latest first',
      ...facts({ cost: 2, size: 20 }),
      resolve: ({ month }, _args, { db }) => readPeriodEvents(db, month),
    }),
    mayClose: t.boolean({
      description: 'Whether you may close it, whatever its checklist says: it is over and not closed',
      resolve: (period, _args, context) => mayClose(context, period),
    }),
  }),
})
