import type { Method } from './method.ts'
import { SeriesPast } from './series-past.ts'

export type SeriesStatus = 'LEARNING' | 'COLD' | 'READY'

/** What is known of a day before it comes, in estimates. */
export type Outlook = { status: 'LEARNING' } | ColdOutlook | ReadyOutlook

interface ColdOutlook {
  status: 'COLD'
  expected: number
  alarmAt: number
}

export interface ReadyOutlook {
  status: 'READY'
  expected: number
  low: number
  high: number
  /** No cost below it is a spike, by whatever rule. */
  floor: number
  /** From which cost POINT flags. */
  pointAt: number
  centre: number
  scale: number
}

export interface WalkSettings {
  minExcess: number
  coldExcess: number
  scoreShift: number
}

/** How a day was judged, as the past needs to know it. */
export interface DayVerdict {
  isSpike: boolean
  isShift: boolean
  score: number
}

/**
 * A series read day by day, oldest first: `outlook` says what a day is expected to cost, `take` judges its cost and lets it become past.
 * Days without cost only tell how often the series runs.
 */
export class SeriesWalk {
  readonly #method: Method
  readonly #settings: WalkSettings
  readonly #past: SeriesPast
  /** Evidence for a lasting change since it was last nothing: the logarithm of its odds. */
  #evidence = 0
  #calendarDays = 0
  /** The latest active days as they were: their logarithm, and whether they lay above (1), below (−1) or in the band (0). */
  #latest: { log: number; side: number; centre: number }[] = []

  constructor(method: Method, settings: WalkSettings) {
    this.#method = method
    this.#settings = settings
    this.#past = new SeriesPast(method)
  }

