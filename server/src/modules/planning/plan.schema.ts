import { ADOPTED_SCOPES, type AdoptedBudget } from '@outlay/db/planning/adopt-plan'
import { PLAN_GROUPS, type PlanRecord } from '@outlay/db/sql/read-plans'
import type { ExpectedMonth, MonthCost, MonthsAccuracy } from '@outlay/domain/forecast/forecast-months'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import {
  PLAN_DRIVERS,
  PLAN_KINDS,
  PLAN_MEASURES,
  PLAN_PACES,
  PLAN_UNITS,
  type PlanChange,
  type PlanLine,
} from '@outlay/domain/planning/plan'
import { priceOf } from '@outlay/domain/planning/scenario-lines'
import { formatQuantity } from '@outlay/domain/usage/quantity'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId, uuidOf } from '../../graphql/ids.ts'
import { Agent } from '../agent/agent.type.ts'
import { Client } from '../client/client.type.ts'
import { Money } from '../money/money.schema.ts'
import { UserError } from '../user-error.schema.ts'
import {
  adoptPlan,
  basisOf,
  changePlan,
  createPlan,
  findPlan,
  listPlans,
  groupsOf,
  dearestLinesOf,
  linesOf,
  monthsOf,
  notePlanLine,
  openPlanForecast,
  previewPlanAdoption,
  scenariosOf,
  type AdoptionSource,
  type AdoptPayloadSource,
  type DearestSource,
  type PlanForecastSource,
  type PlanGroupSource,
  type PlanPayloadSource,
  type ScenarioSource,
} from './plan.service.ts'

const PlanDriver = builder.enumType('PlanDriver', {
  description: 'VOLUME: how much there is to do. USE: what one task uses. PRICE: what a token or call costs.',
  values: PLAN_DRIVERS,
})
const PlanPace = builder.enumType('PlanPace', {
  description: 'EACH_MONTH: again in every month from the first on. ONCE: from the first month on.',
  values: PLAN_PACES,
})
export const PlanKind = builder.enumType('PlanKind', {
  description: 'WORK of an agent for a client, or POOLS: shared infrastructure as one line.',
  values: PLAN_KINDS,
})
const PlanUnit = builder.enumType('PlanUnit', {
  description: 'What the volume counts: MONTHS, where the work is in no task.',
  values: PLAN_UNITS,
})
const PlanMeasure = builder.enumType('PlanMeasure', {
  description: 'What a unit uses: CALLS, where no tokens are counted.',
  values: PLAN_MEASURES,
})
const PlanStatus = builder.enumType('PlanStatus', {
  description: 'A DRAFT can be changed; an ADOPTED plan stands.',
  values: ['DRAFT', 'ADOPTED'] as const,
})
const AdoptionState = builder.enumType('AdoptionState', {
  description: 'SAME: set already with this amount. DIFFERENT: somebody set another amount for the month.',
  values: ['NEW', 'SAME', 'DIFFERENT'] as const,
})
const AdoptedScope = builder.enumType('AdoptedScope', { values: ADOPTED_SCOPES })

const PlanMonthCost = builder.objectRef<MonthCost>('PlanMonthCost').implement({
  description: 'A whole month of the past: direct and chain-shared cost.',
  fields: (t) => ({
    month: t.expose('month', { type: 'Date' }),
    cost: t.field({
      type: Money,
      resolve: ({ cost }, _args, { tenant }) => ({ amount: cost, currency: tenant.currency }),
    }),
  }),
})

const PlanExpectedMonth = builder.objectRef<ExpectedMonth>('PlanExpectedMonth').implement({
  description: 'A month to come: one in ten is expected below low, and one in ten above high.',
  fields: (t) => ({
    month: t.expose('month', { type: 'Date' }),
    mid: t.field({
      type: Money,
      resolve: ({ mid }, _args, { tenant }) => ({ amount: mid, currency: tenant.currency }),
    }),
    low: t.field({
      description: 'null: one month is all that is known',
      type: Money,
      nullable: true,
      resolve: ({ low }, _args, { tenant }) => (low === null ? null : { amount: low, currency: tenant.currency }),
    }),
    high: t.field({
      type: Money,
      nullable: true,
      resolve: ({ high }, _args, { tenant }) => (high === null ? null : { amount: high, currency: tenant.currency }),
    }),
  }),
})

