import type { FileRow } from '@outlay/db/pools/parse-pool-row'
import type { ImportedRow } from '@outlay/db/pools/import-pools'
import type { Actor } from '@outlay/db/pools/pool-writer'
import { readPoliciesOfPools, type PolicyRecord } from '@outlay/db/sql/read-policies'
import {
  POOLS_MAX,
  readPoolAmounts,
  readPools,
  readPoolsByIds,
  readPoolTotals,
  type PoolAmountRecord,
  type PoolRecord,
  type PoolTotal,
} from '@outlay/db/sql/read-pools'
import type { AgentRecord } from '@outlay/db/sql/read-dimensions'
import type { PoolCategory } from '@outlay/domain/allocation/policy'
import { policyInForce } from '@outlay/domain/allocation/policy-in-force'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import { invariant } from '@outlay/domain/errors'
import { firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { actorOf } from '../../graphql/actor.ts'
import { mayDo, type Context } from '../../graphql/context.ts'
import { apiError } from '../../graphql/errors.ts'
import { uuidOf } from '../../graphql/ids.ts'
import { groupBy } from '@outlay/domain/group-by'
import { policyByKey, type PolicyFields } from '../allocation-policy/policy-by-key.ts'
import type { MoneyInputValue } from '../money/money.schema.ts'
import type { UserErrorSource } from '../user-error.schema.ts'
import { readCsv } from './read-csv.ts'

/** A pool and the month it is looked at in, one of its own. */
export interface PoolSource extends PoolRecord {
  month: CalendarDate
}

export interface PoolPayloadSource {
  costPool: PoolSource | null
  userErrors: UserErrorSource[]
}

/** The first day of the tenant's current month. */
export function currentMonth({ now, tenant }: Context): CalendarDate {
  return firstOfMonth(today(now, tenant.timeZone))
}

/** Looks at a pool in a month, or in that of its own months which is nearest. */
export function inMonth(pool: PoolRecord, month: CalendarDate): PoolSource {
  const { firstMonth, lastMonth } = pool
  if (month < firstMonth) return { ...pool, month: firstMonth }
  return { ...pool, month: lastMonth !== null && month > lastMonth ? lastMonth : month }
}

export async function listPools(context: Context, month: CalendarDate | null): Promise<PoolSource[]> {
  if (month !== null) checkMonth(month, 'month')
  const pools = await readPools(context.db, month)
  if (pools.length > POOLS_MAX) {
    throw apiError('QUERY_TOO_COMPLEX', `There are more than ${POOLS_MAX} pools; ask for one month.`, 'month')
  }
  return pools.map((pool) => inMonth(pool, month ?? currentMonth(context)))
}

/** The pool of a uuid in a month, which is the current one unless it is said; null when there is none. */
export async function findPool(
  context: Context,
  uuid: string,
  month: CalendarDate | null = null,
): Promise<PoolSource | null> {
  if (month !== null) checkMonth(month, 'month')
  const load = async (ids: readonly string[]) =>
    new Map((await readPoolsByIds(context.db, ids)).map((pool): [string, PoolRecord | null] => [pool.id, pool]))
  const pool = await context.loaders.of<string, PoolRecord | null>('pools', load, null).load(uuid)
  return pool === null ? null : inMonth(pool, month ?? currentMonth(context))
}

/** A pool that a stored record names. */
export async function poolOf(context: Context, uuid: string): Promise<PoolSource> {
  const pool = await findPool(context, uuid)
  invariant(pool !== null, `The pool ${uuid} is named and not there`)
  return pool
}

/** What a pool comes to in the month it is looked at in. */
export async function totalOf({ db, loaders }: Context, { id, month }: PoolSource): Promise<PoolTotal> {
  const load = async (keys: readonly string[]) => {
    const asked = keys.map((key) => key.split(' '))
    const months = [...new Set(asked.map(([ofMonth = '']) => ofMonth))]
    const ids = [...new Set(asked.map(([, poolId = '']) => poolId))]
    const totals = await readPoolTotals(db, months, ids)
    return new Map(totals.map((total): [string, PoolTotal | null] => [`${total.month} ${total.poolId}`, total]))
  }
  const total = await loaders.of<string, PoolTotal | null>('pool totals', load, null).load(`${month} ${id}`)
  invariant(total !== null, `The pool ${id} has no amount in ${month}`)
  return total
}

export function amountsOf({ db, loaders }: Context, { id }: PoolRecord): Promise<PoolAmountRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readPoolAmounts(db, ids), ({ poolId }) => poolId)
  return loaders.of<string, PoolAmountRecord[]>('pool amounts', load, []).load(id)
}

