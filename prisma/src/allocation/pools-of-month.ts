import { invariant } from '@outlay/domain/errors'
import type {
  AllocationMethod,
  AllocationPolicy,
  Exemption,
  Fallback,
  IdleTreatment,
  PoolFeed,
  UsageBasis,
  WeightMultiplier,
} from '@outlay/domain/allocation/policy'
import { convertPoolAmount, poolFxDate } from '@outlay/domain/allocation/pool-amount'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { parseQuantitySum, type Quantity6 } from '@outlay/domain/usage/quantity'
import { ALLOCATION_POOLS, type AllocationPoolRow } from '../sql/read-allocation-pools.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'

/** A pool as it stands in one month, with what its allocation needs to know of it. */
export interface MonthPool {
  id: string
  name: string
  /** In the reporting currency, in whole minor units; null without an FX rate. */
  amount: Fixed18 | null
  currency: string
  /** Decimal text; null: nothing is converted, or there is no rate. */
  fxRate: string | null
  resource: { provider: string | null; name: string } | null
  capacity: Quantity6 | null
  /** In force in the month; null when none is approved for it. */
  policy: (AllocationPolicy & { id: string }) | null
  /** The pools that its current run passed money to. */
  fedBefore: readonly string[]
}

export interface Month {
  month: CalendarDate
  /** The reporting currency. */
  currency: string
  /** RFC 3339: as it was declared then; null: now. */
  at: string | null
}

/** Every pool of a month, by name. */
export async function loadPools(db: TenantSql, { month, currency, at }: Month): Promise<MonthPool[]> {
  const rows = await db.query<AllocationPoolRow>(ALLOCATION_POOLS, [month, poolFxDate(month), currency, at])
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    amount: convertedAmount(row, currency),
    currency: row.currency,
    fxRate: row.currency === currency ? null : row.fxRate,
    resource: row.resourceName === null ? null : { provider: row.resourceProvider, name: row.resourceName },
    capacity: row.capacity === null ? null : parseQuantitySum(row.capacity),
    policy: policyOf(row),
    fedBefore: row.fedBefore,
  }))
}

function convertedAmount({ amount, currency: of, fxRate }: AllocationPoolRow, currency: string): Fixed18 | null {
  if (of === currency) return parseFixed18(amount)
  return fxRate === null ? null : convertPoolAmount(parseFixed18(amount), { rate: parseFixed18(fxRate), currency })
}

function policyOf(row: AllocationPoolRow): MonthPool['policy'] {
  if (row.policyId === null) return null
  invariant(row.method !== null && row.idle !== null, `The policy ${row.policyId} has no method`)
  return {
    id: row.policyId,
    method: row.method as AllocationMethod,
    basis: row.basis as UsageBasis | null,
    rate: row.rate === null ? null : parseFixed18(row.rate),
    scope: row.scope ?? [],
    fallback: fallbackOf(row.fallback),
    idle: row.idle as IdleTreatment,
    multipliers: row.multipliers as WeightMultiplier[],
    exemptions: row.exemptions as Exemption[],
    feeds: row.feeds as PoolFeed[],
  }
}

/** Every chain ends with holding the money back. */
function fallbackOf(stored: readonly string[] | null): Fallback[] {
  const chain = (stored ?? []) as Fallback[]
  return chain.at(-1) === 'HOLD' ? chain : [...chain.filter((branch) => branch !== 'HOLD'), 'HOLD']
}

/** Agents that a policy names, active or not. */
export function agentsOf(policy: Pick<AllocationPolicy, 'scope' | 'multipliers' | 'exemptions'>): string[] {
  return [...policy.scope, ...policy.multipliers.map((m) => m.agentId), ...policy.exemptions.map((e) => e.agentId)]
}
