import type { AllocationPolicy, UsageBasis } from '../policy.ts'
import { computeTime } from './compute-time.ts'
import { directCost } from './direct-cost.ts'
import type { Driver } from './driver.ts'
import { equal } from './equal.ts'
import { invocations } from './invocations.ts'
import { revenue } from './revenue.ts'
import { tokens } from './tokens.ts'

/** What a policy splits by; null for RESOURCE_USES, which goes to tasks first and to agents from there. */
export function methodDriver(policy: Pick<AllocationPolicy, 'method' | 'basis'>): Driver | null {
  switch (policy.method) {
    case 'EQUAL':
      return equal
    case 'USAGE':
      return basisDriver(policy.basis ?? 'INVOCATIONS')
    case 'REVENUE':
      return revenue
    case 'OVERHEAD_RATE':
      return directCost
    default:
      return policy.method satisfies never
  }
}

function basisDriver(basis: UsageBasis): Driver | null {
  switch (basis) {
    case 'INVOCATIONS':
      return invocations
    case 'TOKENS':
      return tokens
    case 'COMPUTE_TIME':
      return computeTime
    case 'RESOURCE_USES':
      return null
    default:
      return basis satisfies never
  }
}
