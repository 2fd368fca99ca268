import { FIXED18_ONE } from '../money/fixed18.ts'
import type { DraftLine } from './charge-line.ts'
import type { PeriodFacts } from './facts.ts'

/** Each task's cost as it is, and what is in no task in a line of its own. What cost nothing has no line. */
export function passThrough(facts: Pick<PeriodFacts, 'costs'>): DraftLine[] {
  return facts.costs
    .filter(({ cost }) => cost !== 0n)
    .map(({ taskId, label, cost }) => ({
      kind: 'COST',
      description: taskId === null ? label : `Cost of task ${label}`,
      taskId,
      quantity: FIXED18_ONE,
      unit: 'cost',
      unitPrice: cost,
      exact: cost,
    }))
}
