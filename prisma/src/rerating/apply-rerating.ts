import type { PoolClient } from 'pg'
import { bucketStart } from '@outlay/domain/periods/bucket'
import { formatInstant, microsToMs } from '@outlay/domain/periods/instant'
import { localDay } from '@outlay/domain/periods/local-day'
import { BILLED, type CountedEvent } from '@outlay/domain/rollup/cells'
import { cellDeltas } from '../ingest/cell-deltas.ts'
import { LadderDeltas, readLadderPositions, writeLadderDeltas } from '../ingest/ladder-usage.ts'
import { StaleConfigError } from '../ingest/record-batch.ts'
import type { TenantConfig } from '../ingest/tenant-config.ts'
import { lockTenant } from '../ingest/tenant-lock.ts'
import { writeSums } from '../ingest/write-sums.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { cursorAt, EventPages, startOf, usesOf, type StoredEvent } from './event-page.ts'
import { ratePage } from './rate-page.ts'
import { replaceRatings, type NewRating } from './replace-ratings.ts'
import { endRerating, lockRerating, type Cursor, type Rerating, type ReratingRef } from './rerating.ts'
import { workOn, type ReratingControl, type ReratingDeps } from './work-on.ts'

/** Ingest waits for one page at most, so a page is short. */
const PAGE_SIZE = 2_000

/**
 * Gives the events of a previewed job the ratings of now, page by page: each page in one transaction under the tenant's lock, with the
 * old ratings kept, the roll-ups moved by exactly the difference and the place it ends at (laws L2 and L12); the difference of a closed
 * month goes to the open one (law L23). Killed anywhere it goes on
 * there; run twice it changes nothing more. When the prices have changed since the preview it stops as STALE, and what it has done so far
 * is exact.
 */
export async function applyRerating(deps: ReratingDeps, ref: ReratingRef, control: ReratingControl): Promise<void> {
  const { signal, publish, pageSize: limit = PAGE_SIZE } = control
  await workOn(deps, ref, {
    signal,
    work: async (config) => {
      let pages: EventPages | null = null
      for (let isLast = false; !isLast;) {
        signal.throwIfAborted()
        const step = await tenantTransaction(deps.pool, ref.tenantId, async (client) => {
          const rerating = await takeUp(client, ref, config)
          if (rerating === null) return null
          pages ??= await EventPages.open(client, { tenantId: ref.tenantId, rerating, config })
          return applyPage(client, ref, { rerating, config, pages, limit, nowMs: (deps.clock ?? Date.now)() })
        })
        publish(ref)
        isLast = step === null || step.isLast
      }
    },
  })
}

/** The tenant's lock, then the job under it; null when there is nothing to do, or nothing to be done any more. */
async function takeUp(client: PoolClient, ref: ReratingRef, config: TenantConfig): Promise<Rerating | null> {
  const version = await lockTenant(client, ref.tenantId)
  const rerating = await lockRerating(client, ref)
  if (rerating === null || (rerating.state !== 'APPLY_QUEUED' && rerating.state !== 'APPLYING')) return null
  if (rerating.configVersion !== version) {
    await endRerating(client, ref, { state: 'STALE', error: staleness(rerating) })
    return null
  }
  if (config.version !== version) throw new StaleConfigError()
  return rerating
}

function staleness({ state, eventsDone, eventsTotal }: Rerating): string {
  return state === 'APPLYING'
    ? `Prices, FX rates or settings changed while it was applied: ${eventsDone} of ${eventsTotal} invocations are done. Preview again to do the rest.`
    : 'Prices, FX rates or settings have changed since the preview. Preview again.'
}

