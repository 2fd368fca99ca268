import type { Pool } from 'pg'
import { allocateMonth } from '@outlay/domain/allocation/allocate-month'
import { canonicalPool } from '@outlay/domain/allocation/canonical-inputs'
import { compareMethods, type MethodComparison } from '@outlay/domain/allocation/compare-methods'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import { checkPolicy, type PolicyInput } from '@outlay/domain/allocation/parse-policy'
import type { AllocationPolicy } from '@outlay/domain/allocation/policy'
import { DomainError } from '@outlay/domain/errors'
import { formatFixed18, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { instantText } from '../sql/cell-sums.ts'
import { allocationPolicy, readPoliciesOfPools } from '../sql/read-policies.ts'
import { clientSql, type TenantSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { allocatable, connectedTo, loadMonth, sha256, type MonthInputs } from './month-inputs.ts'
import { loadPools, type MonthPool } from './pools-of-month.ts'
import { moneyOf } from './run-job.ts'
import { sortOut } from './runnable.ts'

/** What is tried out: what is left out is as in the policy. */
export type WhatIf = Partial<Pick<PolicyInput, 'basis' | 'rate' | 'multipliers' | 'fallback' | 'idle'>> & {
  method?: PolicyInput['method'] | null
}

export interface ComparePool {
  poolId: string
  month: CalendarDate
  whatIf: WhatIf | null
}

export interface PoolComparison extends MethodComparison {
  poolId: string
  month: CalendarDate
  /** RFC 3339. */
  snapshot: string
  /** Of all that it was made from, as a run has it; who does not ask for it does not pay for it. */
  inputsHash: () => string
  /** Whether `current` is the run that holds; else it is what the policy gives on this snapshot. */
  isCurrentRun: boolean
}

/**
 * A pool of a month by every method on one frozen snapshot, without writing anything (L16). Where the pool has no approved policy, scope,
 * fallback and the rest are those of its newest version.
 *
 * Throws DomainError NOT_FOUND when the pool is not one of the month, UNCONVERTED without an FX rate, INVALID_FIELD for a what-if that
 * does not fit the pool.
 */
export async function comparePool(
  deps: { pool: Pool },
  tenantId: string,
  { poolId, month, whatIf }: ComparePool,
): Promise<PoolComparison> {
  checkMonth(month, 'month')
  return tenantTransaction(deps.pool, tenantId, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { rows } = await client.query<{ now: string }>(`SELECT ${instantText('clock_timestamp()')} AS now`)
    const snapshot = rows[0]?.now ?? ''
    const db = clientSql(client, tenantId)
    const money = await moneyOf(client, tenantId)
    const pool = (await loadPools(db, { month, currency: money.currency, at: null })).find(({ id }) => id === poolId)
    if (pool === undefined) {
      throw new DomainError('NOT_FOUND', `There is no cost pool of this id in ${month.slice(0, 7)}.`, 'poolId')
    }
    if (pool.amount === null) {
      const [refusal] = sortOut([poolId], [pool], { month, currency: money.currency }).refusals
      throw new DomainError('UNCONVERTED', refusal?.message ?? '', 'poolId')
    }
    const policy = pool.policy ?? (await newestPolicy(db, pool))
    const tried = whatIf === null ? null : tryOut(whatIf, { pool, policy })
    const also = [{ ...policy, id: '' }, ...(tried === null ? [] : [{ ...tried, id: '' }])]
    const inputs = await loadMonth(client, {
      ...{ tenantId, month, snapshot, ...money },
      alsoNeeds: also,
      needsRevenue: true,
    })
    const { total, inputsHash } = totalOf({ ...pool, policy: { ...policy, id: '' } }, inputs, money.currency)
    const { minorUnits, facts } = inputs
    const { capacity } = pool
    const comparison = compareMethods({ total, minorUnits, month, policy, poolId, capacity, facts, whatIf: tried })
    const holding = await holdingShares(db, { poolId, month })
    return {
      ...{ poolId, month, snapshot, inputsHash },
      methods: comparison.methods,
      rows: holding === null ? comparison.rows : withHolding(comparison.rows, holding),
      isCurrentRun: holding !== null,
    }
  })
}

async function newestPolicy(db: TenantSql, pool: MonthPool): Promise<AllocationPolicy> {
  const versions = await readPoliciesOfPools(db, [pool.id])
  const [newest] = [...versions].sort((a, b) => b.version - a.version)
  if (newest === undefined) return checkPolicy({ method: 'USAGE' }, poolOfPolicy(pool))
  return allocationPolicy(newest)
}

function poolOfPolicy({ id, resource, capacity }: MonthPool) {
  return { id, hasResource: resource !== null, hasCapacity: capacity !== null }
}

/** Without a method, a rate that is tried makes it OVERHEAD_RATE and a basis USAGE; else the method stays. */
function tryOut(whatIf: WhatIf, { pool, policy }: { pool: MonthPool; policy: AllocationPolicy }): AllocationPolicy {
  if (whatIf.rate != null && whatIf.basis != null) {
    throw new DomainError('INVALID_FIELD', 'A basis is of USAGE and a rate of OVERHEAD_RATE; try one of them.', 'rate')
  }
  const implied = whatIf.rate != null ? 'OVERHEAD_RATE' : whatIf.basis != null ? 'USAGE' : policy.method
  const method = whatIf.method ?? implied
  const isSame = method === policy.method
  return checkPolicy(
    {
      method,
      basis: whatIf.basis ?? (isSame ? policy.basis : null),
      rate: whatIf.rate ?? (isSame && policy.rate !== null ? formatFixed18(policy.rate) : null),
      scope: policy.scope,
      fallback: whatIf.fallback ?? policy.fallback,
      idle: whatIf.idle ?? policy.idle,
      multipliers: whatIf.multipliers ?? policy.multipliers,
      exemptions: policy.exemptions,
      feeds: policy.feeds,
    },
    { ...poolOfPolicy(pool), hasCapacity: pool.capacity !== null && method === 'USAGE' },
  )
}

/** What is split: with what other pools pass on to it, when all that is connected with it can be run. */
function totalOf(pool: MonthPool, inputs: MonthInputs, currency: string): { total: Fixed18; inputsHash: () => string } {
  const pools = inputs.pools.map((one) => (one.id === pool.id ? pool : one))
  const { runnable } = sortOut([pool.id], pools, { month: inputs.month, currency })
  const together = connectedTo([pool.id], pools)
  const members = pools.filter(({ id }) => id === pool.id || (runnable.includes(id) && together.has(id)))
  const allocated = allocateMonth({ ...inputs, pools: members.map(allocatable) })
  const own = allocated.find(({ poolId }) => poolId === pool.id)
  if (own === undefined) throw new Error(`The pool ${pool.name} was not allocated.`)
  return {
    total: own.result.total,
    inputsHash: () =>
      sha256([inputs.factsHash(), ...canonicalPool({ ...inputs, pool: allocatable(pool), allocated: own })]),
  }
}

const HOLDING = {
  name: 'allocation_shares_holding',
  text: `SELECT r.id AS "runId", s.agent_id AS "agentId", s.amount::text AS amount FROM allocation_run r
    LEFT JOIN allocation_share s ON s.tenant_id = $1::uuid AND s.run_id = r.id
    WHERE r.tenant_id = $1::uuid AND r.pool_id = $2::uuid AND r.month = $3::date AND r.state = 'CURRENT'`,
}

/** The shares of the run that holds, by agent; null when there is none. */
async function holdingShares(
  db: TenantSql,
  { poolId, month }: { poolId: string; month: CalendarDate },
): Promise<Map<string, Fixed18> | null> {
  const rows = await db.query<{ agentId: string | null; amount: string | null }>(HOLDING, [poolId, month])
  if (rows.length === 0) return null
  return new Map(
    rows.flatMap(({ agentId, amount }) =>
      agentId === null || amount === null ? [] : [[agentId, parseFixed18(amount)]],
    ),
  )
}

function withHolding(rows: MethodComparison['rows'], holding: ReadonlyMap<string, Fixed18>): MethodComparison['rows'] {
  const known = new Set(rows.map(({ agentId }) => agentId))
  const zero = { equal: 0n, usage: 0n, revenue: 0n, overheadRate: 0n, whatIf: rows[0]?.whatIf == null ? null : 0n }
  return [
    ...rows.map((row) => ({ ...row, current: holding.get(row.agentId) ?? 0n })),
    ...Array.from(holding, ([agentId, current]) => ({ agentId, current, ...zero })).filter(
      ({ agentId }) => !known.has(agentId),
    ),
  ]
}
