import type { RevenueSource } from '@outlay/domain/billing/revenue'
import type { TermsWish } from '@outlay/domain/billing/check-terms'
import type { BillingUnit as Unit } from '@outlay/domain/billing/terms'
import { invariant } from '@outlay/domain/errors'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { CostBasisEnum } from '../cost/cost.schema.ts'

export const BillingModel = builder.enumType('BillingModel', {
  description: 'How the work of an engagement is charged.',
  values: {
    PASS_THROUGH: { description: 'The cost as it is' },
    COST_PLUS: { description: 'The cost and a markup on it, which may have a floor and a cap' },
    RATE_CARD: { description: 'Prices of units, graduated or by volume' },
    PER_TASK: { description: 'A fixed fee for each completed task' },
    RETAINER: { description: 'A fee a month with an allowance, and a price beyond it' },
    PER_AGENT: { description: 'A fee a month for each agent that was active' },
    OUTCOME: { description: 'A price for each outcome, a completed task; it may be taken back' },
    TIME: { description: 'A price of an hour, for the time that each task was worked on' },
  },
})

const BillingUnit = builder.enumType('BillingUnit', {
  description: 'What is counted. TASKS: those completed.',
  values: ['TASKS', 'TOKENS', 'INVOCATIONS'] as const,
})

const TierMode = builder.enumType('TierMode', {
  description:
    'GRADUATED: each part of a quantity at the price of its step. VOLUME: all of it at the price of the step that it reaches.',
  values: ['GRADUATED', 'VOLUME'] as const,
})

const PRICE =
  'PER_TASK: of a task. RETAINER: of a month. PER_AGENT: of an agent and month. OUTCOME: of an outcome. TIME: of an hour'
const ALLOWANCE = 'RETAINER: what the fee of a month pays for'
const CARRY_OVER = 'RETAINER: for how many months more unused allowance may be used, the oldest first; none when null'
const CARRY_OVER_MAX = 'RETAINER: at most so much goes from one month to the next; all of it when null'
const PRORATED = 'PER_AGENT: whether an agent is charged from its first day on; it is when null'
const REVERSAL_DAYS = 'OUTCOME: until how many days later it may be taken back; however late when null'
const INCREMENT =
  'TIME: the time of each task in a month is rounded up to a whole number of so many minutes, 1 to 1,440; 1 when null'
const CREDIT = 'Set against charges from the first month on, until it is used up'

/** Hours are a model of their own, TIME: no terms that are stored count them as a unit. */
function storedUnit(unit: Unit): Exclude<Unit, 'HOURS'> {
  invariant(unit !== 'HOURS', 'Stored terms count hours')
  return unit
}

type Price = NonNullable<TermsWish['prices']>[number]

const PriceStep = builder.objectRef<Price['steps'][number]>('PriceStep').implement({
  description: 'The price of what a month uses beyond `above`, up to the next step.',
  fields: (t) => ({
    above: t.expose('above', { type: 'Decimal' }),
    price: t.expose('price', { type: 'Decimal', description: 'Of `per` units, in the currency of the terms' }),
    per: t.expose('per', { type: 'Decimal' }),
  }),
})

const ClientPrice = builder.objectRef<Price>('ClientPrice').implement({
  description: 'A price of the rate card to the client.',
  fields: (t) => ({
    unit: t.field({ type: BillingUnit, resolve: ({ unit }) => storedUnit(unit) }),
    mode: t.field({ type: TierMode, resolve: ({ mode }) => mode }),
    steps: t.field({
      type: [PriceStep],
      ...facts({ size: 3 }),
      resolve: ({ steps }) => [...steps],
    }),
  }),
})

