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

/** Arrivals of this long are found exactly, whenever they occurred. */
const ARRIVALS_MS = 3_600_000

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
  const rows = await readRecentInvocations(db, { since: isoText(now - ARRIVALS_MS), limit })
  return rows.map((row) => ({
    ...row,
    cost: row.cost === null ? null : { amount: parseFixed18(row.cost), currency: tenant.currency },
    missingTags: missingTags(row),
  }))
}

/** An event by its sender's id; null when there is none. */
export async function findInvocation({ db }: Context, id: string): Promise<InvocationRecord | null> {
  return storableKey(id) ? readInvocation(db, id) : null
}

function missingTags(row: RecentInvocationRecord): string[] {
  const tags = { agent: row.agentId, task: row.taskId, client: row.clientId, project: row.projectId }
  return Object.entries(tags).flatMap(([tag, id]) => (id === null ? [tag] : []))
}
