import type { PoolClient } from 'pg'
import {
  BILLED,
  type Billing,
  type CellDeltas,
  type CorrectionCause,
  type CountedEvent,
} from '@outlay/domain/rollup/cells'
import { invariant } from '@outlay/domain/errors'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { formatInstant } from '@outlay/domain/periods/instant'
import { plainArray, textArray } from '../sql/pg-array.ts'
import { hasUsage, isLeafKind, REPLACED_IN_PLACE } from '../sql/event-facts.ts'
import { eventParameters, WRITE_EVENTS, type StoredEvent } from '../sql/write-events.ts'
import type { Carrier, Participant } from '../sql/write-sums.ts'
import { cellDeltas } from './cell-deltas.ts'
import { rateUnder, ratingAt, type Candidate, type StoredRating } from './candidate.ts'
import { decideBilling, needsTrace, sharedUseKey, type BillingDecision, type StoredSpan } from './decide-billing.ts'
import { resolveDimensions, type ResolvedTags } from './resolve-dimensions.ts'
import type { DimensionMemory } from './dimensions.ts'
import { moveSharedCost } from './move-shared-cost.ts'
import { settleLadders, type AddedEvent } from './settle-ladders.ts'
import { storableJson } from './storable-json.ts'
import { countedEvent, loadStoredEvents } from './stored-event.ts'
import type { TenantConfig } from './tenant-config.ts'
import { lockTenant } from './tenant-lock.ts'
import { writeSums } from './write-sums.ts'

/** What became of one candidate. */
export type Fate = { kind: 'accepted'; isUnpriced: boolean } | { kind: 'duplicate' } | Refused

export type Refused = { kind: 'conflict' } | { kind: 'cycle' } | { kind: 'unstorable'; reason: string }

export interface RecordedBatch {
  /** By index of the candidate. */
  fates: Fate[]
  /** What was looked up or made; to be remembered once the transaction has committed. */
  found: DimensionMemory
}

/** The configuration that the batch was rated under is no longer the tenant's; nothing has been written. */
export class StaleConfigError extends Error {
  override readonly name = 'StaleConfigError'
}

/**
 * Records a batch of one tenant inside the open transaction of `client`: takes the tenant's lock, tells new events from known ones,
 * makes records on first sight, decides what each event counts, settles graduated prices, and writes events and rollups (laws L1–L3,
 * L6, L13, L14). Throws StaleConfigError when rates or settings have changed since the candidates were rated.
 */
export async function recordBatch(
  client: PoolClient,
  batch: {
    tenantId: string
    candidates: readonly Candidate[]
    config: TenantConfig
    memory: DimensionMemory
    /** The moment of writing, to which what belongs to closed months is posted, and what to call it. */
    nowMs: number
    cause?: CorrectionCause
    reference?: string | null
  },
): Promise<RecordedBatch> {
  const { tenantId, candidates, config, memory, nowMs, cause = 'LATE_EVENT', reference = null } = batch
  // In one flight: the second statement runs after the lock is taken, with a snapshot of its own.
  const [version, { fates, fresh }] = await Promise.all([
    lockTenant(client, tenantId),
    tellNewFromKnown(client, tenantId, candidates),
  ])
  if (version !== config.version) throw new StaleConfigError()
  const freshItems = fresh.map((index) => at(candidates, index))
  const decision = decideBilling(freshItems, await loadTraceState(client, tenantId, freshItems))

  const kept: number[] = []
  for (const [position, index] of fresh.entries()) {
    if (decision.cycles.has(position)) fates[index] = { kind: 'cycle' }
    else kept.push(position)
  }
  const { tags, found, movedTasks } = await resolveDimensions(client, {
    tenantId,
    memory,
    items: kept.map((position) => ({
      invocation: at(freshItems, position).invocation,
      isShared: at(decision.billing, position) === 'SHARED',
    })),
  })

  const deltas = cellDeltas(config, { nowMs, cause, reference })
  await flipWrappers(client, { tenantId, flips: decision.flips, deltas, config })
  await moveSharedCost(client, { tenantId, moves: movedTasks, deltas, config })
  const counts = (position: number) => BILLED.has(at(decision.billing, position))
  const counted = config.rateBook.hasLadders ? kept.filter(counts) : []
  const positionsOf = await settleLadders(client, {
    tenantId,
    config,
    deltas,
    added: counted.flatMap((position) => ladderUsesOf(at(freshItems, position))),
    recounted: decision.flips.map((flip) => flip.id),
  })
  const writing = new EventWriter(client, tenantId)
  for (const [slot, position] of kept.entries()) {
    const item = at(freshItems, position)
    const billing = at(decision.billing, position)
    const resolved = at(tags, slot)
    const isGraduated = item.ladderUses.length > 0 && counts(position)
    const rating = isGraduated ? ratingAt(item, config, positionsOf(item.invocation.id)) : item.rating
    await writing.add(storedEvent(item, { billing, rating, tags: resolved }))
    deltas.add(countedItem(item, { billing, rating, tags: resolved }))
    const isUnpriced = rating.status === 'UNPRICED' && billing !== 'REPORT' && billing !== 'CLAIMED'
    fates[at(fresh, position)] = { kind: 'accepted', isUnpriced }
  }
  // The sums follow the events down the same connection while Postgres is still busy with those.
  const sums = writeSums(client, tenantId, {
    carriers: carriers(freshItems, decision),
    participants: participants(
      kept.map((position, slot) => ({ item: at(freshItems, position), tags: at(tags, slot) })),
    ),
    deltas,
  })
  await Promise.all([writing.finish(), sums])
  return { fates: fates.map((fate) => present(fate)), found }
}

