import { addDays, addMonths, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds, localDay } from '@outlay/domain/periods/local-day'
import type { InvocationKind } from '@outlay/domain/rollup/grain'
import type { Draft, TaskDraft } from './draft.ts'
import { DEMO_TENANT } from './fleet.ts'
import { draftMonth } from './month.ts'
import { monthPlans, priceChangeDay } from './month-plan.ts'
import { FORMER_MODEL_PRICES, MODEL_PRICES, priceBook, STEADY_PRICES, type DemoPrice } from './prices.ts'

/** `InvocationInput` as it would be sent: instants are RFC 3339, quantities decimal strings, absent fields absent. */
export interface DemoInvocation {
  id: string
  agent?: string
  task?: string
  client?: string
  project?: string
  trace?: string
  span?: string
  parentSpan?: string
  kind: InvocationKind
  provider?: string
  resource?: string
  name: string
  occurredAt: string
  endedAt: string
  usage: { meter: string; quantity: string }[]
  sharedKey?: string
}

/** `UpsertTaskInput`. */
export interface DemoTask {
  key: string
  name: string
  client?: string
  project?: string
  status: 'OPEN' | 'COMPLETED' | 'FAILED'
  completedAt?: string
  billed?: { amount: string; currency: string }
}

/** `RateInput`. */
export interface DemoRate {
  provider: string
  resource: string
  meter: string
  price: { amount: string; currency: string }
  per: string
  effectiveFrom: string
  effectiveTo?: string
}

/** 1 `base` = `rate` `quote` on the date. */
export interface DemoFxRate {
  date: CalendarDate
  base: string
  quote: string
  rate: string
}

export interface DemoFleet {
  rates: DemoRate[]
  fxRates: DemoFxRate[]
  /** Oldest first. */
  tasks: DemoTask[]
  /** Oldest first, so that a parent's span comes before its children and the first report of a shared use carries it. */
  invocations: DemoInvocation[]
}

/**
 * The demo fleet as it looks at `nowMs`: three full months and the current one up to now. Pure: the same instant gives the same bytes,
 * and a later instant of the same month only adds to them.
 *
 * The last full month is the worked example: Research £1,240.00 / 620 tasks, Coding £2,180.00 / 310, Summarisation £85.00 / 4,200,
 * Campaign £430.00 / 180, and the task `market-entry-analysis` costs £4.41, billed £50.
 */
export function demoFleet(nowMs: number): DemoFleet {
  const former = priceBook([...FORMER_MODEL_PRICES, ...STEADY_PRICES])
  const present = priceBook([...MODEL_PRICES, ...STEADY_PRICES])
  const months = monthPlans(nowMs).map((plan) => draftMonth(plan, plan.isBeforePriceChange ? former : present))
  return {
    rates: demoRates(nowMs),
    fxRates: demoFxRates(nowMs),
    tasks: months
      .flatMap(({ tasks }) => tasks)
      .filter(({ startMs }) => startMs <= nowMs)
      .sort((a, b) => a.startMs - b.startMs || compare(a.key, b.key))
      .map((task) => toTask(task, nowMs)),
    invocations: months
      .flatMap(({ drafts }) => drafts)
      .filter(({ endMs }) => endMs <= nowMs)
      .sort((a, b) => a.startMs - b.startMs)
      .map(toInvocation),
  }
}

function toTask(task: TaskDraft, nowMs: number): DemoTask {
  const { key, name, client, project, billedPence } = task
  const isOver = task.endMs <= nowMs
  const status = isOver ? task.status : 'OPEN'
  return {
    key,
    name,
    ...(client === null ? {} : { client }),
    ...(project === null ? {} : { project }),
    status,
    ...(status === 'COMPLETED' ? { completedAt: instant(task.endMs) } : {}),
    ...(billedPence === null || !isOver ? {} : { billed: { amount: pounds(billedPence), currency: 'GBP' } }),
  }
}

function toInvocation(draft: Draft): DemoInvocation {
  const optional = {
    agent: draft.agent,
    task: draft.task,
    client: draft.client,
    project: draft.project,
    trace: draft.trace,
    span: draft.span,
    parentSpan: draft.parentSpan,
    provider: draft.provider,
    resource: draft.resource,
    sharedKey: draft.sharedKey,
  }
  return {
    id: draft.id,
    kind: draft.kind,
    name: draft.name,
    ...(Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)) as Partial<DemoInvocation>),
    occurredAt: instant(draft.startMs),
    endedAt: instant(draft.endMs),
    usage: draft.usage.map(({ meter, quantity }) => ({ meter, quantity: quantity.toString() })),
  }
}

function demoRates(nowMs: number): DemoRate[] {
  const change = instant(dayBounds(priceChangeDay(nowMs), DEMO_TENANT.timeZone).start)
  // A year before the first event: usage that a visitor sends with an older date is priced too.
  const start = instant(dayBounds(addMonths(priceChangeDay(nowMs), -14), DEMO_TENANT.timeZone).start)
  const rate = ({ price, ...rest }: DemoPrice, effectiveFrom: string): DemoRate => ({
    ...rest,
    price: { amount: price, currency: DEMO_TENANT.currency },
    effectiveFrom,
  })
  return [
    ...FORMER_MODEL_PRICES.map((price) => ({ ...rate(price, start), effectiveTo: change })),
    ...STEADY_PRICES.map((price) => rate(price, start)),
    ...MODEL_PRICES.map((price) => rate(price, change)),
  ]
}

/** The day of the two public traces of the tour, whose prices are in dollars. */
const TRACE_DAY: CalendarDate = '2023-11-16'

/** An illustration, not a quotation: one dollar is 80 pence, every day from 13 months ago to 12 months ahead. */
function demoFxRates(nowMs: number): DemoFxRate[] {
  const today = localDay(nowMs, DEMO_TENANT.timeZone)
  const dates = [TRACE_DAY]
  for (let date = addMonths(today, -13); date <= addMonths(today, 12); date = addDays(date, 1)) dates.push(date)
  return dates.map((date) => ({ date, base: 'USD', quote: 'GBP', rate: '0.80' }))
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}

function pounds(pence: bigint): string {
  return `${pence / 100n}.${String(pence % 100n).padStart(2, '0')}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
