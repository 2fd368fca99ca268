import { mayDo, type Context } from '../graphql/context.ts'
import {
  listClientCosts,
  marginOf,
  marginRatioOf,
  readAgentsUsedBy,
  readTasksOf,
} from '../modules/client/client-cost.service.ts'
import { COST_COLUMNS, costCells, countCell, moneyCell, ratioCell, USE_COLUMNS, useCells } from './cost-cells.ts'
import { BASIS_WORDS, type ExportRequest } from './export-request.ts'
import type { ExportRow } from '@outlay/domain/export/table'
import { pagesOf, type ExportTable } from './export-table.ts'
import { RestOfFleet } from './rest-of-fleet.ts'

/** What each client cost and brought, as `clientCosts` answers it, and the work without a client: together the cost of the fleet. */
export function clientsExport(context: Context, { range, basis }: ExportRequest): ExportTable {
  const { currency } = context.tenant
  async function* pages(): AsyncGenerator<ExportRow[]> {
    const rest = new RestOfFleet()
    for await (const { items, of } of pagesOf(context, (c, page) => listClientCosts(c, { range, ...page }))) {
      yield await Promise.all(
        items.map(async (row): Promise<ExportRow> => {
          rest.note(row.cost)
          const [agents, tasks] = await Promise.all([readAgentsUsedBy(of, row), readTasksOf(of, row)])
          return [
            row.client.name,
            row.client.key,
            currency,
            ...costCells(row.cost),
            moneyCell(row.revenue),
            moneyCell(marginOf(row, basis)),
            ratioCell(marginRatioOf(row, basis)),
            ratioCell(row.costShare),
            ratioCell(row.revenueShare),
            countCell(agents),
            countCell(tasks),
            ...useCells(row.cost),
          ]
        }),
      )
    }
    // What is left of the fleet is of no client.
    if (!mayDo(context, 'fleet.read')) return
    const { name, cost } = await rest.read(context, range, { of: 'client', name: 'Without client' })
    yield [[name, null, currency, ...costCells(cost), ...Array<null>(7).fill(null), ...useCells(cost)]]
  }
  return {
    columns: [
      { label: 'Client', kind: 'text' },
      { label: 'Client key', kind: 'text' },
      { label: 'Currency', kind: 'text' },
      ...COST_COLUMNS,
      { label: 'Revenue', kind: 'amount' },
      { label: 'Margin', kind: 'amount' },
      { label: 'Margin ratio', kind: 'ratio' },
      { label: 'Share of cost', kind: 'ratio' },
      { label: 'Share of revenue', kind: 'ratio' },
      { label: 'Agents', kind: 'count' },
      { label: 'Tasks', kind: 'count' },
      ...USE_COLUMNS,
    ],
    pages: pages(),
    about: [['Margin is revenue less', BASIS_WORDS[basis]]],
  }
}
