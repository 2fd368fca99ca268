import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { AFTER, connectionOf, FIRST } from '../../graphql/connection.ts'
import { BudgetStatus } from '../budget/budget.schema.ts'
import { budgetOf } from '../budget/budget.service.ts'
import { FailedCost } from '../cost/failed-cost.type.ts'
import { readProjectFailed } from '../cost/failed-cost.service.ts'
import { BASIS, CostBreakdown, DateRangeInput } from '../cost/cost.schema.ts'
import { REVENUE, RevenueParts } from '../billing/revenue.type.ts'
import { Money } from '../money/money.schema.ts'
import {
  costPerTaskOf,
  listProjectCosts,
  isChargedWithClient,
  marginOf,
  marginRatioOf,
  openProjectCost,
  readAgentsUsedIn,
  readProjectPrevious,
  type ProjectCostSource,
} from './project-cost.service.ts'
import { findProject, listProjects } from './project.service.ts'
import { Project } from './project.type.ts'

const ProjectConnection = connectionOf('Project', Project)

builder.queryFields((t) => ({
  project: t.field({
    description: 'A project by its key; null when there is none',
    type: Project,
    nullable: true,
    args: { key: t.arg.string({ required: true }) },
    ...facts({ action: 'dimension.read' }),
    resolve: (_root, args, context) => findProject(context, args.key),
  }),
  projects: t.field({
    description: 'All projects by key',
    type: ProjectConnection,
    args: { first: t.arg.int(FIRST), after: t.arg.string(AFTER) },
    ...facts({ action: 'dimension.read' }),
    resolve: (_root, args, context) => listProjects(context, args),
  }),
}))

const ProjectCost = builder.objectRef<ProjectCostSource>('ProjectCost').implement({
  description: 'What a project cost and brought in a period: all usage tagged with it, and its shares of pools.',
  fields: (t) => ({
    project: t.field({ type: Project, resolve: (row) => row.project }),
    cost: t.field({ type: CostBreakdown, resolve: (row) => row.cost }),
    previous: t.field({
      description: 'The period of the same length before; a whole month compares with the whole month before',
      type: CostBreakdown,
      resolve: (row, _args, context) => readProjectPrevious(context, row),
    }),
    agentsUsed: t.int({
      description: 'Agents that worked for it in the period',
      resolve: (row, _args, context) => readAgentsUsedIn(context, row),
    }),
    tasksCompleted: t.exposeInt('tasksCompleted', { description: 'Its tasks completed in the period' }),
    costPerTask: t.field({
      description: 'Its cost on the basis ÷ tasksCompleted, half-even at 18 decimals; null when no task was completed',
      type: Money,
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (row, args, context) => costPerTaskOf(context, row, args.basis),
    }),
    revenue: t.field({
      description: `${REVENUE}. What terms of its client charge is in no project.`,
      type: Money,
      nullable: true,
      resolve: (row) => row.revenue,
    }),
    revenueParts: t.field({ type: RevenueParts, resolve: (row) => row.earned }),
    isChargedWithClient: t.boolean({
      description:
        'Terms of its client charge for its work on some day of the period: what that earns is in the revenue of the client',
      resolve: (row, _args, context) => isChargedWithClient(context, row),
    }),
    margin: t.field({
      description: 'revenue − cost on the basis',
      type: Money,
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (row, args) => marginOf(row, args.basis),
    }),
    marginRatio: t.field({
      description: 'margin ÷ revenue',
      type: 'Decimal',
      nullable: true,
      args: { basis: t.arg(BASIS) },
      resolve: (row, args) => marginRatioOf(row, args.basis),
    }),
    failed: t.field({
      description: 'Of its cost: what calls used that failed, and what of it was tried again',
      type: FailedCost,
      ...facts({ cost: 2 }),
      resolve: ({ project, range }, _args, context) => readProjectFailed(context, range, project.id),
    }),
    budget: t.field({
      description: 'The budget of the project that the period lies in, when there is one',
      type: BudgetStatus,
      nullable: true,
      ...facts({ action: 'budget.read', cost: 3 }),
      resolve: ({ project, range }, _args, context) =>
        budgetOf(context, { scope: 'PROJECT', memberId: project.id, range }),
    }),
  }),
})

const ProjectCostConnection = connectionOf('ProjectCost', ProjectCost)

builder.queryFields((t) => ({
  projectCosts: t.field({
    description:
      'The projects with cost, completed tasks or a share of a pool in the period, the most expensive by attributed cost first: a new allocation run moves no row between pages',
    type: ProjectCostConnection,
    args: {
      range: t.arg({ type: DateRangeInput, required: true }),
      clientKey: t.arg.string({ description: 'Only projects of this client' }),
      first: t.arg.int(FIRST),
      after: t.arg.string(AFTER),
    },
    ...facts({ action: 'cost.read', cost: 10 }),
    resolve: (_root, args, context) => listProjectCosts(context, args),
  }),
  projectCost: t.field({
    description: 'One project in the period; null when there is no such project',
    type: ProjectCost,
    nullable: true,
    args: { key: t.arg.string({ required: true }), range: t.arg({ type: DateRangeInput, required: true }) },
    ...facts({ action: 'cost.read', cost: 2 }),
    resolve: (_root, args, context) => openProjectCost(context, args),
  }),
}))
