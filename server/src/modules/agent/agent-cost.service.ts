import { NO_SUMS, type CellSums } from '@outlay/db/sql/cell-sums'
import {
  countAgentCosts,
  readAgentClientSums,
  readAgentCompleted,
  readAgentCosts,
  readAgentResourceCosts,
  readAgentResourceSums,
  readAgentSums,
  type AgentPart,
  type AgentResourceCost,
} from '@outlay/db/sql/read-agents'
import type { AgentRecord, ClientRecord } from '@outlay/db/sql/read-dimensions'
import { readBuckets, readDays } from '@outlay/db/sql/read-fleet'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { comparisonRange } from '@outlay/domain/periods/comparison'
import { seriesBuckets, type Granularity } from '@outlay/domain/periods/series'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Context } from '../../graphql/context.ts'
import { pageSize, toPage, type Page, type PageArgs } from '../../graphql/page.ts'
import { seriesOfBuckets, seriesOfDays, type SeriesPoint } from '../../reads/cost-series.ts'
import { groupBy } from '../../reads/group-by.ts'
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
  const agents = await Promise.all(rows.map((row) => loaders.agent.load(row.agentId)))
  return toPage({
    list: LIST,
    rows: rows.flatMap((row, index) => withAgent(agents[index], { range, cost: row.sums })),
    size,
    keyOf: (row) => [formatFixed18(row.cost.direct), row.agent.key],
    after: args.after,
    totalCount: () => countAgentCosts(db, range),
  })
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
  const sums = await readAgentSums(context.db, range, [agent.id])
  return { agent, range, cost: sums.get(agent.id) ?? NO_SUMS }
}

function rangeName(name: string, range: DateRange): string {
  return `${name} ${range.from} ${range.to}`
}

export function readAgentPrevious({ db, loaders }: Context, row: AgentCostSource): Promise<CellSums> {
  const range = comparisonRange(row.range, 'PREVIOUS_PERIOD')
  return loaders
    .of(rangeName('agent previous', range), (ids: readonly string[]) => readAgentSums(db, range, ids), NO_SUMS)
    .load(row.agent.id)
}

export async function readCompleted(
  { db, loaders, tenant }: Context,
  row: AgentCostSource,
): Promise<{ tasks: number; costPerTask: Amount | null }> {
  const { range } = row
  const tasks = await loaders
    .of(rangeName('agent completed', range), (ids: readonly string[]) => readAgentCompleted(db, range, ids), 0)
    .load(row.agent.id)
  if (tasks === 0) return { tasks, costPerTask: null }
  return { tasks, costPerTask: { amount: divideHalfEven(row.cost.direct, BigInt(tasks)), currency: tenant.currency } }
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

export async function readAgentClients({ db, loaders }: Context, row: AgentCostSource): Promise<AgentClientSource[]> {
  const parts = await readAgentClientSums(db, row.range, row.agent.id)
  const lines = await Promise.all(
    parts.map(async (part) => ({
      client: part.otherId === NIL_UUID ? null : await loaders.client.load(part.otherId),
      cost: part.sums,
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
  const { db, tenant, now } = context
  const steps = seriesBuckets(row.range, granularity, tenant.timeZone)
  if (granularity === 'HOUR') {
    const buckets = await readBuckets(db, { ...instantsOf(row.range, tenant.timeZone), agentId: row.agent.id })
    return seriesOfBuckets(steps, buckets, now)
  }
  return seriesOfDays(steps, await readDays(db, { grain: Grain.AGENT, a: row.agent.id, range: row.range }), now)
}
