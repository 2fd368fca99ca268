import { FIXED18_ONE, type Fixed18 } from '../money/fixed18.ts'
import { dateOfDayNumber, dayNumber, type CalendarDate } from '../periods/calendar-date.ts'
import { fromEstimate, toEstimate } from './estimate.ts'
import { METHOD, type Method } from './method.ts'
import { SeriesWalk, type DayVerdict, type Outlook, type SeriesStatus, type WalkSettings } from './series-walk.ts'

export type { SeriesStatus } from './series-walk.ts'

/** What a series cost on a local day. */
export interface DayCost {
  day: CalendarDate
  cost: Fixed18
}

export interface DetectorSettings {
  /** An excess below it is never told: amounts of the reporting currency. The second holds while a series is COLD. */
  minExcess: Fixed18
  coldExcess: Fixed18
  /** Added to the score that a spike needs; people's feedback moves it. */
  scoreShift: number
}

export const DEFAULT_DETECTOR: DetectorSettings = {
  minExcess: 5n * FIXED18_ONE,
  coldExcess: 20n * FIXED18_ONE,
  scoreShift: 0,
}

/** BURN_RATE is of hours and never comes from here (burn-rate.ts). */
export type FlagRule = 'POINT' | 'BACKSTOP' | 'SHIFT' | 'COLD_START' | 'BURN_RATE'

/**
 * What a day should cost. `low` and `high` are two scales away; `alarmAt` is the smallest cost of the whole day that is a spike, and `rule`
 * the rule that says so. All null while LEARNING; without a band while COLD.
 */
export interface Expectation {
  status: SeriesStatus
  expected: Fixed18 | null
  low: Fixed18 | null
  high: Fixed18 | null
  alarmAt: Fixed18 | null
  rule: FlagRule | null
}

export interface Flag {
  rule: FlagRule
  kind: 'COST_SPIKE' | 'COST_SHIFT'
  /** Scales above the expected, of the logarithm; 0 for COLD_START, which has no scale. */
  score: number
  /** Actual ÷ expected. */
  ratio: number
  excess: Fixed18
}

export interface DayJudgement extends Expectation {
  day: CalendarDate
  actual: Fixed18
  flag: Flag | null
}

interface SeriesInput {
  /** Days without a row are zero days, from the first row on. */
  days: readonly DayCost[]
  settings: DetectorSettings
  /** Days from which on the past before them does not count ("launch on 3 October"). */
  resets: readonly CalendarDate[]
}

/**
 * Judges the days `from` to `to`, both included, each by the days before it alone: a cost that arrives late changes its own day and what
 * comes after. Nothing but the series' own past is looked at; without a past a day is LEARNING and never flagged.
 *
 * A day is a spike exactly when its cost is at least `alarmAt`. A day below that may still be the one at which a lasting change is certain
 * (SHIFT).
 *
 *     // £50 a day for eight weeks, then £300
 *     judgeSeries({ days, from: '2026-03-02', to: '2026-03-02', settings: DEFAULT_DETECTOR, resets: [] })
 *     // [{ expected: 50, actual: 300, flag: { rule: 'POINT', kind: 'COST_SPIKE', ratio: 6, excess: 250, … }, … }]
 */
export function judgeSeries(
  input: SeriesInput & { from: CalendarDate; to: CalendarDate },
  method: Method = METHOD,
): DayJudgement[] {
  const judgements: DayJudgement[] = []
  const costs = costsByDay(input.days)
  const from = dayNumber(input.from)
  const series = new SeriesReader(input, costs, method)
  series.readTo(from)
  for (let day = from; day <= dayNumber(input.to); day += 1) {
    const actual = costs.get(day) ?? 0n
    const outlook = series.outlook(day)
    const expectation = series.expectation(outlook)
    const verdict = series.take(day, outlook)
    judgements.push({ day: dateOfDayNumber(day), actual, ...expectation, flag: flagOf(actual, expectation, verdict) })
  }
  return judgements
}

/**
 * What a day that has not ended is expected to cost, from the days before it: the same as `judgeSeries` will say of it tomorrow, so that a
 * day whose cost so far has reached `alarmAt` may be told at once.
 */
export function expectDay(input: SeriesInput & { day: CalendarDate }, method: Method = METHOD): Expectation {
  const series = new SeriesReader(input, costsByDay(input.days), method)
  const day = dayNumber(input.day)
  series.readTo(day)
  return series.expectation(series.outlook(day))
}

