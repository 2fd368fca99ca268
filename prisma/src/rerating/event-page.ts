import type { PoolClient } from 'pg'
import { invariant } from '@outlay/domain/errors'
import { formatInstant } from '@outlay/domain/periods/instant'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import type { LadderUse } from '@outlay/domain/rating/ladder-positions'
import type { UsageQuantity } from '@outlay/domain/rating/rate-book'
import type { CostBasis } from '@outlay/domain/rating/reported-cost'
import type { PricedResource } from '@outlay/domain/rating/substitution'
import type { Billing, RatingStatus } from '@outlay/domain/rollup/cells'
import type { InvocationKind } from '@outlay/domain/rollup/grain'
import { parseQuantity } from '@outlay/domain/usage/quantity'
import { isLeafKind, type RatableEvent, type StoredRating } from '../ingest/candidate.ts'
import type { TenantConfig } from '../ingest/tenant-config.ts'
import { plainArray } from '../sql/pg-array.ts'
import { CLIENT_OF_EVENT, eventCondition, PROJECT_OF_EVENT, type EventCondition } from './event-filter.ts'
import type { Cursor, Rerating } from './rerating.ts'

/** An event as it is stored: what rating needs of it, the rating it has, and where it counts. */
export interface StoredEvent extends RatableEvent {
  id: string
  billing: Billing
  status: RatingStatus
  /** Scaled 10^18; null unless RATED. */
  cost: bigint | null
  /** The lines of its rating as Postgres writes arrays: with all decimals of their columns. */
  meters: string
  /** How many lines. */
  lines: number
  quantities: string
  rateIds: string
  fxRates: string | null
  costBasis: CostBasis
  reportedFxRate: string | null
  /** The graduated price that each line counts for; null when none does. */
  ladders: string | null
  /** Where it counts: a shared use has no agent, and the client and project of its task (law L13). */
  agentId: string | null
  clientId: string | null
  projectId: string | null
  taskId: string | null
  resourceId: string | null
}

const COLUMNS = `i.id, (extract(epoch FROM i.occurred_at) * 1000000)::bigint::text, i.billing, i.status, i.cost::text, i.kind,
  i.meters::text, i.quantities::text, i.rate_ids::text, i.fx_rates::text, i.qualifiers::text, i.reported_amount::text, i.reported_currency,
  i.cost_basis, i.reported_fx_rate::text, i.agent_id, ${CLIENT_OF_EVENT}, ${PROJECT_OF_EVENT}, i.task_id, i.resource_id,
  i.ladders::text`

type Row = [
  id: string,
  micros: string,
  billing: Billing,
  status: RatingStatus,
  cost: string | null,
  kind: InvocationKind,
  meters: string,
  quantities: string,
  rateIds: string,
  fxRates: string | null,
  qualifiers: string | null,
  reportedAmount: string | null,
  reportedCurrency: string | null,
  costBasis: CostBasis,
  reportedFxRate: string | null,
  agentId: string | null,
  clientId: string | null,
  projectId: string | null,
  taskId: string | null,
  resourceId: string | null,
  ladders: string | null,
]

/**
 * $1 tenant, $2 and $3 the cursor, $4 the end of the range. Ids are in the order of their bytes, whatever the database sorts by. What was
 * voided is left alone.
 */
const IN_RANGE = `FROM invocation i WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $4::timestamptz
  AND (i.occurred_at > $2::timestamptz OR i.id COLLATE "C" > $3::text) AND i.billing <> 'VOID'`

const FIRST_FILTER_PARAMETER = 5

/** The events of a re-rating, in the order of (occurred_at, id), a page at a time. */
export class EventPages {
  readonly #tenantId: string
  readonly #end: string
  readonly #condition: EventCondition
  readonly #words = new Words()

  private constructor(tenantId: string, end: string, condition: EventCondition) {
    this.#tenantId = tenantId
    this.#end = end
    this.#condition = condition
  }

  /** Looks up what the filter names. */
  static async open(
    client: PoolClient,
    { tenantId, rerating, config }: { tenantId: string; rerating: Rerating; config: TenantConfig },
  ): Promise<EventPages> {
    const { filter } = rerating
    const condition = await eventCondition(client, { tenantId, filter, firstParameter: FIRST_FILTER_PARAMETER })
    return new EventPages(tenantId, formatInstant(boundsOf(rerating, config).end), condition)
  }