  outlook(weekday: number): Outlook {
    const { coldFrom, readyFrom } = this.#method
    if (this.#past.count < coldFrom) return { status: 'LEARNING' }
    return this.#past.count < readyFrom ? this.#cold() : this.#ready(weekday)
  }

  /**
   * From which cost the day that comes next is a spike, and by which rule. Apart from `outlook` because it sorts, and few days need it.
   */
  alarm(outlook: ColdOutlook | ReadyOutlook): { at: number; rule: 'COLD_START' | 'POINT' | 'BACKSTOP' } {
    if (outlook.status === 'COLD') return { at: outlook.alarmAt, rule: 'COLD_START' }
    const backstopAt = Math.max(outlook.floor, this.#backstop())
    return outlook.pointAt <= backstopAt ? { at: outlook.pointAt, rule: 'POINT' } : { at: backstopAt, rule: 'BACKSTOP' }
  }

  /** `isSpike` is decided by the caller on the exact cost. */
  take(input: { weekday: number; cost: number; outlook: Outlook; isSpike: boolean }): DayVerdict {
    const { weekday, cost, outlook, isSpike } = input
    this.#calendarDays += 1
    if (!(cost > 0)) return { isSpike: false, isShift: false, score: 0 }
    const log = Math.log(cost)
    if (outlook.status !== 'READY') {
      // A cold spike counts as a usual day: next to nothing is known, so it must not become what is known.
      this.#past.add(weekday, isSpike && outlook.status === 'COLD' ? Math.log(outlook.expected) : log)
      if (this.#past.count === this.#method.readyFrom) {
        this.#past.draw({ centre: middle(this.#past.logs), distance: Math.log(this.#method.startRatio) })
      }
      return { isSpike, isShift: false, score: 0 }
    }
    const score = (log - outlook.centre) / outlook.scale
    const isShift = this.#isShift(cost, score, outlook) && !isSpike
    this.#remember(weekday, log, score, outlook, isSpike || isShift)
    return { isSpike, isShift, score }
  }

  #cold(): ColdOutlook {
    const { logs } = this.#past
    const { coldRatio, coldDearest } = this.#method
    const median = Math.exp(middle(logs))
    const dearest = Math.exp(Math.max(...logs))
    const alarmAt = Math.max(coldRatio * median, coldDearest * dearest, median + this.#settings.coldExcess)
    return { status: 'COLD', expected: median, alarmAt }
  }

  #backstop(): number {
    const sorted = Float64Array.from(this.#past.logs).sort()
    const quartile = sorted[Math.floor(0.75 * (sorted.length - 1))]!
    const dearest = sorted[sorted.length - 1]!
    const { backstopQuartiles, backstopDearest } = this.#method
    return Math.max(backstopQuartiles * Math.exp(quartile), backstopDearest * Math.exp(dearest))
  }

  #ready(weekday: number): ReadyOutlook {
    const { centre, scale } = this.#past.predict(weekday)
    const method = this.#method
    const expected = Math.exp(centre)
    const usual = Math.exp(this.#past.level)
    const floor = expected + Math.max(this.#settings.minExcess, method.minExcessShare * usual)
    const score = this.#pointScore(scale) + this.#settings.scoreShift
    const pointAt = Math.max(floor, expected * method.minRatio, Math.exp(centre + score * scale))
    return {
      status: 'READY',
      expected,
      low: Math.exp(centre - 2 * scale),
      high: Math.exp(centre + 2 * scale),
      floor,
      pointAt,
      centre,
      scale,
    }
  }

  /**
   * The score from which a day is a spike: where a day `pointRatio` times as dear as usual is `exp(pointLogOdds)` times as likely as a usual
   * one (a likelihood ratio), at most `pointScore`. In calm series a doubling is enough, in restless ones it takes three times. A series
   * that runs one day in three may be wrong three times as often on the days it runs: a year has as many false alarms as of any other.
   */
  #pointScore(scale: number): number {
    const { pointRatio, pointScore, pointLogOdds, restlessScore } = this.#method
    const size = Math.log(pointRatio) / scale
    const byOdds = size / 2 + pointLogOdds / size
    const everyDay = Math.min(pointScore, Math.max(byOdds, restlessScore + 2 * scale))
    // The upper tail of the normal distribution is nearly proportional to exp(−(z + 0.4)² / 2) where z is between 1 and 4.
    return Math.sqrt(Math.max(1, (everyDay + 0.4) ** 2 + 2 * Math.log(this.#activity()))) - 0.4
  }

  /** The share of days on which the series runs. */
  #activity(): number {
    return Math.max(this.#method.minActivity, Math.min(1, this.#past.count / Math.max(1, this.#calendarDays)))
  }

  /** CUSUM of the log odds of a level `shiftRatio` times as high (Page 1954); at the alarm it begins again. */
  #isShift(cost: number, score: number, outlook: ReadyOutlook): boolean {
    const { shiftRatio, shiftScoreMax, shiftLogOdds, shiftMinRatio, pointScore } = this.#method
    const size = Math.log(shiftRatio) / outlook.scale
    const limit =
      Math.max(0.5, shiftLogOdds + Math.log(this.#activity())) * (1 + this.#settings.scoreShift / pointScore)
    this.#evidence = Math.max(0, this.#evidence + size * (Math.min(score, shiftScoreMax) - size / 2))
    if (this.#evidence <= limit) return false
    if (cost < outlook.expected * shiftMinRatio || cost < outlook.expected + this.#settings.minExcess) return false
    this.#evidence = 0
    return true
  }

  #remember(weekday: number, log: number, score: number, outlook: ReadyOutlook, isFlagged: boolean): void {
    const { clip, flaggedClip, levelDays, levelDaysAway } = this.#method
    const counted = Math.max(-clip, Math.min(isFlagged ? flaggedClip : clip, score))
    this.#past.add(weekday, outlook.centre + counted * outlook.scale)
    this.#latest.push({ log, side: score > 2 ? 1 : score < -2 ? -1 : 0, centre: outlook.centre })
    if (this.#latest.length > levelDays) this.#latest.shift()
    const away = this.#latest.reduce((sum, { side }) => sum + side, 0)
    if (Math.abs(away) < levelDaysAway) return
    const logs = this.#latest.map((day) => day.log)
    this.#past.relevel(logs, middle(this.#latest.map((day) => day.log - day.centre)))
    this.#latest = []
    this.#evidence = 0
  }
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