const LEARNING: Expectation = {
  status: 'LEARNING',
  expected: null,
  low: null,
  high: null,
  alarmAt: null,
  rule: null,
}

/** A walk over exact costs that begins anew at every reset. */
class SeriesReader {
  readonly #costs: ReadonlyMap<number, Fixed18>
  readonly #method: Method
  readonly #settings: WalkSettings
  readonly #resets: ReadonlySet<number>
  readonly #first: number
  #walk: SeriesWalk
  #next: number

  constructor(input: SeriesInput, costs: ReadonlyMap<number, Fixed18>, method: Method) {
    this.#costs = costs
    this.#method = method
    this.#settings = {
      minExcess: toEstimate(input.settings.minExcess),
      coldExcess: toEstimate(input.settings.coldExcess),
      scoreShift: input.settings.scoreShift,
    }
    this.#resets = new Set(input.resets.map(dayNumber))
    this.#first = Math.min(...costs.keys())
    this.#next = this.#first
    this.#walk = new SeriesWalk(method, this.#settings)
  }

  /** Takes every day before `day`. */
  readTo(day: number): void {
    while (this.#next < day) this.take(this.#next, this.outlook(this.#next))
  }

  outlook(day: number): Outlook {
    if (this.#resets.has(day)) this.#walk = new SeriesWalk(this.#method, this.#settings)
    return this.#walk.outlook(weekdayOf(day))
  }

  take(day: number, outlook: Outlook): DayVerdict {
    this.#next = day + 1
    // A series begins with its first row; before it there is nothing that could be rare.
    if (day < this.#first) return { isSpike: false, isShift: false, score: 0 }
    const cost = this.#costs.get(day) ?? 0n
    const estimate = toEstimate(cost)
    const isSpike = this.#isSpike(cost, estimate, outlook)
    return this.#walk.take({ weekday: weekdayOf(day), cost: estimate, outlook, isSpike })
  }

  expectation(outlook: Outlook): Expectation {
    if (outlook.status === 'LEARNING') return LEARNING
    const { at: alarmAt, rule } = this.#alarm(outlook)
    const band =
      outlook.status === 'READY' ? { low: fromEstimate(outlook.low), high: fromEstimate(outlook.high) } : NO_BAND
    return { status: outlook.status, expected: fromEstimate(outlook.expected), ...band, alarmAt, rule }
  }

  /** The same comparison as with `alarmAt`, made only where it can matter. */
  #isSpike(cost: Fixed18, estimate: number, outlook: Outlook): boolean {
    if (outlook.status === 'LEARNING') return false
    if (outlook.status === 'READY' && estimate < outlook.floor * 0.999) return false
    return cost >= this.#alarm(outlook).at
  }

  #alarm(outlook: Exclude<Outlook, { status: 'LEARNING' }>): { at: Fixed18; rule: FlagRule } {
    const { at, rule } = this.#walk.alarm(outlook)
    return { at: leastAlarm(at), rule }
  }
}

const NO_BAND = { low: null, high: null }

/** A day without cost is never a spike, also where a series costs less than the sixth decimal shows. */
function leastAlarm(estimate: number): Fixed18 {
  const at = fromEstimate(estimate)
  return at > 0n ? at : 1n
}

/** Order and repetition of rows do not matter. */
function costsByDay(days: readonly DayCost[]): Map<number, Fixed18> {
  const costs = new Map<number, Fixed18>()
  for (const { day, cost } of days) {
    const number = dayNumber(day)
    costs.set(number, (costs.get(number) ?? 0n) + cost)
  }
  return costs
}

/** Monday is 0; 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return (day + 3) % 7
}

function flagOf(actual: Fixed18, expectation: Expectation, { isSpike, isShift, score }: DayVerdict): Flag | null {
  const { expected, rule } = expectation
  if (expected === null || rule === null || (!isSpike && !isShift)) return null
  const excess = actual - expected
  const ratio = toEstimate(actual) / Math.max(toEstimate(expected), 1e-6)
  return isSpike
    ? { rule, kind: 'COST_SPIKE', score, ratio, excess }
    : { rule: 'SHIFT', kind: 'COST_SHIFT', score, ratio, excess }
}