const PlanAccuracy = builder.objectRef<MonthsAccuracy>('PlanAccuracy').implement({
  description:
    'How such forecasts would have done, made from each month of the history on and compared with every month after it.',
  fields: (t) => ({
    wape: t.expose('wape', { type: 'Decimal', nullable: true, description: 'Σ|expected − actual| ÷ Σ actual' }),
    mape: t.expose('mape', { type: 'Decimal', nullable: true, description: 'Mean of |expected − actual| ÷ actual' }),
    coverage: t.expose('coverage', {
      type: 'Decimal',
      description: 'How often it came within the interval; 0.8 is meant',
    }),
    points: t.exposeInt('points', { description: 'How many comparisons that is' }),
  }),
})

const PlanForecast = builder.objectRef<PlanForecastSource>('PlanForecast').implement({
  description:
    'Whole months of the past, and what those to come are expected to cost. No season is assumed: a year shows each month once.',
  fields: (t) => ({
    history: t.field({ type: [PlanMonthCost], ...facts({ size: 12 }), resolve: ({ history }) => history }),
    expected: t.field({ type: [PlanExpectedMonth], ...facts({ size: 12 }), resolve: ({ expected }) => expected }),
    accuracy: t.field({
      description: 'null below three months',
      type: PlanAccuracy,
      nullable: true,
      resolve: ({ accuracy }) => accuracy,
    }),
    driverMonths: t.int({
      description: 'How many of the last months the drivers are of',
      resolve: ({ pastMonths }) => pastMonths,
    }),
    unconvertedPools: t.exposeInt('unconvertedPools', { description: 'Pools without an FX rate: not in a plan' }),
  }),
})

const PlanScenarioChange = builder.objectRef<PlanChange>('PlanScenarioChange').implement({
  fields: (t) => ({
    driver: t.field({ type: PlanDriver, resolve: ({ driver }) => driver }),
    pace: t.field({ type: PlanPace, resolve: ({ pace }) => pace }),
    percent: t.expose('percent', { type: 'Decimal' }),
    from: t.expose('from', { type: 'Date' }),
    client: t.field({
      description: 'null: of every client',
      type: Client,
      nullable: true,
      resolve: ({ clientId }, _args, { loaders }) => (clientId === null ? null : loaders.client.load(clientId)),
    }),
    agent: t.field({
      description: 'null: of every agent',
      type: Agent,
      nullable: true,
      resolve: ({ agentId }, _args, { loaders }) => (agentId === null ? null : loaders.agent.load(agentId)),
    }),
  }),
})

interface LineSource extends PlanLine {
  currency: string
}

const PlanLineType = builder.objectRef<LineSource>('PlanLine').implement({
  description: 'A month of who works for whom: amount is volume × use × price, rounded to minor units.',
  fields: (t) => ({
    month: t.expose('month', { type: 'Date' }),
    kind: t.field({ type: PlanKind, resolve: ({ kind }) => kind }),
    client: t.field({
      description: 'null: of no client',
      type: Client,
      nullable: true,
      resolve: ({ clientId }, _args, { loaders }) => (clientId === null ? null : loaders.client.load(clientId)),
    }),
    agent: t.field({
      type: Agent,
      nullable: true,
      resolve: ({ agentId }, _args, { loaders }) => (agentId === null ? null : loaders.agent.load(agentId)),
    }),
    unit: t.field({ type: PlanUnit, resolve: ({ unit }) => unit }),
    measure: t.field({ type: PlanMeasure, resolve: ({ measure }) => measure }),
    volume: t.field({ type: 'Decimal', resolve: ({ volume }) => formatQuantity(volume) }),
    use: t.field({
      description: 'Of one unit of the volume',
      type: 'Decimal',
      resolve: ({ use }) => formatQuantity(use),
    }),
    price: t.field({
      description: 'Of one token, call or month, at 18 decimals; null where nothing is planned to be used',
      type: 'Decimal',
      nullable: true,
      resolve: (line) => {
        const price = priceOf(line)
        return price === null ? null : formatFixed18(price)
      },
    }),
    amount: t.field({ type: Money, resolve: ({ amount, currency }) => ({ amount, currency }) }),
  }),
})

interface MonthSumSource {
  month: CalendarDate
  amount: Fixed18
  currency: string
}

const PlanMonthSum = builder.objectRef<MonthSumSource>('PlanMonthSum').implement({
  fields: (t) => ({
    month: t.expose('month', { type: 'Date' }),
    amount: t.field({ type: Money, resolve: ({ amount, currency }) => ({ amount, currency }) }),
  }),
})

export const PlanGroupEnum = builder.enumType('PlanReviewGroup', {
  description: 'How lines are put together: by client, by agent, or by both.',
  values: PLAN_GROUPS,
})

