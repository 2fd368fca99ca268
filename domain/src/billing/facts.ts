import type { Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import type { Quantity6 } from '../usage/quantity.ts'

/** A task as a line names it. */
export interface NamedTask {
  taskId: string
  label: string
}

/** What was used in the part of one month that terms are in force in: all that any model asks for. */
export interface PeriodFacts {
  /** First day of the calendar month. */
  month: CalendarDate
  /** The days of the month that the terms are in force on, half-open; the whole month, or a part of it. */
  from: CalendarDate
  to: CalendarDate
  /** The cost of each task on the basis of the terms; `taskId` null: what is in no task. */
  costs: readonly { taskId: string | null; label: string; cost: Fixed18 }[]
  tokens: Quantity6
  invocations: bigint
  /** Tasks completed on these days; `count`: how many, where they are not told apart. */
  completed: readonly (NamedTask & { count?: bigint })[]
  /** Outcomes taken back on these days, whenever they had been completed. */
  reversed: readonly (NamedTask & { completedOn: CalendarDate; reversedOn: CalendarDate })[]
  /** Agents active on these days, with the first day they were active under the terms. */
  agents: readonly { agentId: string; label: string; firstOn: CalendarDate }[]
  /** How long each task was worked on, overlapping calls of it counted once; below zero where closed months became shorter by more. */
  time: readonly (NamedTask & {
    micros: bigint
    /** How much of it is of months that were closed before. */
    lateMicros: bigint
  })[]
}
