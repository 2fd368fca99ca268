import { accrualByMonth, accrued, type MonthAmount } from '@outlay/db/sql/accrued'
import { NO_SUMS, plusAllocated, type CellSums } from '@outlay/db/sql/cell-sums'
import { readAllocatedGroups } from '@outlay/db/sql/read-allocated-groups'
import type { RollupGroup, RollupQuestion } from '@outlay/db/sql/read-rollup'
import { countShareRows, readShareRows } from '@outlay/db/sql/read-share-rows'
import type { Context } from '../../graphql/context.ts'
import { fractionsOf } from '../../reads/allocated.ts'
import { once } from '../../reads/once.ts'

/** A roll-up of usage: the rows shown, what all rows add up to, and how many there are. */
interface Usage {
  rows: RollupGroup[]
  total: CellSums
  groups: number
}

/** A roll-up with shares of pools in it. */
export interface SharedRollup {
  rows: RollupGroup[]
  total: CellSums
  /** By month, of a row shown and of all rows. */
  amountsOf: (row: RollupGroup) => MonthAmount[]
  totalAmounts: MonthAmount[]
  hasOther: boolean
  /** How many rows are not shown. */
  others: () => Promise<number>
}

/**
 * Adds shares of pools to a roll-up of usage. Its rows keep their order, by attributed cost; rows with a share and no usage in the range come
 * after them, and where there is no place they are in the rest.
 */
export async function withShares(
  { db, tenant }: Context,
  asked: RollupQuestion,
  { usage, top }: { usage: Usage; top: number },
): Promise<SharedRollup> {
  const question = { ...asked, fractions: fractionsOf(asked.range, tenant.timeZone) }
  const shares = await readAllocatedGroups(db, question, usage.rows)
  const isAllShown = usage.groups === usage.rows.length
  const alone =
    shares.hasShares && isAllShown
      ? await readShareRows(db, question, { rows: usage.rows, limit: top - usage.rows.length })
      : { rows: [], groups: 0 }
  const accrual = accrualByMonth(question.fractions)
  const amounts = new Map<RollupGroup, MonthAmount[]>()
  const show = (row: RollupGroup, months: MonthAmount[]): RollupGroup => {
    const shown = { ...row, sums: plusAllocated(row.sums, accrued(months, accrual)) }
    amounts.set(shown, months)
    return shown
  }
  const rows = [
    ...usage.rows.map((row, i) => show(row, shares.rows[i] ?? [])),
    ...alone.rows.map(({ amounts: months, ...row }) => show({ ...row, sums: NO_SUMS }, months)),
  ]
  const hidden = usage.groups + alone.groups - rows.length
  return {
    rows,
    total: plusAllocated(usage.total, accrued(shares.total, accrual)),
    amountsOf: (row) => amounts.get(row) ?? [],
    totalAmounts: shares.total,
    hasOther: hidden > 0,
    others: once(async () =>
      shares.hasShares && !isAllShown ? hidden + (await countShareRows(db, question)) : hidden,
    ),
  }
}
