import { accrualByMonth, accrued } from '@outlay/db/sql/accrued'
import { attributedOf, NO_SUMS, plusAllocated, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import { readAllocatedMembers, readAllocatedMonths } from '@outlay/db/sql/read-allocated'
import { countClientCosts, readActiveTasks, readAgentsUsed, readClientCosts } from '@outlay/db/sql/read-clients'
import type { ClientRecord } from '@outlay/db/sql/read-dimensions'
import { sumOfRevenue } from '@outlay/db/revenue/read-revenue'
import { NO_REVENUE, totalRevenue, type Revenue } from '@outlay/db/revenue/revenue'
import { readFleetSums } from '@outlay/db/sql/read-fleet'
import { formatFixed18, ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import { mayDo, type Context } from '../../graphql/context.ts'
import { pageSize, toPage, totalOfList, type Page, type PageArgs } from '../../graphql/page.ts'
import { fractionsOf } from '../../reads/allocated.ts'
import { costOn, type CostBasis } from '../../reads/cost-basis.ts'
import { checkedRange } from '../../reads/period.ts'
import { costPosition } from '../../reads/record-page.ts'
import { revenueByClient } from '../../reads/revenue.ts'
import type { Amount } from '../money/money.schema.ts'

export interface ClientCostSource {
  client: ClientRecord
  range: DateRange
  cost: CellSums
  revenue: Amount | null
  /** What the revenue is made of, in the reporting currency. */
  earned: Revenue
  costShare: string | null
  revenueShare: string | null
  isDisproportionate: boolean
}

/** What the shares are shares of. */
interface Fleet {
  cost: Fixed18
  revenue: Fixed18 | null
}

/** Nothing is a share of it: from a client's share and amount anybody could tell what all clients come to. */
const HIDDEN_FLEET: Fleet = { cost: 0n, revenue: null }

const LIST = 'clientCosts'

export async function listClientCosts(
  context: Context,
  args: PageArgs & { range: DateRange },
): Promise<Page<ClientCostSource>> {
  const { db, loaders, tenant } = context
  const { currency } = tenant
  const range = checkedRange(args.range)
  const size = pageSize(args)
  const fractions = fractionsOf(range, tenant.timeZone)
  const earned = await revenueByClient(context, range)
  const earners = [...earned.keys()].filter((id) => id !== NIL_UUID)
  const [rows, fleet] = await Promise.all([
    readClientCosts(db, { range, earners, after: costPosition(LIST, args.after), limit: size + 1 }),
    mayDo(context, 'fleet.read') ? readFleet(context, range, earned) : HIDDEN_FLEET,
  ])
  const ids = rows.map((row) => row.clientId)
  const [clients, allocated] = await Promise.all([
    Promise.all(ids.map((id) => loaders.client.load(id))),
    readAllocatedMembers(db, { grain: Grain.CLIENT, fractions, ids }),
  ])
  return toPage({
    list: LIST,
    rows: rows.flatMap((row, index) => {
      const client = clients[index] ?? null
      const cost = plusAllocated(row.sums, allocated.get(row.clientId) ?? 0n)
      return client === null
        ? []
        : [clientCost({ client, range, cost, earned: earned.get(row.clientId) ?? NO_REVENUE, fleet, currency })]
    }),
    size,
    keyOf: (row) => [formatFixed18(attributedOf(row.cost)), row.client.key],
    after: args.after,
    totalCount: () =>
      totalOfList({ after: args.after, read: rows.length, size }, () => countClientCosts(db, { range, earners })),
  })
}

async function readFleet(
  { db, tenant }: Context,
  range: DateRange,
  earned: ReadonlyMap<string, Revenue>,
): Promise<Fleet> {
  const fractions = fractionsOf(range, tenant.timeZone)
  const months = fractions.map((part) => part.month)
  const [[sums = NO_SUMS], allocated] = await Promise.all([
    readFleetSums(db, [range]),
    readAllocatedMonths(db, { grain: Grain.FLEET, months }),
  ])
  return {
    cost: totalOf(sums) + accrued(allocated, accrualByMonth(fractions)),
    revenue: totalRevenue(sumOfRevenue(earned)),
  }
}

function clientCost(row: {
  client: ClientRecord
  range: DateRange
  cost: CellSums
  earned: Revenue
  fleet: Fleet
  currency: string
}): ClientCostSource {
  const { client, range, cost, earned, fleet, currency } = row
  const revenue = totalRevenue(earned)
  const total = totalOf(cost)
  return {
    client,
    range,
    cost,
    revenue: revenue === null ? null : { amount: revenue, currency },
    earned,
    costShare: ratio(total, fleet.cost),
    revenueShare: revenue === null || fleet.revenue === null ? null : ratio(revenue, fleet.revenue),
    isDisproportionate: isDisproportionate(total, revenue, fleet),
  }
}

/** revenue − cost on a basis; null without revenue. */
export function marginOf({ revenue, cost }: ClientCostSource, basis: CostBasis): Amount | null {
  return revenue === null ? null : { amount: revenue.amount - costOn(basis, cost), currency: revenue.currency }
}

/** margin ÷ revenue; null without revenue. */
export function marginRatioOf(row: ClientCostSource, basis: CostBasis): string | null {
  const margin = marginOf(row, basis)
  return margin === null || row.revenue === null ? null : ratio(margin.amount, row.revenue.amount)
}

// Cross-multiplied, so that no rounding of a share decides: cost ÷ fleet cost > 2 × revenue ÷ fleet revenue.
function isDisproportionate(cost: Fixed18, revenue: Fixed18 | null, fleet: Fleet): boolean {
  if (revenue === null || fleet.revenue === null || fleet.cost <= 0n || fleet.revenue <= 0n) return false
  return cost * fleet.revenue > 2n * revenue * fleet.cost
}

export function readAgentsUsedBy({ db, loaders }: Context, { client, range }: ClientCostSource): Promise<number> {
  const load = (ids: readonly string[]) => readAgentsUsed(db, range, ids)
  return loaders.of(`client agents ${range.from} ${range.to}`, load, 0).load(client.id)
}

export function readTasksOf({ db, loaders }: Context, { client, range }: ClientCostSource): Promise<number> {
  const load = (ids: readonly string[]) => readActiveTasks(db, range, ids)
  return loaders.of(`client tasks ${range.from} ${range.to}`, load, 0).load(client.id)
}
