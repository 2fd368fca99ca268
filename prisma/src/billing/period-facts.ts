import type { PeriodFacts } from '@outlay/domain/billing/facts'
import type { BillingTerms, BillingUnit, CostBasis } from '@outlay/domain/billing/terms'
import { multiplyFixed18HalfEven, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { monthFractions } from '@outlay/domain/periods/accrual'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { addSums, NO_SUMS, plusAllocated, type CellSums } from '../sql/cell-sums.ts'
import {
  readBilledCompletionCounts,
  readBilledCompletions,
  readBilledNames,
  readBilledReversals,
  readBilledShares,
  readBilledShareTotals,
  readBilledTaskCosts,
  readBilledTotals,
  readBilledUse,
  type AllocatedPlaceRow,
  type BilledPlace,
  type CompletedTaskRow,
  type MonthUse,
  type PlacesAsked,
  type TaskMonthCost,
} from '../sql/read-billing-facts.ts'
import type { ProjectTermDays } from '../sql/read-engagements.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import type { ChargedTime } from './charged-time.ts'

export interface LoadedFacts {
  facts: PeriodFacts
  /** Fully loaded, whatever the terms count. */
  cost: CellSums
}

export type MonthPart = DateRange & { month: CalendarDate }

/** What terms are about and the days that must be known of it. */
export interface PlaceWanted {
  terms: BillingTerms
  /** The first day of the terms: what was completed before it was charged under others. */
  since: CalendarDate
  place: BilledPlace
  /** In order, without a gap. */
  parts: readonly MonthPart[]
}

interface Context {
  /** The days that clients leave to projects with terms of their own. */
  except: readonly ProjectTermDays[]
  timeZone: string
  /** What terms charge by the hour (readChargedTime). */
  time: readonly ChargedTime[]
}

/**
 * What each of some places used in each of some parts of months: what the terms ask for, and what it cost. However many places there are, they
 * are read by the same number of statements.
 *
 * `isTotal`: costs and completed tasks are not told apart, and of the cost and the use there is what the terms ask for alone. It says what is charged
 * and not its lines, and is read from daily and monthly cells, for looks at many months of all clients.
 */
export async function loadPeriodFacts(
  db: TenantSql,
  { wanted, except, timeZone, time, isTotal = false }: Context & { wanted: readonly PlaceWanted[]; isTotal?: boolean },
): Promise<LoadedFacts[][]> {
  const daysOf = (isAsked: (terms: BillingTerms) => boolean): PlacesAsked => ({
    days: wanted.flatMap(({ terms, place, parts }, nr) => {
      const range = { from: parts[0]?.from ?? '', to: parts.at(-1)?.to ?? '' }
      return isAsked(terms) && parts.length > 0 ? [{ nr, place, range }] : []
    }),
    except,
  })
  const all = daysOf(() => true)
  const [uses, shares, taskCosts, completed, reversed] = await Promise.all([
    isTotal ? readTotals(db, { daysOf, timeZone }) : readBilledUse(db, { ...all, timeZone }),
    isTotal ? readBilledShareTotals(db, daysOf(countsCost)) : readBilledShares(db, all),
    isTotal ? [] : readBilledTaskCosts(db, daysOf(countsCost)),
    isTotal ? readBilledCompletionCounts(db, daysOf(countsTasks)) : readBilledCompletions(db, daysOf(countsTasks)),
    readBilledReversals(
      db,
      daysOf(({ model }) => model === 'OUTCOME'),
    ),
  ])
  const countedShares = shares.filter(({ nr }) => isOf(wanted[nr], countsCost))
  const agentUses = uses.filter(({ nr }) => isOf(wanted[nr], ({ model }) => model === 'PER_AGENT'))
  const labels: ReadonlyMap<string, string> = isTotal
    ? new Map()
    : await labelsOf(db, {
        tasks: [...taskCosts, ...time, ...countedShares].flatMap(({ taskId }) => taskId ?? []),
        agents: agentUses.flatMap(({ agentId }) => agentId ?? []),
      })
  const [use, share, taskCost, completion, reversal] = [
    byPlace(uses),
    byPlace(shares),
    byPlace(taskCosts),
    byPlace(completed),
    byPlace(reversed),
  ]
  const fraction = fractionsIn(timeZone)
  return wanted.map((one, nr) =>
    factsOf(one, {
      ...{ except, timeZone, time, fraction, labels, uses: use(nr), shares: share(nr), taskCosts: taskCost(nr) },
      ...{ completed: completion(nr), reversed: reversal(nr) },
    }),
  )
}

/** Only subscriptions ask who the agents are. */
async function readTotals(
  db: TenantSql,
  asked: { daysOf: (isAsked: (terms: BillingTerms) => boolean) => PlacesAsked; timeZone: string },
): Promise<MonthUse[]> {
  const { daysOf, timeZone } = asked
  const [totals, uses] = await Promise.all([
    readBilledTotals(db, daysOf(countsUse)),
    readBilledUse(db, { ...daysOf(({ model }) => model === 'PER_AGENT'), timeZone }),
  ])
  return [...totals, ...uses]
}

function isOf(wanted: PlaceWanted | undefined, isAsked: (terms: BillingTerms) => boolean): boolean {
  return wanted !== undefined && isAsked(wanted.terms)
}

/** The rows of each place, in their order. */
function byPlace<Row extends { nr: number }>(rows: readonly Row[]): (nr: number) => readonly Row[] {
  const places = new Map<number, Row[]>()
  for (const row of rows) {
    const known = places.get(row.nr)
    if (known === undefined) places.set(row.nr, [row])
    else known.push(row)
  }
  return (nr) => places.get(nr) ?? []
}

function countsCost(terms: BillingTerms): boolean {
  return 'basis' in terms
}

function countsUse(terms: BillingTerms): boolean {
  return countsCost(terms) || unitsOf(terms).some((unit) => unit === 'TOKENS' || unit === 'INVOCATIONS')
}

/** Whether the terms count the tasks that were completed. */
export function countsTasks(terms: BillingTerms): boolean {
  return terms.model === 'PER_TASK' || terms.model === 'OUTCOME' || unitsOf(terms).includes('TASKS')
}

interface Read extends Context {
  /** How much of its month a range is; many places ask for the same few. */
  fraction: (range: DateRange) => Fixed18
  labels: ReadonlyMap<string, string>
  uses: readonly MonthUse[]
  shares: readonly AllocatedPlaceRow[]
  taskCosts: readonly TaskMonthCost[]
  completed: readonly CompletedTaskRow[]
  reversed: readonly (CompletedTaskRow & { reversedOn: CalendarDate })[]
}

/** What was read of one place, by the parts of months that are wanted of it. */
function factsOf({ terms, since, place, parts }: PlaceWanted, read: Read): LoadedFacts[] {
  const { uses, shares, taskCosts, completed, reversed, labels, fraction, time } = read
  const basis = 'basis' in terms ? terms.basis : null
  const firstDays = firstDaysOf(uses)
  // A project leaves no day to others.
  const except = place.projectId === null ? read.except : []
  return parts.map((part) => {
    const isIn = (day: CalendarDate) => day >= part.from && day < part.to
    const used = uses.filter(({ month }) => month === part.month)
    const accrued = accruedIn(part, { except, fraction, shares })
    const sums = used.map((use) => use.sums).reduce(addSums, NO_SUMS)
    const cost = plusAllocated(
      sums,
      accrued.reduce((sum, share) => sum + share.amount, 0n),
    )
    const taskCostsIn = taskCosts.filter(({ month }) => month === part.month)
    const facts: PeriodFacts = {
      ...part,
      costs: basis === null ? [] : costsByTask({ basis, cost, taskCosts: taskCostsIn, accrued, labels }),
      tokens: sums.tokens,
      invocations: sums.invocations,
      completed: completed.filter(({ completedOn }) => isIn(completedOn)),
      reversed: reversed.filter(({ reversedOn, completedOn }) => isIn(reversedOn) && completedOn >= since),
      agents: agentsOf(used, firstDays, labels),
      time: terms.model === 'TIME' ? timeByTask({ time, since, place, part, labels }) : [],
    }
    return { facts, cost }
  })
}

/** How long these terms charge each task for in a part of a month, the longest first; what came late is charged with the first day. */
function timeByTask(
  of: Pick<PlaceWanted, 'since' | 'place'> & { time: readonly ChargedTime[]; part: MonthPart; labels: Read['labels'] },
): PeriodFacts['time'] {
  const { time, since, place, part, labels } = of
  const tasks = new Map<string, PeriodFacts['time'][number]>()
  for (const { taskId, micros, day, ...charged } of time) {
    const isOfPlace = charged.place.projectId === place.projectId && charged.place.clientId === place.clientId
    const isLate = day < part.month
    const isInPart = charged.month === part.month && (isLate || (day >= part.from && day < part.to))
    if (!isOfPlace || charged.startsOn !== since || !isInPart) continue
    const known = tasks.get(taskId) ?? { taskId, label: labels.get(taskId) ?? taskId, micros: 0n, lateMicros: 0n }
    tasks.set(taskId, {
      ...known,
      micros: known.micros + micros,
      lateMicros: known.lateMicros + (isLate ? micros : 0n),
    })
  }
  return [...tasks.values()].sort((a, b) =>
    a.micros !== b.micros ? (a.micros > b.micros ? -1 : 1) : a.taskId < b.taskId ? -1 : 1,
  )
}

function unitsOf(terms: BillingTerms): BillingUnit[] {
  if (terms.model === 'RETAINER') return [terms.unit]
  return terms.model === 'RATE_CARD' ? terms.prices.map(({ unit }) => unit) : []
}

async function labelsOf(
  db: TenantSql,
  { tasks, agents }: { tasks: readonly string[]; agents: readonly string[] },
): Promise<ReadonlyMap<string, string>> {
  const [namedTasks, namedAgents] = await Promise.all([
    tasks.length === 0 ? [] : readBilledNames(db, 'task', [...new Set(tasks)]),
    agents.length === 0 ? [] : readBilledNames(db, 'agent', [...new Set(agents)]),
  ])
  return new Map([...namedTasks, ...namedAgents].map(({ id, name }) => [id, name]))
}

/** Shares of pools that fall on the days of a part of a month: they accrue evenly over it. */
function accruedIn(
  part: MonthPart,
  { except, fraction, shares }: Pick<Read, 'except' | 'fraction' | 'shares'>,
): { taskId: string | null; amount: Fixed18 }[] {
  const whole = fraction(part)
  return shares
    .filter(({ month }) => month === part.month)
    .map(({ taskId, projectId, amount }) => {
      const own = except
        .filter((days) => days.projectId === projectId)
        .reduce((sum, { startsOn, endsOn }) => {
          const from = startsOn > part.from ? startsOn : part.from
          const to = endsOn !== null && endsOn < part.to ? endsOn : part.to
          return sum + fraction({ from, to })
        }, 0n)
      return { taskId, amount: multiplyFixed18HalfEven(amount, whole - own) }
    })
}

function fractionsIn(timeZone: string): (range: DateRange) => Fixed18 {
  const known = new Map<string, Fixed18>()
  return (range) => {
    const key = `${range.from} ${range.to}`
    const fraction = known.get(key) ?? fractionOf(range, timeZone)
    known.set(key, fraction)
    return fraction
  }
}

/** How much of its month a range within it is, scaled 10^18. */
function fractionOf({ from, to }: DateRange, timeZone: string): Fixed18 {
  if (from >= to) return 0n
  const { start, end } = rangeBounds({ from, to }, timeZone)
  return monthFractions({ startMs: start, endMs: end }, timeZone).reduce(
    (sum, { fraction }) => sum + parseFixed18(fraction),
    0n,
  )
}

/**
 * The cost by task on a basis, the dearest first, and last what is in no task: the whole of the place less its tasks, so the lines always sum to
 * the whole. It is below zero where usage of a task was tagged with another project.
 */
function costsByTask(of: {
  basis: CostBasis
  cost: CellSums
  taskCosts: readonly TaskMonthCost[]
  accrued: readonly { taskId: string | null; amount: Fixed18 }[]
  labels: ReadonlyMap<string, string>
}): PeriodFacts['costs'] {
  const { basis, cost, taskCosts, accrued, labels } = of
  const byTask = new Map<string, Fixed18>()
  const add = (taskId: string, amount: Fixed18) => byTask.set(taskId, (byTask.get(taskId) ?? 0n) + amount)
  for (const { taskId, direct, shared } of taskCosts) add(taskId, basis === 'DIRECT' ? direct : direct + shared)
  if (basis === 'FULLY_LOADED') for (const { taskId, amount } of accrued) if (taskId !== null) add(taskId, amount)
  const whole = onBasis(basis, cost)
  const tasks = [...byTask]
    .map(([taskId, amount]) => ({ taskId, label: labels.get(taskId) ?? taskId, cost: amount }))
    .sort((a, b) => (a.cost !== b.cost ? (a.cost > b.cost ? -1 : 1) : a.taskId < b.taskId ? -1 : 1))
  const inTasks = tasks.reduce((sum, task) => sum + task.cost, 0n)
  return [...tasks, { taskId: null, label: 'Cost in no task', cost: whole - inTasks }]
}

function onBasis(basis: CostBasis, { direct, shared, allocated }: CellSums): Fixed18 {
  if (basis === 'DIRECT') return direct
  return basis === 'ATTRIBUTED' ? direct + shared : direct + shared + allocated
}

/** The first day each agent did something, of all days read. */
function firstDaysOf(uses: readonly MonthUse[]): Map<string, CalendarDate> {
  const days = new Map<string, CalendarDate>()
  for (const { agentId, firstOn } of uses) {
    if (agentId === null || firstOn === null) continue
    const known = days.get(agentId)
    if (known === undefined || firstOn < known) days.set(agentId, firstOn)
  }
  return days
}

function agentsOf(
  used: readonly MonthUse[],
  firstDays: ReadonlyMap<string, CalendarDate>,
  labels: ReadonlyMap<string, string>,
): PeriodFacts['agents'] {
  return used.flatMap(({ agentId, sums }) => {
    const firstOn = agentId === null ? undefined : firstDays.get(agentId)
    if (agentId === null || firstOn === undefined || sums.invocations <= 0n) return []
    return [{ agentId, label: labels.get(agentId) ?? agentId, firstOn }]
  })
}
