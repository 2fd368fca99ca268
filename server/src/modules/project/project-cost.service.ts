import { NO_SUMS, attributedOf, plusAllocated, type CellSums } from '@outlay/db/sql/cell-sums'
import { readAllocatedMembers } from '@outlay/db/sql/read-allocated'
import { readProjectRevenue } from '@outlay/db/revenue/read-revenue'
import { NO_REVENUE, totalRevenue, type Revenue } from '@outlay/db/revenue/revenue'
import type { ProjectRecord } from '@outlay/db/sql/read-dimensions'
import {
  countProjectCosts,
  readProjectAgentsUsed,
  readProjectCosts,
  readProjectCompletions,
  readProjectSums,
} from '@outlay/db/sql/read-projects'
import { formatFixed18, ratio } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { comparisonRange } from '@outlay/domain/periods/comparison'
import { Grain } from '@outlay/domain/rollup/grain'
import type { Context } from '../../graphql/context.ts'
import { pageSize, toPage, totalOfList, type Page, type PageArgs } from '../../graphql/page.ts'
import { fractionsOf } from '../../reads/allocated.ts'
import { costOn, type CostBasis } from '../../reads/cost-basis.ts'
import { checkedRange } from '../../reads/period.ts'
import { costPosition } from '../../reads/record-page.ts'
import { earningTermsOf } from '../../reads/revenue.ts'
import { findClient } from '../client/client.service.ts'
import type { Amount } from '../money/money.schema.ts'
import { findProject } from './project.service.ts'

export interface ProjectCostSource {
  project: ProjectRecord
  range: DateRange
  cost: CellSums
  tasksCompleted: number
  revenue: Amount | null
  /** What the revenue is made of, in the reporting currency. */
  earned: Revenue
}

interface ProjectCostsArgs extends PageArgs {
  range: DateRange
  clientKey?: string | null
}

const LIST = 'projectCosts'

export async function listProjectCosts(context: Context, args: ProjectCostsArgs): Promise<Page<ProjectCostSource>> {
  const { db, loaders, tenant } = context
  const { currency } = tenant
  const range = checkedRange(args.range)
  const size = pageSize(args)
  const after = costPosition(LIST, args.after)
  const client = typeof args.clientKey === 'string' ? await findClient(context, args.clientKey) : undefined
  const clientId = client?.id ?? null
  const terms = await earningTermsOf(context, range)
  const earned = await readProjectRevenue(db, { range, currency, terms, projectIds: null })
  const earners = [...earned.keys()]
  const rows = client === null ? [] : await readProjectCosts(db, { range, earners, clientId, after, limit: size + 1 })
  const ids = rows.map((row) => row.projectId)
  const [projects, allocated] = await Promise.all([
    Promise.all(ids.map((id) => loaders.project.load(id))),
    readAllocatedTo(context, range, ids),
  ])
  return toPage({
    list: LIST,
    rows: rows.flatMap((row, index) => {
      const project = projects[index] ?? null
      const cost = plusAllocated(row.sums, allocated.get(row.projectId) ?? 0n)
      const { completed } = row
      const revenue = earned.get(row.projectId) ?? NO_REVENUE
      return project === null ? [] : [projectCost({ project, range, cost, completed, earned: revenue, currency })]
    }),
    size,
    keyOf: (row) => [formatFixed18(attributedOf(row.cost)), row.project.key],
    after: args.after,
    totalCount: () =>
      totalOfList({ after: args.after, read: rows.length, size }, async () =>
        client === null ? 0 : countProjectCosts(db, { range, earners, clientId }),
      ),
  })
}

function projectCost(row: {
  project: ProjectRecord
  range: DateRange
  cost: CellSums
  completed: number
  earned: Revenue
  currency: string
}): ProjectCostSource {
  const { project, range, cost, completed, earned, currency } = row
  const revenue = totalRevenue(earned)
  return {
    project,
    range,
    cost,
    tasksCompleted: completed,
    revenue: revenue === null ? null : { amount: revenue, currency },
    earned,
  }
}