const PlanLineGroup = builder.objectRef<PlanGroupSource>('PlanLineGroup').implement({
  description: 'The lines of a client, of an agent, or of both together; pools are one of their own.',
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
    total: t.field({
      description: 'Of the twelve months',
      type: Money,
      resolve: ({ total, currency }) => ({ amount: total, currency }),
    }),
    months: t.field({
      description: 'Ascending; a month without a line is absent',
      type: [PlanMonthSum],
      ...facts({ size: 12 }),
      resolve: ({ months, currency }) => months.map((month) => ({ ...month, currency })),
    }),
  }),
})

const PlanDearestLines = builder.objectRef<DearestSource>('PlanDearestLines').implement({
  description: 'The dearest lines of a month, and what the others come to.',
  fields: (t) => ({
    lines: t.field({
      description: 'The dearest first',
      type: [PlanLineType],
      ...facts({ size: 100 }),
      resolve: ({ lines, currency }) => lines.map((line) => ({ ...line, currency })),
    }),
    otherCount: t.exposeInt('otherCount', { description: 'How many lines are not among them' }),
    others: t.field({
      description: 'What those come to',
      type: Money,
      resolve: ({ others, currency }) => ({ amount: others, currency }),
    }),
    total: t.field({
      description: 'Of all lines of the month',
      type: Money,
      resolve: ({ total, currency }) => ({ amount: total, currency }),
    }),
  }),
})

export const PlanScenario = builder.objectRef<ScenarioSource>('PlanScenario').implement({
  description: 'The base, or what would be otherwise.',
  fields: (t) => ({
    position: t.exposeInt('position', { description: '0 is the base' }),
    name: t.exposeString('name'),
    changes: t.field({ type: [PlanScenarioChange], ...facts({ size: 10 }), resolve: ({ changes }) => changes }),
    total: t.field({
      description: 'Of the twelve months: exactly the sum of the lines',
      type: Money,
      resolve: async (scenario) => ({
        amount: (await monthsOf(scenario)).reduce((sum, { amount }) => sum + amount, 0n),
        currency: scenario.currency,
      }),
    }),
    months: t.field({
      type: [PlanMonthSum],
      ...facts({ size: 12 }),
      resolve: async (scenario) =>
        (await monthsOf(scenario)).map((month) => ({ ...month, currency: scenario.currency })),
    }),
    groups: t.field({
      description:
        'Its months by who works for whom, the dearest over the year first: every grouping comes to the same total',
      type: [PlanLineGroup],
      args: { by: t.arg({ type: PlanGroupEnum, required: true, defaultValue: 'CLIENT' }) },
      ...facts({ cost: 2, size: 50 }),
      resolve: (scenario, { by }, context) => groupsOf(context, scenario, by),
    }),
    lines: t.field({
      type: [PlanLineType],
      args: { month: t.arg({ type: 'Date', description: 'Only those of the month that begins on this day' }) },
      ...facts({ size: 200 }),
      resolve: async (scenario, { month }, context) =>
        (await linesOf(context, scenario, month)).map((line) => ({ ...line, currency: scenario.currency })),
    }),
    dearestLines: t.field({
      type: PlanDearestLines,
      args: {
        month: t.arg({ type: 'Date', required: true, description: 'First day of the month' }),
        first: t.arg.int({ required: true, defaultValue: 100, description: 'At most 10,000' }),
      },
      resolve: (scenario, asked, context) => dearestLinesOf(context, scenario, asked),
    }),
  }),
})

