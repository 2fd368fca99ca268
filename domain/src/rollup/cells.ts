import { firstOfMonth, type CalendarDate } from '../periods/calendar-date.ts'
import { Grain, kindUuid, NIL_UUID, type InvocationKind } from './grain.ts'

/** What every cell sums. Amounts are scaled 10^18, tokens 10^6. */
export interface Measures {
  costDirect: bigint
  costShared: bigint
  invocations: number
  tokens: bigint
  unpriced: number
  unconverted: number
}

/** How an invocation counts; REPORT, CLAIMED and VOID count nothing and never reach a cell (laws L6 and L13). */
export type Billing = 'DIRECT' | 'WRAPPER' | 'SHARED' | 'REPORT' | 'CLAIMED' | 'VOID'
export type RatingStatus = 'RATED' | 'UNPRICED' | 'UNCONVERTED'

export const BILLED: ReadonlySet<Billing> = new Set<Billing>(['DIRECT', 'WRAPPER', 'SHARED'])

/** One invocation as the rollups see it; ids are null where the tag is missing. */
export interface CountedEvent {
  billing: Billing
  status: RatingStatus
  /** Scaled 10^18; null unless RATED. */
  cost: bigint | null
  /** Sum of its token meters, scaled 10^6. */
  tokens: bigint
  kind: InvocationKind
  agentId: string | null
  /** Of a SHARED use: the client and project of its task. */
  clientId: string | null
  projectId: string | null
  taskId: string | null
  resourceId: string | null
  /** Start of its UTC bucket, milliseconds. */
  bucket: number
  /** The tenant's local day, `YYYY-MM-DD`. */
  day: string
}

export interface FineCell extends Measures {
  bucket: number
  day: string
  agentId: string
  clientId: string
  projectId: string
  resourceId: string
  kind: InvocationKind
}
export interface DayCell extends Measures {
  grain: Grain
  day: string
  a: string
  b: string
}
export interface TaskCell extends Measures {
  taskId: string
  day: string
  agentId: string
}

/** Why something of a closed month changes. */
export type CorrectionCause = 'LATE_EVENT' | 'RERATING' | 'CORRECTION' | 'TASK_MOVED'

/** Where what belongs to a closed month is counted instead. */
export interface Posting {
  closedMonths: ReadonlySet<CalendarDate>
  /** The bucket and day of the moment of writing, in a month that is not closed. */
  bucket: number
  day: CalendarDate
  cause: CorrectionCause
  /** What brought it about, for who looks for it: the id of a re-rating, of an event. */
  reference: string | null
}

/** What changes in one bucket of a closed month, and is counted elsewhere; by every dimension. */
export interface PeriodCorrectionCell extends Measures {
  cause: CorrectionCause
  usageBucket: number
  usageDay: CalendarDate
  agentId: string
  clientId: string
  projectId: string
  taskId: string
  resourceId: string
  kind: InvocationKind
}

/**
 * Collects what a set of invocations changes in the rollups: fine cells (bucket × every dimension), task cells, and from the fine cells
 * the daily ones. Adding with sign −1 takes an event out again, exactly, because sums of integers are.
 *
 * A SHARED use belongs to its task: its cells have no agent, and its cost is `costShared` (law L13).
 *
 * With a posting, what belongs to a closed month is counted in the cells of the posted day, and kept as corrections with the bucket and
 * day it was used on (law L23): an event of 30 March that arrives on 5 April, when March is closed, is in the cells of 5 April, and a
 * correction says so. Without one (no month is closed) nothing is asked.
 */
export class CellDeltas {
  readonly posting: Posting | null
  readonly #fine = new Map<string, FineCell>()
  readonly #task = new Map<string, TaskCell>()
  readonly #corrections = new Map<string, PeriodCorrectionCell>()
  readonly #touchedDays = new Set<CalendarDate>()

  constructor(posting: Posting | null = null) {
    this.posting = posting
  }

  /**
   * Adds an event (or, with −1, removes it). Events that count nothing change nothing. `cause` says otherwise than the posting why
   * something of a closed month changes.
   */
  add(event: CountedEvent, sign: 1 | -1 = 1, cause?: CorrectionCause): void {
    if (!BILLED.has(event.billing)) return
    const { posting } = this
    if (posting === null || !posting.closedMonths.has(firstOfMonth(event.day))) return this.#count(event, sign)
    this.touch(event.day)
    this.#correct(event, sign, cause ?? posting.cause)
    this.#count({ ...event, bucket: posting.bucket, day: posting.day }, sign)
  }