const KNOWN_KEYS = `
SELECT id, content_hash::text AS content_hash FROM invocation_key WHERE tenant_id = $1::uuid AND id = ANY ($2::text[])`

async function tellNewFromKnown(
  client: PoolClient,
  tenantId: string,
  candidates: readonly Candidate[],
): Promise<{ fates: (Fate | undefined)[]; fresh: number[] }> {
  const known = await client.query<{ id: string; content_hash: string }>({
    name: 'known_invocation_keys',
    text: KNOWN_KEYS,
    values: [tenantId, textArray(candidates.map((item) => item.invocation.id))],
  })
  const hashes = new Map(known.rows.map((row) => [row.id, row.content_hash]))
  const fates: (Fate | undefined)[] = []
  const fresh: number[] = []
  for (const [index, item] of candidates.entries()) {
    const hash = hashes.get(item.invocation.id)
    if (hash === undefined) {
      // The first delivery within the batch becomes the known one for the rest of it.
      hashes.set(item.invocation.id, item.contentHash)
      fresh.push(index)
      fates.push(undefined)
    } else {
      fates.push(hash === item.contentHash ? { kind: 'duplicate' } : { kind: 'conflict' })
    }
  }
  return { fates, fresh }
}

// One probe of the trace index for each trace. OFFSET 0 keeps the planner from joining the other way round, which it likes to do while
// a partition is young and has no statistics: that reads every event of the tenant.
// A voided event consumed nothing and keeps its place in the tree, unless its replacement stands there (docs/decisions/0013).
const TRACE_SPANS = `
SELECT i.* FROM unnest($2::text[]) AS t(trace_id) CROSS JOIN LATERAL (
  SELECT e.trace_id, e.id, e.span_id, e.parent_span_id, e.billing <> 'VOID' AND ${isLeafKind('e')} AS is_leaf_kind,
    e.billing <> 'VOID' AND ${hasUsage('e')} AS has_usage, e.billing
  FROM invocation e WHERE e.tenant_id = $1::uuid AND e.trace_id = t.trace_id
    AND (e.billing <> 'VOID' OR NOT EXISTS (${REPLACED_IN_PLACE})) OFFSET 0
) i`

const CARRIED = `
SELECT s.trace_id, s.shared_key FROM shared_use s JOIN unnest($2::text[], $3::text[]) AS i(trace_id, shared_key)
  ON s.trace_id = i.trace_id AND s.shared_key = i.shared_key
WHERE s.tenant_id = $1::uuid`

