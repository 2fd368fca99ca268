import { FIXED18_SCALE, type Fixed18 } from '../money/fixed18.ts'
import type { FactsIndex } from './facts-index.ts'
import type { Fallback } from './policy.ts'
import { splitByDriver, splitByWeights, type Multipliers, type Split } from './split.ts'
import type { AgentRef } from './tie-order.ts'
import type { Driver } from './weights/driver.ts'
import { equal } from './weights/equal.ts'

/**
 * What is done when every weight is zero (law L18): the first of the policy's branches that can be taken. PRIOR_PERIOD needs a weight above
 * zero among the eligible agents of now; EQUAL needs an eligible agent that counts; HOLD always can, and leaves the pool unallocated.
 * Within an agent PRIOR_PERIOD goes by the method's own driver, EQUAL by invocations (law L19).
 *
 *     [PRIOR_PERIOD, EQUAL, HOLD], no run in the month before, A and B eligible → EQUAL: half each
 *     [PRIOR_PERIOD, HOLD], no run in the month before                          → HOLD: nothing is split
 */
export function takeFallback(input: {
  chain: readonly Fallback[]
  facts: FactsIndex
  agents: readonly AgentRef[]
  multipliers: Multipliers
  priorWeights: ReadonlyMap<string, Fixed18> | undefined
  driver: Driver | null
}): { branch: Fallback; split: Split } {
  for (const branch of input.chain) {
    const split = splitOfBranch(branch, input)
    if (split.hasWeight || branch === 'HOLD') return { branch, split }
  }
  return { branch: 'HOLD', split: splitOfBranch('HOLD', input) }
}

function splitOfBranch(branch: Fallback, input: Parameters<typeof takeFallback>[0]): Split {
  const { facts, agents, multipliers, priorWeights, driver } = input
  const byWeights = (weights: readonly bigint[]) =>
    splitByWeights({ facts, agents, weights, decimals: FIXED18_SCALE, driver })
  switch (branch) {
    case 'PRIOR_PERIOD':
      return byWeights(agents.map(({ id }) => priorWeights?.get(id) ?? 0n))
    case 'EQUAL':
      return splitByDriver({ facts, agents, driver: equal, multipliers })
    case 'HOLD':
      return byWeights(agents.map(() => 0n))
    default:
      return branch satisfies never
  }
}
