import { accrualByMonth, accrued, type MonthAmount } from '@outlay/db/sql/accrued'
import { NO_SUMS, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import type { FullyLoadedSums } from '@outlay/db/sql/fully-loaded'
import { readAllocatedByRuns, readAllocatedMembers, readAllocatedRemainders } from '@outlay/db/sql/read-allocated'
import { sumOfRevenue } from '@outlay/db/revenue/read-revenue'
import type { Revenue } from '@outlay/db/revenue/revenue'
import {
  readBuckets,
  readCompletedCount,
  readConservationSums,
  readDays,
  readRemainderSums,
} from '@outlay/db/sql/read-fleet'
import { readFleetFull } from '@outlay/db/sql/read-fleet-full'
import { readPoolTotals } from '@outlay/db/sql/read-pools'
import { readProjectSums } from '@outlay/db/sql/read-projects'
import { readResourceUses, type ResourceUses } from '@outlay/db/sql/read-shared-uses'
import { parseFixed18, ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { comparisonRange } from '@outlay/domain/periods/comparison'
import { seriesBuckets, type Granularity } from '@outlay/domain/periods/series'
import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Context } from '../../graphql/context.ts'
import { accrualsOfSteps, fractionsOf, withAccrued } from '../../reads/allocated.ts'
import { costOn, type CostBasis } from '../../reads/cost-basis.ts'
import { pageSize } from '../../graphql/page.ts'
import { seriesOfBuckets, seriesOfDays, type SeriesPoint } from '../../reads/cost-series.ts'
import { once } from '../../reads/once.ts'
import { checkedRange, instantsOf } from '../../reads/period.ts'
import { revenueByClient } from '../../reads/revenue.ts'
import type { Amount } from '../money/money.schema.ts'

export interface FleetSource {
  range: DateRange
  cost: CellSums
  previous: CellSums | null
  /** Shares of pools in the months of the range, and of the one before it. */
  allocated: MonthAmount[]
  /** Read at most once, for whoever of the fields asks. */
  remainders: () => Promise<Remainders>
  withoutProject: () => Promise<Amount>
  pools: () => Promise<PoolTotalsSource>
  completed: () => Promise<number>
}

export interface Remainders {
  agent: Amount
  task: Amount
  client: Amount
}

/** What the pools of a range come to, in the reporting currency, and how many there are. */
export interface PoolTotalsSource {
  total: Fixed18
  allocated: Fixed18
  pools: number
  unconvertedPools: number
}

export interface ConservationSource {
  ledger: Fixed18
  byAgent: Fixed18
  byTask: Fixed18
  byClient: Fixed18
  byRollup: Fixed18
  fullyLoaded: FullyLoadedSums
}

export async function openFleetCost(
  context: Context,
  asked: DateRange,
  compareTo: 'NONE' | 'PREVIOUS_PERIOD' | 'PREVIOUS_YEAR',
): Promise<FleetSource> {
  const range = checkedRange(asked)
  const ranges = compareTo === 'NONE' ? [range] : [range, comparisonRange(range, compareTo)]
  const { sums, allocated } = await readFleetFull(context.db, { ranges, timeZone: context.tenant.timeZone })
  const [cost = NO_SUMS, previous = null] = sums
  return {
    range,
    cost,
    previous,
    allocated,
    remainders: once(() => loadRemainders(context, range)),
    withoutProject: once(() => loadWithoutProject(context, range)),
    pools: once(() => readPools(context, range)),
    completed: once(() => readCompletedCount(context.db, range)),
  }
}

export async function readFleetSeries(
  context: Context,
  { range, allocated }: FleetSource,
  granularity: Granularity,
): Promise<SeriesPoint[]> {
  const points = await readAttributedSeries(context, range, granularity)
  if (allocated.length === 0) return points
  return withAccrued(points, allocated, accrualsOfSteps(points, context.tenant.timeZone))
}

async function readAttributedSeries(
  { db, tenant, now }: Context,
  range: DateRange,
  granularity: Granularity,
): Promise<SeriesPoint[]> {
  const steps = seriesBuckets(range, granularity, tenant.timeZone)
  if (granularity === 'HOUR')
    return seriesOfBuckets(steps, await readBuckets(db, instantsOf(range, tenant.timeZone)), now)
  return seriesOfDays(steps, await readDays(db, { grain: Grain.FLEET, range }), now)
}

async function loadRemainders({ db, tenant }: Context, range: DateRange): Promise<Remainders> {
  const [sums, allocated] = await Promise.all([
    readRemainderSums(db, range),
    readAllocatedRemainders(db, fractionsOf(range, tenant.timeZone)),
  ])
  const amount = (text: string, share: Fixed18): Amount => ({
    amount: parseFixed18(text) + share,
    currency: tenant.currency,
  })
  // Every share is an agent's.
  return {
    agent: amount(sums.agent, 0n),
    task: amount(sums.task, allocated.task),
    client: amount(sums.client, allocated.client),
  }
}

async function loadWithoutProject({ db, tenant }: Context, range: DateRange): Promise<Amount> {
  const ids = [NIL_UUID]
  const [sums, allocated] = await Promise.all([
    readProjectSums(db, range, ids),
    readAllocatedMembers(db, { grain: Grain.PROJECT, fractions: fractionsOf(range, tenant.timeZone), ids }),
  ])
  const amount = totalOf(sums.get(NIL_UUID) ?? NO_SUMS) + (allocated.get(NIL_UUID) ?? 0n)
  return { amount, currency: tenant.currency }
}

/** What the pools of a range come to, and what of it is allocated. */
export async function readPools({ db, tenant }: Context, range: DateRange): Promise<PoolTotalsSource> {
  const fractions = fractionsOf(range, tenant.timeZone)
  const months = fractions.map((part) => part.month)
  const [totals, allocated] = await Promise.all([readPoolTotals(db, months), readAllocatedByRuns(db, months)])
  const amounts = totals.map(({ month, converted }) => ({ month, amount: converted ?? 0n }))
  const accrual = accrualByMonth(fractions)
  const unconverted = totals.filter(({ converted }) => converted === null)
  return {
    total: accrued(amounts, accrual),
    allocated: accrued(allocated, accrual),
    pools: new Set(totals.map(({ poolId }) => poolId)).size,
    unconvertedPools: new Set(unconverted.map(({ poolId }) => poolId)).size,
  }
}

export async function readConservation({ db, tenant }: Context, range: DateRange): Promise<ConservationSource> {
  const { timeZone } = tenant
  const sums = await readConservationSums(db, {
    range,
    ...instantsOf(range, timeZone),
    fractions: fractionsOf(range, timeZone),
  })
  return {
    ledger: parseFixed18(sums.ledger),
    byAgent: parseFixed18(sums.byAgent),
    byTask: parseFixed18(sums.byTask),
    byClient: parseFixed18(sums.byClient),
    byRollup: parseFixed18(sums.byRollup),
    fullyLoaded: sums.fullyLoaded,
  }
}

/** Whether law L15 holds of what events cost: five sums are one. */
export function isAttributedBalanced({ ledger, byAgent, byTask, byClient, byRollup }: ConservationSource): boolean {
  return [byAgent, byTask, byClient, byRollup].every((sum) => sum === ledger)
}

/** The shared uses of the period by resource. */
export async function readFleetSharedUses(
  { db, tenant }: Context,
  { range }: FleetSource,
  first: number,
): Promise<ResourceUses[]> {
  return readResourceUses(db, { ...instantsOf(range, tenant.timeZone), limit: pageSize({ first }) })
}

/** What the fleet earns in a range, work without a client included. */
export async function readFleetRevenue(context: Context, range: DateRange): Promise<Revenue> {
  return sumOfRevenue(await revenueByClient(context, range))
}

export async function readFleetCostPerTask(
  { tenant }: Context,
  fleet: FleetSource,
  basis: CostBasis,
): Promise<Amount | null> {
  const tasks = await fleet.completed()
  if (tasks === 0) return null
  return { amount: divideHalfEven(costOn(basis, fleet.cost), BigInt(tasks)), currency: tenant.currency }
}

/** The tag that is missing most decides: what lacks an agent mostly lacks a task and a client as well. */
export async function readAttribution(fleet: FleetSource): Promise<string | null> {
  const { agent, task, client } = await fleet.remainders()
  const total = totalOf(fleet.cost)
  const missing = [agent, task, client]
    .map((remainder) => remainder.amount)
    .reduce((most, next) => (next > most ? next : most))
  return ratio(total - missing, total)
}
