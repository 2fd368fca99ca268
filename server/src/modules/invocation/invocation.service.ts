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
  let rows: RecentInvocationRecord[] = []
  for (const arrivals of ARRIVALS_MS) {
    const since = isoText(now - arrivals)
    rows = await readRecentInvocations(db, { since, limit })
    // As many as asked for arrived since: none of an earlier window comes before them.
    if (rows.filter((row) => row.ingestedAt >= since).length >= limit) break
  }
  return rows
}

/** An event by its sender's id; null when there is none. */
export async function findInvocation({ db }: Context, id: string): Promise<InvocationRecord | null> {
  return storableKey(id) ? readInvocation(db, id) : null
}

function missingTags(row: RecentInvocationRecord): string[] {
  const tags = { agent: row.agentId, task: row.taskId, client: row.clientId, project: row.projectId }
  return Object.entries(tags).flatMap(([tag, id]) => (id === null ? [tag] : []))
}
