import type { DifferenceRecord, ReratingRecord } from '@outlay/db/sql/read-reratings'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { Substitution } from '@outlay/domain/rating/substitution'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { encodeId } from '../../graphql/ids.ts'
import { DateRangeInput } from '../cost/cost.schema.ts'
import { Money } from '../money/money.schema.ts'
import { CostFilter } from '../rollup/rollup.schema.ts'
import { UserError } from '../user-error.schema.ts'
import { progressOf, type JobProgress as Progress } from './progress.ts'
import {
  applyRerating,
  differencesOf,
  findRerating,
  listReratings,
  previewRerating,
  simulateRates,
  type ReratingPayloadSource,
} from './rerating.service.ts'

const ReratingKind = builder.enumType('ReratingKind', {
  description:
    'RERATING: the prices of now, to be applied. SIMULATION: what other prices would have made; never applied.',
  values: ['RERATING', 'SIMULATION'] as const,
})

const ReratingState = builder.enumType('ReratingState', {
  description:
    'PREVIEW_QUEUED → PREVIEWING → PREVIEWED → APPLY_QUEUED → APPLYING → APPLIED. STALE: prices, FX rates or settings have changed since the preview; preview again. FAILED: see `error`.',
  values: [
    'PREVIEW_QUEUED',
    'PREVIEWING',
    'PREVIEWED',
    'APPLY_QUEUED',
    'APPLYING',
    'APPLIED',
    'STALE',
    'FAILED',
  ] as const,
})

const JobProgress = builder.objectRef<Progress>('JobProgress').implement({
  description: 'How far the preview has come, or the applying once that has begun.',
  fields: (t) => ({
    done: t.expose('done', { type: 'BigInt', description: 'Invocations, those that count nothing included' }),
    total: t.expose('total', { type: 'BigInt' }),
    ratio: t.expose('ratio', { type: 'Decimal', nullable: true, description: '0 to 1; null while `total` is unknown' }),
    perSecond: t.expose('perSecond', { type: 'Decimal', nullable: true }),
    etaSeconds: t.exposeInt('etaSeconds', { nullable: true, description: 'null unless it is being worked on' }),
  }),
})

const REMAINDER: Record<DifferenceRecord['dimension'], string> = {
  FLEET: 'All',
  AGENT: 'No agent tag',
  CLIENT: 'No client tag',
  RESOURCE: 'No resource',
}

const ReratingDifference = builder.objectRef<DifferenceRecord>('ReratingDifference').implement({
  description:
    'What the billed invocations of one agent, client or resource cost before and after. Amounts hold what is rated; what has no price or no FX rate is counted beside them.',
  fields: (t) => ({
    key: t.exposeString('key', { nullable: true, description: 'null = untagged, and in `total`' }),
    label: t.string({ resolve: ({ label, key, dimension }) => label ?? key ?? REMAINDER[dimension] }),
    invocations: t.expose('invocations', { type: 'BigInt' }),
    changed: t.expose('changed', { type: 'BigInt', description: 'Invocations whose rating differs' }),
    before: t.field({ type: Money, resolve: (row, _args, context) => amount(row.before, context) }),
    after: t.field({ type: Money, resolve: (row, _args, context) => amount(row.after, context) }),
    difference: t.field({
      description: 'after − before',
      type: Money,
      resolve: ({ before, after }, _args, { tenant }) => ({
        amount: parseFixed18(after) - parseFixed18(before),
        currency: tenant.currency,
      }),
    }),
    unpricedBefore: t.expose('unpricedBefore', { type: 'BigInt' }),
    unpricedAfter: t.expose('unpricedAfter', { type: 'BigInt' }),
    unconvertedBefore: t.expose('unconvertedBefore', { type: 'BigInt' }),
    unconvertedAfter: t.expose('unconvertedAfter', { type: 'BigInt' }),
  }),
})

function amount(text: string, { tenant }: { tenant: { currency: string } }) {
  return { amount: parseFixed18(text), currency: tenant.currency }
}

const RateSubstitution = builder.objectRef<Substitution>('RateSubstitution').implement({
  fields: (t) => ({
    fromProvider: t.exposeString('fromProvider', { nullable: true, description: 'null = any' }),
    fromResource: t.exposeString('fromResource'),
    toProvider: t.exposeString('toProvider'),
    toResource: t.exposeString('toResource'),
  }),
})

const MEMBERS = 'The largest difference first, at most 1,000'

