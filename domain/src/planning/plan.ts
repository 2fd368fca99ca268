import type { Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import type { Quantity6 } from '../usage/quantity.ts'

/** What moves the amount of a line: how many tasks, how much each uses, and what that costs. */
export const PLAN_DRIVERS = ['VOLUME', 'USE', 'PRICE'] as const
export type PlanDriver = (typeof PLAN_DRIVERS)[number]

/** Whether a change counts again each month, or once from its month on. */
export const PLAN_PACES = ['EACH_MONTH', 'ONCE'] as const
export type PlanPace = (typeof PLAN_PACES)[number]

/** WORK of agents for clients; POOLS: shared infrastructure, as one line. */
export const PLAN_KINDS = ['WORK', 'POOLS'] as const
export type PlanKind = (typeof PLAN_KINDS)[number]

/** What the volume counts: tasks; or months, where the work is in no task. */
export const PLAN_UNITS = ['TASKS', 'MONTHS'] as const
export type PlanUnit = (typeof PLAN_UNITS)[number]

/** What a unit uses: tokens; calls, where no tokens are counted; nothing that is counted. */
export const PLAN_MEASURES = ['TOKENS', 'CALLS', 'NONE'] as const
export type PlanMeasure = (typeof PLAN_MEASURES)[number]

/** Who works for whom; null: for no client, by no agent. Pools are of nobody. */
export interface PlanPlace {
  kind: PlanKind
  clientId: string | null
  agentId: string | null
}

/** A month of a line: `amount` is `volume × use × price`, rounded to minor units; the price follows from the other three (priceOf). */
export interface PlanLine extends PlanPlace {
  /** First day of the month. */
  month: CalendarDate
  unit: PlanUnit
  measure: PlanMeasure
  volume: Quantity6
  /** Of one unit of the volume. */
  use: Quantity6
  amount: Fixed18
}

/** A change of a driver from a month on, of the lines of a client, of an agent, of both together, or of all where neither is named. */
export interface PlanChange {
  driver: PlanDriver
  pace: PlanPace
  /** Decimal text: `2.5` is 2.5 % more, `-20` a fifth less. */
  percent: string
  /** First day of the first month that it changes. */
  from: CalendarDate
  clientId: string | null
  agentId: string | null
}

/** A place as one text: what is keyed by it. */
export function placeKey({ kind, clientId, agentId }: PlanPlace): string {
  return `${kind} ${clientId ?? '-'} ${agentId ?? '-'}`
}
