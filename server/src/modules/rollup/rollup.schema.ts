import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { CostBreakdown, CostPoint, DateRangeInput, DimensionEnum, GranularityEnum } from '../cost/cost.schema.ts'
import { InvocationKind } from '../invocation/invocation-kind.schema.ts'
import { openCostRollup, type RollupKeySource, type RollupRowSource, type RollupSource } from './rollup.service.ts'

const RollupKey = builder.objectRef<RollupKeySource>('RollupKey').implement({
  fields: (t) => ({
    dimension: t.field({ type: DimensionEnum, resolve: (key) => key.dimension }),
    key: t.exposeString('key', { nullable: true, description: 'key null = the named remainder (unattributed)' }),
    label: t.exposeString('label'),
  }),
})

const RollupRow = builder.objectRef<RollupRowSource>('RollupRow').implement({
  description: 'One row of a roll-up: its key per dimension asked for, its total and its series.',
  fields: (t) => ({
    keys: t.field({ type: [RollupKey], ...facts({ size: 3 }), resolve: (row) => row.keys() }),
    cost: t.field({ type: CostBreakdown, resolve: (row) => row.cost }),
    series: t.field({ type: [CostPoint], ...facts({ cost: 2, size: 31 }), resolve: (row) => row.series() }),
  }),
})

const CostRollup = builder.objectRef<RollupSource>('CostRollup').implement({
  description:
    'Cost by one or several dimensions, the most expensive rows by attributed cost first, then rows that only have a share of a pool. rows + other = total. Shares of pools know agents, clients, projects and tasks. Of providers, resources and kinds they have none: there allocated is in the row of the remainder, and within a filter by one of them it is 0.',
  fields: (t) => ({
    from: t.field({ type: 'Date', resolve: (rollup) => rollup.range.from }),
    to: t.field({ type: 'Date', resolve: (rollup) => rollup.range.to }),
    timeZone: t.string({ resolve: (_rollup, _args, { tenant }) => tenant.timeZone }),
    rows: t.field({ type: [RollupRow], ...facts({ size: 20 }), resolve: (rollup) => rollup.rows }),
    other: t.field({
      description: 'The rows beyond `top` as one; null when there are none',
      type: RollupRow,
      nullable: true,
      resolve: (rollup) => rollup.other,
    }),
    total: t.field({ type: CostBreakdown, resolve: (rollup) => rollup.total }),
  }),
})

export const CostFilter = builder.inputType('CostFilter', {
  description:
    'Keys of what to keep; all lists must match, and an absent list keeps everything. The key "" is what carries no tag of the list: the named remainder.',
  fields: (t) => ({
    agents: t.stringList(),
    clients: t.stringList(),
    projects: t.stringList(),
    tasks: t.stringList(),
    providers: t.stringList(),
    resources: t.stringList(),
    kinds: t.field({ type: [InvocationKind] }),
  }),
})

builder.queryField('costRollup', (t) =>
  t.field({
    description: 'Cost by agent, client, project, task, provider, resource or kind, or by several of them',
    type: CostRollup,
    args: {
      range: t.arg({ type: DateRangeInput, required: true }),
      granularity: t.arg({ type: GranularityEnum, defaultValue: 'DAY' }),
      groupBy: t.arg({ type: [DimensionEnum], required: true }),
      filter: t.arg({ type: CostFilter }),
      top: t.arg.int({ defaultValue: 20 }),
    },
    ...facts({ action: 'cost.read', cost: 10 }),
    resolve: (_root, args, context) => openCostRollup(context, args),
  }),
)
