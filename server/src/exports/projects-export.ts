import { mayDo, type Context } from '../graphql/context.ts'
import {
  costPerTaskOf,
  listProjectCosts,
  marginOf,
  marginRatioOf,
  readAgentsUsedIn,
} from '../modules/project/project-cost.service.ts'
import { COST_COLUMNS, costCells, countCell, moneyCell, ratioCell, USE_COLUMNS, useCells } from './cost-cells.ts'
import { BASIS_WORDS, one, type ExportRequest } from './export-request.ts'
import type { ExportRow } from '@outlay/domain/export/table'
import { pagesOf, type ExportTable } from './export-table.ts'
import { RestOfFleet } from './rest-of-fleet.ts'

/**
 * What each project cost and brought, as `projectCosts` answers it, and the work without a project: together the cost of the fleet. With
 * `client` in the address, the projects of that client alone.
 */
export function projectsExport(context: Context, { range, basis, parameters }: ExportRequest): ExportTable {
  const { currency } = context.tenant
  const clientKey = one(parameters, 'client')
  async function* pages(): AsyncGenerator<ExportRow[]> {
    const rest = new RestOfFleet()
    const read = (of: Context, page: object) => listProjectCosts(of, { range, clientKey, ...page })
    for await (const { items, of } of pagesOf(context, read)) {
      yield await Promise.all(
        items.map(async (row): Promise<ExportRow> => {
          rest.note(row.cost)
          const { clientId } = row.project
          const [agents, client] = await Promise.all([
            readAgentsUsedIn(of, row),
            clientId === null ? null : of.loaders.client.load(clientId),
          ])
          return [
            row.project.name,
            row.project.key,
            client?.name ?? null,
            client?.key ?? null,
            currency,
            ...costCells(row.cost),
            moneyCell(row.revenue),
            moneyCell(marginOf(row, basis)),
            ratioCell(marginRatioOf(row, basis)),
            countCell(row.tasksCompleted),
            moneyCell(costPerTaskOf(of, row, basis)),
            countCell(agents),
            ...useCells(row.cost),
          ]
        }),
      )
    }
    if (clientKey !== null || !mayDo(context, 'fleet.read')) return
    const { name, cost } = await rest.read(context, range, { of: 'project', name: 'Without project' })
    yield [[name, null, null, null, currency, ...costCells(cost), ...Array<null>(6).fill(null), ...useCells(cost)]]
  }
  return {
    columns: [
      { label: 'Project', kind: 'text' },
      { label: 'Project key', kind: 'text' },
      { label: 'Client', kind: 'text' },
      { label: 'Client key', kind: 'text' },
      { label: 'Currency', kind: 'text' },
      ...COST_COLUMNS,
      { label: 'Revenue', kind: 'amount' },
      { label: 'Margin', kind: 'amount' },
      { label: 'Margin ratio', kind: 'ratio' },
      { label: 'Tasks completed', kind: 'count' },
      { label: 'Cost per task', kind: 'amount' },
      { label: 'Agents', kind: 'count' },
      ...USE_COLUMNS,
    ],
    pages: pages(),
    about: [
      ['Margin is revenue less, and cost per task counts', BASIS_WORDS[basis]],
      ...(clientKey === null ? [] : [['Only projects of client', clientKey] as const]),
    ],
  }
}
