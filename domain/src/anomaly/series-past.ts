import { FadingSums } from './fading-sums.ts'
import { fitWeekdays, type WeekdayFit } from './fit-weekdays.ts'
import type { Method } from './method.ts'

/** What the past says about a day of one weekday, all in logarithms of cost. */
export interface Prediction {
  /** The typical cost of such a day. */
  centre: number
  /** How far days lie from it, with what is not known about it. */
  scale: number
}

/**
 * The active days of a series as far as they still count: sums with fading weights by weekday, so that a day costs the same whether a
 * week or four months came before it. From them come a level (recent), weekdays (as far as the days bear them out) and a scale.
 */
export class SeriesPast {
  readonly #method: Method
  readonly #weekdays: number[] = []
  readonly #logs: number[] = []
  #shape = new FadingSums()
  #level = new FadingSums()
  readonly #shapeFade: number
  readonly #levelFade: number
  #fit: WeekdayFit | null = null

  constructor(method: Method) {
    this.#method = method
    this.#shapeFade = 0.5 ** (1 / method.shapeHalfLife)
    this.#levelFade = 0.5 ** (1 / method.levelHalfLife)
  }

  /** Active days seen. */
  get count(): number {
    return this.#logs.length
  }

  /** The days seen, as they count. */
  get logs(): readonly number[] {
    return this.#logs
  }

  add(weekday: number, log: number): void {
    this.#weekdays.push(weekday)
    this.#logs.push(log)
    this.#sum(weekday, log)
    this.#fit = null
  }

  /** The last days were the new level all along: they count as they were, and the days before them as if they had been at it too. */
  relevel(latest: readonly number[], by: number): void {
    const from = this.#logs.length - latest.length
    this.#recount((log, day) => (day < from ? log + by : latest[day - from]!))
  }

  /** No day counts as further from `centre` than `distance`: a first day of pennies must not make the series look restless for months. */
  draw(input: { centre: number; distance: number }): void {
    const { centre, distance } = input
    this.#recount((log) => Math.max(centre - distance, Math.min(centre + distance, log)))
  }

  #recount(logOf: (log: number, day: number) => number): void {
    const logs = this.#logs
    this.#shape = new FadingSums()
    this.#level = new FadingSums()
    for (let day = 0; day < logs.length; day += 1) {
      logs[day] = logOf(logs[day]!, day)
      this.#sum(this.#weekdays[day]!, logs[day]!)
    }
    this.#fit = null
  }

  #sum(weekday: number, log: number): void {
    this.#shape.fade(this.#shapeFade)
    this.#level.fade(this.#levelFade)
    this.#shape.add(weekday, log)
    this.#level.add(weekday, log)
  }

  predict(weekday: number): Prediction {
    const fit = (this.#fit ??= fitWeekdays(this.#shape, this.#level, this.#method))
    return { centre: fit.level + fit.weekdays[weekday]!, scale: fit.scale * Math.sqrt(1 + fit.doubt[weekday]!) }
  }

  /** The level itself, without the weekday: the middle of what the series usually costs. */
  get level(): number {
    return (this.#fit ??= fitWeekdays(this.#shape, this.#level, this.#method)).level
  }
}
