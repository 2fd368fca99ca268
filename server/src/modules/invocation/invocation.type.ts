import {
  readSupersededRatings,
  type InvocationRecord,
  type SupersededRatingRecord,
} from '@outlay/db/sql/read-invocation'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import type { Context } from '../../graphql/context.ts'
import { encodeTextId } from '../../graphql/ids.ts'
import { groupBy } from '@outlay/domain/group-by'
import { Money, type Amount } from '../money/money.schema.ts'
import { InvocationCorrection } from './correction.type.ts'
import { Billing, CostOrigin, InvocationKind, InvocationStatus } from './invocation-kind.schema.ts'
import { RatedLine, UsageLine } from './rated-line.schema.ts'
import { ratedLines, usageLines } from './rated-lines.ts'
import { reportedOf } from './reported-cost.ts'
import { tagFields } from './tag-fields.ts'

const SupersededRating = builder.objectRef<SupersededRatingRecord>('SupersededRating').implement({
  description: 'A rating that a re-rating took the place of.',
  fields: (t) => ({
    status: t.field({ type: InvocationStatus, resolve: (rating) => rating.status }),
    costBasis: t.field({ type: CostOrigin, resolve: (rating) => rating.costBasis }),
    cost: t.field({
      type: Money,
      nullable: true,
      resolve: (rating, _args, context) => reporting(context, rating.cost),
    }),
    supersededAt: t.expose('supersededAt', { type: 'DateTime' }),
    reason: t.exposeString('reason', { nullable: true }),
    by: t.exposeString('by', { nullable: true, description: 'An e-mail address, or `API key` and its name' }),
    ratedLines: t.field({
      type: [RatedLine],
      ...facts({ size: 2 }),
      resolve: (rating, _args, context) => ratedLines(context, { ...rating, id: rating.invocationId }),
    }),
  }),
})

export const Invocation = builder.objectRef<InvocationRecord>('Invocation').implement({
  description: 'One recorded event: what was used, the arithmetic of its cost, and what became of it since.',
  fields: (t) => ({
    id: t.id({ resolve: (row) => encodeTextId('Invocation', row.id) }),
    invocationId: t.string({ description: "The sender's own id", resolve: (row) => row.id }),
    traceId: t.exposeString('traceId', { nullable: true }),
    spanId: t.exposeString('spanId', { nullable: true }),
    parentSpanId: t.exposeString('parentSpanId', { nullable: true }),
    name: t.exposeString('name', { nullable: true }),
    ...tagFields(t),
    provider: t.exposeString('provider', { nullable: true }),
    resource: t.exposeString('resource', { nullable: true }),
    kind: t.field({ type: InvocationKind, resolve: (row) => row.kind }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
    ingestedAt: t.expose('ingestedAt', { type: 'DateTime' }),
    sharedKey: t.exposeString('sharedKey', { nullable: true }),
    qualifiers: t.field({ type: 'JSONObject', nullable: true, resolve: (row) => row.qualifiers }),
    failure: t.exposeString('failure', {
      nullable: true,
      description: 'What went wrong, where its sender says that the call failed',
    }),
    usage: t.field({ type: [UsageLine], ...facts({ size: 3 }), resolve: (row) => usageLines(row) }),
    billing: t.field({ type: Billing, description: 'Whether and how its cost counts', resolve: (row) => row.billing }),
    isVoided: t.boolean({ resolve: (row) => row.billing === 'VOID' }),
    status: t.field({ type: InvocationStatus, resolve: (row) => row.status }),
    cost: t.field({
      type: Money,
      nullable: true,
      description: 'What its rating says; it counts where `billing` says so',
      resolve: (row, _args, context) => reporting(context, row.cost),
    }),
    costBasis: t.field({ type: CostOrigin, resolve: (row) => row.costBasis }),
    ratedLines: t.field({
      type: [RatedLine],
      description: 'They add up to cost; none where cost is the reported one',
      ...facts({ size: 2 }),
      resolve: (row, _args, context) => ratedLines(context, row),
    }),
    reportedCost: t.field({
      type: Money,
      nullable: true,
      description: 'What its sender says it cost',
      resolve: (row, _args, { tenant }) => reportedOf(row, tenant.currency).reportedCost,
    }),
    reportedDifference: t.field({
      type: Money,
      nullable: true,
      description: 'Cost by our rates less reportedCost, in the reporting currency; null when either is unknown',
      resolve: (row, _args, { tenant }) => reportedOf(row, tenant.currency).reportedDifference,
    }),
    correction: t.field({
      type: InvocationCorrection,
      nullable: true,
      description: 'Who took it out, when and why',
      resolve: (row) => row.correction,
    }),
    replaces: t.exposeString('replaces', { nullable: true, description: 'The id of the event whose place it took' }),
    supersededRatings: t.field({
      type: [SupersededRating],
      description: 'The ratings it had before, the latest replaced first',
      ...facts({ size: 2 }),
      resolve: (row, _args, { loaders, db }) =>
        loaders
          .of<string, SupersededRatingRecord[]>(
            'supersededRatings',
            async (ids) => groupBy(await readSupersededRatings(db, ids), (rating) => rating.invocationId),
            [],
          )
          .load(row.id),
    }),
  }),
})

function reporting({ tenant }: Context, cost: string | null): Amount | null {
  return cost === null ? null : { amount: parseFixed18(cost), currency: tenant.currency }
}