/** One project in a range, whether it cost anything or not; null when there is none of the key. */
export async function openProjectCost(
  context: Context,
  args: { key: string; range: DateRange },
): Promise<ProjectCostSource | null> {
  const { currency } = context.tenant
  const range = checkedRange(args.range)
  const project = await findProject(context, args.key)
  if (project === null) return null
  const projectIds = [project.id]
  const [costs, completions, revenues] = await Promise.all([
    readFullSums(context, range, projectIds),
    readProjectCompletions(context.db, { range, projectIds }),
    earningTermsOf(context, range).then((terms) =>
      readProjectRevenue(context.db, { range, currency, terms, projectIds }),
    ),
  ])
  const cost = costs.get(project.id) ?? NO_SUMS
  const earned = revenues.get(project.id) ?? NO_REVENUE
  return projectCost({ project, range, cost, completed: completions.get(project.id) ?? 0, earned, currency })
}

function readAllocatedTo({ db, tenant }: Context, range: DateRange, ids: readonly string[]) {
  return readAllocatedMembers(db, { grain: Grain.PROJECT, fractions: fractionsOf(range, tenant.timeZone), ids })
}

/** What some projects cost in a range, their shares of pools included. */
async function readFullSums(
  context: Context,
  range: DateRange,
  ids: readonly string[],
): Promise<Map<string, CellSums>> {
  const [sums, allocated] = await Promise.all([
    readProjectSums(context.db, range, ids),
    readAllocatedTo(context, range, ids),
  ])
  return new Map(ids.map((id) => [id, plusAllocated(sums.get(id) ?? NO_SUMS, allocated.get(id) ?? 0n)]))
}

export function readProjectPrevious(context: Context, row: ProjectCostSource): Promise<CellSums> {
  const range = comparisonRange(row.range, 'PREVIOUS_PERIOD')
  const load = (ids: readonly string[]) => readFullSums(context, range, ids)
  return context.loaders.of(`project previous ${range.from} ${range.to}`, load, NO_SUMS).load(row.project.id)
}

/** Agents that worked for it. */
export function readAgentsUsedIn({ db, loaders }: Context, { project, range }: ProjectCostSource): Promise<number> {
  const load = (ids: readonly string[]) => readProjectAgentsUsed(db, range, ids)
  return loaders.of(`project agents ${range.from} ${range.to}`, load, 0).load(project.id)
}

/** Whether terms of its client charge for its work on some day: what that earns is the client's and no project's. */
export async function isChargedWithClient(context: Context, { project, range }: ProjectCostSource): Promise<boolean> {
  const { charged, except } = await earningTermsOf(context, range)
  const hasOwnTerms = except.some(
    ({ projectId, startsOn, endsOn }) =>
      projectId === project.id && startsOn <= range.from && (endsOn === null || endsOn >= range.to),
  )
  const isOfClient = charged.some(({ projectId, clientId }) => projectId === null && clientId === project.clientId)
  return isOfClient && !hasOwnTerms
}

/** revenue − cost on a basis; null without revenue. */
export function marginOf({ revenue, cost }: ProjectCostSource, basis: CostBasis): Amount | null {
  return revenue === null ? null : { amount: revenue.amount - costOn(basis, cost), currency: revenue.currency }
}

/** margin ÷ revenue; null without revenue, or when it is 0. */
export function marginRatioOf(row: ProjectCostSource, basis: CostBasis): string | null {
  const margin = marginOf(row, basis)
  return margin === null || row.revenue === null ? null : ratio(margin.amount, row.revenue.amount)
}

/** Cost on a basis ÷ tasks completed, half-even at 18 decimals; null when none was completed. */
export function costPerTaskOf({ tenant }: Context, row: ProjectCostSource, basis: CostBasis): Amount | null {
  if (row.tasksCompleted === 0) return null
  return { amount: divideHalfEven(costOn(basis, row.cost), BigInt(row.tasksCompleted)), currency: tenant.currency }
}
