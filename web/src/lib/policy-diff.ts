import type { AllocationFallback, AllocationMethod, IdleTreatment, UsageBasis } from '../generated/graphql.ts'
import { fallbackText, IDLE_NAMES, methodText, rateText } from './allocation.ts'
import { exactDecimalText } from './format.ts'
import { addMonths, monthsText } from './months.ts'

interface Named {
  key: string
  name: string
}

/** How a version splits: all of what a reader decides on. */
export interface PolicyTerms {
  method: AllocationMethod
  basis?: UsageBasis | null
  rate?: string | null
  scope: readonly Named[]
  fallback: readonly AllocationFallback[]
  idle: IdleTreatment
  multipliers: readonly { agent: Named; multiplier: string }[]
  exemptions: readonly { agent: Named; from: string; to?: string | null; reason: string }[]
  feeds: readonly { pool: { id: string; name: string }; share: string }[]
}

/** One thing a policy says, in words. */
export interface Term {
  name: string
  /** Its parts, in an order that does not depend on how they were entered. */
  values: readonly string[]
}

function exemptionText({ agent, from, to, reason }: PolicyTerms['exemptions'][number]): string {
  return `${agent.name}, ${monthsText(from, to == null ? null : addMonths(to, -1))}: ${reason}`
}

/** Everything a version says; what it does not say is a term with what applies then. */
export function termsOf(policy: PolicyTerms): Term[] {
  const list = (name: string, values: readonly string[], none: string): Term => ({
    name,
    values: values.length === 0 ? [none] : [...values].sort(),
  })
  return [
    { name: 'Method', values: [methodText(policy)] },
    list(
      'Agents',
      policy.scope.map((agent) => agent.name),
      'all that are active in the month',
    ),
    list(
      'Multipliers',
      policy.multipliers.map(({ agent, multiplier }) => `${agent.name} × ${exactDecimalText(multiplier)}`),
      'none',
    ),
    list('Exemptions', policy.exemptions.map(exemptionText), 'none'),
    { name: 'When every weight is zero', values: [fallbackText(policy.fallback)] },
    { name: 'Idle capacity', values: [IDLE_NAMES[policy.idle]] },
    list(
      'Serves',
      policy.feeds.map(({ pool, share }) => `${pool.name}, ${rateText(share)}`),
      'no other pool',
    ),
  ]
}

export interface Change {
  name: string
  /** What the version before says and this one does not. */
  gone: readonly string[]
  /** What this version says and the one before does not. */
  come: readonly string[]
}

/** What a version says differently from the one before; nothing for the first. */
export function changesBetween(before: PolicyTerms | null, after: PolicyTerms): Change[] {
  if (before === null) return []
  const earlier = termsOf(before)
  return termsOf(after).flatMap((term, index) => {
    const was = earlier[index]?.values ?? []
    const gone = was.filter((value) => !term.values.includes(value))
    const come = term.values.filter((value) => !was.includes(value))
    return gone.length + come.length === 0 ? [] : [{ name: term.name, gone, come }]
  })
}
