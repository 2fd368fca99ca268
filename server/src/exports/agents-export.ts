import { NO_SUMS } from '@outlay/db/sql/cell-sums'
import type { Context } from '../graphql/context.ts'
import {
  listAgentCosts,
  readAgentResourceNames,
  readCompleted,
  readCostPerTask,
} from '../modules/agent/agent-cost.service.ts'
import { openFleetCost } from '../modules/fleet/fleet.service.ts'
import { COST_COLUMNS, costCells, countCell, moneyCell, USE_COLUMNS, useCells } from './cost-cells.ts'
import { BASIS_WORDS, type ExportRequest } from './export-request.ts'
import type { ExportRow } from '@outlay/domain/export/table'
import { pagesOf, type ExportTable } from './export-table.ts'

/** What each agent cost, as `agentCosts` answers it, and what belongs to none: together the cost of the fleet. */
export function agentsExport(context: Context, { range, basis }: ExportRequest): ExportTable {
  const { currency } = context.tenant
  const remainder = (name: string, cost: ExportRow): ExportRow => [
    name,
    null,
    null,
    currency,
    ...cost,
    null,
    null,
    ...USE_COLUMNS.map(() => null),
  ]
  async function* pages(): AsyncGenerator<ExportRow[]> {
    const fleet = await openFleetCost(context, range, 'NONE')
    const { agent: withoutAgent } = await fleet.remainders()
    for await (const { items, of } of pagesOf(context, (c, page) => listAgentCosts(c, { range, ...page }))) {
      yield await Promise.all(
        items.map(async (row): Promise<ExportRow> => {
          const [resources, completed, perTask] = await Promise.all([
            readAgentResourceNames(of, row),
            readCompleted(of, row),
            readCostPerTask(of, row, basis),
          ])
          return [
            row.agent.name,
            row.agent.key,
            resources.join(', '),
            currency,
            ...costCells(row.cost),
            countCell(completed),
            moneyCell(perTask),
            ...useCells(row.cost),
          ]
        }),
      )
    }
    yield [
      remainder('Chain-shared, which belongs to tasks', costCells({ ...NO_SUMS, shared: fleet.cost.shared })),
      remainder('Without agent', costCells({ ...NO_SUMS, direct: withoutAgent.amount })),
    ]
  }
  return {
    columns: [
      { label: 'Agent', kind: 'text' },
      { label: 'Agent key', kind: 'text' },
      { label: 'Resources', kind: 'text' },
      { label: 'Currency', kind: 'text' },
      ...COST_COLUMNS,
      { label: 'Tasks completed', kind: 'count' },
      { label: 'Cost per task', kind: 'amount' },
      ...USE_COLUMNS,
    ],
    pages: pages(),
    about: [['Cost per task counts', BASIS_WORDS[basis]]],
  }
}
