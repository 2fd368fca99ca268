import { countCell, moneyCell, moneyOr, textCell } from '@outlay/domain/reports/cells'
import type { ReportCell, ReportSection } from '@outlay/domain/reports/document'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import { Grain } from '@outlay/domain/rollup/grain'
import { addSums, NO_SUMS, plusAllocated, totalOf, type CellSums } from '../../sql/cell-sums.ts'
import { readEarningTerms } from '../../revenue/earning-terms.ts'
import { readProjectRevenue } from '../../revenue/read-revenue.ts'
import { NO_REVENUE, totalRevenue } from '../../revenue/revenue.ts'
import { readAllocatedMembers } from '../../sql/read-allocated.ts'
import { readByIds } from '../../sql/read-dimensions.ts'
import { readProjectCosts } from '../../sql/read-projects.ts'
import { readCompletedTaskCosts, readLostTaskCosts } from '../../sql/read-task-outcomes.ts'
import type { ReportQuestion } from '../question.ts'
import { words } from '../rows.ts'

/** Projects by name; a report of more would not be read. */
const PROJECTS_MAX = 300

/** A project with cost, a completed task or a share of a pool in the period. */
export interface ProjectRow {
  id: string
  name: string
  client: string | null
  cost: CellSums
  revenue: Fixed18 | null
  completed: number
}

/** The projects of the period, of one client where it is given, the dearest first. */
export async function readProjectRows(question: ReportQuestion, clientId: string | null): Promise<ProjectRow[]> {
  const { db, range, currency, timeZone, fractions } = question
  const terms = await readEarningTerms(db, { range, currency, timeZone })
  const earned = await readProjectRevenue(db, { range, currency, terms, projectIds: null })
  const earners = [...earned.keys()]
  const found = await readProjectCosts(db, { range, earners, clientId, after: null, limit: PROJECTS_MAX })
  const ids = found.map(({ projectId }) => projectId)
  const shares = await readAllocatedMembers(db, { grain: Grain.PROJECT, fractions, ids })
  const projects = new Map((await readByIds(db, 'project', ids)).map((project) => [project.id, project]))
  const clientIds = [...projects.values()].flatMap(({ clientId: id }) => id ?? [])
  const clients = new Map((await readByIds(db, 'client', [...new Set(clientIds)])).map(({ id, name }) => [id, name]))
  return found.map(({ projectId, key, sums, completed }) => {
    const project = projects.get(projectId)
    return {
      id: projectId,
      name: project?.name ?? key,
      client: clients.get(project?.clientId ?? '') ?? null,
      cost: plusAllocated(sums, shares.get(projectId) ?? 0n),
      revenue: totalRevenue(earned.get(projectId) ?? NO_REVENUE),
      completed,
    }
  })
}

/** What every project cost and earns: revenue, direct, shared, margin. What the terms of its client charge is in no project. */
export function projectCosts(projects: readonly ProjectRow[]): ReportSection {
  const row = (name: string, client: string, of: readonly ProjectRow[]): ReportCell[] => {
    const cost = of.map((one) => one.cost).reduce(addSums, NO_SUMS)
    const billed = of.flatMap((one) => (one.revenue === null ? [] : [{ ...one, revenue: one.revenue }]))
    const revenue = billed.length === 0 ? null : billed.reduce((sum, one) => sum + one.revenue, 0n)
    const margin = billed.length === 0 ? null : billed.reduce((sum, one) => sum + one.revenue - totalOf(one.cost), 0n)
    return [
      textCell(name),
      textCell(client),
      moneyOr(
        revenue,
        'It has no terms that charge, and no task of it that counts as billed was completed in the period.',
      ),
      moneyCell(cost.direct),
      moneyCell(cost.shared),
      moneyCell(cost.allocated),
      moneyCell(totalOf(cost)),
      moneyOr(margin, 'There is no revenue to compare with.'),
    ]
  }
  return {
    id: 'projects',
    heading: 'Projects',
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'projects',
          title: 'Revenue, cost and margin by project',
          columns: [
            { label: 'Project', kind: 'text' },
            { label: 'Client', kind: 'text' },
            { label: 'Revenue', kind: 'money' },
            { label: 'Direct', kind: 'money' },
            { label: 'Chain-shared', kind: 'money' },
            { label: 'Allocated', kind: 'money' },
            { label: 'Fully loaded', kind: 'money' },
            { label: 'Margin where earned', kind: 'money' },
          ],
          rows: projects.map((project) => row(project.name, project.client ?? 'No client', [project])),
          total: row('All projects', '', projects),
        },
      },
    ],
  }
}

/** What a task of each project cost, and what came to nothing. */
export async function taskCosts(
  { db, range }: ReportQuestion,
  projects: readonly ProjectRow[],
): Promise<ReportSection> {
  const ids = projects.map(({ id }) => id)
  const completed = await readCompletedTaskCosts(db, range, ids)
  const lost = await readLostTaskCosts(db, range, ids)
  const none = 'No task of it was completed in the period.'
  const sumOf = (status: string) =>
    [...lost].reduce((sum, [key, { cost }]) => (key.endsWith(status) ? sum + cost : sum), 0n)
  const tasksOf = (status: string) =>
    [...lost].reduce((sum, [key, { tasks }]) => (key.endsWith(status) ? sum + tasks : sum), 0)
  const whole = [...completed.values()].reduce((sum, { tasks }) => sum + tasks, 0)
  return {
    id: 'tasks',
    heading: 'Cost of a task',
    blocks: [
      {
        kind: 'table',
        table: {
          id: 'tasks',
          title: 'Completed tasks with all their days, and what failed or was cancelled in the period',
          columns: [
            { label: 'Project', kind: 'text' },
            { label: 'Completed', kind: 'quantity' },
            { label: 'Mean', kind: 'money' },
            { label: 'P50', kind: 'money' },
            { label: 'P90', kind: 'money' },
            { label: 'Failed', kind: 'quantity' },
            { label: 'Cost of failed', kind: 'money' },
            { label: 'Cancelled', kind: 'quantity' },
            { label: 'Cost of cancelled', kind: 'money' },
          ],
          rows: projects.map(({ id, name }) => {
            const done = completed.get(id)
            const [failed, cancelled] = [lost.get(`${id} FAILED`), lost.get(`${id} CANCELLED`)]
            return [
              textCell(name),
              countCell(done?.tasks ?? 0),
              moneyOr(done === undefined ? null : divideHalfEven(done.cost, BigInt(done.tasks)), none),
              moneyOr(done?.p50 ?? null, none),
              moneyOr(done?.p90 ?? null, none),
              countCell(failed?.tasks ?? 0),
              moneyCell(failed?.cost ?? 0n),
              countCell(cancelled?.tasks ?? 0),
              moneyCell(cancelled?.cost ?? 0n),
            ]
          }),
          total: [
            textCell('All projects'),
            countCell(whole),
            textCell(''),
            textCell(''),
            textCell(''),
            countCell(tasksOf('FAILED')),
            moneyCell(sumOf('FAILED')),
            countCell(tasksOf('CANCELLED')),
            moneyCell(sumOf('CANCELLED')),
          ],
        },
      },
      words(
        'Without shares of pools. Half of the completed tasks cost no more than P50, nine in ten no more than P90.',
      ),
    ],
  }
}
