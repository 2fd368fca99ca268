import { NO_SUMS, subtractSums, addSums, type CellSums } from '@outlay/db/sql/cell-sums'
import {
  readCostLines,
  readPostedLines,
  readUnknownLines,
  type CostLine,
  type LineQuestion,
  type PostedLine,
  type UnknownLine,
} from '@outlay/db/sql/read-cost-lines'
import { readDays } from '@outlay/db/sql/read-fleet'
import { readRollup, readRollupSeries, type RollupFilter, type RollupQuestion } from '@outlay/db/sql/read-rollup'
import { readShareLines, type ShareLine } from '@outlay/db/sql/read-share-lines'
import type { Dimension } from '@outlay/db/sql/rollup-source'
import { invariant } from '@outlay/domain/errors'
import { multiplyFixed18HalfEven, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type DateRange } from '@outlay/domain/periods/calendar-date'
import { Grain } from '@outlay/domain/rollup/grain'
import { costOf, readUnitPrice } from '@outlay/domain/usage/unit-price'
import type { RateRecord } from '@outlay/db/sql/read-rates'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { fractionsOf } from '../../reads/allocated.ts'
import { checkedRange, instantsOf } from '../../reads/period.ts'
import { checkedFilter, openCostRollup, type CostFilterArgs } from '../rollup/rollup.service.ts'
import { openTaskCost } from '../task/task-cost.service.ts'

/** A part of a cost. */
export type CostPart = 'DIRECT' | 'CHAIN_SHARED' | 'ALLOCATED'

/** What the parts asked about come to. */
export function partsOf(parts: readonly CostPart[], cost: Pick<CellSums, 'direct' | 'shared' | 'allocated'>): Fixed18 {
  const amounts: Record<CostPart, Fixed18> = {
    DIRECT: cost.direct,
    CHAIN_SHARED: cost.shared,
    ALLOCATED: cost.allocated,
  }
  return parts.reduce((sum, part) => sum + amounts[part], 0n)
}

/** Most events whose lines are added up; the days before are told by their cells. So many take about 0.7 s of a processor. */
const EVENTS_MAX = 100_000
const TOP_MAX = 500
/** Lines of usage without a known cost that are named. */
const UNKNOWN_FIRST = 50
/** Resources of the days before that are named. */
const EARLIER_FIRST = 50
/** Events may arrive between two of the statements; then all are asked again. */
const ATTEMPTS = 3

/** All that can have happened: nothing older than 2015 is recorded. */
const EVER = {
  range: { from: '2014-12-31', to: '2200-01-01' },
  start: '2014-12-31T00:00:00Z',
  end: '2200-01-01T00:00:00Z',
}

/** A line with the price it was rated at. Quantity × unit price = native, × the FX rate = amount − rounding. */
export interface CostLineSource extends CostLine {
  rate: RateRecord | null
  /** In the currency of the rate, or of the reported cost; exact. */
  native: Fixed18
  nativeCurrency: string
  /** What rounding each conversion by itself made of it, beside converting the sum. 0 where nothing was converted. */
  rounding: Fixed18
}

/** What one resource cost on the days before the lines begin. */
export interface EarlierSource {
  /** nil: none was named; null: the resources beyond those shown, or all of a task's. */
  resourceId: string | null
  cost: CellSums
}

export interface ShareLineSource extends ShareLine {
  /** The part of `amount` that belongs to the time asked about. */
  accrued: Fixed18
}

export interface CostArithmeticSource {
  /** null: all time. */
  range: DateRange | null
  parts: readonly CostPart[]
  /** Whether it is of everything. */
  isFleet: boolean
  /** What the roll-ups say. */
  cost: CellSums
  amount: Fixed18
  /** The first day whose lines are shown; null when all are. */
  linesFrom: string | null
  lines: CostLineSource[]
  otherLines: { count: number; amount: Fixed18 } | null
  earlier: EarlierSource[]
  posted: PostedLine[]
  shares: ShareLineSource[]
  unknown: UnknownLine[]
  unknownCount: number
  /** The amount less all lines above; 0, unless events arrived while it was read. */
  difference: Fixed18
}

interface CostArithmeticArgs {
  range?: DateRange | null
  filter?: CostFilterArgs | null
  parts: readonly CostPart[]
  top?: number | null
}

