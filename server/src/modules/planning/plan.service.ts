import {
  previewAdoption,
  type AdoptedBudget,
  type AdoptedScope,
  type AdoptionOutcome,
} from '@outlay/db/planning/adopt-plan'
import { expectedMonths, readPastMonths } from '@outlay/db/planning/past'
import { reviewPlan, type PlanReview } from '@outlay/db/planning/review-plan'
import type { PlanByKeys } from '@outlay/db/planning/write-plan'
import {
  readPlan,
  readPlanLines,
  readPlans,
  readPlanSums,
  readScenarios,
  type PlanGroup,
  type PlanRecord,
  type PlanSum,
  type ScenarioRecord,
} from '@outlay/db/sql/read-plans'
import type { ExpectedMonth, MonthCost, MonthsAccuracy } from '@outlay/domain/forecast/forecast-months'
import { groupBy } from '@outlay/domain/group-by'
import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import { addMonths, firstOfMonth, isCalendarDate, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { placeKey, type PlanDriver, type PlanKind, type PlanLine, type PlanPace } from '@outlay/domain/planning/plan'
import { actorOf } from '../../graphql/actor.ts'
import type { Context } from '../../graphql/context.ts'
import { badInput } from '../../graphql/errors.ts'
import { once } from '../../reads/once.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

/** What months cost, and what those to come are expected to cost. */
export interface PlanForecastSource {
  history: MonthCost[]
  expected: ExpectedMonth[]
  accuracy: MonthsAccuracy | null
  pastMonths: number
  unconvertedPools: number
}

const YEAR = 12

/** The twelve months after the last whole one, from at most twelve whole months. */
export async function openPlanForecast(context: Context): Promise<PlanForecastSource> {
  const present = firstOfMonth(todayOf(context))
  const past = await readPastMonths(context.db, present)
  return { ...past, expected: expectedMonths(past, present, addMonths(present, YEAR)) }
}

/** What a plan was made from. */
export function basisOf({ basis }: PlanRecord): PlanForecastSource {
  const amount = (text: string | null) => (text === null ? null : parseFixed18(text))
  return {
    ...basis,
    history: basis.history.map(({ month, cost }) => ({ month, cost: parseFixed18(cost) })),
    expected: basis.expected.map(({ month, mid, low, high }) => ({
      month,
      mid: parseFixed18(mid),
      low: amount(low),
      high: amount(high),
    })),
  }
}

/** A scenario of a plan. */
export interface ScenarioSource extends ScenarioRecord {
  currency: string
  /** What its months come to, read once, when it is asked for. */
  months: () => Promise<PlanSum[]>
}

/** The plans, the one that begins last first. */
export function listPlans({ db }: Context): Promise<PlanRecord[]> {
  return readPlans(db)
}

/** A plan by its uuid; null when there is none. */
export function findPlan({ db }: Context, uuid: string): Promise<PlanRecord | null> {
  return readPlan(db, uuid)
}

export async function scenariosOf({ db }: Context, { id, currency }: PlanRecord): Promise<ScenarioSource[]> {
  const scenarios = await readScenarios(db, id)
  return scenarios.map((scenario) => ({
    ...scenario,
    currency,
    months: once(() => readPlanSums(db, { planId: id, position: scenario.position, by: 'ALL' })),
  }))
}

interface MonthAmount {
  month: CalendarDate
  amount: Fixed18
}

/** What each month comes to, ascending: the sum of its lines, pools included. */
export async function monthsOf({ months }: ScenarioSource): Promise<MonthAmount[]> {
  return summedByMonth(await months())
}

function summedByMonth(sums: readonly PlanSum[]): MonthAmount[] {
  const months = new Map<CalendarDate, Fixed18>()
  for (const { month, amount } of sums) months.set(month, (months.get(month) ?? 0n) + amount)
  return [...months].map(([month, amount]) => ({ month, amount })).sort((a, b) => (a.month < b.month ? -1 : 1))
}

/** The lines of a scenario, or of one month of it. */
export function linesOf({ db }: Context, { planId, position }: ScenarioSource, month: Optional<CalendarDate>) {
  return readPlanLines(db, { planId, position, month: month ?? null })
}

/** A month of a scenario: its dearest lines, and what the others come to. */
export interface DearestSource {
  lines: PlanLine[]
  /** How many lines are not among them. */
  otherCount: number
  others: Fixed18
  total: Fixed18
  currency: string
}

const DEAREST_MAX = 10_000

/** The `first` dearest lines of a month, 0 to 10,000 of them; throws BAD_USER_INPUT for another number. */
export async function dearestLinesOf(
  context: Context,
  scenario: ScenarioSource,
  { month, first }: { month: CalendarDate; first: number },
): Promise<DearestSource> {
  if (first < 0 || first > DEAREST_MAX) throw badInput('first', `first is from 0 to ${DEAREST_MAX}, not ${first}.`)
  const lines = await linesOf(context, scenario, month)
  lines.sort((a, b) => (a.amount === b.amount ? 0 : b.amount > a.amount ? 1 : -1))
  const sumOf = (some: readonly PlanLine[]) => some.reduce((sum, { amount }) => sum + amount, 0n)
  const others = lines.slice(first)
  return {
    lines: lines.slice(0, first),
    otherCount: others.length,
    others: sumOf(others),
    total: sumOf(lines),
    currency: scenario.currency,
  }
}

/** The lines of a client, of an agent, or of both together. */
export interface PlanGroupSource {
  kind: PlanKind
  clientId: string | null
  agentId: string | null
  currency: string
  total: Fixed18
  months: MonthAmount[]
}

/** The months of a scenario by who works for whom, the dearest over the year first. */
export async function groupsOf(
  { db }: Context,
  { planId, position, currency }: ScenarioSource,
  by: PlanGroup,
): Promise<PlanGroupSource[]> {
  const sums = await readPlanSums(db, { planId, position, by })
  return [...groupBy(sums, placeKey).values()]
    .flatMap(([first, ...others]): PlanGroupSource[] => {
      if (first === undefined) return []
      const { kind, clientId, agentId } = first
      const mine = [first, ...others]
      const total = mine.reduce((sum, { amount }) => sum + amount, 0n)
      return [{ kind, clientId, agentId, currency, total, months: summedByMonth(mine) }]
    })
    .sort((a, b) => (a.total === b.total ? 0 : b.total > a.total ? 1 : -1))
}

export interface AdoptionSource {
  budgets: AdoptedBudget[]
}

/** What adopting a scenario would set; null when there is no such plan or scenario. */
export async function previewPlanAdoption(
  context: Context,
  { planId, position, scopes }: { planId: string; position: number; scopes: readonly AdoptedScope[] },
): Promise<AdoptionSource | null> {
  const budgets = await previewAdoption(context.db, {
    planId,
    position,
    scopes: unique(scopes),
    today: todayOf(context),
  })
  return budgets === null ? null : { budgets }
}

export interface PlanReviewSource extends PlanReview {
  plan: PlanRecord
  scenario: ScenarioSource
}

/**
 * A month of a plan against what it cost: in the scenario that was adopted, and of a draft in the base. Null when there is no such plan. Throws
 * BAD_USER_INPUT for a month that is none of the plan.
 */
export async function openPlanReview(
  context: Context,
  { planId, month, group }: { planId: string; month: CalendarDate; group: PlanGroup },
): Promise<PlanReviewSource | null> {
  const plan = await findPlan(context, planId)
  if (plan === null) return null
  checkMonthOf(plan, month)
  const scenarios = await scenariosOf(context, plan)
  const scenario = scenarios.find(({ position }) => position === (plan.adoptedScenario ?? 0))
  if (scenario === undefined) throw new Error(`The plan ${plan.id} has no scenario ${plan.adoptedScenario ?? 0}.`)
  const { position } = scenario
  const review = await reviewPlan(context.db, { plan, position, month, group, today: todayOf(context) })
  return { ...review, plan, scenario }
}

function checkMonthOf({ startsOn }: PlanRecord, month: CalendarDate): void {
  const isMonth = isCalendarDate(month) && firstOfMonth(month) === month
  if (!isMonth || month < startsOn || month >= addMonths(startsOn, YEAR))
    throw badInput('month', `${month} is not the first day of a month of the plan.`)
}

type Optional<T> = T | null | undefined

/** A plan as the API takes it. */
export interface PlanInputValue {
  name: string
  note?: Optional<string>
  scenarios?: Optional<
    readonly {
      name: string
      changes: readonly {
        driver: PlanDriver
        pace: PlanPace
        percent: string
        from: CalendarDate
        clientKey?: Optional<string>
        agentKey?: Optional<string>
      }[]
    }[]
  >
}

function wishOf({ name, note, scenarios }: PlanInputValue): PlanByKeys {
  return {
    name,
    note: note ?? null,
    scenarios: (scenarios ?? []).map((scenario) => ({
      name: scenario.name,
      changes: scenario.changes.map((change) => ({
        ...change,
        clientKey: change.clientKey ?? null,
        agentKey: change.agentKey ?? null,
      })),
    })),
  }
}

export interface PlanPayloadSource {
  plan: PlanRecord | null
  userErrors: UserErrorSource[]
}

/** Without a first month, the plan begins with the next one. */
export async function createPlan(
  context: Context,
  { startsOn, ...input }: PlanInputValue & { startsOn?: Optional<CalendarDate> },
): Promise<PlanPayloadSource> {
  const { services, tenant } = context
  const day = todayOf(context)
  const outcome = await services.planning.create(tenant.id, {
    wish: wishOf(input),
    startsOn: startsOn ?? addMonths(firstOfMonth(day), 1),
    today: day,
    currency: tenant.currency,
    by: await actorOf(context),
  })
  return payload(context, outcome)
}

export async function changePlan(
  context: Context,
  { planId, input }: { planId: string; input: PlanInputValue },
): Promise<PlanPayloadSource> {
  const { services, tenant } = context
  const by = await actorOf(context)
  return payload(context, await services.planning.change(tenant.id, { planId, wish: wishOf(input), by }))
}

export async function notePlanLine(
  context: Context,
  note: {
    planId: string
    month: CalendarDate
    clientKey?: Optional<string>
    agentKey?: Optional<string>
    text: string
  },
): Promise<PlanPayloadSource> {
  const { services, tenant } = context
  const outcome = await services.planning.note(tenant.id, {
    ...note,
    clientKey: note.clientKey ?? null,
    agentKey: note.agentKey ?? null,
    by: await actorOf(context),
  })
  return payload(context, outcome)
}

async function payload(
  context: Context,
  { planId, userErrors }: { planId: string | null; userErrors: UserErrorSource[] },
): Promise<PlanPayloadSource> {
  return { plan: planId === null ? null : await findPlan(context, planId), userErrors }
}

export interface AdoptPayloadSource extends Omit<AdoptionOutcome, 'planId'> {
  plan: PlanRecord | null
}

export async function adoptPlan(
  context: Context,
  wish: { planId: string; position: number; scopes: readonly AdoptedScope[]; replace: boolean },
): Promise<AdoptPayloadSource> {
  const { services, tenant, db } = context
  const { planId, ...outcome } = await services.planning.adopt(db, {
    ...wish,
    scopes: unique(wish.scopes),
    today: todayOf(context),
    currency: tenant.currency,
    by: await actorOf(context),
  })
  return { ...outcome, plan: planId === null ? null : await findPlan(context, planId) }
}

function todayOf({ now, tenant }: Context): CalendarDate {
  return today(now, tenant.timeZone)
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
