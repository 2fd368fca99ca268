import type { PeriodFacts } from '@outlay/domain/billing/facts'
import type { BillingTerms, BillingUnit, CostBasis } from '@outlay/domain/billing/terms'
import { multiplyFixed18HalfEven, parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { monthFractions } from '@outlay/domain/periods/accrual'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import { rangeBounds } from '@outlay/domain/periods/local-day'
import { addSums, NO_SUMS, plusAllocated, type CellSums } from '../sql/cell-sums.ts'
import {
  readBilledCompletions,
  readBilledNames,
  readBilledReversals,
  readBilledShares,
  readBilledTaskCosts,
  readBilledUse,
  type AllocatedPlaceRow,
  type BilledPlace,
  type MonthUse,
  type TaskMonthCost,
} from '../sql/read-billing-facts.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'

export interface LoadedFacts {
  facts: PeriodFacts
  /** Fully loaded, whatever the terms count. */
  cost: CellSums
}

type MonthPart = DateRange & { month: CalendarDate }

interface Asked {
  terms: BillingTerms
  /** The first day of the terms: what was completed before it was charged under others. */
  since: CalendarDate
  place: BilledPlace
  /** In order, without a gap. */
  parts: readonly MonthPart[]
  timeZone: string
}

/** What a place used in each of some parts of months: what the terms ask for, and what it cost. */
export async function loadPeriodFacts(db: TenantSql, asked: Asked): Promise<LoadedFacts[]> {
  const { terms, since, place, parts, timeZone } = asked
  const range = { from: parts[0]?.from ?? '', to: parts.at(-1)?.to ?? '' }
  const within = { place, range, timeZone }
  const basis = 'basis' in terms ? terms.basis : null
  const countsTasks = terms.model === 'PER_TASK' || terms.model === 'OUTCOME' || unitsOf(terms).includes('TASKS')
  const [uses, shares, taskCosts, completed, reversed] = await Promise.all([
    readBilledUse(db, within),
    readBilledShares(
      db,
      place,
      parts.map(({ month }) => month),
    ),
    basis === null ? [] : readBilledTaskCosts(db, within),
    countsTasks ? readBilledCompletions(db, within) : [],
    terms.model === 'OUTCOME' ? readBilledReversals(db, within) : [],
  ])
  const labels = await labelsOf(db, {
    tasks:
      basis === null ? [] : [...taskCosts.map(({ taskId }) => taskId), ...shares.flatMap(({ taskId }) => taskId ?? [])],
    agents: terms.model === 'PER_AGENT' ? uses.flatMap(({ agentId }) => agentId ?? []) : [],
  })
  const firstDays = firstDaysOf(uses)
  return parts.map((part) => {
    const isIn = (day: CalendarDate) => day >= part.from && day < part.to
    const used = uses.filter(({ month }) => month === part.month)
    const accrued = accruedIn(part, { place, timeZone, shares })
    const sums = used.map((use) => use.sums).reduce(addSums, NO_SUMS)
    const cost = plusAllocated(
      sums,
      accrued.reduce((sum, share) => sum + share.amount, 0n),
    )
    const facts: PeriodFacts = {
      ...part,
      costs:
        basis === null
          ? []
          : costsByTask({
              basis,
              cost,
              taskCosts: taskCosts.filter(({ month }) => month === part.month),
              accrued,
              labels,
            }),
      tokens: sums.tokens,
      invocations: sums.invocations,
      completed: completed.filter(({ completedOn }) => isIn(completedOn)),
      reversed: reversed.filter(({ reversedOn, completedOn }) => isIn(reversedOn) && completedOn >= since),
      agents: agentsOf(used, firstDays, labels),
      intervals: [],
    }
    return { facts, cost }
  })
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
  { place, timeZone, shares }: Pick<Asked, 'place' | 'timeZone'> & { shares: readonly AllocatedPlaceRow[] },
): { taskId: string | null; amount: Fixed18 }[] {
  const whole = fractionOf(part, timeZone)
  const except = place.projectId === null ? place.except : []
  return shares
    .filter(({ month }) => month === part.month)
    .map(({ taskId, projectId, amount }) => {
      const own = except
        .filter((days) => days.projectId === projectId)
        .reduce((sum, { startsOn, endsOn }) => {
          const from = startsOn > part.from ? startsOn : part.from
          const to = endsOn !== null && endsOn < part.to ? endsOn : part.to
          return sum + fractionOf({ from, to }, timeZone)
        }, 0n)
      return { taskId, amount: multiplyFixed18HalfEven(amount, whole - own) }
    })
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
