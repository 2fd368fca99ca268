import { countCell, moneyCell } from '@outlay/domain/reports/cells'
import type { ReportFigure, ReportSection } from '@outlay/domain/reports/document'
import { totalOf } from '../../sql/cell-sums.ts'
import type { FailedCost } from '../../sql/read-failed-cost.ts'
import type { ProjectRow } from './projects.ts'

/** What the weekly opens with, and what its mail says: what the projects cost, what they completed, and what failed. */
export function weekFigures(projects: readonly ProjectRow[], failed: readonly FailedCost[]): ReportSection {
  const calls = failed.reduce((sum, one) => sum + one.calls, 0)
  const retried = failed.reduce((sum, one) => sum + one.retriedCalls, 0)
  const unknown = failed.reduce((sum, one) => sum + one.unknown, 0)
  const figures: ReportFigure[] = [
    {
      label: 'Cost of projects',
      value: moneyCell(projects.reduce((sum, { cost }) => sum + totalOf(cost), 0n)),
      note: `fully loaded; projects: ${projects.length}`,
    },
    {
      label: 'Tasks completed',
      value: countCell(projects.reduce((sum, { completed }) => sum + completed, 0)),
      note: 'of these projects',
    },
    {
      label: 'Failed cost',
      value: moneyCell(failed.reduce((sum, { cost }) => sum + cost, 0n)),
      note: `failed calls: ${calls}${unknown === 0 ? '' : `; ${unknown} without a known cost`}`,
    },
    {
      label: 'Retried cost',
      value: moneyCell(failed.reduce((sum, { retriedCost }) => sum + retriedCost, 0n)),
      note: `part of the failed cost; calls: ${retried}`,
    },
  ]
  return { id: 'week', heading: 'The week', blocks: [{ kind: 'figures', figures }] }
}
