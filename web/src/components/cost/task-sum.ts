import type { TaskRowFragment } from '../../generated/graphql.ts'
import { costOn, type Basis } from '../../lib/basis.ts'
import type { SumOf } from '../../lib/sum.ts'
import type { SumFacts } from './sum-panel.tsx'

/** What a list of tasks shows of one task's amounts; null for a task that is not in it. */
export function taskSumFacts(
  rows: readonly TaskRowFragment[],
  key: string,
  { what, basis }: { what: SumOf; basis: Basis },
): SumFacts | null {
  const row = rows.find(({ task }) => task.key === key)
  if (row === undefined) return null
  const { cost, margin, billed, task } = row
  const figures = {
    ...{ direct: cost.direct, shared: cost.chainShared, allocated: cost.allocated, cost: cost.total, margin },
    onBasis: costOn(basis, cost),
  }
  return { name: task.name, figure: what in figures ? figures[what as keyof typeof figures] : null, revenue: billed }
}