async function loadTraceState(client: PoolClient, tenantId: string, items: readonly Candidate[]) {
  const linked = items.filter(needsTrace)
  const traces = [...new Set(linked.map((item) => item.invocation.trace ?? ''))]
  const shared = items.filter((item) => item.invocation.sharedKey !== null && item.invocation.trace !== null)
  const spans = traces.length === 0 ? [] : await loadSpans(client, tenantId, traces)
  const carried = new Set<string>()
  if (shared.length > 0) {
    const result = await client.query<{ trace_id: string; shared_key: string }>({
      name: 'carried_shared_uses',
      text: CARRIED,
      values: [
        tenantId,
        textArray(shared.map((item) => item.invocation.trace)),
        textArray(shared.map((item) => item.invocation.sharedKey)),
      ],
    })
    for (const row of result.rows) carried.add(sharedUseKey(row.trace_id, row.shared_key))
  }
  return { spans, carried }
}

/** What stands in some traces: the shape of their trees. */
export async function loadSpans(
  client: PoolClient,
  tenantId: string,
  traces: readonly string[],
): Promise<StoredSpan[]> {
  const result = await client.query<{
    trace_id: string
    id: string
    span_id: string | null
    parent_span_id: string | null
    is_leaf_kind: boolean
    has_usage: boolean
    billing: Billing
  }>({
    name: 'trace_spans',
    text: TRACE_SPANS,
    values: [tenantId, textArray(traces)],
  })
  return result.rows.map((row) => ({
    traceId: row.trace_id,
    id: row.id,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id,
    isLeafKind: row.is_leaf_kind,
    hasUsage: row.has_usage,
    billing: row.billing,
  }))
}

function ladderUsesOf({ invocation, ladderUses }: Candidate): AddedEvent[] {
  return ladderUses.length === 0
    ? []
    : [{ id: invocation.id, occurredAtMicros: invocation.occurredAt, uses: ladderUses }]
}

/** What was decided about a candidate under the tenant's lock. */
interface Decided {
  billing: Billing
  rating: StoredRating
  tags: ResolvedTags
}

function storedEvent(item: Candidate, { billing, rating, tags }: Decided): StoredEvent {
  const { invocation } = item
  return {
    id: invocation.id,
    occurredAt: formatInstant(invocation.occurredAt),
    endedAt: invocation.endedAt === null ? null : formatInstant(invocation.endedAt),
    contentHash: item.contentHash,
    agentId: tags.agentId,
    clientId: tags.clientId,
    projectId: tags.projectId,
    taskId: tags.taskId,
    resourceId: tags.resourceId,
    traceId: invocation.trace,
    spanId: invocation.span,
    parentSpanId: invocation.parentSpan,
    kind: invocation.kind,
    billing,
    status: rating.status,
    name: invocation.name,
    sharedKey: invocation.sharedKey,
    meters: rating.meters,
    quantities: rating.quantities,
    rateIds: rating.rateIds,
    amounts: rating.amounts,
    fxRates: rating.fxRates,
    ladders: rating.ladders,
    cost: rating.cost === null ? null : formatFixed18(rating.cost),
    reportedAmount: invocation.reportedCost === null ? null : formatFixed18(invocation.reportedCost.amount),
    reportedCurrency: invocation.reportedCost?.currency ?? null,
    qualifiers: invocation.qualifiers === null ? null : storableJson(invocation.qualifiers),
    raw: invocation.raw === null ? null : storableJson(invocation.raw),
    costBasis: rating.costBasis,
    reportedFxRate: rating.reportedFxRate,
    failure: invocation.failure,
  }
}

function countedItem(item: Candidate, { billing, rating, tags }: Decided): CountedEvent {
  const place = billing === 'SHARED' ? tags.taskPlace : tags
  return {
    billing,
    status: rating.status,
    cost: rating.cost,
    tokens: item.tokens,
    kind: item.invocation.kind,
    agentId: tags.agentId,
    clientId: place.clientId,
    projectId: place.projectId,
    taskId: tags.taskId,
    resourceId: tags.resourceId,
    bucket: item.bucket,
    day: item.day,
  }
}

function carriers(items: readonly Candidate[], decision: BillingDecision): Carrier[] {
  return decision.carriers.map((position) => {
    const { trace, sharedKey, id, occurredAt } = at(items, position).invocation
    return { traceId: trace ?? '', sharedKey: sharedKey ?? '', invocationId: id, occurredAt: formatInstant(occurredAt) }
  })
}

