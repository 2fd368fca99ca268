import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { PoolOfMonth } from '@outlay/domain/allocation/allocate-month'
import { canonicalFacts } from '@outlay/domain/allocation/canonical-inputs'
import { connectedPools } from '@outlay/domain/allocation/connected-pools'
import { FactsIndex } from '@outlay/domain/allocation/facts-index'
import { invariant } from '@outlay/domain/errors'
import { minorUnits } from '@outlay/domain/money/currency'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { clientSql } from '../sql/tenant-sql.ts'
import { loadFacts } from './load-facts.ts'
import { agentsOf, loadPools, type MonthPool } from './pools-of-month.ts'

/** What a tenant's runs are counted in. */
export interface TenantMoney {
  currency: string
  timeZone: string
}

/** Everything that the runs of a month are made from, frozen. */
export interface MonthInputs {
  month: CalendarDate
  minorUnits: number
  pools: readonly MonthPool[]
  facts: FactsIndex
  /** sha256 over the facts that all pools share, in hexadecimal digits; made when it is first asked for. */
  factsHash: () => string
}

/** Longer than a role's statements may take: a month with tens of millions of events. */
export const READ_MS_MAX = 600_000

/**
 * Reads a month as it was at the snapshot. Meant to be one REPEATABLE READ transaction. What is read depends on all pools of the month, not
 * on those that are run: so a pool's inputs are the same bytes whichever pools are run with it.
 */
export async function loadMonth(
  client: PoolClient,
  request: TenantMoney & {
    tenantId: string
    month: CalendarDate
    snapshot: string
    /** A policy that is only tried out counts as well. */
    alsoNeeds?: readonly (MonthPool['policy'] & object)[]
    needsRevenue?: boolean
  },
): Promise<MonthInputs> {
  const { tenantId, month, snapshot, currency, timeZone, alsoNeeds = [] } = request
  await client.query(`SET LOCAL statement_timeout = ${READ_MS_MAX}`)
  // Adding up by hashing may use 1.6 GB as Postgres reckons, which takes 8 kB for a set of intervals that is a tenth of that.
  await client.query('SET LOCAL hash_mem_multiplier = 100')
  await client.query(`SET LOCAL work_mem = '16MB'`)
  const pools = await loadPools(clientSql(client, tenantId), { month, currency, at: snapshot })
  const policies = [...pools.flatMap(({ policy }) => policy ?? []), ...alsoNeeds]
  const facts = await loadFacts(client, {
    tenantId,
    month,
    snapshot,
    currency,
    timeZone,
    pools: pools.map(({ id, resource, policy }) => {
      return { poolId: id, resource, agentIds: policy === null ? [] : agentsOf(policy) }
    }),
    needsCompute: policies.some(({ basis }) => basis === 'COMPUTE_TIME'),
    needsRevenue: request.needsRevenue === true || policies.some(({ method }) => method === 'REVENUE'),
  })
  const index = new FactsIndex(facts)
  let hash: string | null = null
  const factsHash = () => (hash ??= sha256(canonicalFacts(index)))
  return { month, minorUnits: minorUnits(currency), pools, facts: index, factsHash }
}

/** Pools as the arithmetic takes them. Every one must be runnable. */
export function allocatable({ id, name, amount, capacity, policy }: MonthPool): PoolOfMonth {
  invariant(amount !== null && policy !== null, `The pool ${name} cannot be run`)
  return { id, name, amount, capacity, policy }
}

/**
 * The pools that are run together: those that money passes between by the policies in force, or did in the runs that hold now, which are
 * replaced together or not at all.
 */
export function connectedTo(asked: Iterable<string>, pools: readonly MonthPool[]): Set<string> {
  return connectedPools(
    asked,
    pools.map(({ id, policy, fedBefore }) => ({
      id,
      policy: { feeds: [...(policy?.feeds ?? []), ...fedBefore.map((poolId) => ({ poolId, share: '0' }))] },
    })),
  )
}

/** In hexadecimal digits. */
export function sha256(chunks: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk, 'utf8')
  return hash.digest('hex')
}
