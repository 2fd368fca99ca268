import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import type { Context } from '../../graphql/context.ts'
import { Client } from '../client/client.type.ts'
import { BASIS, CostBreakdown, DateRangeInput } from '../cost/cost.schema.ts'
import { Money, type Amount } from '../money/money.schema.ts'
import { Project } from '../project/project.type.ts'
import { costPerTask, proposalFor, type PriceProposalSource } from './price-proposal.service.ts'

const money = (amount: Fixed18, { tenant }: Context): Amount => ({ amount, currency: tenant.currency })

const PriceProposal = builder.objectRef<PriceProposalSource>('PriceProposal').implement({
  description:
    'The least price, in whole minor units, at which a project or a client reaches a margin: cost ÷ (1 − margin), rounded up.',
  fields: (t) => ({
    project: t.field({ type: Project, nullable: true, resolve: ({ project }) => project }),
    client: t.field({
      description: 'Of a client: all its work, under whatever terms',
      type: Client,
      nullable: true,
      resolve: ({ client }) => client,
    }),
    margin: t.expose('margin', { type: 'Decimal', description: 'margin ÷ price that is asked for' }),
    cost: t.field({ description: 'Fully loaded, in its parts', type: CostBreakdown, resolve: ({ cost }) => cost }),
    tasksCompleted: t.exposeInt('tasks'),
    costPerTask: t.field({
      description: 'On the basis asked for; null when no task was completed',
      type: Money,
      nullable: true,
      resolve: (source, _args, context) => {
        const each = costPerTask(source)
        return each === null ? null : money(each, context)
      },
    }),
    price: t.field({
      description: 'Of all that was done',
      type: Money,
      resolve: ({ price }, _args, context) => money(price, context),
    }),
    pricePerTask: t.field({
      description: 'Of each completed task; together at least price',
      type: Money,
      nullable: true,
      resolve: ({ pricePerTask }, _args, context) => (pricePerTask === null ? null : money(pricePerTask, context)),
    }),
    markup: t.expose('markup', { type: 'Decimal', description: 'The markup on cost that comes to the same margin' }),
  }),
})

builder.queryField('priceProposal', (t) =>
  t.field({
    description:
      'What a project or a client would have to charge to reach a margin on what it cost; null when there is none of the key',
    type: PriceProposal,
    nullable: true,
    args: {
      projectKey: t.arg.string({ description: 'This, or clientKey' }),
      clientKey: t.arg.string(),
      range: t.arg({ type: DateRangeInput, required: true }),
      margin: t.arg({ type: 'Decimal', required: true, defaultValue: '0.4', description: '0 or more, below 1' }),
      basis: t.arg(BASIS),
    },
    ...facts({ action: 'billing.read', cost: 10 }),
    resolve: (_root, args, context) => proposalFor(context, args),
  }),
)
