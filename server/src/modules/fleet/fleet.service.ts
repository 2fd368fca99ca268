import { NO_SUMS, totalOf, type CellSums } from '@outlay/db/sql/cell-sums'
import {
  readBuckets,
  readCompletedCount,
  readConservationSums,
  readDays,
  readFleetSums,
  readRemainderSums,
} from '@outlay/db/sql/read-fleet'
import { parseFixed18, ratio, type Fixed18 } from '@outlay/domain/money/fixed18'
import { divideHalfEven } from '@outlay/domain/money/half-even'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { comparisonRange } from '@outlay/domain/periods/comparison'
import { seriesBuckets, type Granularity } from '@outlay/domain/periods/series'
import { Grain } from '@outlay/domain/rollup/grain'
import type { Context } from '../../graphql/context.ts'
import { seriesOfBuckets, seriesOfDays, type SeriesPoint } from '../../reads/cost-series.ts'
import { once } from '../../reads/once.ts'
import { checkedRange, instantsOf } from '../../reads/period.ts'
import type { Amount } from '../money/money.schema.ts'

export interface FleetSource {
  range: DateRange
  cost: CellSums
  previous: CellSums | null
  /** Read at most once, for whoever of the fields asks. */
  remainders: () => Promise<Remainders>
  completed: () => Promise<number>
}

export interface Remainders {
  agent: Amount
  task: Amount
  client: Amount
}

export interface ConservationSource {
  ledger: Fixed18
  byAgent: Fixed18
  byTask: Fixed18
  byClient: Fixed18
  byRollup: Fixed18
}

export async function openFleetCost(
  context: Context,
  asked: DateRange,
  compareTo: 'NONE' | 'PREVIOUS_PERIOD' | 'PREVIOUS_YEAR',
): Promise<FleetSource> {
  const range = checkedRange(asked)
  const ranges = compareTo === 'NONE' ? [range] : [range, comparisonRange(range, compareTo)]
  const [cost = NO_SUMS, previous = null] = await readFleetSums(context.db, ranges)
  return {
    range,
    cost,
    previous,
    remainders: once(() => loadRemainders(context, range)),
    completed: once(() => readCompletedCount(context.db, range)),
  }
}

export async function readFleetSeries(
  context: Context,
  range: DateRange,
  granularity: Granularity,
): Promise<SeriesPoint[]> {
  const { db, tenant, now } = context
  const steps = seriesBuckets(range, granularity, tenant.timeZone)
  if (granularity === 'HOUR')
    return seriesOfBuckets(steps, await readBuckets(db, instantsOf(range, tenant.timeZone)), now)
  return seriesOfDays(steps, await readDays(db, { grain: Grain.FLEET, range }), now)
}

async function loadRemainders({ db, tenant }: Context, range: DateRange): Promise<Remainders> {
  const sums = await readRemainderSums(db, range)
  const amount = (text: string): Amount => ({ amount: parseFixed18(text), currency: tenant.currency })
  return { agent: amount(sums.agent), task: amount(sums.task), client: amount(sums.client) }
}

export async function readConservation({ db, tenant }: Context, range: DateRange): Promise<ConservationSource> {
  const sums = await readConservationSums(db, { range, ...instantsOf(range, tenant.timeZone) })
  return {
    ledger: parseFixed18(sums.ledger),
    byAgent: parseFixed18(sums.byAgent),
    byTask: parseFixed18(sums.byTask),
    byClient: parseFixed18(sums.byClient),
    byRollup: parseFixed18(sums.byRollup),
  }
}

export async function readFleetCompleted(
  { tenant }: Context,
  fleet: FleetSource,
): Promise<{ tasks: number; costPerTask: Amount | null }> {
  const tasks = await fleet.completed()
  if (tasks === 0) return { tasks, costPerTask: null }
  return {
    tasks,
    costPerTask: { amount: divideHalfEven(totalOf(fleet.cost), BigInt(tasks)), currency: tenant.currency },
  }
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