/** All versions of a pool's policy, the newest first. */
export function policiesOf({ db, loaders }: Context, poolId: string): Promise<PolicyRecord[]> {
  const load = async (ids: readonly string[]) => groupBy(await readPoliciesOfPools(db, ids), (policy) => policy.poolId)
  return loaders.of<string, PolicyRecord[]>('pool policies', load, []).load(poolId)
}

export async function policyInForceOf(context: Context, { id, month }: PoolSource): Promise<PolicyRecord | null> {
  return policyInForce(await policiesOf(context, id), month)
}

/** The policy that a pool shows: the one in force, else the newest there is. */
export async function shownPolicy(context: Context, pool: PoolSource): Promise<PolicyRecord> {
  const [newest] = await policiesOf(context, pool.id)
  const policy = (await policyInForceOf(context, pool)) ?? newest
  invariant(policy !== undefined, `The pool ${pool.id} has no policy`)
  return policy
}

/** Agents by id, by key. */
export async function agentsOf({ loaders }: Context, ids: readonly string[]): Promise<AgentRecord[]> {
  const agents = await loaders.agent.loadMany(ids)
  const found = agents.flatMap((agent) => {
    if (agent instanceof Error) throw agent
    return agent === null ? [] : [agent]
  })
  return found.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Who changes pools and policies, from who asks. */
export async function poolActor(context: Context): Promise<Actor> {
  return {
    by: await actorOf(context),
    isPerson: context.principal.kind === 'user',
    mayOverride: mayDo(context, 'allocation.override'),
    today: today(context.now, context.tenant.timeZone),
  }
}

export interface CostPoolFields extends PolicyFields {
  name: string
  category: PoolCategory
  recurrence: 'ONCE' | 'MONTHLY'
  month: CalendarDate
  lastMonth?: CalendarDate | null
  amount: MoneyInputValue
  resource?: { provider?: string | null; name: string } | null
  capacity?: string | null
}

export async function createPool(context: Context, input: CostPoolFields): Promise<PoolPayloadSource> {
  const { name, category, recurrence, month, lastMonth = null, amount, resource = null, capacity = null } = input
  const { note, ...policy } = policyByKey(input)
  // The basis has a default, which says something for USAGE only.
  if (policy.method !== 'USAGE') policy.basis = null
  const { done, userErrors } = await context.services.pools.createPool(context.tenant.id, {
    input: {
      name,
      category,
      recurrence,
      month,
      lastMonth,
      amount,
      resource: resource === null ? null : { provider: resource.provider ?? null, name: resource.name },
      capacity,
      note,
      policy,
    },
    actor: await poolActor(context),
  })
  return payload(context, { poolId: done?.poolId ?? null, month, userErrors })
}

export async function setAmount(
  context: Context,
  input: { poolId: string; fromMonth: CalendarDate; amount: MoneyInputValue; note?: string | null },
): Promise<PoolPayloadSource> {
  const poolId = uuidOf('CostPool', input.poolId, 'input.poolId')
  const { done, userErrors } = await context.services.pools.setPoolAmount(context.tenant.id, {
    input: { ...input, poolId, note: input.note ?? null },
    actor: await poolActor(context),
  })
  return payload(context, { poolId: done?.poolId ?? null, month: input.fromMonth, userErrors })
}

export async function endPool(
  context: Context,
  input: { poolId: string; lastMonth: CalendarDate },
): Promise<PoolPayloadSource> {
  const poolId = uuidOf('CostPool', input.poolId, 'input.poolId')
  const { done, userErrors } = await context.services.pools.endPool(context.tenant.id, {
    input: { poolId, lastMonth: input.lastMonth },
    actor: await poolActor(context),
  })
  return payload(context, { poolId: done?.poolId ?? null, month: currentMonth(context), userErrors })
}

async function payload(
  context: Context,
  { poolId, month, userErrors }: { poolId: string | null; month: CalendarDate; userErrors: UserErrorSource[] },
): Promise<PoolPayloadSource> {
  const pool = poolId === null ? null : await findPool(context, poolId)
  return { costPool: pool === null ? null : inMonth(pool, month), userErrors }
}

export interface ImportPayloadSource {
  rows: ImportedRow[]
  userErrors: UserErrorSource[]
}

export async function importPools(
  context: Context,
  { csv, dryRun }: { csv: string; dryRun: boolean },
): Promise<ImportPayloadSource> {
  const file = readCsv(csv)
  if ('problem' in file) {
    return { rows: [], userErrors: [{ code: 'INVALID_CSV', message: file.problem, field: ['input', 'csv'] }] }
  }
  const { headings, rows }: { headings: string[]; rows: FileRow[] } = file
  const actor = await poolActor(context)
  return context.services.pools.importPools(context.tenant.id, { headings, rows, dryRun, actor })
}
