import { countCell, moneyCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportCell, ReportSection } from '@outlay/domain/reports/document'
import { readByIds } from '../../sql/read-dimensions.ts'
import type { FailedCost } from '../../sql/read-failed-cost.ts'
import type { ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

const WHAT_IT_IS =
  'A call failed when its sender says so, and costs what it used. It was tried again when another call followed it in the same trace, under the same parent, of the same agent and model or tool. The rest of the failed cost was not tried again. It is part of what the projects cost.'

/** What failed calls cost in each project, and what of it was tried again. */
export async function failedCalls({ db }: ReportQuestion, failed: readonly FailedCost[]): Promise<ReportSection> {
  const projects = await readByIds(
    db,
    'project',
    failed.flatMap(({ projectId }) => projectId ?? []),
  )
  const names = new Map(projects.map(({ id, name }) => [id, name]))
  return {
    id: 'failed-calls',
    heading: 'Failed and retried calls',
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'projects',
          title: 'What failed calls cost, and what of it was tried again',
          columns: [
            { label: 'Project', kind: 'text' },
            { label: 'Failed calls', kind: 'quantity' },
            { label: 'Failed cost', kind: 'money' },
            { label: 'Retried calls', kind: 'quantity' },
            { label: 'Retried cost', kind: 'money' },
            { label: 'Not retried', kind: 'money' },
            { label: 'Cost not known', kind: 'quantity' },
          ],
          rows: failed.map((one) => rowOf(nameOf(one, names), [one])),
          total: rowOf('Together', failed),
        },
      },
      words(WHAT_IT_IS),
    ],
  }
}

function nameOf({ projectId }: FailedCost, names: ReadonlyMap<string, string>): string {
  return projectId === null ? 'No project' : (names.get(projectId) ?? projectId)
}

function rowOf(name: string, of: readonly FailedCost[]): ReportCell[] {
  const count = (pick: (one: FailedCost) => number) => of.reduce((sum, one) => sum + pick(one), 0)
  const cost = of.reduce((sum, one) => sum + one.cost, 0n)
  const retried = of.reduce((sum, one) => sum + one.retriedCost, 0n)
  return [
    textCell(name),
    countCell(count(({ calls }) => calls)),
    moneyCell(cost),
    countCell(count(({ retriedCalls }) => retriedCalls)),
    moneyCell(retried),
    moneyCell(cost - retried),
    countCell(count(({ unknown }) => unknown)),
  ]
}