async function applyPage(
  client: PoolClient,
  ref: ReratingRef,
  {
    rerating,
    config,
    pages,
    limit,
    nowMs,
  }: { rerating: Rerating; config: TenantConfig; pages: EventPages; limit: number; nowMs: number },
): Promise<{ isLast: boolean }> {
  const isNew = rerating.state === 'APPLY_QUEUED'
  const after = isNew || rerating.cursor === null ? startOf(rerating, config) : rerating.cursor
  const page = await pages.read(client, { after, limit })
  // What is done so far has its new rating: how far the month is used stands in the database.
  const upTo = { micros: after.occurredAt, id: after.id }
  const positions = config.rateBook.hasLadders
    ? await readLadderPositions(client, { tenantId: ref.tenantId, config, upTo })
    : null
  const ratings = ratePage(page, { config, positions })
  const changed: NewRating[] = []
  const deltas = cellDeltas(config, { nowMs, cause: 'RERATING', reference: ref.reratingId })
  const usage = new LadderDeltas()
  for (const [index, event] of page.entries()) {
    const rating = ratings[index] ?? null
    if (rating === null) continue
    changed.push({ event, rating })
    moveUses(usage, { event, rating, config })
    const counted = countedEvent(event, config)
    if (rating.status === event.status && rating.cost === event.cost) {
      deltas.touch(counted.day)
      continue
    }
    deltas.add(counted, -1)
    deltas.add({ ...counted, status: rating.status, cost: rating.cost })
  }
  const last = page.at(-1)
  const isLast = page.length < limit
  const to = last === undefined ? after : cursorAt(last)
  await replaceRatings(client, ref, changed)
  await writeLadderDeltas(client, ref.tenantId, usage)
  await writeSums(client, ref.tenantId, { carriers: [], participants: [], deltas })
  await move(client, ref, { isNew, to, done: page.length, changed: changed.length, isLast })
  return { isLast }
}

/** What an event uses of graduated prices leaves with its old rating and returns with its new one. */
function moveUses(usage: LadderDeltas, { event, rating, config }: NewRating & { config: TenantConfig }): void {
  if (!BILLED.has(event.billing)) return
  const bucket = bucketStart(microsToMs(event.invocation.occurredAt), config.bucketMinutes)
  for (const { ladder, quantity } of usesOf(event)) usage.add({ ladder, bucket, quantity: -quantity })
  for (const { ladder, quantity } of usesOf(rating)) usage.add({ ladder, bucket, quantity })
}

/** The event as it is in the cells. What it consumed stays, so its tokens leave and return: none are named. */
function countedEvent(event: StoredEvent, config: TenantConfig): CountedEvent {
  const ms = microsToMs(event.invocation.occurredAt)
  const { billing, status, cost, agentId, clientId, projectId, taskId, resourceId } = event
  return {
    billing,
    status,
    cost,
    tokens: 0n,
    kind: event.invocation.kind,
    agentId,
    clientId,
    projectId,
    taskId,
    resourceId,
    bucket: bucketStart(ms, config.bucketMinutes),
    day: localDay(ms, config.timeZone),
  }
}

const MOVE = `
UPDATE rerating SET state = CASE WHEN $8 THEN 'APPLIED' ELSE 'APPLYING' END, cursor_at = $3::timestamptz, cursor_id = $4,
  events_done = CASE WHEN $7 THEN 0 ELSE events_done END + $5, events_changed = CASE WHEN $7 THEN 0 ELSE events_changed END + $6,
  events_total = greatest(events_total, CASE WHEN $7 THEN 0 ELSE events_done END + $5),
  apply_started_at = CASE WHEN $7 THEN transaction_timestamp() ELSE apply_started_at END,
  applied_at = CASE WHEN $8 THEN clock_timestamp() END, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid`

async function move(
  client: PoolClient,
  { tenantId, reratingId }: ReratingRef,
  step: { isNew: boolean; to: Cursor; done: number; changed: number; isLast: boolean },
): Promise<void> {
  await client.query({
    name: 'move_rerating',
    text: MOVE,
    values: [
      tenantId,
      reratingId,
      formatInstant(step.to.occurredAt),
      step.to.id,
      step.done,
      step.changed,
      step.isNew,
      step.isLast,
    ],
  })
}
