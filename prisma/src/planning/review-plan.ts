import { groupBy } from '@outlay/domain/group-by'
import type { Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { placeKey, type PlanKind, type PlanLine, type PlanPlace } from '@outlay/domain/planning/plan'
import { addVariances, planVariance, type PlanVariance } from '@outlay/domain/planning/variance'
import { readPoolTotals } from '../sql/read-pools.ts'
import {
  readMonthWork,
  readPairCosts,
  readPlanLines,
  readPlannedBefore,
  readPlanNotes,
  type PlanGroup,
  type MonthWork,
  type PlanNoteRecord,
  type PlanRecord,
} from '../sql/read-plans.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'
import { readExpectedAmounts } from './past.ts'

/** Amounts of some lines together. */
export interface ReviewSums {
  planned: Fixed18
  actual: Fixed18
  /** What the whole months before it let expect of the month. */
  expected: Fixed18
  /** actual − planned, by its drivers. */
  variance: PlanVariance
  plannedToDate: Fixed18
  actualToDate: Fixed18
}

export interface ReviewLine extends ReviewSums {
  kind: PlanKind
  clientId: string | null
  agentId: string | null
  notes: PlanNoteRecord[]
}

export interface PlanReview {
  month: CalendarDate
  /** Whether the month is over. */
  isOver: boolean
  lines: ReviewLine[]
  total: ReviewSums
}

/**
 * A month of a plan against what it cost, and against what the whole months before it let expect; with both from the first month of the plan to the
 * end of this one. `position`: the scenario. Groups sum their lines, so every grouping comes to the same total.
 */
export async function reviewPlan(
  db: TenantSql,
  asked: { plan: PlanRecord; position: number; month: CalendarDate; group: PlanGroup; today: CalendarDate },
): Promise<PlanReview> {
  const { plan, position, month, group } = asked
  const present = firstOfMonth(asked.today)
  const next = addMonths(month, 1)
  const before = month < present ? month : present
  const { currency } = plan
  const [lines, earlierLines, works, earlierCosts, pools, notes, expected] = await Promise.all([
    readPlanLines(db, { planId: plan.id, position, month }),
    readPlannedBefore(db, { planId: plan.id, position, month }),
    readMonthWork(db, { from: month, to: next }),
    readPairCosts(db, { from: plan.startsOn, to: month }),
    poolWork(db, { plan, month, present }),
    readPlanNotes(db, { planId: plan.id, month }),
    readExpectedAmounts(db, { before, from: month, to: next, currency }),
  ])
  const facts = {
    planned: lines,
    plannedBefore: earlierLines,
    actual: [...works.map((work) => ({ ...work, ...WORK })), ...pools.filter((pool) => pool.month === month)],
    actualBefore: [
      ...earlierCosts.map((cost) => ({ ...cost, ...WORK })),
      ...pools.filter((pool) => pool.month < month),
    ],
    expected,
  }
  const reviewed = placesOf(facts).map(lineOf)
  return {
    month,
    isOver: next <= firstOfMonth(asked.today),
    lines: grouped(reviewed, group).map((line) => ({
      ...line,
      notes: notes.filter((note) => isOn(note, line, group)),
    })),
    total: sumOf(reviewed),
  }
}

const WORK = { kind: 'WORK' } as const

type Actual = MonthWork & PlanPlace

/** What pools come to in the months that have begun. */
async function poolWork(
  db: TenantSql,
  { plan, month, present }: { plan: PlanRecord; month: CalendarDate; present: CalendarDate },
): Promise<Actual[]> {
  const months: CalendarDate[] = []
  for (let one = plan.startsOn; one <= month && one <= present; one = addMonths(one, 1)) months.push(one)
  const totals = await readPoolTotals(db, months)
  return totals.map((total) => ({
    ...{ kind: 'POOLS' as const, clientId: null, agentId: null, month: total.month },
    ...{ cost: total.converted ?? 0n, tasks: 0n, tokens: 0n, calls: 0n },
  }))
}

interface Amount extends PlanPlace {
  amount: Fixed18
}

interface Cost extends PlanPlace {
  cost: Fixed18
}

/** Of the month, and of the months of the plan before it. */
interface Facts {
  planned: readonly PlanLine[]
  plannedBefore: readonly Amount[]
  actual: readonly Actual[]
  actualBefore: readonly Cost[]
  expected: readonly Amount[]
}

/** What there is of one place. */
interface PlaceFacts extends PlanPlace {
  planned: PlanLine[]
  plannedBefore: Amount[]
  actual: Actual[]
  actualBefore: Cost[]
  expected: Amount[]
}

function placesOf({ planned, plannedBefore, actual, actualBefore, expected }: Facts): PlaceFacts[] {
  const places = new Map<string, PlaceFacts>()
  const at = ({ kind, clientId, agentId }: PlanPlace): PlaceFacts => {
    const key = placeKey({ kind, clientId, agentId })
    const place = places.get(key) ?? {
      ...{ kind, clientId, agentId },
      ...{ planned: [], plannedBefore: [], actual: [], actualBefore: [], expected: [] },
    }
    places.set(key, place)
    return place
  }
  for (const line of planned) at(line).planned.push(line)
  for (const line of plannedBefore) at(line).plannedBefore.push(line)
  for (const work of actual) at(work).actual.push(work)
  for (const cost of actualBefore) at(cost).actualBefore.push(cost)
  for (const line of expected) at(line).expected.push(line)
  return [...places.values()]
}

type Place = PlanPlace & ReviewSums

function lineOf({ planned, plannedBefore, actual, actualBefore, expected, ...place }: PlaceFacts): Place {
  const line = planned[0] ?? null
  const [first, ...others] = actual
  const work = first === undefined ? null : others.reduce((sum, { cost }) => ({ ...sum, cost: sum.cost + cost }), first)
  const amountOf = (lines: readonly { amount: Fixed18 }[]) => lines.reduce((sum, { amount }) => sum + amount, 0n)
  const costOf = (works: readonly { cost: Fixed18 }[]) => works.reduce((sum, { cost }) => sum + cost, 0n)
  return {
    ...place,
    planned: line?.amount ?? 0n,
    actual: work?.cost ?? 0n,
    expected: amountOf(expected),
    variance: planVariance(line, work),
    plannedToDate: amountOf(plannedBefore) + amountOf(planned),
    actualToDate: costOf(actualBefore) + costOf(actual),
  }
}

function sumOf(lines: readonly ReviewSums[]): ReviewSums {
  const sum = (field: Exclude<keyof ReviewSums, 'variance'>) => lines.reduce((total, line) => total + line[field], 0n)
  return {
    planned: sum('planned'),
    actual: sum('actual'),
    expected: sum('expected'),
    variance: addVariances(lines.map(({ variance }) => variance)),
    plannedToDate: sum('plannedToDate'),
    actualToDate: sum('actualToDate'),
  }
}

/** The dearest plan first. */
function grouped(lines: readonly Place[], group: PlanGroup): Place[] {
  return [...groupBy(lines, (line) => placeKey(headOf(line, group))).values()]
    .flatMap(([first, ...others]) =>
      first === undefined ? [] : [{ ...headOf(first, group), ...sumOf([first, ...others]) }],
    )
    .sort((a, b) =>
      a.planned === b.planned
        ? Number(b.actual > a.actual) - Number(b.actual < a.actual)
        : b.planned > a.planned
          ? 1
          : -1,
    )
}

function headOf({ kind, clientId, agentId }: PlanPlace, group: PlanGroup): PlanPlace {
  return {
    kind,
    clientId: group === 'AGENT' ? null : clientId,
    agentId: group === 'CLIENT' ? null : agentId,
  }
}

/** A note stands where its line does: notes of a client in the groups by client, of an agent in those by agent, of both at the line. */
function isOn(note: PlanNoteRecord, line: PlanPlace, group: PlanGroup): boolean {
  if (line.kind === 'POOLS') return false
  const head = headOf({ kind: 'WORK', clientId: note.clientId, agentId: note.agentId }, group)
  return head.clientId === line.clientId && head.agentId === line.agentId
}
