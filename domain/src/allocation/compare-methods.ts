import type { Fixed18 } from '../money/fixed18.ts'
import { allocatePool, type PoolToAllocate } from './allocate-pool.ts'
import type { AllocationMethod, AllocationPolicy, UsageBasis } from './policy.ts'
import type { PoolAllocation } from './result.ts'
import { byKey } from './tie-order.ts'

/** `whatIf` is there when it was asked for. */
export const COMPARED = ['equal', 'usage', 'revenue', 'overheadRate', 'current', 'whatIf'] as const
export type Compared = (typeof COMPARED)[number]

export interface MethodTotal extends Omit<PoolAllocation, 'shares'> {
  column: Compared
  method: AllocationMethod
  basis: UsageBasis | null
}

export interface ComparisonRow extends Record<Exclude<Compared, 'whatIf'>, Fixed18> {
  agentId: string
  /** Null when no what-if was asked for. */
  whatIf: Fixed18 | null
}

export interface MethodComparison {
  methods: readonly MethodTotal[]
  /** Every agent that any of them names, by key. */
  rows: readonly ComparisonRow[]
}

/**
 * One pool by all four methods on the same facts: who would pay what. Scope, multipliers, exemptions, fallback and capacity are those of
 * the policy. USAGE goes by the policy's basis, else by INVOCATIONS; OVERHEAD_RATE by the policy's rate, else by the rate that absorbs the
 * pool exactly. `current` is what the policy gives, and `whatIf` what another policy would.
 *
 *     100.00; invocations A 40, B 60; direct cost A 3.00, B 1.00; no revenue, fallback [HOLD]
 *     // A: equal 50.00, usage 40.00, revenue 0, overheadRate 75.00; revenue: unallocated 100.00
 */
export function compareMethods(pool: PoolToAllocate & { whatIf?: AllocationPolicy | null }): MethodComparison {
  const { policy, whatIf = null, facts } = pool
  const as = (method: AllocationMethod): AllocationPolicy => ({
    ...policy,
    method,
    basis: method === 'USAGE' ? (policy.basis ?? 'INVOCATIONS') : null,
    rate: method === 'OVERHEAD_RATE' ? policy.rate : null,
  })
  const policies: readonly (readonly [Compared, AllocationPolicy])[] = [
    ['equal', as('EQUAL')],
    ['usage', as('USAGE')],
    ['revenue', as('REVENUE')],
    ['overheadRate', as('OVERHEAD_RATE')],
    ['current', policy],
    ...(whatIf === null ? [] : ([['whatIf', whatIf]] as const)),
  ]
  const results = policies.map(([column, version]) => {
    return { column, version, result: allocatePool({ ...pool, policy: version }) }
  })
  const rows = new Map<string, ComparisonRow>()
  for (const { column, result } of results) {
    for (const { agentId, amount } of result.shares) {
      const row = rows.get(agentId) ?? emptyRow(agentId, whatIf === null ? null : 0n)
      rows.set(agentId, { ...row, [column]: amount })
    }
  }
  return {
    methods: results.map(({ column, version, result: { shares: _, ...totals } }) => {
      return { column, method: version.method, basis: version.basis, ...totals }
    }),
    rows: [...rows.values()].sort((a, b) => byKey(facts.agent(a.agentId), facts.agent(b.agentId))),
  }
}

function emptyRow(agentId: string, whatIf: Fixed18 | null): ComparisonRow {
  return { agentId, equal: 0n, usage: 0n, revenue: 0n, overheadRate: 0n, current: 0n, whatIf }
}
