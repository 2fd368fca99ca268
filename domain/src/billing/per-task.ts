import type { DraftLine } from './charge-line.ts'
import { FIXED18_ONE } from '../money/fixed18.ts'
import type { PeriodFacts } from './facts.ts'
import type { ModelTerms } from './terms.ts'

/** A fixed price for each task completed in the period. What is open, failed or cancelled costs nothing. */
export function perTask(terms: Extract<ModelTerms, { model: 'PER_TASK' }>, facts: PeriodFacts): DraftLine[] {
  return facts.completed.map(({ taskId, label, count = 1n }) => ({
    kind: 'TASK',
    description: `Completed task ${label}`,
    taskId,
    quantity: count * FIXED18_ONE,
    unit: 'task',
    unitPrice: terms.price,
    exact: count * terms.price,
  }))
}
