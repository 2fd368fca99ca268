import { divideHalfEven } from '../money/half-even.ts'
import { QUANTITY6_ONE, type Quantity6 } from '../usage/quantity.ts'
import type { PeriodFacts } from './facts.ts'
import type { BillingUnit } from './terms.ts'

const HOUR_MICROS = 3_600_000_000n

/** What a period used of a unit. Hours are those of each task united, half-even at six decimals of an hour. */
export function usedQuantity(unit: BillingUnit, facts: PeriodFacts): Quantity6 {
  switch (unit) {
    case 'TASKS':
      return facts.completed.reduce((sum, { count = 1n }) => sum + count, 0n) * QUANTITY6_ONE
    case 'TOKENS':
      return facts.tokens
    case 'INVOCATIONS':
      return facts.invocations * QUANTITY6_ONE
    case 'HOURS': {
      const micros = facts.time.reduce((sum, task) => sum + task.micros, 0n)
      return divideHalfEven(micros * QUANTITY6_ONE, HOUR_MICROS)
    }
    default:
      return unit satisfies never
  }
}

const WORDS = { TASKS: 'completed tasks', TOKENS: 'tokens', INVOCATIONS: 'invocations', HOURS: 'hours' } as const

/** `completed tasks`, `tokens`, `invocations`, `hours`. */
export function unitWords(unit: BillingUnit): string {
  return WORDS[unit]
}
