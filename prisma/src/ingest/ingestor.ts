import type { Pool } from 'pg'
import { DomainError, invariant } from '@outlay/domain/errors'
import { parseInvocation } from '@outlay/domain/invocation/parse-invocation'
import { microsToMs } from '@outlay/domain/periods/instant'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { candidate, type Candidate } from './candidate.ts'
import { DimensionMemory } from './dimensions.ts'
import { IngestUnavailableError, type RecordOutcome, type Refusal } from './ingest-error.ts'
import { Partitions } from './partitions.ts'
import {
  rateAgain,
  recordBatch,
  StaleConfigError,
  type Fate,
  type RecordedBatch,
  type Refused,
} from './record-batch.ts'
import { isContentError, isPassing, isTransient } from './sql-state.ts'
import type { TenantConfig, TenantConfigs } from './tenant-config.ts'
import { nextTurn } from './turns.ts'

/** Most events of one transaction. Larger batches gain little and hold the tenant's lock longer. */
const BATCH_MAX = 5_000
/** How long an event waits for company, milliseconds: small requests of many senders then share a transaction. */
const COLLECT_MS = 3
/** So many items are parsed before others get their turn: the batch that is being written, above all. */
const SLICE = 250
/** Most events of one tenant that may be on their way; more are answered "try again". */
const WAITING_MAX = 100_000
/** A deadlock or a lost serialisation race is tried again this often. */
const ATTEMPTS_MAX = 4

/** An item as an adapter hands it over: the raw attributes to keep, and what makes two deliveries of it the same. */
export interface AdaptedItem {
  item: unknown
  raw?: Record<string, unknown> | null
  contentKey?: string
}

/** An event in the queue, with the request that waits for its fate. */
interface Waiting {
  candidate: Candidate
  index: number
  request: PendingRequest
}

/** One request's answer while its events are on their way: one promise a request, not one an event. */
class PendingRequest {
  readonly outcome: RecordOutcome = { accepted: 0, duplicates: 0, unpriced: 0, rejected: [] }
  readonly answered: Promise<void>
  #open = 1
  #failure: { error: unknown } | null = null
  #finish: () => void = () => {}
  #fail: (error: unknown) => void = () => {}

  constructor() {
    this.answered = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
  }

  /** One more event to wait for. */
  expect(): void {
    this.#open += 1
  }

  settle(fate: Fate, item: { index: number; id: string }): void {
    tally(this.outcome, fate, item)
    this.close()
  }

  fail(error: unknown): void {
    this.#failure ??= { error }
    this.close()
  }