export const Plan = builder.objectRef<PlanRecord>('Plan').implement({
  description: 'What twelve months are to cost, by client and agent, in scenarios.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => encodeId('Plan', id) }),
    name: t.exposeString('name'),
    note: t.exposeString('note', { nullable: true }),
    currency: t.expose('currency', { type: 'CurrencyCode' }),
    from: t.expose('startsOn', { type: 'Date' }),
    to: t.field({
      description: 'The first day after it',
      type: 'Date',
      resolve: ({ startsOn }) => addMonths(startsOn, 12),
    }),
    status: t.field({ type: PlanStatus, resolve: ({ status }) => status }),
    basis: t.field({ description: 'What it was made from', type: PlanForecast, resolve: basisOf }),
    scenarios: t.field({
      description: 'The base first',
      type: [PlanScenario],
      ...facts({ cost: 2, size: 3 }),
      resolve: (plan, _args, context) => scenariosOf(context, plan),
    }),
    scenario: t.field({
      description: 'One of them; null when there is none at the position',
      type: PlanScenario,
      nullable: true,
      args: { position: t.arg.int({ required: true }) },
      resolve: async (plan, { position }, context) =>
        (await scenariosOf(context, plan)).find((scenario) => scenario.position === position) ?? null,
    }),
    adoptedScenario: t.exposeInt('adoptedScenario', { nullable: true, description: 'Its position; null for a draft' }),
    adoptedBy: t.exposeString('adoptedBy', { nullable: true }),
    adoptedAt: t.expose('adoptedAt', { type: 'DateTime', nullable: true }),
    createdBy: t.exposeString('createdBy', { description: 'E-mail address of a person, or the name of an API key' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedBy: t.exposeString('updatedBy'),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

const PlannedBudget = builder.objectRef<AdoptedBudget>('PlannedBudget').implement({
  description: 'The budget of a month that a plan sets. Pools are in none: budgets count direct and shared cost.',
  fields: (t) => ({
    scope: t.field({ type: AdoptedScope, resolve: ({ scope }) => scope }),
    key: t.exposeString('key', { nullable: true }),
    label: t.exposeString('label'),
    month: t.expose('month', { type: 'Date' }),
    amount: t.field({
      type: Money,
      resolve: ({ amount }, _args, { tenant }) => ({ amount, currency: tenant.currency }),
    }),
    state: t.field({ type: AdoptionState, resolve: ({ state }) => state }),
    present: t.field({
      description: 'What is set for the month now',
      type: Money,
      nullable: true,
      resolve: ({ present }, _args, { tenant }) =>
        present === null ? null : { amount: present, currency: tenant.currency },
    }),
    standing: t.field({
      description: 'The budget of every month, which stays in force beside it',
      type: Money,
      nullable: true,
      resolve: ({ standing }, _args, { tenant }) =>
        standing === null ? null : { amount: standing, currency: tenant.currency },
    }),
  }),
})

const countOf = (budgets: readonly AdoptedBudget[], state: AdoptedBudget['state']) =>
  budgets.filter((budget) => budget.state === state).length

const PlanAdoption = builder.objectRef<AdoptionSource>('PlanAdoption').implement({
  description: 'What adopting a scenario sets, of the months that are not over.',
  fields: (t) => ({
    budgets: t.field({
      type: [PlannedBudget],
      args: { state: t.arg({ type: AdoptionState, description: 'Only those in this state' }) },
      ...facts({ size: 200 }),
      resolve: ({ budgets }, { state }) =>
        state == null ? budgets : budgets.filter((budget) => budget.state === state),
    }),
    newCount: t.int({ description: 'How many are NEW', resolve: ({ budgets }) => countOf(budgets, 'NEW') }),
    sameCount: t.int({ description: 'How many are SAME', resolve: ({ budgets }) => countOf(budgets, 'SAME') }),
    standingCount: t.int({
      description: 'How many budgets of every month stay in force beside them',
      resolve: ({ budgets }) =>
        new Set(budgets.filter(({ standing }) => standing !== null).map(({ scope, key }) => `${scope} ${key ?? ''}`))
          .size,
    }),
  }),
})

builder.queryFields((t) => ({
  planForecast: t.field({
    description:
      'At most twelve whole months of the past, and the twelve after them with an interval and how well such forecasts did',
    type: PlanForecast,
    ...facts({ action: 'plan.read', cost: 10 }),
    resolve: (_root, _args, context) => openPlanForecast(context),
  }),
  plans: t.field({
    description: 'The one that begins last first, at most 200',
    type: [Plan],
    ...facts({ action: 'plan.read', cost: 2, size: 20 }),
    resolve: (_root, _args, context) => listPlans(context),
  }),
  plan: t.field({
    type: Plan,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'plan.read' }),
    resolve: (_root, { id }, context) => findPlan(context, uuidOf('Plan', id, 'id')),
  }),
  planAdoption: t.field({
    description:
      'What adopting a scenario would set, and what is set already; null when there is no such plan or scenario',
    type: PlanAdoption,
    nullable: true,
    args: {
      id: t.arg.id({ required: true }),
      scenario: t.arg.int({ required: true, description: 'Its position' }),
      scopes: t.arg({ type: [AdoptedScope], required: true, defaultValue: [...ADOPTED_SCOPES] }),
    },
    ...facts({ action: 'plan.read', cost: 10 }),
    resolve: (_root, { id, scenario, scopes }, context) =>
      previewPlanAdoption(context, { planId: uuidOf('Plan', id, 'id'), position: scenario, scopes }),
  }),
}))

const PlanChangeInput = builder.inputType('PlanChangeInput', {
  fields: (t) => ({
    driver: t.field({ type: PlanDriver, required: true }),
    pace: t.field({ type: PlanPace, required: true }),
    percent: t.field({ type: 'Decimal', required: true, description: '2.5 is 2.5 % more; -100 to 1000' }),
    from: t.field({ type: 'Date', required: true, description: 'First day of the first month that it changes' }),
    clientKey: t.string({ description: 'Of every client when absent' }),
    agentKey: t.string({ description: 'Of every agent when absent' }),
  }),
})

const PlanScenarioInput = builder.inputType('PlanScenarioInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    changes: t.field({ type: [PlanChangeInput], required: true }),
  }),
})