const Rerating = builder.objectRef<ReratingRecord>('Rerating').implement({
  description: 'A re-rating of what is stored, or a simulation of one: previewed as a job, then applied as one.',
  fields: (t) => ({
    id: t.id({ resolve: (job) => encodeId('Rerating', job.id) }),
    kind: t.field({ type: ReratingKind, resolve: (job) => job.kind }),
    state: t.field({ type: ReratingState, resolve: (job) => job.state }),
    from: t.field({ type: 'Date', resolve: (job) => job.rangeFrom }),
    to: t.field({ type: 'Date', description: 'The first day after it', resolve: (job) => job.rangeTo }),
    filter: t.field({
      type: 'JSONObject',
      nullable: true,
      resolve: (job) => (job.filter === null ? null : { ...job.filter }),
    }),
    substitutions: t.field({ type: [RateSubstitution], resolve: (job) => [...(job.whatIf?.substitutions ?? [])] }),
    draftCardId: t.id({
      description: 'The draft card that a simulation tries',
      nullable: true,
      resolve: ({ whatIf }) => (whatIf?.draftCardId ? encodeId('RateCard', whatIf.draftCardId) : null),
    }),
    requestedBy: t.exposeString('requestedBy', {
      description: 'E-mail address of a person, or the name of an API key',
    }),
    requestedAt: t.expose('requestedAt', { type: 'DateTime' }),
    previewedAt: t.expose('previewedAt', { type: 'DateTime', nullable: true }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why it was applied' }),
    appliedBy: t.exposeString('appliedBy', { nullable: true }),
    appliedAt: t.expose('appliedAt', { type: 'DateTime', nullable: true }),
    error: t.exposeString('error', { nullable: true, description: 'Why it is STALE or FAILED' }),
    progress: t.field({ type: JobProgress, resolve: progressOf }),
    invocations: t.field({
      description: 'Billed invocations that were looked at',
      type: 'BigInt',
      resolve: async (job, _args, context) => (await totalOf(context, job))?.invocations ?? '0',
    }),
    changed: t.field({
      description: 'Billed invocations whose rating differs',
      type: 'BigInt',
      resolve: async (job, _args, context) => (await totalOf(context, job))?.changed ?? '0',
    }),
    total: t.field({
      description: 'All of them together; null before the first page',
      type: ReratingDifference,
      nullable: true,
      ...facts({ cost: 2 }),
      resolve: (job, _args, context) => totalOf(context, job),
    }),
    byAgent: t.field({
      description: `${MEMBERS}. Shared uses belong to no agent.`,
      type: [ReratingDifference],
      ...facts({ cost: 2, size: 50 }),
      resolve: (job, _args, context) => differencesOf(context, job, 'AGENT'),
    }),
    byClient: t.field({
      description: `${MEMBERS}. Shared uses belong to the client of their task.`,
      type: [ReratingDifference],
      ...facts({ cost: 2, size: 50 }),
      resolve: (job, _args, context) => differencesOf(context, job, 'CLIENT'),
    }),
    byResource: t.field({
      description: `${MEMBERS}. By what was used, also where a simulation prices something else.`,
      type: [ReratingDifference],
      ...facts({ cost: 2, size: 50 }),
      resolve: (job, _args, context) => differencesOf(context, job, 'RESOURCE'),
    }),
  }),
})

async function totalOf(
  context: Parameters<typeof differencesOf>[0],
  job: ReratingRecord,
): Promise<DifferenceRecord | null> {
  const [total] = await differencesOf(context, job, 'FLEET')
  return total ?? null
}

builder.queryFields((t) => ({
  rerating: t.field({
    type: Rerating,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'fleet.read', cost: 2 }),
    resolve: (_root, args, context) => findRerating(context, args.id),
  }),
  reratings: t.field({
    description: 'Re-ratings and simulations, the latest first',
    type: [Rerating],
    args: { first: t.arg.int({ defaultValue: 20 }) },
    ...facts({ action: 'fleet.read', cost: 5 }),
    resolve: (_root, args, context) => listReratings(context, args.first),
  }),
}))

const WAIT = 'Answer when it is done, or after 25 seconds as it stands'

const PreviewReratingInput = builder.inputType('PreviewReratingInput', {
  fields: (t) => ({
    range: t.field({ type: DateRangeInput, required: true }),
    filter: t.field({ type: CostFilter }),
    wait: t.boolean({ required: true, defaultValue: false, description: WAIT }),
  }),
})

const ApplyReratingInput = builder.inputType('ApplyReratingInput', {
  fields: (t) => ({
    previewId: t.id({ required: true }),
    reason: t.string({ required: true, description: 'It stays with every rating that is replaced' }),
    wait: t.boolean({ required: true, defaultValue: false, description: WAIT }),
  }),
})

const RateSubstitutionInput = builder.inputType('RateSubstitutionInput', {
  description: 'What used the one is priced as if it had used the other.',
  fields: (t) => ({
    fromProvider: t.string({ description: 'null = any' }),
    fromResource: t.string({ required: true }),
    toProvider: t.string({ required: true }),
    toResource: t.string({ required: true }),
  }),
})

const SimulateRatesInput = builder.inputType('SimulateRatesInput', {
  fields: (t) => ({
    range: t.field({ type: DateRangeInput, required: true }),
    filter: t.field({ type: CostFilter }),
    substitutions: t.field({ type: [RateSubstitutionInput] }),
    draftCardId: t.id({ description: 'A draft card whose rates count as if they were published' }),
    wait: t.boolean({ required: true, defaultValue: false, description: WAIT }),
  }),
})

const ReratingPayload = builder.objectRef<ReratingPayloadSource>('ReratingPayload').implement({
  fields: (t) => ({
    rerating: t.field({ type: Rerating, nullable: true, resolve: (payload) => payload.rerating }),
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})

builder.mutationFields((t) => ({
  previewRerating: t.field({
    description:
      'What history would cost under the prices, FX rates and settings of now. A job; of events and costs nothing is written.',
    type: ReratingPayload,
    args: { input: t.arg({ type: PreviewReratingInput, required: true }) },
    ...facts({ action: 'rating.rerate', cost: 50 }),
    resolve: (_root, args, context) => previewRerating(context, args.input),
  }),
  applyRerating: t.field({
    description:
      'Makes a preview true, unless prices have changed since. A job; what it replaces is kept with who, when and why.',
    type: ReratingPayload,
    args: { input: t.arg({ type: ApplyReratingInput, required: true }) },
    ...facts({ action: 'rating.rerate', cost: 50 }),
    resolve: (_root, args, context) => applyRerating(context, args.input),
  }),
  simulateRates: t.field({
    description:
      'What history would have cost with other resources or with the prices of a draft card. A job; never applied. What the question is not about keeps the cost it has.',
    type: ReratingPayload,
    args: { input: t.arg({ type: SimulateRatesInput, required: true }) },
    ...facts({ action: 'rating.rerate', cost: 50 }),
    resolve: (_root, args, context) => simulateRates(context, args.input),
  }),
}))