/**
 * How a cost is made: the lines that its events were rated by, and the shares of pools, which add up to what the roll-ups say. `eventsMax`: the most
 * events that are read for it. Throws BAD_USER_INPUT for a question that cannot be answered.
 */
export async function openCostArithmetic(
  context: Context,
  args: CostArithmeticArgs,
  { eventsMax = EVENTS_MAX }: { eventsMax?: number } = {},
): Promise<CostArithmeticSource> {
  const top = args.top ?? 50
  if (top < 1 || top > TOP_MAX) throw badInput('top', `top is ${top}; it must be 1 to ${TOP_MAX}.`)
  const filter = checkedFilter(args.filter ?? {})
  const range = args.range == null ? null : checkedRange(args.range)
  if (range === null) checkOneTask(filter)
  const parts = [...new Set(args.parts)]
  if (parts.length === 0) throw badInput('parts', 'parts names no part of the cost; name one, or leave it out.')
  for (let attempt = 1; ; attempt += 1) {
    const found = await readArithmetic(context, { range, filter, parts, top, eventsMax })
    if (found.difference === 0n || attempt === ATTEMPTS) return found
  }
}

function checkOneTask(filter: RollupFilter): void {
  const isOneTask = filter.TASK?.length === 1 && Object.keys(filter).length === 1
  if (!isOneTask)
    throw badInput('range', 'Without a range it must be about one task: filter.tasks with one key, and nothing else.')
}

interface Question {
  range: DateRange | null
  filter: RollupFilter
  parts: readonly CostPart[]
  top: number
  eventsMax: number
}

async function readArithmetic(context: Context, asked: Question): Promise<CostArithmeticSource> {
  const { db, tenant } = context
  const { range, filter, parts, top } = asked
  const instants = range === null ? EVER : instantsOf(range, tenant.timeZone)
  const question: RollupQuestion = {
    ...{ range: range ?? EVER.range, start: instants.start, end: instants.end, timeZone: tenant.timeZone, filter },
    groupBy: [groupedBy(filter)],
  }
  const linesFrom = await firstDayOfLines(context, question, asked.eventsMax)
  const recent: LineQuestion =
    linesFrom === null
      ? question
      : { ...question, start: instantsOf({ from: linesFrom, to: addDays(linesFrom, 1) }, tenant.timeZone).start }
  const kinds = { withDirect: parts.includes('DIRECT'), withShared: parts.includes('CHAIN_SHARED') }
  const [cost, found, unknown, posted, shares, earlier] = await Promise.all([
    readCost(context, asked),
    readCostLines(db, recent, { top, ...kinds }),
    readUnknownLines(db, recent, { top: UNKNOWN_FIRST, ...kinds }),
    readPostedLines(db, recent),
    parts.includes('ALLOCATED') ? readShares(context, asked) : [],
    linesFrom === null ? [] : readEarlier(context, question, linesFrom),
  ])
  const lines = await Promise.all(found.lines.map((line) => withRate(context, line)))
  const shown = found.lines.reduce((sum, line) => sum + line.amount, 0n)
  const amount = partsOf(parts, cost)
  const whole =
    found.amount +
    posted.reduce((sum, { direct, shared }) => sum + partsOf(parts, { direct, shared, allocated: 0n }), 0n) +
    shares.reduce((sum, { accrued }) => sum + accrued, 0n) +
    earlier.reduce((sum, one) => sum + partsOf(parts, one.cost), 0n)
  return {
    ...{ range, parts, cost, amount, linesFrom, lines, earlier, posted, shares },
    isFleet: Object.keys(filter).length === 0,
    otherLines:
      found.count === found.lines.length
        ? null
        : { count: found.count - found.lines.length, amount: found.amount - shown },
    unknown: unknown.lines,
    unknownCount: unknown.count,
    difference: amount - whole,
  }
}

/** A dimension whose cells can answer the filter: grouping by one more could send the question to the events themselves. */
function groupedBy(filter: RollupFilter): Dimension {
  return (Object.keys(filter) as Dimension[])[0] ?? 'AGENT'
}

/** What it comes to by the roll-ups, which know nothing of lines. */
async function readCost(context: Context, { range, filter }: Question): Promise<CellSums> {
  if (range !== null)
    return (await openCostRollup(context, { range, groupBy: [groupedBy(filter)], filter: argsOf(filter), top: 1 }))
      .total
  const task = await openTaskCost(context, filter.TASK?.[0] ?? '')
  return task?.cost ?? NO_SUMS
}