/**
 * Agents that reported consumption for a task, each once. What they report counts as taking part whether or not it is billed: whether a
 * wrapper is billed can change with the next event, and who took part must not depend on the order of arrival.
 */
function participants(events: readonly { item: Candidate; tags: ResolvedTags }[]): Participant[] {
  const seen = new Map<string, Participant>()
  for (const { item, tags } of events) {
    const hasReported = item.isLeafKind || item.hasUsage
    if (!hasReported || tags.taskId === null || tags.agentId === null) continue
    seen.set(tags.taskId + tags.agentId, { taskId: tags.taskId, agentId: tags.agentId })
  }
  return [...seen.values()].sort((x, y) => compare(x.taskId, y.taskId) || compare(x.agentId, y.agentId))
}

const SET_BILLING = `
UPDATE invocation i SET billing = f.billing FROM unnest($2::text[], $3::timestamptz[], $4::text[]) AS f(id, occurred_at, billing)
WHERE i.tenant_id = $1::uuid AND i.id = f.id AND i.occurred_at = f.occurred_at`

/** Takes wrappers out of the sums when a billable descendant has arrived (or the other way), by exactly what they had put in. */
export async function flipWrappers(
  client: PoolClient,
  change: { tenantId: string; flips: BillingDecision['flips']; deltas: CellDeltas; config: TenantConfig },
): Promise<void> {
  const { tenantId, flips, deltas, config } = change
  if (flips.length === 0) return
  const targets = new Map(flips.map((flip) => [flip.id, flip.to]))
  const events = await loadStoredEvents(client, { tenantId, ids: [...targets.keys()] })
  for (const event of events) {
    deltas.add(countedEvent(event, config), -1)
    deltas.add(countedEvent({ ...event, billing: targets.get(event.id) ?? event.billing }, config))
  }
  await client.query(SET_BILLING, [
    tenantId,
    textArray(events.map((event) => event.id)),
    plainArray(events.map((event) => formatInstant(event.occurredAtMicros))),
    plainArray(events.map((event) => targets.get(event.id) ?? event.billing)),
  ])
}

/** Events of one statement. */
const EVENTS_PER_STATEMENT = 1_000

/**
 * Writes the events of a batch a thousand at a time: Postgres stores one part while the next is put into words. `finish` proves that
 * nothing was swallowed by a conflict.
 */
class EventWriter {
  readonly #client: PoolClient
  readonly #tenantId: string
  readonly #sent: Promise<void>[] = []
  #waiting: StoredEvent[] = []

  constructor(client: PoolClient, tenantId: string) {
    this.#client = client
    this.#tenantId = tenantId
  }

  /** Resolves at once, except where a part is full: then the socket gets its turn. */
  add(event: StoredEvent): Promise<void> | undefined {
    this.#waiting.push(event)
    if (this.#waiting.length < EVENTS_PER_STATEMENT) return undefined
    this.#send()
    return new Promise((resolve) => setImmediate(resolve))
  }

  async finish(): Promise<void> {
    if (this.#waiting.length > 0) this.#send()
    await Promise.all(this.#sent)
  }

  #send(): void {
    const sending = this.#write(this.#waiting)
    // Heard by `finish`, which may be some turns away.
    sending.catch(() => {})
    this.#sent.push(sending)
    this.#waiting = []
  }

  async #write(events: readonly StoredEvent[]): Promise<void> {
    const result = await this.#client.query<{ keys: number; events: number }>({
      name: 'write_events',
      text: WRITE_EVENTS,
      values: eventParameters(this.#tenantId, events),
    })
    const row = result.rows[0]
    const isWhole = row?.keys === events.length && row.events === events.length
    invariant(isWhole, `Of ${events.length} events the database took ${row?.keys} keys and ${row?.events} rows.`)
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index]
  invariant(item !== undefined, `No item ${index}`)
  return item
}

function present(fate: Fate | undefined): Fate {
  invariant(fate !== undefined, 'An item of the batch has no fate')
  return fate
}

/** Rates every candidate again, after the tenant's configuration has changed. */
export function rateAgain(candidates: readonly Candidate[], config: TenantConfig): void {
  for (const item of candidates) rateUnder(item, config)
}