  #correct(event: CountedEvent, sign: 1 | -1, cause: CorrectionCause): void {
    const shared = event.billing === 'SHARED'
    const agentId = shared ? NIL_UUID : (event.agentId ?? NIL_UUID)
    const clientId = event.clientId ?? NIL_UUID
    const projectId = event.projectId ?? NIL_UUID
    const taskId = event.taskId ?? NIL_UUID
    const resourceId = event.resourceId ?? NIL_UUID
    const { kind, bucket: usageBucket, day: usageDay } = event
    const key = cause + usageBucket + agentId + clientId + projectId + taskId + resourceId + kind
    let cell = this.#corrections.get(key)
    if (cell === undefined) {
      const place = { usageBucket, usageDay, agentId, clientId, projectId, taskId, resourceId, kind }
      cell = { cause, ...place, ...zero() }
      this.#corrections.set(key, cell)
    }
    count(cell, event, shared, sign)
  }

  #count(event: CountedEvent, sign: 1 | -1): void {
    const shared = event.billing === 'SHARED'
    const agentId = shared ? NIL_UUID : (event.agentId ?? NIL_UUID)
    const clientId = event.clientId ?? NIL_UUID
    const projectId = event.projectId ?? NIL_UUID
    const resourceId = event.resourceId ?? NIL_UUID
    const taskId = event.taskId ?? NIL_UUID

    const fineKey = event.bucket + agentId + clientId + projectId + resourceId + event.kind
    let fine = this.#fine.get(fineKey)
    if (fine === undefined) {
      const { bucket, day, kind } = event
      fine = { bucket, day, agentId, clientId, projectId, resourceId, kind, ...zero() }
      this.#fine.set(fineKey, fine)
    }
    count(fine, event, shared, sign)

    const taskKey = taskId + event.day + agentId
    let task = this.#task.get(taskKey)
    if (task === undefined) {
      task = { taskId, day: event.day, agentId, ...zero() }
      this.#task.set(taskKey, task)
    }
    count(task, event, shared, sign)
  }

  get isEmpty(): boolean {
    return this.#fine.size === 0 && this.#touchedDays.size === 0
  }

  fineCells(): FineCell[] {
    return [...this.#fine.values()]
  }

  taskCells(): TaskCell[] {
    return [...this.#task.values()]
  }

  /** Says that what is stored of an event of this day changes, where no cell of the day says so: another rate of the same price. */
  touch(day: CalendarDate): void {
    this.#touchedDays.add(day)
  }

  /** The days of events that change while no cell of theirs does; those of closed months among them. */
  touchedDays(): CalendarDate[] {
    return [...this.#touchedDays]
  }

  /** What changes of closed months. What was added and taken out again is not among it. */
  corrections(): PeriodCorrectionCell[] {
    return this.#corrections.size === 0 ? [] : [...this.#corrections.values()].filter(isSomething)
  }

  /** A bucket lies within one local day (the bucket size divides every offset of the zone), so daily cells are sums of fine ones. */
  dayCells(): DayCell[] {
    const cells = new Map<string, DayCell>()
    const into = (grain: Grain, a: string, b: string, fine: FineCell) => {
      const key = grain + fine.day + a + b
      let cell = cells.get(key)
      if (cell === undefined) {
        cell = { grain, day: fine.day, a, b, ...zero() }
        cells.set(key, cell)
      }
      merge(cell, fine)
    }
    for (const fine of this.#fine.values()) {
      into(Grain.FLEET, NIL_UUID, NIL_UUID, fine)
      into(Grain.AGENT, fine.agentId, NIL_UUID, fine)
      into(Grain.CLIENT, fine.clientId, NIL_UUID, fine)
      into(Grain.PROJECT, fine.projectId, NIL_UUID, fine)
      into(Grain.RESOURCE, fine.resourceId, NIL_UUID, fine)
      into(Grain.KIND, kindUuid(fine.kind), NIL_UUID, fine)
      into(Grain.AGENT_RESOURCE, fine.agentId, fine.resourceId, fine)
      into(Grain.CLIENT_AGENT, fine.clientId, fine.agentId, fine)
      into(Grain.CLIENT_RESOURCE, fine.clientId, fine.resourceId, fine)
      into(Grain.PROJECT_AGENT, fine.projectId, fine.agentId, fine)
      into(Grain.CLIENT_PROJECT, fine.clientId, fine.projectId, fine)
    }
    return [...cells.values()]
  }
}

function isSomething(cell: Measures): boolean {
  return (
    cell.costDirect !== 0n ||
    cell.costShared !== 0n ||
    cell.invocations !== 0 ||
    cell.tokens !== 0n ||
    cell.unpriced !== 0 ||
    cell.unconverted !== 0
  )
}

function zero(): Measures {
  return { costDirect: 0n, costShared: 0n, invocations: 0, tokens: 0n, unpriced: 0, unconverted: 0 }
}

function count(cell: Measures, event: CountedEvent, shared: boolean, sign: 1 | -1): void {
  const cost = event.cost ?? 0n
  if (shared) cell.costShared += sign === 1 ? cost : -cost
  else cell.costDirect += sign === 1 ? cost : -cost
  cell.invocations += sign
  cell.tokens += sign === 1 ? event.tokens : -event.tokens
  if (event.status === 'UNPRICED') cell.unpriced += sign
  else if (event.status === 'UNCONVERTED') cell.unconverted += sign
}

function merge(cell: Measures, from: Measures): void {
  cell.costDirect += from.costDirect
  cell.costShared += from.costShared
  cell.invocations += from.invocations
  cell.tokens += from.tokens
  cell.unpriced += from.unpriced
  cell.unconverted += from.unconverted
}
