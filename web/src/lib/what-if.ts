import type { AllocationMethod, UsageBasis, WhatIfPolicyInput } from '../generated/graphql.ts'
import { BASIS_NAMES, METHOD_NAMES } from './allocation.ts'
import { compareDecimals } from './format.ts'
import { first, type SearchParams } from './search-params.ts'

/** A what-if as an address holds it: `method=USAGE&basis=TOKENS&rate=0.24&times=coding:1.5,research:0`. */
export interface WhatIf {
  method: AllocationMethod
  basis: UsageBasis
  /** Of OVERHEAD_RATE, as a ratio: 0.24; null where nobody has said one. */
  rate: string | null
  /** By agent key; an agent that is not there counts once. */
  multipliers: ReadonlyMap<string, string>
}

/** Where nobody has said a rate: the slider begins here. */
export const RATE_TO_START_FROM = '0.2'

const RATIO = /^\d{1,3}(\.\d{1,6})?$/

export function isMethod(text: string): text is AllocationMethod {
  return Object.hasOwn(METHOD_NAMES, text)
}

export function isBasis(text: string): text is UsageBasis {
  return Object.hasOwn(BASIS_NAMES, text)
}

/** `coding:1.5,research:0`; keys are escaped, so that theirs may hold colons and commas. */
export function multipliersText(multipliers: ReadonlyMap<string, string>): string | null {
  const parts = [...multipliers]
    .filter(([, times]) => compareDecimals(times, '1') !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, times]) => `${encodeURIComponent(key)}:${times}`)
  return parts.length === 0 ? null : parts.join(',')
}

function readMultipliers(text: string | null): ReadonlyMap<string, string> {
  const multipliers = new Map<string, string>()
  for (const part of (text ?? '').split(',')) {
    const [key = '', times = ''] = part.split(':')
    if (key === '' || !RATIO.test(times)) continue
    try {
      multipliers.set(decodeURIComponent(key), times)
    } catch {
      // An address somebody cut short: what can be read of it still applies.
    }
  }
  return multipliers
}

/** What an address asks, filled up with the policy as it is. */
export function readWhatIf(params: SearchParams, today: WhatIf): WhatIf {
  const [method, basis, rate] = [first(params.method), first(params.basis), first(params.rate)]
  return {
    method: method !== null && isMethod(method) ? method : today.method,
    basis: basis !== null && isBasis(basis) ? basis : today.basis,
    rate: rate !== null && RATIO.test(rate) ? rate : today.rate,
    multipliers: first(params.times) === null ? today.multipliers : readMultipliers(first(params.times)),
  }
}

function isSameRate(a: string | null, b: string | null): boolean {
  return a === null || b === null ? a === b : compareDecimals(a, b) === 0
}

/** What an address must hold for a what-if; what is as the policy has it is left out, and so is what its method does not use. */
export function whatIfParams(whatIf: WhatIf, today: WhatIf): Record<string, string | null> {
  const times = multipliersText(whatIf.multipliers)
  const isSame = times === multipliersText(today.multipliers)
  return {
    method: whatIf.method === today.method ? null : whatIf.method,
    basis: whatIf.method !== 'USAGE' || whatIf.basis === today.basis ? null : whatIf.basis,
    rate: whatIf.method !== 'OVERHEAD_RATE' || isSameRate(whatIf.rate, today.rate) ? null : whatIf.rate,
    // "None" where the policy has some must be said.
    times: isSame ? null : (times ?? 'none'),
  }
}

/** Whether it asks for anything else than the policy says. */
export function isDifferent(whatIf: WhatIf, today: WhatIf): boolean {
  return Object.values(whatIfParams(whatIf, today)).some((value) => value !== null)
}

export function whatIfInput({ method, basis, rate, multipliers }: WhatIf): WhatIfPolicyInput {
  return {
    method,
    basis: method === 'USAGE' ? basis : null,
    rate: method === 'OVERHEAD_RATE' ? (rate ?? RATE_TO_START_FROM) : null,
    multipliers: [...multipliers].map(([agent, multiplier]) => ({ agent, multiplier })),
  }
}
