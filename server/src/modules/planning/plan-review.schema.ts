import type { ReviewLine, ReviewSums } from '@outlay/db/planning/review-plan'
import type { PlanNoteRecord } from '@outlay/db/sql/read-plans'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { Agent } from '../agent/agent.type.ts'
import { Client } from '../client/client.type.ts'
import { Money } from '../money/money.schema.ts'
import { Plan, PlanGroupEnum, PlanKind, PlanScenario } from './plan.schema.ts'
import { openPlanReview, type PlanReviewSource } from './plan.service.ts'

interface SumsSource {
  sums: ReviewSums
  currency: string
}

const amounts = {
  planned: 'What the plan has for the month',
  actual: 'What the month cost, so far where it is not over',
  expected: 'What the whole months before it let expect',
  plannedToDate: 'From the first month of the plan to this one',
  actualToDate: 'The same, as it came',
} as const

const PlanReviewSums = builder.objectRef<SumsSource>('PlanReviewSums').implement({
  description: 'variance = actual − planned; its four parts add up to it exactly.',
  fields: (t) => {
    const money = (of: (sums: ReviewSums) => Fixed18, description: string) =>
      t.field({ description, type: Money, resolve: ({ sums, currency }) => ({ amount: of(sums), currency }) })
    return {
      planned: money(({ planned }) => planned, amounts.planned),
      actual: money(({ actual }) => actual, amounts.actual),
      expected: money(({ expected }) => expected, amounts.expected),
      variance: money(({ planned, actual }) => actual - planned, 'actual − planned'),
      byVolume: money(({ variance }) => variance.volume, 'More or fewer tasks, at what was planned of each'),
      byUse: money(({ variance }) => variance.use, 'More or less used by each, at the planned price'),
      byPrice: money(({ variance }) => variance.price, 'Another price of what was used'),
      byRest: money(
        ({ variance }) => variance.rest,
        'What no driver tells: of one side only, or without tasks and use to compare',
      ),
      plannedToDate: money(({ plannedToDate }) => plannedToDate, amounts.plannedToDate),
      actualToDate: money(({ actualToDate }) => actualToDate, amounts.actualToDate),
    }
  },
})

const PlanNote = builder.objectRef<PlanNoteRecord>('PlanNote').implement({
  fields: (t) => ({
    text: t.exposeString('text'),
    writtenBy: t.exposeString('writtenBy'),
    writtenAt: t.expose('writtenAt', { type: 'DateTime' }),
  }),
})

interface LineSource extends ReviewLine {
  currency: string
}

const PlanReviewLine = builder.objectRef<LineSource>('PlanReviewLine').implement({
  fields: (t) => ({
    kind: t.field({ type: PlanKind, resolve: ({ kind }) => kind }),
    client: t.field({
      description: 'null: of no client, or grouped by agent',
      type: Client,
      nullable: true,
      resolve: ({ clientId }, _args, { loaders }) => (clientId === null ? null : loaders.client.load(clientId)),
    }),
    agent: t.field({
      description: 'null: of no agent, or grouped by client',
      type: Agent,
      nullable: true,
      resolve: ({ agentId }, _args, { loaders }) => (agentId === null ? null : loaders.agent.load(agentId)),
    }),
    sums: t.field({ type: PlanReviewSums, resolve: ({ currency, ...sums }) => ({ sums, currency }) }),
    notes: t.field({ type: [PlanNote], ...facts({ size: 5 }), resolve: ({ notes }) => notes }),
  }),
})

const PlanReview = builder.objectRef<PlanReviewSource>('PlanReview').implement({
  description: 'A month of a plan against what it cost.',
  fields: (t) => ({
    plan: t.field({ type: Plan, resolve: ({ plan }) => plan }),
    scenario: t.field({
      description: 'Adopted, or the base of a draft',
      type: PlanScenario,
      resolve: ({ scenario }) => scenario,
    }),
    month: t.expose('month', { type: 'Date' }),
    isOver: t.exposeBoolean('isOver'),
    lines: t.field({
      type: [PlanReviewLine],
      ...facts({ size: 100 }),
      resolve: ({ lines, plan }) => lines.map((line) => ({ ...line, currency: plan.currency })),
    }),
    total: t.field({ type: PlanReviewSums, resolve: ({ total, plan }) => ({ sums: total, currency: plan.currency }) }),
  }),
})

builder.queryField('planReview', (t) =>
  t.field({
    description:
      'Plan, actual and expected of a month, with the variance by its drivers; null when there is no such plan',
    type: PlanReview,
    nullable: true,
    args: {
      id: t.arg.id({ required: true }),
      month: t.arg({ type: 'Date', required: true, description: 'First day of a month of the plan' }),
      by: t.arg({ type: PlanGroupEnum, required: true, defaultValue: 'CLIENT' }),
    },
    ...facts({ action: 'plan.read', cost: 20 }),
    resolve: (_root, { id, month, by }, context) =>
      openPlanReview(context, { planId: uuidOf('Plan', id, 'id'), month, group: by }),
  }),
)
