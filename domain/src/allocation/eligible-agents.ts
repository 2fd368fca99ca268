import type { CalendarDate } from '../periods/calendar-date.ts'
import type { FactsIndex } from './facts-index.ts'
import type { AllocationPolicy } from './policy.ts'
import { byKey, type AgentRef } from './tie-order.ts'

/**
 * The agents that share a pool in a month, by key: scope first (law L17). A scope that is listed is exactly that, active or not; an
 * empty one is every agent with an own leaf invocation in the month. Exemptions, months `[from, to)`, take agents out of either.
 *
 *     scope [], active A, B, C, B exempt from 2026-03-01 to 2026-05-01
 *     // in 2026-04: A, C; in 2026-05: A, B, C
 */
export function eligibleAgents(input: {
  policy: Pick<AllocationPolicy, 'scope' | 'exemptions'>
  month: CalendarDate
  facts: FactsIndex
}): AgentRef[] {
  const { policy, month, facts } = input
  const exempt = new Set(
    policy.exemptions
      .filter(({ from, to }) => from <= month && (to === null || month < to))
      .map(({ agentId }) => agentId),
  )
  const population =
    policy.scope.length > 0
      ? [...new Set(policy.scope)].map((id) => facts.agent(id)).sort(byKey)
      : facts.agents.filter(({ id }) => facts.used(id, 'invocations') > 0n)
  return population.filter(({ id }) => !exempt.has(id))
}
