import { readInvocation, type InvocationRecord } from '@outlay/db/sql/read-invocation'
import { readRecentInvocations, type RecentInvocationRecord } from '@outlay/db/sql/read-recent'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { pageSize } from '../../graphql/page.ts'
import { isoText } from '../../reads/period.ts'
import { storableKey } from '../../reads/storable-key.ts'
import type { Amount } from '../money/money.schema.ts'

/** Most items of one mutation. */
const ITEMS_MAX = 1_000

/** How far back arrivals are looked for in their own order, nearest first: where many arrive, the last seconds hold enough of them. */
const ARRIVALS_MS = [10_000, 300_000, 3_600_000] as const

/** How far before the latest arrival that is known. */
const LATEST_MS = 2_000

export interface RejectedSource {
  index: number
  id: string | null
  code: string
  message: string
}

export interface RecordedSource {
  accepted: number
  duplicates: number
  unpriced: number
  rejected: RejectedSource[]
}

export interface RecentSource extends Omit<RecentInvocationRecord, 'cost'> {
  cost: Amount | null
  missingTags: string[]
}

export function recordInvocations({ services, tenant }: Context, items: readonly unknown[]): Promise<RecordedSource> {
  if (items.length > ITEMS_MAX) {
    throw badInput(
      'input.invocations',
      `${items.length} invocations in one mutation; the most is ${ITEMS_MAX}. POST /v1/invocations takes 10,000.`,
    )
  }
  return services.record(tenant.id, items)
}

export async function listRecentInvocations(
  { db, tenant, now }: Context,
  first: number | null | undefined,
): Promise<RecentSource[]> {
  const limit = pageSize({ first: first ?? 20 })
  const rows = await recentArrivals(db, { now, limit })
  return rows.map((row) => ({
    ...row,
    cost: row.cost === null ? null : { amount: parseFixed18(row.cost), currency: tenant.currency },
    missingTags: missingTags(row),
  }))
}

async function recentArrivals(
  db: Context['db'],
  { now, limit }: { now: number; limit: number },
): Promise<RecentInvocationRecord[]> {
  const [nearest, ...further] = ARRIVALS_MS
  const first = await arrivalsSince(db, { start: now - nearest, limit })
  if (first.isComplete) return first.rows
  // Where much arrived some time ago and nothing since, a window that begins just before the end of it is small, and the next one may
  // hold all of it.
  const latest = first.rows[0]
  const toLatest = latest === undefined ? nearest : now - Date.parse(latest.ingestedAt) + LATEST_MS
  const isBetween = toLatest > nearest && toLatest < ARRIVALS_MS[2]
  let { rows } = first
  for (const length of [...further, ...(isBetween ? [toLatest] : [])].sort((a, b) => a - b)) {
    const found = await arrivalsSince(db, { start: now - length, limit })
    rows = found.rows
    if (found.isComplete) break
  }
  return rows
}

/** Complete: as many as asked for arrived since, and none of an earlier window comes before them. */
async function arrivalsSince(
  db: Context['db'],
  { start, limit }: { start: number; limit: number },
): Promise<{ rows: RecentInvocationRecord[]; isComplete: boolean }> {
  const since = isoText(start)
  const rows = await readRecentInvocations(db, { since, limit })
  return { rows, isComplete: rows.filter((row) => row.ingestedAt >= since).length >= limit }
}

/** An event by its sender's id; null when there is none. */
export async function findInvocation({ db }: Context, id: string): Promise<InvocationRecord | null> {
  return storableKey(id) ? readInvocation(db, id) : null
}

function missingTags(row: RecentInvocationRecord): string[] {
  const tags = { agent: row.agentId, task: row.taskId, client: row.clientId, project: row.projectId }
  return Object.entries(tags).flatMap(([tag, id]) => (id === null ? [tag] : []))
}
