import { countCell, moneyCell, textCell } from '@outlay/domain/reports/cells'
import type { ReportCell, ReportSection } from '@outlay/domain/reports/document'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { addSums, NO_SUMS, plusAllocated, subtractSums, totalOf, type CellSums } from '../../sql/cell-sums.ts'
import { readAllocatedRemainders, readAllocatedTaskParts } from '../../sql/read-allocated.ts'
import { readByIds } from '../../sql/read-dimensions.ts'
import { readFleetFull } from '../../sql/read-fleet-full.ts'
import { countTasksWithCost, readTaskParts, readTaskPositions } from '../../sql/read-tasks.ts'
import type { ReportQuestion } from '../question.ts'

const TASKS = 40

/** The dearest tasks, all others together, and what has no task. */
export async function byTask({ db, range, timeZone, fractions }: ReportQuestion): Promise<ReportSection> {
  const { sums } = await readFleetFull(db, { ranges: [range], timeZone })
  const fleet = sums[0] ?? NO_SUMS
  const anybody = { clientId: null, projectId: null }
  const positions = await readTaskPositions(db, { ...anybody, range, order: 'COST', after: null, limit: TASKS })
  const ids = positions.map(({ taskId }) => taskId)
  const parts = await readTaskParts(db, [...ids, NIL_UUID], range)
  const shares = await readAllocatedTaskParts(db, ids, fractions)
  const remainder = await readAllocatedRemainders(db, fractions)
  const records = new Map((await readByIds(db, 'task', ids)).map((record) => [record.id, record]))
  const costOf = (id: string): CellSums => {
    const consumed = parts.filter(({ taskId }) => taskId === id).reduce((sum, part) => addSums(sum, part.sums), NO_SUMS)
    const allocated = shares.filter(({ taskId }) => taskId === id).reduce((sum, { amount }) => sum + amount, 0n)
    return plusAllocated(consumed, id === NIL_UUID ? remainder.task : allocated)
  }
  const row = (name: string, key: string, cost: CellSums): ReportCell[] => [
    textCell(name),
    textCell(key),
    moneyCell(cost.direct),
    moneyCell(cost.shared),
    moneyCell(cost.allocated),
    moneyCell(totalOf(cost)),
    countCell(cost.invocations),
  ]
  const dearest = ids.map((id) => ({ id, cost: costOf(id) }))
  const untagged = costOf(NIL_UUID)
  const others = dearest.reduce((left, { cost }) => subtractSums(left, cost), subtractSums(fleet, untagged))
  const count = (await countTasksWithCost(db, { ...anybody, range })) - ids.length
  const rows = dearest.map(({ id, cost }) => {
    const record = records.get(id)
    return row(record?.name ?? id, record?.key ?? '', cost)
  })
  if (count > 0 || totalOf(others) !== 0n) rows.push(row(`${count} other tasks`, '', others))
  rows.push(row('No task tag', '', untagged))
  return {
    id: 'by-task',
    heading: 'Cost by task',
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'tasks',
          title: `The ${dearest.length} dearest tasks, and all others`,
          columns: [
            { label: 'Task', kind: 'text' },
            { label: 'Key', kind: 'text' },
            { label: 'Direct', kind: 'money' },
            { label: 'Chain-shared', kind: 'money' },
            { label: 'Allocated', kind: 'money' },
            { label: 'Fully loaded', kind: 'money' },
            { label: 'Invocations', kind: 'quantity' },
          ],
          rows,
          total: row('The fleet', '', fleet),
        },
      },
    ],
  }
}
