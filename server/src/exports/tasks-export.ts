import { mayDo, type Context } from '../graphql/context.ts'
import { listTaskCosts, marginOf, marginRatioOf, type TaskCostSource } from '../modules/task/task-cost.service.ts'
import { COST_COLUMNS, costCells, moneyCell, ratioCell, USE_COLUMNS, useCells } from './cost-cells.ts'
import { BASIS_WORDS, one, type ExportRequest } from './export-request.ts'
import type { ExportRow } from '@outlay/domain/export/table'
import { pagesOf, type ExportTable } from './export-table.ts'
import { shortInstant } from '../graphql/scalars.ts'
import { localTimeText } from '@outlay/domain/export/local-time-text'
import { RestOfFleet } from './rest-of-fleet.ts'

/** What each task cost in the period and was billed, as `taskCosts` answers it; without a client, the rest of the fleet as well. */
export function tasksExport(context: Context, { range, basis, parameters }: ExportRequest): ExportTable {
  const { currency, timeZone } = context.tenant
  const clientKey = one(parameters, 'client')
  const orderBy = parameters.get('order') === 'cost' ? 'COST' : 'RECENT'
  const rowOf = async (of: Context, row: TaskCostSource): Promise<ExportRow> => {
    const { task, cost, billed } = row
    const [client, project] = await Promise.all([
      task.clientId === null ? null : of.loaders.client.load(task.clientId),
      task.projectId === null ? null : of.loaders.project.load(task.projectId),
    ])
    return [
      task.name,
      task.key,
      task.status,
      client?.name ?? null,
      client?.key ?? null,
      project?.name ?? null,
      project?.key ?? null,
      task.completedAt === null ? null : localTimeText(task.completedAt, timeZone),
      task.completedAt === null ? null : shortInstant(task.completedAt),
      currency,
      ...costCells(cost),
      moneyCell(billed),
      billed?.currency ?? null,
      moneyCell(marginOf(of, row, basis)),
      ratioCell(marginRatioOf(of, row, basis)),
      ...useCells(cost),
    ]
  }
  async function* pages(): AsyncGenerator<ExportRow[]> {
    const rest = new RestOfFleet()
    const read = (of: Context, page: { first?: number | null; after?: string | null }) =>
      listTaskCosts(of, { range, clientKey, orderBy, ...page })
    for await (const { items, of } of pagesOf(context, read)) {
      for (const { cost } of items) rest.note(cost)
      yield await Promise.all(items.map((row) => rowOf(of, row)))
    }
    if (clientKey !== null || !mayDo(context, 'fleet.read')) return
    const { name, cost } = await rest.read(context, range, { of: 'task', name: 'Without task' })
    yield [
      [name, ...Array<null>(8).fill(null), currency, ...costCells(cost), null, null, null, null, ...useCells(cost)],
    ]
  }
  return {
    columns: [
      { label: 'Task', kind: 'text' },
      { label: 'Task key', kind: 'text' },
      { label: 'Status', kind: 'text' },
      { label: 'Client', kind: 'text' },
      { label: 'Client key', kind: 'text' },
      { label: 'Project', kind: 'text' },
      { label: 'Project key', kind: 'text' },
      { label: `Completed, ${timeZone}`, kind: 'text' },
      { label: 'Completed, UTC', kind: 'text' },
      { label: 'Currency', kind: 'text' },
      ...COST_COLUMNS,
      { label: 'Billed', kind: 'amount' },
      { label: 'Billed currency', kind: 'text' },
      { label: 'Margin', kind: 'amount' },
      { label: 'Margin ratio', kind: 'ratio' },
      ...USE_COLUMNS,
    ],
    pages: pages(),
    about: [
      ['Cost is', 'what was used in the period; billed is the task over all time'],
      ['Margin is billed less', BASIS_WORDS[basis]],
      ...(clientKey === null ? [] : [['Only client', clientKey] as const]),
    ],
  }
}
