import type { PoolClient } from 'pg'
import type { AllocationFacts, ResourceUse, TaskRevenue, UsageOfPlace } from '@outlay/domain/allocation/facts'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { formatInstant } from '@outlay/domain/periods/instant'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { parseQuantitySum, type Quantity6 } from '@outlay/domain/usage/quantity'
import { plainArray, textArray } from '../sql/pg-array.ts'
import {
  AGENT_KEYS,
  BILLED_TASKS,
  COST_OF_OTHER_MONTHS,
  PRIOR_WEIGHTS,
  RESOURCE_USES,
  TASK_KEYS,
  TOKENS_WITHOUT_TASK,
  USAGE,
  USAGE_WITH_COMPUTE,
  type BilledTaskRow,
  type ChainTokensRow,
  type PriorWeightRow,
  type ResourceUseRow,
  type TaskAgentRow,
  type UsageRow,
} from '../sql/read-allocation-facts.ts'
import type { Prepared } from '../sql/tenant-sql.ts'

/** A pool, as far as the facts of its month depend on it. */
export interface PoolNeeds {
  poolId: string
  resource: { provider: string | null; name: string } | null
  /** Agents that its policy names, active or not. */
  agentIds: readonly string[]
}

/** What is read beside usage: each costs a look at what not every month needs. */
export interface FactsRequest {
  tenantId: string
  /** The first day of the month. */
  month: CalendarDate
  /** RFC 3339. */
  snapshot: string
  timeZone: string
  /** The reporting currency. */
  currency: string
  pools: readonly PoolNeeds[]
  needsCompute: boolean
  needsRevenue: boolean
}

/**
 * Reads what the runs of a month are made from (laws L20 and L21). In one REPEATABLE READ transaction all statements see the same state,
 * and with `ingestedAt < snapshot` a later read sees the same events again.
 */
export async function loadFacts(client: PoolClient, request: FactsRequest): Promise<AllocationFacts> {
  const reader = new FactsReader(client, request)
  // In one flight: while one answer is taken in, Postgres works on the next.
  const [usage, tasks, touches, priorWeights] = await Promise.all([
    reader.usage(),
    request.needsRevenue ? reader.billedTasks() : [],
    reader.touches(),
    reader.priorWeights(),
  ])
  const revenue = await reader.revenue(tasks, usage)
  const resourceUses = await reader.resourceUses(touches, usage)
  const agentIds = new Set([...usage.map(({ agentId }) => agentId), ...request.pools.flatMap((pool) => pool.agentIds)])
  const taskIds = new Set(usage.map(({ taskId }) => taskId))
  for (const { taskId, agents } of revenue) {
    taskIds.add(taskId)
    for (const { agentId } of agents) agentIds.add(agentId)
  }
  for (const uses of resourceUses.values()) {
    for (const { taskId, agentId } of uses) {
      taskIds.add(taskId)
      agentIds.add(agentId)
    }
  }
  for (const weights of priorWeights.values()) for (const agentId of weights.keys()) agentIds.add(agentId)
  taskIds.delete(NIL_UUID)
  const [agentKeys, taskKeys] = await Promise.all([reader.keys(AGENT_KEYS, agentIds), reader.keys(TASK_KEYS, taskIds)])
  return {
    agentKeys,
    taskKeys,
    usage,
    revenue,
    resourceUses,
    priorWeights,
  }
}

class FactsReader {
  readonly #client: PoolClient
  readonly #request: FactsRequest
  readonly #window: readonly [start: string, end: string, snapshot: string]
  // One string for each id, however many rows name it.
  readonly #ids = new Map<string, string>()

  constructor(client: PoolClient, request: FactsRequest) {
    this.#client = client
    this.#request = request
    const { start, end } = rangeBounds(monthRange(request.month), request.timeZone)
    this.#window = [formatInstant(start * 1000), formatInstant(end * 1000), request.snapshot]
  }

  async usage(): Promise<UsageOfPlace[]> {
    const rows = await this.#query<UsageRow>(this.#request.needsCompute ? USAGE_WITH_COMPUTE : USAGE, this.#window)
    return rows.map((row) => ({
      taskId: this.#id(row.taskId),
      clientId: this.#id(row.clientId),
      projectId: this.#id(row.projectId),
      agentId: this.#id(row.agentId),
      invocations: BigInt(row.invocations),
      tokens: parseQuantitySum(row.tokens),
      computeMicros: BigInt(row.compute),
      direct: parseFixed18(row.direct),
    }))
  }