export const BillingTerms = builder.objectRef<TermsWish>('BillingTerms').implement({
  description:
    "What was agreed: amounts in the currency of the engagement, null for what the model does not have. Amounts of a month are of a whole calendar month; part of a month has its days' part of them. A month is charged in this order: what was used, discount, cap and minimum, rounding to the minor unit, credit.",
  fields: (t) => ({
    basis: t.field({
      description: 'PASS_THROUGH and COST_PLUS: which cost counts; FULLY_LOADED when null',
      type: CostBasisEnum,
      nullable: true,
      resolve: ({ basis }) => basis,
    }),
    markup: t.expose('markup', { type: 'Decimal', nullable: true, description: 'COST_PLUS: a fraction of the cost' }),
    markupFloor: t.expose('markupFloor', { type: 'Decimal', nullable: true, description: 'Least markup of a month' }),
    markupCap: t.expose('markupCap', { type: 'Decimal', nullable: true, description: 'Most markup of a month' }),
    prices: t.field({
      type: [ClientPrice],
      description: 'RATE_CARD; empty for every other model',
      ...facts({ size: 3 }),
      resolve: ({ prices }) => [...(prices ?? [])],
    }),
    price: t.expose('price', { type: 'Decimal', nullable: true, description: PRICE }),
    unit: t.field({
      description: 'RETAINER: what is counted',
      type: BillingUnit,
      nullable: true,
      resolve: ({ unit }) => (unit === null ? null : storedUnit(unit)),
    }),
    allowance: t.expose('allowance', { type: 'Decimal', nullable: true, description: ALLOWANCE }),
    overagePrice: t.expose('overagePrice', {
      type: 'Decimal',
      nullable: true,
      description: 'RETAINER: of a unit beyond',
    }),
    carryOverMonths: t.exposeInt('carryOverMonths', { nullable: true, description: CARRY_OVER }),
    carryOverMax: t.expose('carryOverMax', { type: 'Decimal', nullable: true, description: CARRY_OVER_MAX }),
    isProrated: t.exposeBoolean('isProrated', { nullable: true, description: PRORATED }),
    reversalDays: t.exposeInt('reversalDays', { nullable: true, description: REVERSAL_DAYS }),
    incrementMinutes: t.exposeInt('incrementMinutes', { nullable: true, description: INCREMENT }),
    discount: t.expose('discount', { type: 'Decimal', nullable: true, description: 'A fraction of what was used' }),
    minimum: t.expose('minimum', { type: 'Decimal', nullable: true, description: 'Minimum commitment of a month' }),
    cap: t.expose('cap', { type: 'Decimal', nullable: true, description: 'Most of a month' }),
    credit: t.expose('credit', { type: 'Decimal', nullable: true, description: CREDIT }),
  }),
})

export const RevenueSourceEnum = builder.enumType('RevenueSource', {
  description:
    'What counts as revenue of the work under terms. CHARGES: what they charge. BILLED: billed amounts of its completed tasks. NONE: it earns nothing. Never two of them for one day.',
  values: ['CHARGES', 'BILLED', 'NONE'] as const satisfies readonly RevenueSource[],
})

const PriceStepInput = builder.inputType('PriceStepInput', {
  fields: (t) => ({
    above: t.field({ type: 'Decimal', required: true, description: 'The first step begins at 0' }),
    price: t.field({ type: 'Decimal', required: true, description: 'Of `per` units' }),
    per: t.field({ type: 'Decimal', required: true, defaultValue: '1' }),
  }),
})

const ClientPriceInput = builder.inputType('ClientPriceInput', {
  fields: (t) => ({
    unit: t.field({ type: BillingUnit, required: true }),
    mode: t.field({ type: TierMode, required: true, defaultValue: 'GRADUATED' }),
    steps: t.field({ type: [PriceStepInput], required: true }),
  }),
})

const BillingTermsInput = builder.inputType('BillingTermsInput', {
  description:
    'Amounts in the reporting currency, in whole minor units; a field that the model does not have is refused.',
  fields: (t) => ({
    model: t.field({ type: BillingModel, required: true }),
    basis: t.field({ type: CostBasisEnum, description: 'PASS_THROUGH and COST_PLUS; FULLY_LOADED when absent' }),
    markup: t.field({ type: 'Decimal', description: 'COST_PLUS: 0.15 for 15 %' }),
    markupFloor: t.field({ type: 'Decimal' }),
    markupCap: t.field({ type: 'Decimal' }),
    prices: t.field({ type: [ClientPriceInput], description: 'RATE_CARD: at most one of each unit' }),
    price: t.field({ type: 'Decimal', description: PRICE }),
    unit: t.field({ type: BillingUnit, description: 'RETAINER' }),
    allowance: t.field({ type: 'Decimal', description: ALLOWANCE }),
    overagePrice: t.field({ type: 'Decimal', description: 'RETAINER: of a unit beyond' }),
    carryOverMonths: t.int({ description: CARRY_OVER }),
    carryOverMax: t.field({ type: 'Decimal', description: CARRY_OVER_MAX }),
    isProrated: t.boolean({ description: PRORATED }),
    reversalDays: t.int({ description: REVERSAL_DAYS }),
    incrementMinutes: t.int({ description: INCREMENT }),
    discount: t.field({ type: 'Decimal', description: '0.1 for 10 % of what was used' }),
    minimum: t.field({ type: 'Decimal' }),
    cap: t.field({ type: 'Decimal' }),
    credit: t.field({ type: 'Decimal', description: CREDIT }),
  }),
})

export const EngagementInput = builder.inputType('EngagementInput', {
  fields: (t) => ({
    projectKey: t.string({ description: 'This, or clientKey' }),
    clientKey: t.string({ description: 'For the work outside projects with terms of their own' }),
    effectiveFrom: t.field({ type: 'Date', required: true }),
    effectiveTo: t.field({ type: 'Date', description: 'The first day without them; without end when absent' }),
    terms: t.field({ type: BillingTermsInput, required: true }),
    revenueSource: t.field({
      type: RevenueSourceEnum,
      description: 'As under the terms that these follow when absent; CHARGES where there are none',
    }),
    note: t.string(),
  }),
})