  /** One less to wait for; the last one answers. The request itself counts as one until all its events are in the queue. */
  close(): void {
    this.#open -= 1
    if (this.#open > 0) return
    if (this.#failure === null) this.#finish()
    else this.#fail(this.#failure.error)
  }
}

/**
 * The one way events come in: parse, rate in memory, collect per tenant for a few milliseconds, record in one transaction, answer.
 * A promise that resolves means that every accepted event is committed (law L2).
 */
export class Ingestor {
  readonly #pool: Pool
  readonly #configs: TenantConfigs
  readonly #clock: () => number
  readonly #partitions: Partitions
  readonly #onRecorded: (tenantId: string) => void
  readonly #lanes = new Map<string, Lane>()

  /**
   * `pool` serves the role outlay_app; `clock` gives microseconds since 1970; `onRecorded` is told of every commit, and must not throw.
   */
  constructor(deps: {
    pool: Pool
    configs: TenantConfigs
    clock?: () => number
    onRecorded?: (tenantId: string) => void
  }) {
    this.#pool = deps.pool
    this.#configs = deps.configs
    this.#clock = deps.clock ?? (() => Date.now() * 1_000)
    this.#partitions = new Partitions(deps.pool)
    this.#onRecorded = deps.onRecorded ?? (() => {})
  }

  /**
   * Records items in the shape of `InvocationInput`. Throws IngestUnavailableError when nothing is known to be stored because the
   * database did not answer; a retry of the same items is harmless (law L1).
   */
  async record({ tenantId, items }: { tenantId: string; items: readonly unknown[] }): Promise<RecordOutcome> {
    return this.recordAdapted({ tenantId, items: items.map((item) => ({ item })) })
  }

  /** Like `record`, for adapters that know more about an item than its fields. */
  async recordAdapted({
    tenantId,
    items,
  }: {
    tenantId: string
    items: readonly AdaptedItem[]
  }): Promise<RecordOutcome> {
    const config = await this.#configs.get(tenantId).catch((error: unknown) => Promise.reject(unavailable(error)))
    const lane = this.#lane(tenantId)
    if (lane.claimed + items.length > WAITING_MAX) {
      throw new IngestUnavailableError('Too many events of this tenant wait to be recorded.', { retryAfterSeconds: 1 })
    }
    lane.claimed += items.length
    try {
      const request = await this.#candidates(items, { config, lane })
      await request.answered
      request.outcome.rejected.sort((a, b) => a.index - b.index)
      return request.outcome
    } finally {
      lane.claimed -= items.length
    }
  }

  /** Parses and rates the items of a request and hands those that are right to the lane, all at once. */
  async #candidates(
    items: readonly AdaptedItem[],
    { config, lane }: { config: TenantConfig; lane: Lane },
  ): Promise<PendingRequest> {
    const request = new PendingRequest()
    const { outcome } = request
    const waiting: Waiting[] = []
    const now = this.#clock()
    for (const [index, adapted] of items.entries()) {
      if (index > 0 && index % SLICE === 0) await nextTurn()
      let made: Candidate
      try {
        const invocation = parseInvocation(adapted.item, { now, raw: adapted.raw ?? null })
        made = candidate(invocation, { config, contentKey: adapted.contentKey })
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        outcome.rejected.push({ index, id: idOf(adapted.item), code: error.code, message: error.message })
        continue
      }
      request.expect()
      waiting.push({ candidate: made, index, request })
    }
    for (const entry of waiting) lane.waiting.push(entry)
    lane.wake()
    request.close()
    return request
  }

  /** Resolves when nothing waits any more: for an orderly stop. */
  async drain(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()))
  }

  #lane(tenantId: string): Lane {
    let lane = this.#lanes.get(tenantId)
    if (lane === undefined) {
      lane = new Lane((batch, memory) => this.#commit(tenantId, batch, memory))
      this.#lanes.set(tenantId, lane)
    }
    return lane
  }

  async #commit(tenantId: string, candidates: readonly Candidate[], memory: DimensionMemory): Promise<RecordedBatch> {
    await this.#partitions.ensure(
      tenantId,
      candidates.map((item) => item.invocation.occurredAt),
    )
    for (let attempt = 1; ; attempt++) {
      const config = await this.#configs.get(tenantId)
      if (candidates.some((item) => item.configVersion !== config.version)) rateAgain(candidates, config)
      try {
        const recorded = await tenantTransaction(this.#pool, tenantId, (client) =>
          recordBatch(client, { tenantId, candidates, config, memory, nowMs: microsToMs(this.#clock()) }),
        )
        this.#onRecorded(tenantId)
        return recorded
      } catch (error) {
        if (attempt >= ATTEMPTS_MAX) throw error
        if (error instanceof StaleConfigError) await this.#configs.reload(tenantId)
        else if (!isTransient(error)) throw error
      }
    }
  }
}

/** The queue of one tenant: one transaction at a time, filled while the one before commits. */
class Lane {
  waiting: Waiting[] = []
  /** Events of requests that are not answered yet. */
  claimed = 0
  readonly #memory = new DimensionMemory()
  readonly #commit: (candidates: readonly Candidate[], memory: DimensionMemory) => Promise<RecordedBatch>
  #running: Promise<void> | null = null

  constructor(commit: (candidates: readonly Candidate[], memory: DimensionMemory) => Promise<RecordedBatch>) {
    this.#commit = commit
  }

  wake(): void {
    if (this.#running !== null || this.waiting.length === 0) return
    this.#running = this.#run().finally(() => {
      this.#running = null
      this.wake()
    })
  }

  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running
  }

  async #run(): Promise<void> {
    if (this.waiting.length < BATCH_MAX) await new Promise((resolve) => setTimeout(resolve, COLLECT_MS))
    while (this.waiting.length > 0) await this.#record(this.waiting.splice(0, BATCH_MAX))
  }

  async #record(batch: readonly Waiting[]): Promise<void> {
    try {
      const { fates, found } = await this.#commit(
        batch.map((entry) => entry.candidate),
        this.#memory,
      )
      this.#memory.learn(found)
      for (const [index, entry] of batch.entries()) {
        const fate = fates[index]
        invariant(fate !== undefined, 'A batch answers every item')
        settle(entry, fate)
      }
    } catch (error) {
      await this.#isolate(batch, error)
    }
  }

  /** What the database refuses for its content is narrowed down to the item, so that it never costs another sender's events. */
  async #isolate(batch: readonly Waiting[], error: unknown): Promise<void> {
    // A new rate may price an item beyond what an amount holds; the database refuses texts and numbers that do not fit.
    const isContent = error instanceof DomainError || isContentError(error)
    if (isContent && batch.length > 1) {
      const half = Math.ceil(batch.length / 2)
      await this.#record(batch.slice(0, half))
      await this.#record(batch.slice(half))
      return
    }
    const failure = unavailable(error)
    const reason = error instanceof Error ? error.message : 'it does not fit'
    for (const entry of batch) {
      if (isContent) settle(entry, { kind: 'unstorable', reason })
      else entry.request.fail(failure)
    }
  }
}

function settle({ request, index, candidate: { invocation } }: Waiting, fate: Fate): void {
  request.settle(fate, { index, id: invocation.id })
}

function tally(outcome: RecordOutcome, fate: Fate, item: { index: number; id: string }): void {
  if (fate.kind === 'accepted') {
    outcome.accepted += 1
    if (fate.isUnpriced) outcome.unpriced += 1
  } else if (fate.kind === 'duplicate') {
    outcome.duplicates += 1
  } else {
    outcome.rejected.push({ ...item, ...refusal(fate, JSON.stringify(item.id)) })
  }
}

function refusal(fate: Refused, id: string): Pick<Refusal, 'code' | 'message'> {
  switch (fate.kind) {
    case 'conflict':
      return {
        code: 'CONFLICT',
        message: `The invocation ${id} is stored with other content; the stored one stays. A different event needs a different id.`,
      }
    case 'cycle':
      return { code: 'CYCLE', message: `The parent of invocation ${id} is one of its own descendants.` }
    case 'unstorable':
      return { code: 'UNSTORABLE', message: `The invocation ${id} cannot be stored: ${fate.reason}` }
  }
}

function idOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('id' in item)) return null
  return typeof item.id === 'string' ? item.id.slice(0, 256) : null
}

/** A failure of the database is the sender's cue to retry; a failure of ours stays what it is. */
function unavailable(error: unknown): unknown {
  if (!isPassing(error)) return error
  return new IngestUnavailableError('The database does not take events now; the same request can be sent again.', {
    retryAfterSeconds: 2,
    cause: error,
  })
}
