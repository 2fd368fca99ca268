import type { Pool, PoolClient } from 'pg'
import { formatInstant } from '@outlay/domain/periods/instant'
import { StaleConfigError } from '../ingest/record-batch.ts'
import type { TenantConfig } from '../ingest/tenant-config.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { Differences } from './differences.ts'
import { cursorAt, EventPages, startOf, type StoredEvent } from './event-page.ts'
import type { RatePage } from './rate-page.ts'
import { configVersion, lockRerating, type Cursor, type Rerating, type ReratingRef } from './rerating.ts'
import { raterOf } from './what-if.ts'
import { TakenOverError, workOn, type ReratingControl, type ReratingDeps } from './work-on.ts'

const PAGE_SIZE = 5_000

/**
 * Rates the events of a job again, and adds up what that would change by agent, client and resource; of events and roll-ups nothing is
 * written (law L12). Each page is stored together with the place it ends at, so whatever is killed is neither lost nor counted twice. When
 * the prices change meanwhile, it begins again under the new ones: a preview is of one configuration.
 */
export async function previewRerating(deps: ReratingDeps, ref: ReratingRef, control: ReratingControl): Promise<void> {
  const { signal } = control
  await workOn(deps, ref, {
    signal,
    work: async (config) => {
      const preview = await beginPreview(deps.pool, { ref, config })
      if (preview !== null) await runPreview(deps.pool, preview, control)
    },
  })
}

interface Preview {
  ref: ReratingRef
  config: TenantConfig
  pages: EventPages
  rate: RatePage
  cursor: Cursor
}

/** Takes the job up where it stands: at its beginning when it is new or the prices have changed. Null when there is nothing to do. */
async function beginPreview(
  pool: Pool,
  { ref, config }: { ref: ReratingRef; config: TenantConfig },
): Promise<Preview | null> {
  const { tenantId } = ref
  const begun = await tenantTransaction(pool, tenantId, async (client) => {
    const rerating = await lockRerating(client, ref)
    if (rerating === null || (rerating.state !== 'PREVIEW_QUEUED' && rerating.state !== 'PREVIEWING')) return null
    await requireVersion(client, tenantId, config)
    const pages = await EventPages.open(client, { tenantId, rerating, config })
    if (goesOn(rerating, config) && rerating.cursor !== null) return { rerating, pages, cursor: rerating.cursor }
    const cursor = startOf(rerating, config)
    await start(client, ref, { version: config.version, cursor, total: await pages.count(client, cursor) })
    return { rerating, pages, cursor }
  })
  if (begun === null) return null
  const { rerating, pages, cursor } = begun
  return { ref, config, pages, cursor, rate: await raterOf(pool, { tenantId, rerating, config }) }
}

/**
 * A draft may have been changed since, and how far graduated prices were used is not kept: what is simulated with the one or rated at the
 * others begins again.
 */
function goesOn({ state, configVersion: version, whatIf }: Rerating, config: TenantConfig): boolean {
  const isPlain = (whatIf?.draftCardId ?? null) === null && !config.rateBook.hasLadders
  return state === 'PREVIEWING' && version === config.version && isPlain
}

async function start(
  client: PoolClient,
  { tenantId, reratingId }: ReratingRef,
  { version, cursor, total }: { version: number; cursor: Cursor; total: number },
): Promise<void> {
  await client.query('DELETE FROM rerating_difference WHERE tenant_id = $1::uuid AND rerating_id = $2::uuid', [
    tenantId,
    reratingId,
  ])
  await client.query(
    `UPDATE rerating SET state = 'PREVIEWING', config_version = $3, events_total = $4, events_done = 0, events_changed = 0,
       cursor_at = $5::timestamptz, cursor_id = $6, started_at = clock_timestamp(), updated_at = clock_timestamp()
     WHERE tenant_id = $1::uuid AND id = $2::uuid`,
    [tenantId, reratingId, version, total, formatInstant(cursor.occurredAt), cursor.id],
  )
}

/** While a page is rated, the one behind it is read and the one before it is stored. */
async function runPreview(pool: Pool, preview: Preview, control: ReratingControl): Promise<void> {
  const { ref, pages, rate } = preview
  const limit = control.pageSize ?? PAGE_SIZE
  const read = (after: Cursor) =>
    handled(tenantTransaction(pool, ref.tenantId, (client) => pages.read(client, { after, limit })))
  let cursor = preview.cursor
  let reading = read(cursor)
  let storing: Promise<void> = Promise.resolve()
  try {
    for (let isLast = false; !isLast;) {
      control.signal.throwIfAborted()
      const page = await reading
      isLast = page.length < limit
      const last = page.at(-1)
      const next = last === undefined ? cursor : cursorAt(last)
      if (!isLast) reading = read(next)
      const { differences, changed } = await difference(page, rate)
      await storing
      const step = { from: cursor, to: next, done: page.length, changed, isLast, differences }
      const stored = tenantTransaction(pool, ref.tenantId, (client) => store(client, preview, step))
      storing = handled(stored.then(() => control.publish(ref)))
      cursor = next
    }
    await storing
  } finally {
    // However it ends, nothing of it is still on its way.
    await Promise.allSettled([reading, storing])
  }
}

async function difference(
  page: readonly StoredEvent[],
  rate: RatePage,
): Promise<{ differences: Differences; changed: number }> {
  const ratings = await rate(page)
  const differences = new Differences()
  let changed = 0
  for (const [index, event] of page.entries()) {
    const rating = ratings[index] ?? null
    differences.add(event, rating)
    if (rating !== null) changed += 1
  }
  return { differences, changed }
}

interface Step {
  from: Cursor
  to: Cursor
  done: number
  changed: number
  isLast: boolean
  differences: Differences
}

// The place it begins at is part of the condition: of two workers on one job the slower one changes nothing and ends.
const STEP = `
UPDATE rerating SET state = $9, cursor_at = $6::timestamptz, cursor_id = $7, events_done = events_done + $8,
  events_total = greatest(events_total, events_done + $8), events_changed = events_changed + $10,
  previewed_at = CASE WHEN $9 = 'PREVIEWED' THEN clock_timestamp() END, updated_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid AND state = 'PREVIEWING' AND config_version = $3
  AND cursor_at = $4::timestamptz AND cursor_id = $5`

async function store(client: PoolClient, { ref, config }: Preview, step: Step): Promise<void> {
  const { tenantId, reratingId } = ref
  await requireVersion(client, tenantId, config)
  const moved = await client.query(STEP, [
    tenantId,
    reratingId,
    config.version,
    formatInstant(step.from.occurredAt),
    step.from.id,
    formatInstant(step.to.occurredAt),
    step.to.id,
    step.done,
    step.isLast ? 'PREVIEWED' : 'PREVIEWING',
    step.changed,
  ])
  if (moved.rowCount !== 1) throw new TakenOverError(`Another worker goes on with the re-rating ${reratingId}.`)
  await step.differences.store(client, ref)
}

/** A preview is of one configuration: where it is no longer the tenant's, nothing is stored. */
async function requireVersion(client: PoolClient, tenantId: string, config: TenantConfig): Promise<void> {
  if ((await configVersion(client, tenantId)) !== config.version) throw new StaleConfigError()
}

/** Its failure is heard where it is awaited, which may be some turns away. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