const CreatePlanInput = builder.inputType('CreatePlanInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    note: t.string(),
    startsOn: t.field({ type: 'Date', description: 'First day of its first month; the next month when absent' }),
    scenarios: t.field({ type: [PlanScenarioInput], description: 'At most five, beside the base' }),
  }),
})

const ChangePlanInput = builder.inputType('ChangePlanInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    note: t.string(),
    scenarios: t.field({
      type: [PlanScenarioInput],
      required: true,
      description: 'All of them: they replace those there are',
    }),
  }),
})

const AdoptPlanInput = builder.inputType('AdoptPlanInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    scenario: t.int({ required: true, description: 'Its position' }),
    scopes: t.field({ type: [AdoptedScope], required: true, defaultValue: [...ADOPTED_SCOPES] }),
    replace: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether budgets of a month that somebody set with another amount get the amount of the plan',
    }),
  }),
})

const NotePlanLineInput = builder.inputType('NotePlanLineInput', {
  fields: (t) => ({
    planId: t.id({ required: true }),
    month: t.field({ type: 'Date', required: true }),
    clientKey: t.string(),
    agentKey: t.string(),
    text: t.string({ required: true }),
  }),
})

const PlanPayload = builder.objectRef<PlanPayloadSource>('PlanPayload').implement({
  fields: (t) => ({
    plan: t.field({ type: Plan, nullable: true, resolve: ({ plan }) => plan }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

const AdoptPlanPayload = builder.objectRef<AdoptPayloadSource>('AdoptPlanPayload').implement({
  fields: (t) => ({
    plan: t.field({ description: 'null when it was refused', type: Plan, nullable: true, resolve: ({ plan }) => plan }),
    made: t.exposeInt('made', { description: 'Budgets that were set or given another amount' }),
    budgets: t.field({
      description: 'Each with the state it had before',
      type: [PlannedBudget],
      ...facts({ size: 200 }),
      resolve: ({ budgets }) => budgets,
    }),
    userErrors: t.field({ type: [UserError], resolve: ({ userErrors }) => userErrors }),
  }),
})

builder.mutationFields((t) => ({
  createPlan: t.field({
    description: 'Drafts twelve months from the forecast, by client and agent, with scenarios.',
    type: PlanPayload,
    args: { input: t.arg({ type: CreatePlanInput, required: true }) },
    ...facts({ action: 'plan.manage', cost: 50 }),
    resolve: (_root, { input }, context) => createPlan(context, input),
  }),
  changePlan: t.field({
    description: 'Changes the name, note and scenarios of a draft; its base stays.',
    type: PlanPayload,
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: ChangePlanInput, required: true }) },
    ...facts({ action: 'plan.manage', cost: 50 }),
    resolve: (_root, { id, input }, context) => changePlan(context, { planId: uuidOf('Plan', id, 'id'), input }),
  }),
  adoptPlan: t.field({
    description:
      'Adopts a scenario, from when on the plan stands, and sets its budgets by month. Again it sets nothing twice. BUDGETS_DIFFER: somebody set other amounts, and nothing was done.',
    type: AdoptPlanPayload,
    args: { input: t.arg({ type: AdoptPlanInput, required: true }) },
    ...facts({ action: 'plan.manage', cost: 200 }),
    resolve: (_root, { input }, context) =>
      adoptPlan(context, {
        planId: uuidOf('Plan', input.id, 'input.id'),
        position: input.scenario,
        scopes: input.scopes,
        replace: input.replace,
      }),
  }),
  notePlanLine: t.field({
    description: 'Writes down why a month of a client, of an agent or of both came otherwise than planned.',
    type: PlanPayload,
    args: { input: t.arg({ type: NotePlanLineInput, required: true }) },
    ...facts({ action: 'plan.manage', cost: 10 }),
    resolve: (_root, { input }, context) =>
      notePlanLine(context, { ...input, planId: uuidOf('Plan', input.planId, 'input.planId') }),
  }),
}))