  /** Everything from the cursor on. */
  async count(client: PoolClient, after: Cursor): Promise<number> {
    const result = await client.query<{ events: number }>(
      `SELECT count(*)::float8 AS events ${IN_RANGE}${this.#condition.sql}`,
      [this.#tenantId, formatInstant(after.occurredAt), after.id, this.#end, ...this.#condition.values],
    )
    return result.rows[0]?.events ?? 0
  }

  /** The next events behind the cursor: fewer than `limit` at the end only. */
  async read(client: PoolClient, { after, limit }: { after: Cursor; limit: number }): Promise<StoredEvent[]> {
    const { sql, values } = this.#condition
    // Planned each time: which partitions are read, and what the filter leaves of them, is known only then.
    const { rows } = await client.query<Row>({
      text: `SELECT ${COLUMNS} ${IN_RANGE}${sql} ORDER BY i.occurred_at, i.id COLLATE "C" LIMIT ${limit}`,
      values: [this.#tenantId, formatInstant(after.occurredAt), after.id, this.#end, ...values],
      rowMode: 'array',
    })
    await this.#words.learn(client, this.#tenantId, rows)
    return rows.map((row) => this.#words.event(row))
  }
}

/** Just before the first event of the range. */
export function startOf(rerating: Rerating, config: TenantConfig): Cursor {
  return { occurredAt: boundsOf(rerating, config).start, id: '' }
}

/** Microseconds. A local day is 23 or 25 hours long where the clocks change (law L22). */
function boundsOf({ rangeFrom, rangeTo }: Rerating, { timeZone }: TenantConfig): { start: number; end: number } {
  const { start, end } = rangeBounds({ from: rangeFrom, to: rangeTo }, timeZone)
  return { start: start * 1_000, end: end * 1_000 }
}

export function cursorAt(event: StoredEvent): Cursor {
  return { occurredAt: event.invocation.occurredAt, id: event.id }
}

const NO_RESOURCE: PricedResource = { provider: null, resource: null }
const RESOURCES = `SELECT id, nullif(provider, '') AS provider, nullif(name, '') AS resource FROM resource WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])`
/** Senders may invent names without end; what does not fit is looked up again. */
const WORDS_MAX = 20_000

/** What the same words of many events mean, each looked up or read once. */
class Words {
  readonly #resources = new Map<string, PricedResource>()
  readonly #meters = new Map<string, readonly string[]>()
  readonly #qualifiers = new Map<string, Record<string, string>>()

  async learn(client: PoolClient, tenantId: string, rows: readonly Row[]): Promise<void> {
    const unknown = new Set<string>()
    for (const row of rows) {
      const id = row[19]
      if (id !== null && !this.#resources.has(id)) unknown.add(id)
    }
    if (unknown.size === 0) return
    if (this.#resources.size > WORDS_MAX) {
      this.#resources.clear()
      return this.learn(client, tenantId, rows)
    }
    const found = await client.query<PricedResource & { id: string }>(RESOURCES, [tenantId, plainArray([...unknown])])
    for (const { id, provider, resource } of found.rows) this.#resources.set(id, { provider, resource })
  }

  event(row: Row): StoredEvent {
    const [resourceId, billing] = [row[19], row[2]]
    const name = resourceId === null ? NO_RESOURCE : this.#resources.get(resourceId)
    invariant(name !== undefined, `The resource ${resourceId} of the event ${row[0]} is not there`)
    const meters = remembered(this.#meters, row[6], metersOf)
    const usage = usageOf(meters, row[7])
    return {
      id: row[0],
      billing,
      status: row[3],
      cost: row[4] === null ? null : scaled(row[4]),
      meters: row[6],
      lines: meters.length,
      quantities: row[7],
      rateIds: row[8],
      fxRates: row[9],
      costBasis: row[13],
      reportedFxRate: row[14],
      ladders: row[20],
      agentId: billing === 'SHARED' ? null : row[15],
      clientId: row[16],
      projectId: row[17],
      taskId: row[18],
      resourceId,
      isLeafKind: isLeafKind(row[5]),
      hasUsage: usage.some((line) => line.quantity > 0n),
      invocation: {
        provider: name.provider,
        resource: name.resource,
        kind: row[5],
        occurredAt: Number(row[1]),
        usage,
        qualifiers: row[10] === null ? null : remembered(this.#qualifiers, row[10], qualifiersOf),
        reportedCost: row[11] === null || row[12] === null ? null : { amount: scaled(row[11]), currency: row[12] },
      },
    }
  }
}

function remembered<T>(known: Map<string, T>, text: string, read: (text: string) => T): T {
  let value = known.get(text)
  if (value === undefined) {
    if (known.size >= WORDS_MAX) known.clear()
    value = read(text)
    known.set(text, value)
  }
  return value
}

/** `{input_tokens,output_tokens}`. Names of meters need no quotes, but for one that is called null. */
function metersOf(literal: string): readonly string[] {
  return literal === '{}'
    ? []
    : literal
        .slice(1, -1)
        .split(',')
        .map((meter) => meter.replaceAll('"', ''))
}

function qualifiersOf(json: string): Record<string, string> {
  return JSON.parse(json) as Record<string, string>
}

/** What was consumed: a meter whose quantity was divided over the steps of a price is one meter again. */
function usageOf(meters: readonly string[], literal: string): UsageQuantity[] {
  if (meters.length === 0) return []
  const quantities = literal.slice(1, -1).split(',')
  const usage: UsageQuantity[] = []
  for (const [index, meter] of meters.entries()) {
    const quantity = scaled(quantities[index] ?? '')
    const same = usage.find((line) => line.meter === meter)
    if (same === undefined) usage.push({ meter, quantity })
    else same.quantity += quantity
  }
  return usage
}

/** What an event uses of graduated prices by a rating, the one that it has or another. */
export function usesOf({ ladders, quantities }: Pick<StoredRating, 'ladders' | 'quantities'>): LadderUse[] {
  if (ladders === null) return []
  const amounts = quantities.slice(1, -1).split(',')
  return ladders
    .slice(1, -1)
    .split(',')
    .flatMap((ladder, i) => (ladder === 'NULL' ? [] : [{ ladder, quantity: parseQuantity(amounts[i] ?? '') }]))
}

/** A numeric of a column as the integer it is at the column's scale: Postgres writes all its decimals. */
function scaled(text: string): bigint {
  return BigInt(text.replace('.', ''))
}
