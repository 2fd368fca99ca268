import { addMonths, firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { localDay } from '@outlay/domain/periods/local-day'
import { DEMO_TENANT, type AgentKey } from './fleet.ts'

/** What an agent does in a month: completed tasks it takes part in, and its direct cost in pence, exactly. */
export interface AgentMonth {
  tasks: number
  pence: bigint
}

export interface MonthPlan {
  /** The first day, in the tenant's calendar. */
  month: CalendarDate
  /** Market entry analyses, each a task of three agents; they are among the tasks of all three. */
  marketEntries: number
  agents: Record<AgentKey, AgentMonth>
  /** Whether this is the last full month, which is the worked example and holds the two named analyses. */
  isExample: boolean
  /** Whether the model prices are still the former ones. */
  isBeforePriceChange: boolean
}

const MARKET_ENTRIES = 24

// The worked example: £1,240 / 620 = £2.00, £2,180 / 310 = £7.03, £85 / 4,200 = £0.02, £430 / 180 = £2.39.
const EXAMPLE: MonthPlan['agents'] = {
  research: { tasks: 620, pence: 124_000n },
  coding: { tasks: 310, pence: 218_000n },
  summarisation: { tasks: 4_200, pence: 8_500n },
  campaign: { tasks: 180, pence: 43_000n },
}
// Before it the Coding Agent was cheaper a task and the Campaign Agent dearer; the month that runs goes on that way.
const TWO_BEFORE: MonthPlan['agents'] = {
  research: { tasks: 580, pence: 119_640n },
  coding: { tasks: 284, pence: 173_240n },
  summarisation: { tasks: 3_640, pence: 7_790n },
  campaign: { tasks: 196, pence: 50_840n },
}
const ONE_BEFORE: MonthPlan['agents'] = {
  research: { tasks: 598, pence: 121_330n },
  coding: { tasks: 296, pence: 192_470n },
  summarisation: { tasks: 3_920, pence: 8_190n },
  campaign: { tasks: 188, pence: 46_910n },
}
const CURRENT: MonthPlan['agents'] = {
  research: { tasks: 632, pence: 126_890n },
  coding: { tasks: 326, pence: 239_270n },
  summarisation: { tasks: 4_260, pence: 8_610n },
  campaign: { tasks: 172, pence: 39_560n },
}

/** The three full months before `nowMs` and the one it lies in, oldest first. */
export function monthPlans(nowMs: number): MonthPlan[] {
  const current = firstOfMonth(localDay(nowMs, DEMO_TENANT.timeZone))
  return [TWO_BEFORE, ONE_BEFORE, EXAMPLE, CURRENT].map((agents, index) => ({
    month: addMonths(current, index - 3),
    marketEntries: MARKET_ENTRIES,
    agents,
    isExample: agents === EXAMPLE,
    isBeforePriceChange: index < 2,
  }))
}

/** The day on which the gateway's model prices fell: the first of the last full month. */
export function priceChangeDay(nowMs: number): CalendarDate {
  return addMonths(firstOfMonth(localDay(nowMs, DEMO_TENANT.timeZone)), -1)
}