  billedTasks(): Promise<BilledTaskRow[]> {
    const { from, to } = monthRange(this.#request.month)
    return this.#query(BILLED_TASKS, [from, to, this.#request.currency])
  }

  async revenue(tasks: readonly BilledTaskRow[], usage: readonly UsageOfPlace[]): Promise<TaskRevenue[]> {
    const costs = new Map<string, Map<string, Fixed18>>(tasks.map(({ taskId }) => [taskId, new Map()]))
    for (const { taskId, agentId, direct } of usage) addTo(costs.get(taskId), agentId, direct)
    const longer = tasks.filter(({ isLonger }) => isLonger).map(({ taskId }) => taskId)
    if (longer.length > 0) {
      const values = [...this.#window, plainArray(longer)]
      const rows = await this.#query<TaskAgentRow>(COST_OF_OTHER_MONTHS, values)
      for (const row of rows) addTo(costs.get(row.taskId), this.#id(row.agentId), parseFixed18(row.direct))
    }
    return tasks.map((task) => ({
      ...this.#place(task),
      billed: parseFixed18(task.billed),
      agents: Array.from(costs.get(task.taskId) ?? [], ([agentId, direct]) => ({ agentId, direct })),
    }))
  }

  /** Who touched the resources that pools name, and others of the same names. */
  async touches(): Promise<ResourceUseRow[]> {
    const names = new Set(this.#request.pools.flatMap(({ resource }) => resource?.name ?? []))
    return names.size === 0 ? [] : this.#query(RESOURCE_USES, [...this.#window, textArray([...names])])
  }

  /** By pool; pools of one resource have one list. An agent that touched two resources of one pool in a chain touched its resource once. */
  async resourceUses(
    rows: readonly ResourceUseRow[],
    usage: readonly UsageOfPlace[],
  ): Promise<Map<string, ResourceUse[]>> {
    const pools = this.#request.pools.flatMap(({ poolId, resource }) =>
      resource === null ? [] : [{ poolId, resource }],
    )
    if (pools.length === 0) return new Map()
    const tokensOf = await this.#tokensByChain(usage, rows)
    const lists = new Map<string, ResourceUse[]>()
    return new Map(
      pools.map(({ poolId, resource }) => {
        const key = JSON.stringify([resource.provider, resource.name])
        const list = lists.get(key) ?? this.#usesOf(resource, rows, tokensOf)
        lists.set(key, list)
        return [poolId, list]
      }),
    )
  }

  #usesOf(
    { provider, name }: { provider: string | null; name: string },
    rows: readonly ResourceUseRow[],
    tokensOf: ReadonlyMap<string, Quantity6>,
  ): ResourceUse[] {
    const ofPool = rows.filter((row) => row.name === name && (provider === null || row.provider === provider))
    // A resource of one provider is one: then its rows are uses as they stand.
    if (new Set(ofPool.map((row) => row.provider)).size === 1) return ofPool.map((row) => this.#use(row, tokensOf))
    const touched = new Map<string, ResourceUse>()
    for (const row of ofPool) touched.set(`${row.agentId} ${row.chain}`, this.#use(row, tokensOf))
    return [...touched.values()]
  }

  #use(row: ResourceUseRow, tokensOf: ReadonlyMap<string, Quantity6>): ResourceUse {
    const { chain } = row
    const agentId = this.#id(row.agentId)
    return { ...this.#place(row), chain, agentId, tokens: tokensOf.get(`${agentId} ${chain}`) ?? 0n }
  }

  /** A chain that is a task is named by its id. The others cost a look at the month, and most months have none. */
  async #tokensByChain(
    usage: readonly UsageOfPlace[],
    uses: readonly ResourceUseRow[],
  ): Promise<Map<string, Quantity6>> {
    const tokens = new Map<string, Quantity6>()
    for (const place of usage) {
      const key = `${place.agentId} ${place.taskId}`
      tokens.set(key, (tokens.get(key) ?? 0n) + place.tokens)
    }
    if (uses.every(({ taskId }) => taskId !== NIL_UUID)) return tokens
    for (const row of await this.#query<ChainTokensRow>(TOKENS_WITHOUT_TASK, this.#window)) {
      tokens.set(`${row.agentId} ${row.chain}`, parseQuantitySum(row.tokens))
    }
    return tokens
  }

  async priorWeights(): Promise<Map<string, Map<string, Fixed18>>> {
    const { month, pools, snapshot } = this.#request
    const values = [addMonths(month, -1), plainArray(pools.map(({ poolId }) => poolId)), snapshot]
    const weights = new Map<string, Map<string, Fixed18>>()
    for (const { poolId, agentId, weight } of await this.#query<PriorWeightRow>(PRIOR_WEIGHTS, values)) {
      const ofPool = weights.get(poolId) ?? new Map<string, Fixed18>()
      weights.set(poolId, ofPool.set(this.#id(agentId), parseFixed18(weight)))
    }
    return weights
  }

  async keys(statement: Prepared, ids: ReadonlySet<string>): Promise<Map<string, string>> {
    if (ids.size === 0) return new Map()
    const rows = await this.#query<{ id: string; key: string }>(statement, [plainArray([...ids])])
    return new Map(rows.map(({ id, key }) => [this.#id(id), key]))
  }

  async #query<Row>({ name, text }: Prepared, values: readonly string[]): Promise<Row[]> {
    const result = await this.#client.query({ name, text, values: [this.#request.tenantId, ...values] })
    return result.rows as Row[]
  }

  #place({ taskId, clientId, projectId }: { taskId: string; clientId: string; projectId: string }) {
    return { taskId: this.#id(taskId), clientId: this.#id(clientId), projectId: this.#id(projectId) }
  }

  #id(id: string): string {
    const known = this.#ids.get(id)
    if (known !== undefined) return known
    this.#ids.set(id, id)
    return id
  }
}

function monthRange(month: CalendarDate): { from: CalendarDate; to: CalendarDate } {
  return { from: month, to: addMonths(month, 1) }
}

function addTo(costs: Map<string, Fixed18> | undefined, agentId: string, direct: Fixed18): void {
  costs?.set(agentId, (costs.get(agentId) ?? 0n) + direct)
}
