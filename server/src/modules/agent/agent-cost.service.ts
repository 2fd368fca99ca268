import { NO_SUMS, plusAllocated, type CellSums } from '@outlay/db/sql/cell-sums'
import {
  countAgentCosts,
  readAgentClientSums,
  readAgentCompleted,
  readAgentCosts,
  readAgentResourceCosts,
  readAgentResourceSums,
  readAgentSteps,
  readAgentSums,
  type AgentPart,
  type AgentResourceCost,
} from '@outlay/db/sql/read-agents'
import { readAllocatedAgentClients, readAllocatedMembers, readAllocatedMonths } from '@outlay/db/sql/read-allocated'
import type { AgentRecord, ClientRecord } from '@outlay/db/sql/read-dimensions'
import { readBuckets, readDays } from '@outlay/db/sql/read-fleet'
import { formatFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import { comparisonRange } from '@outlay/domain/periods/comparison'
import { seriesBuckets, type Granularity } from '@outlay/domain/periods/series'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { pageSize, toPage, type Page, type PageArgs } from '../../graphql/page.ts'
import { accrualsOfSteps, fractionsOf, withAccrued } from '../../reads/allocated.ts'
import { costOn, type CostBasis } from '../../reads/cost-basis.ts'
import { seriesOfBuckets, seriesOfDays, type SeriesPoint } from '../../reads/cost-series.ts'
import { groupBy } from '@outlay/domain/group-by'
import { compareAmounts, compareCosts, compareText } from '../../reads/compare.ts'
import { checkedRange, instantsOf } from '../../reads/period.ts'
import { costPosition } from '../../reads/record-page.ts'
import type { Amount } from '../money/money.schema.ts'
import { findAgent } from './agent.service.ts'

export interface AgentCostSource {
  agent: AgentRecord
  range: DateRange
  cost: CellSums
}

export interface ResourceCostSource {
  provider: string | null
  resource: string | null
  cost: CellSums
}

export interface AgentClientSource {
  client: ClientRecord | null
  cost: CellSums
}

const LIST = 'agentCosts'

export async function listAgentCosts(
  context: Context,
  args: PageArgs & { range: DateRange },
): Promise<Page<AgentCostSource>> {
  const { db, loaders } = context
  const range = checkedRange(args.range)
  const size = pageSize(args)
  const rows = await readAgentCosts(db, { range, after: costPosition(LIST, args.after), limit: size + 1 })
  const [agents, allocated] = await Promise.all([
    Promise.all(rows.map((row) => loaders.agent.load(row.agentId))),
    readAllocatedTo(
      context,
      range,
      rows.map((row) => row.agentId),
    ),
  ])
  return toPage({
    list: LIST,
    rows: rows.flatMap((row, index) =>
      withAgent(agents[index], { range, cost: plusAllocated(row.sums, allocated.get(row.agentId) ?? 0n) }),
    ),
    size,
    keyOf: (row) => [formatFixed18(row.cost.direct), row.agent.key],
    after: args.after,
    totalCount: () => countAgentCosts(db, range),
  })
}

/** What some agents were allocated in a range. */
function readAllocatedTo({ db, tenant }: Context, range: DateRange, ids: readonly string[]) {
  return readAllocatedMembers(db, { grain: Grain.AGENT, fractions: fractionsOf(range, tenant.timeZone), ids })
}

/** What some agents cost in a range, their shares of pools included. */
async function readFullSums(
  context: Context,
  range: DateRange,
  ids: readonly string[],
): Promise<Map<string, CellSums>> {
  const [sums, allocated] = await Promise.all([
    readAgentSums(context.db, range, ids),
    readAllocatedTo(context, range, ids),
  ])
  return new Map(ids.map((id) => [id, plusAllocated(sums.get(id) ?? NO_SUMS, allocated.get(id) ?? 0n)]))
}

function withAgent(
  agent: AgentRecord | null | undefined,
  row: { range: DateRange; cost: CellSums },
): AgentCostSource[] {
  return agent === null || agent === undefined ? [] : [{ agent, ...row }]
}

export async function openAgentCost(
  context: Context,
  args: { agentKey: string; range: DateRange },
): Promise<AgentCostSource | null> {
  const range = checkedRange(args.range)
  const agent = await findAgent(context, args.agentKey)
  if (agent === null) return null
  const sums = await readFullSums(context, range, [agent.id])
  return { agent, range, cost: sums.get(agent.id) ?? NO_SUMS }
}

function rangeName(name: string, range: DateRange): string {
  return `${name} ${range.from} ${range.to}`
}

export function readAgentPrevious(context: Context, row: AgentCostSource): Promise<CellSums> {
  const range = comparisonRange(row.range, 'PREVIOUS_PERIOD')
  const load = (ids: readonly string[]) => readFullSums(context, range, ids)
  return context.loaders.of(rangeName('agent previous', range), load, NO_SUMS).load(row.agent.id)
}

/** Completed tasks that it took part in. */
export function readCompleted({ db, loaders }: Context, { agent, range }: AgentCostSource): Promise<number> {
  const load = (ids: readonly string[]) => readAgentCompleted(db, range, ids)
  return loaders.of(rangeName('agent completed', range), load, 0).load(agent.id)
}

export async function readCostPerTask(
  context: Context,
  row: AgentCostSource,
  basis: CostBasis,
): Promise<Amount | null> {
  const tasks = await readCompleted(context, row)
  if (tasks === 0) return null
  return { amount: divideHalfEven(costOn(basis, row.cost), BigInt(tasks)), currency: context.tenant.currency }
}

/** An agent in one step of a range. */
export interface UnitCostSource {
  /** Its first day. */
  from: CalendarDate
  direct: Fixed18
  tasksCompleted: number
}

/**
 * What an agent cost directly for each completed task, step by step: pools are allocated by whole months, and the latest are not yet. Throws
 * BAD_USER_INPUT for hours, which no cell of completed tasks knows.
 */
export async function readUnitCosts(
  { db, loaders, tenant }: Context,
  { agent }: AgentCostSource,
  args: { range: DateRange; granularity: Granularity },
): Promise<UnitCostSource[]> {
  const { granularity } = args
  if (granularity === 'HOUR') throw badInput('granularity', 'Unit costs are by DAY, WEEK or MONTH, not by HOUR.')
  const range = checkedRange(args.range)
  const steps = seriesBuckets(range, granularity, tenant.timeZone).map(({ fromDate, toDate }) => ({
    from: fromDate,
    to: toDate,
  }))
  const load = (ids: readonly string[]) => readAgentSteps(db, steps, ids)
  const found = await loaders.of(rangeName(`agent unit costs ${granularity}`, range), load, []).load(agent.id)
  return found.map((step, index) => ({ from: steps[index]?.from ?? range.from, ...step }))
}

export async function readAgentResources(
  { db, loaders }: Context,
  row: AgentCostSource,
): Promise<ResourceCostSource[]> {
  const { range } = row
  const load = async (ids: readonly string[]) =>
    groupBy(await readAgentResourceSums(db, range, ids), (part) => part.agentId)
  const parts = await loaders.of<string, AgentPart[]>(rangeName('agent resources', range), load, []).load(row.agent.id)
  const lines = await Promise.all(
    parts.map(async (part) =>
      resourceLine(part, part.otherId === NIL_UUID ? null : await loaders.resource.load(part.otherId)),
    ),
  )
  return lines.sort(
    (x, y) => compareCosts(y.cost, x.cost) || compareText(`${x.provider}/${x.resource}`, `${y.provider}/${y.resource}`),
  )
}

/** What an agent used, the most expensive first. One name at two providers is two costs and one name. */
export async function readAgentResourceNames({ db, loaders }: Context, row: AgentCostSource): Promise<string[]> {
  const { range } = row
  const load = async (ids: readonly string[]) =>
    groupBy(await readAgentResourceCosts(db, range, ids), (part) => part.agentId)
  const name = rangeName('agent resource names', range)
  const parts = await loaders.of<string, AgentResourceCost[]>(name, load, []).load(row.agent.id)
  const lines = await Promise.all(
    parts.map(async ({ otherId, cost }) => {
      const record = otherId === NIL_UUID ? null : await loaders.resource.load(otherId)
      return { provider: record?.provider || null, resource: record?.name || null, cost }
    }),
  )
  lines.sort(
    (x, y) =>
      compareAmounts(y.cost, x.cost) || compareText(`${x.provider}/${x.resource}`, `${y.provider}/${y.resource}`),
  )
  return [...new Set(lines.map((line) => line.resource ?? 'No resource'))]
}

function resourceLine(part: AgentPart, record: { provider: string; name: string } | null): ResourceCostSource {
  return { provider: record?.provider || null, resource: record?.name || null, cost: part.sums }
}

export async function readAgentClients(
  { db, loaders, tenant }: Context,
  row: AgentCostSource,
): Promise<AgentClientSource[]> {
  const [parts, allocated] = await Promise.all([
    readAgentClientSums(db, row.range, row.agent.id),
    readAllocatedAgentClients(db, fractionsOf(row.range, tenant.timeZone), row.agent.id),
  ])
  const sums = new Map(parts.map((part) => [part.otherId, part.sums]))
  const lines = await Promise.all(
    [...new Set([...sums.keys(), ...allocated.keys()])].map(async (id) => ({
      client: id === NIL_UUID ? null : await loaders.client.load(id),
      cost: plusAllocated(sums.get(id) ?? NO_SUMS, allocated.get(id) ?? 0n),
    })),
  )
  return lines.sort(
    (x, y) => compareCosts(y.cost, x.cost) || compareText(x.client?.key ?? '\uffff', y.client?.key ?? '\uffff'),
  )
}

export async function readAgentSeries(
  context: Context,
  row: AgentCostSource,
  granularity: Granularity,
): Promise<SeriesPoint[]> {
  const { timeZone } = context.tenant
  const months = fractionsOf(row.range, timeZone).map((part) => part.month)
  const [points, allocated] = await Promise.all([
    readAttributedSeries(context, row, granularity),
    readAllocatedMonths(context.db, { grain: Grain.AGENT, a: row.agent.id, months }),
  ])
  if (allocated.length === 0) return points
  return withAccrued(points, allocated, accrualsOfSteps(points, timeZone))
}

async function readAttributedSeries(
  { db, tenant, now }: Context,
  row: AgentCostSource,
  granularity: Granularity,
): Promise<SeriesPoint[]> {
  const steps = seriesBuckets(row.range, granularity, tenant.timeZone)
  if (granularity === 'HOUR') {
    const buckets = await readBuckets(db, { ...instantsOf(row.range, tenant.timeZone), agentId: row.agent.id })
    return seriesOfBuckets(steps, buckets, now)
  }
  return seriesOfDays(steps, await readDays(db, { grain: Grain.AGENT, a: row.agent.id, range: row.range }), now)
}