const ARGUMENTS = {
  AGENT: 'agents',
  CLIENT: 'clients',
  PROJECT: 'projects',
  TASK: 'tasks',
  PROVIDER: 'providers',
  RESOURCE: 'resources',
  KIND: 'kinds',
} as const satisfies Record<Dimension, keyof CostFilterArgs>

function argsOf(filter: RollupFilter): CostFilterArgs {
  return Object.fromEntries(
    (Object.keys(filter) as Dimension[]).map((dimension) => [ARGUMENTS[dimension], filter[dimension]]),
  )
}

/**
 * The first day from which on at most `eventsMax` events have to be read; null when that is all of them. A question about tasks reads the
 * events of those tasks; every other one reads all events of its days.
 */
async function firstDayOfLines(context: Context, question: RollupQuestion, eventsMax: number): Promise<string | null> {
  const { db } = context
  const days =
    question.filter.TASK === undefined
      ? await readDays(db, { grain: Grain.FLEET, range: question.range })
      : (
          await readRollupSeries(
            db,
            { ...question, groupBy: ['TASK'], filter: { TASK: question.filter.TASK } },
            { rows: null, isHourly: false },
          )
        ).map(({ at, sums }) => ({ day: at, sums }))
  let events = 0n
  for (const { day, sums } of days.reverse()) {
    events += sums.invocations
    if (events > eventsMax) return addDays(day, 1)
  }
  return null
}

/** The days before the lines begin, by resource; of tasks as one, because their cells know no resources. */
async function readEarlier(
  { db, tenant }: Context,
  question: RollupQuestion,
  linesFrom: string,
): Promise<EarlierSource[]> {
  const range = { from: question.range.from, to: linesFrom }
  const isOfTasks = question.filter.TASK !== undefined
  const before: RollupQuestion = {
    ...question,
    ...instantsOf(range, tenant.timeZone),
    range,
    groupBy: [isOfTasks ? groupedBy(question.filter) : 'RESOURCE'],
  }
  const { rows, total } = await readRollup(db, before, EARLIER_FIRST)
  if (isOfTasks) return [{ resourceId: null, cost: total }]
  const rest = rows.reduce((left, row) => subtractSums(left, row.sums), total)
  const named = rows.map((row) => ({ resourceId: row.ids[0] ?? null, cost: row.sums }))
  const isAll = rows.reduce((sum, row) => addSums(sum, row.sums), NO_SUMS).invocations === total.invocations
  return isAll ? named : [...named, { resourceId: null, cost: rest }]
}

const WITHOUT_SHARES: readonly Dimension[] = ['PROVIDER', 'RESOURCE', 'KIND']

async function readShares({ db, tenant }: Context, { range, filter }: Question): Promise<ShareLineSource[]> {
  if (WITHOUT_SHARES.some((dimension) => filter[dimension] !== undefined)) return []
  const fractions = range === null ? null : fractionsOf(range, tenant.timeZone)
  const lines = await readShareLines(db, { filter, fractions })
  return lines.map((line) => ({
    ...line,
    accrued: multiplyFixed18HalfEven(line.amount, parseFixed18(line.fraction)),
  }))
}

async function withRate({ loaders, tenant }: Context, line: CostLine): Promise<CostLineSource> {
  if (line.source === 'REPORTED') {
    const nativeCurrency = line.reportedCurrency ?? tenant.currency
    return {
      ...line,
      rate: null,
      native: line.reported ?? 0n,
      nativeCurrency,
      rounding: roundingOf(line, line.reported ?? 0n),
    }
  }
  const rate = line.rateId === null ? null : await loaders.rate.load(line.rateId)
  invariant(rate !== null, `The rate ${line.rateId} of a rated line is gone`)
  const native = costOf(readUnitPrice(rate.unitPrice), line.quantity ?? 0n)
  return { ...line, rate, native, nativeCurrency: rate.currency, rounding: roundingOf(line, native) }
}

function roundingOf({ amount, fxRate }: CostLine, native: Fixed18): Fixed18 {
  return amount - (fxRate === null ? native : multiplyFixed18HalfEven(native, parseFixed18(fxRate)))
}
