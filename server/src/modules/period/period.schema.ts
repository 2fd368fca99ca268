import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { UserError } from '../user-error.schema.ts'
import { changePeriod, findPeriod, listPeriods, type PeriodPayloadSource } from './period.service.ts'
import { Period } from './period.type.ts'

builder.queryFields((t) => ({
  period: t.field({
    description: 'A month, named by its first day',
    type: Period,
    args: { month: t.arg({ type: 'Date', required: true }) },
    ...facts({ action: 'pool.read', cost: 2 }),
    resolve: (_root, args, context) => findPeriod(context, args.month),
  }),
  periods: t.field({
    description: 'The months from the current one back to the first with usage or a pool, at most 120',
    type: [Period],
    args: { first: t.arg.int({ defaultValue: 12 }) },
    ...facts({ action: 'pool.read', cost: 5 }),
    resolve: (_root, args, context) => listPeriods(context, args.first ?? 12),
  }),
}))

const MONTH = { type: 'Date', required: true, description: 'Its first day' } as const

const SoftClosePeriodInput = builder.inputType('SoftClosePeriodInput', {
  fields: (t) => ({ month: t.field(MONTH), reason: t.string() }),
})

const OpenPeriodInput = builder.inputType('OpenPeriodInput', {
  fields: (t) => ({ month: t.field(MONTH), reason: t.string({ required: true }) }),
})

const AcceptedCheckInput = builder.inputType('AcceptedCheckInput', {
  fields: (t) => ({
    item: t.string({ required: true, description: 'A check that does not pass and does not block' }),
    reason: t.string({ required: true, description: 'It stays with the edition' }),
  }),
})

const ClosePeriodInput = builder.inputType('ClosePeriodInput', {
  fields: (t) => ({
    month: t.field(MONTH),
    accept: t.field({ type: [AcceptedCheckInput] }),
  }),
})

const RequestReopeningInput = builder.inputType('RequestReopeningInput', {
  fields: (t) => ({ month: t.field(MONTH), reason: t.string({ required: true }) }),
})

const AgreeToReopeningInput = builder.inputType('AgreeToReopeningInput', {
  fields: (t) => ({ month: t.field(MONTH) }),
})

const DeclineReopeningInput = builder.inputType('DeclineReopeningInput', {
  fields: (t) => ({ month: t.field(MONTH), reason: t.string({ required: true }) }),
})

const PeriodPayload = builder.objectRef<PeriodPayloadSource>('PeriodPayload').implement({
  fields: (t) => ({
    period: t.field({ type: Period, nullable: true, resolve: (payload) => payload.period }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationFields((t) => ({
  softClosePeriod: t.field({
    description: 'Says that a month is being closed. Events still count in it.',
    type: PeriodPayload,
    args: { input: t.arg({ type: SoftClosePeriodInput, required: true }) },
    ...facts({ action: 'period.close', cost: 10 }),
    resolve: (_root, { input }, context) => changePeriod(context, input, context.services.periods.softClose),
  }),
  openPeriod: t.field({
    description: 'Takes a soft close back',
    type: PeriodPayload,
    args: { input: t.arg({ type: OpenPeriodInput, required: true }) },
    ...facts({ action: 'period.close', cost: 10 }),
    resolve: (_root, { input }, context) => changePeriod(context, input, context.services.periods.open),
  }),
  closePeriod: t.field({
    description:
      'Closes a month: writes its edition, and posts what arrives for it later to the open month. Checks that do not pass are accepted with a reason, unless they block.',
    type: PeriodPayload,
    args: { input: t.arg({ type: ClosePeriodInput, required: true }) },
    ...facts({ action: 'period.close', cost: 500 }),
    resolve: (_root, { input }, context) =>
      changePeriod(context, { ...input, accept: input.accept ?? [] }, context.services.periods.close),
  }),
  requestReopening: t.field({
    description: 'Asks for a closed month to be reopened; another person has to agree. Persons only.',
    type: PeriodPayload,
    args: { input: t.arg({ type: RequestReopeningInput, required: true }) },
    ...facts({ action: 'period.reopen', cost: 10 }),
    resolve: (_root, { input }, context) => changePeriod(context, input, context.services.periods.requestReopening),
  }),
  agreeToReopening: t.field({
    description: 'Opens a closed month again; what was posted elsewhere for it goes home. Not by who asked for it.',
    type: PeriodPayload,
    args: { input: t.arg({ type: AgreeToReopeningInput, required: true }) },
    ...facts({ action: 'period.reopen', cost: 100 }),
    resolve: (_root, { input }, context) => changePeriod(context, input, context.services.periods.agreeToReopening),
  }),
  declineReopening: t.field({
    description: 'Lets a closed month stay closed',
    type: PeriodPayload,
    args: { input: t.arg({ type: DeclineReopeningInput, required: true }) },
    ...facts({ action: 'period.reopen', cost: 10 }),
    resolve: (_root, { input }, context) => changePeriod(context, input, context.services.periods.declineReopening),
  }),
}))
