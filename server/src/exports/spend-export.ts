import type { Dimension } from '@outlay/db/sql/rollup-source'
import { costOn } from '../reads/cost-basis.ts'
import type { Context } from '../graphql/context.ts'
import { openCostRollup, type RollupRowSource } from '../modules/rollup/rollup.service.ts'
import { amountCell, COST_COLUMNS, costCells, USE_COLUMNS, useCells } from './cost-cells.ts'
import { BASIS_WORDS, readFilter, readGrouping, type ExportRequest } from './export-request.ts'
import type { ExportColumn, ExportRow } from '@outlay/domain/export/table'
import { slicesOf, type ExportTable } from './export-table.ts'

/** Rows of one spend export; what is beyond them is its last row, so that the rows always add up to the total. */
const ROWS_MAX = 20_000
const SLICE = 100

const NAMES: Record<Exclude<Dimension, 'TASK'>, string> = {
  AGENT: 'Agent',
  CLIENT: 'Client',
  PROJECT: 'Project',
  PROVIDER: 'Provider',
  RESOURCE: 'Resource',
  KIND: 'Kind',
}

/** Spend by one dimension or two, as `costRollup` answers it. Its rows, remainders among them, add up to the total of the API. */
export function spendExport(context: Context, request: ExportRequest): ExportTable {
  const { parameters, range, basis } = request
  const groupBy = readGrouping(parameters)
  const filter = readFilter(parameters)
  const { currency } = context.tenant
  const columns: ExportColumn[] = [
    ...groupBy.flatMap((dimension): ExportColumn[] => [
      { label: NAMES[dimension], kind: 'text' },
      { label: `${NAMES[dimension]} key`, kind: 'text' },
    ]),
    { label: 'Cost', kind: 'amount' },
    { label: 'Currency', kind: 'text' },
    ...COST_COLUMNS,
    ...USE_COLUMNS,
  ]
  const cells = async ({ keys, cost }: RollupRowSource): Promise<ExportRow> => [
    ...(await keys()).flatMap(({ key, label }) => [label, key]),
    amountCell(costOn(basis, cost)),
    currency,
    ...costCells(cost),
    ...useCells(cost),
  ]
  async function* pages(): AsyncGenerator<ExportRow[]> {
    const { rows, other } = await openCostRollup(
      context,
      { range, groupBy, filter, top: ROWS_MAX },
      { topMax: ROWS_MAX },
    )
    for (const slice of slicesOf(other === null ? rows : [...rows, other], SLICE)) yield Promise.all(slice.map(cells))
  }
  return {
    columns,
    pages: pages(),
    about: [
      ['Grouped by', groupBy.map((dimension) => NAMES[dimension]).join(', ')],
      ['Cost counts', BASIS_WORDS[basis]],
      ...Object.entries(filter).flatMap(([list, keys]: [string, string[] | null]): [string, string][] =>
        keys === null ? [] : [[`Only ${list}`, keys.join(', ')]],
      ),
    ],
  }
}
