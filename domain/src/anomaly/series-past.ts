import type { Method } from './method.ts'

/** What the past says about a day of one weekday, all in logarithms of cost. */
export interface Prediction {
  /** The typical cost of such a day. */
  centre: number
  /** How far days lie from it, with what is not known about it. */
  scale: number
}

const WEEKDAYS = 7

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
  #fit: Fit | null = null

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
    const logs = this.#logs
    const from = logs.length - latest.length
    this.#shape = new FadingSums()
    this.#level = new FadingSums()
    for (let day = 0; day < logs.length; day += 1) {
      logs[day] = day < from ? logs[day]! + by : latest[day - from]!
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
    const fit = (this.#fit ??= fitOf(this.#shape, this.#level, this.#method))
    return { centre: fit.level + fit.weekdays[weekday]!, scale: fit.scale * Math.sqrt(1 + fit.doubt[weekday]!) }
  }

  /** The level itself, without the weekday: the middle of what the series usually costs. */
  get level(): number {
    return (this.#fit ??= fitOf(this.#shape, this.#level, this.#method)).level
  }
}

/** Σ w, Σ w², Σ w·y and Σ w·y² by weekday, the weights fading with each day that is added. */
class FadingSums {
  readonly weights = new Float64Array(WEEKDAYS)
  readonly squares = new Float64Array(WEEKDAYS)
  readonly first = new Float64Array(WEEKDAYS)
  readonly second = new Float64Array(WEEKDAYS)

  fade(factor: number): void {
    for (let day = 0; day < WEEKDAYS; day += 1) {
      this.weights[day]! *= factor
      this.squares[day]! *= factor * factor
      this.first[day]! *= factor
      this.second[day]! *= factor
    }
  }

  add(weekday: number, value: number): void {
    this.weights[weekday]! += 1
    this.squares[weekday]! += 1
    this.first[weekday]! += value
    this.second[weekday]! += value * value
  }
}

interface Fit {
  level: number
  weekdays: Float64Array
  scale: number
  /** Variance of the prediction beside that of the day itself, in scales squared, by weekday. */
  doubt: Float64Array
}

/** Monday is 0. Most agents work with people: five days alike and two alike is the first guess. */
const isWeekend = (weekday: number) => weekday >= 5

/**
 * Level, weekdays and scale. Weekdays are believed in two steps, each as far as it stands out of the noise (empirical Bayes): first the
 * weekend against the working days, then each day within its group.
 */
function fitOf(shape: FadingSums, recent: FadingSums, method: Method): Fit {
  const { weights, squares, first, second } = shape
  const groups = [newGroup(), newGroup()] as const
  let weight = 0
  let daysDegrees = 0
  let daysSquares = 0
  for (let day = 0; day < WEEKDAYS; day += 1) {
    const w = weights[day]!
    if (w <= 0) continue
    const group = groups[isWeekend(day) ? 1 : 0]
    group.weight += w
    group.squares += squares[day]!
    group.first += first[day]!
    group.second += second[day]!
    weight += w
    daysDegrees += w - squares[day]! / w
    daysSquares += Math.max(0, second[day]! - (first[day]! * first[day]!) / w)
  }
  const prior = method.priorDays * method.priorScale ** 2
  // Step one: the two groups.
  let groupDegrees = 0
  let groupSquares = 0
  for (const group of groups) {
    if (group.weight <= 0) continue
    group.mean = group.first / group.weight
    group.variance = group.squares / group.weight ** 2
    groupDegrees += group.weight - group.squares / group.weight
    groupSquares += Math.max(0, group.second - group.first * group.mean)
  }
  const [working, weekend] = groups
  const grandMean = (working.first + weekend.first) / weight
  let groupTrust = 0
  if (working.weight > 0 && weekend.weight > 0) {
    const noise = ((prior + groupSquares) / (method.priorDays + groupDegrees)) * (working.variance + weekend.variance)
    groupTrust = Math.max(0, 1 - noise / (working.mean - weekend.mean) ** 2)
  }
  for (const group of groups) group.centre = grandMean + groupTrust * (group.mean - grandMean)

  // Step two: days within their group, once there are enough of them to tell days from noise.
  const noise = (prior + daysSquares) / (method.priorDays + daysDegrees)
  let spread = 0
  let expectedSpread = 0
  let freedom = 0
  for (let day = 0; day < WEEKDAYS; day += 1) {
    const w = weights[day]!
    if (w <= 0) continue
    const { mean } = groups[isWeekend(day) ? 1 : 0]
    spread += (first[day]! / w - mean) ** 2
    expectedSpread += (noise * squares[day]!) / w ** 2
    freedom += 1
  }
  freedom -= (working.weight > 0 ? 1 : 0) + (weekend.weight > 0 ? 1 : 0)
  const enough = Math.min(1, Math.max(0, (daysDegrees - 5) / 10))
  const between =
    freedom > 0 ? (enough * Math.max(0, spread - (expectedSpread * freedom) / (freedom + 2))) / freedom : 0

  const weekdays = new Float64Array(WEEKDAYS)
  const doubt = new Float64Array(WEEKDAYS)
  let squaresLeft = 0
  let parameters = 1 + groupTrust
  for (let day = 0; day < WEEKDAYS; day += 1) {
    const w = weights[day]!
    const group = groups[isWeekend(day) ? 1 : 0]
    if (w <= 0) {
      weekdays[day] = group.centre - grandMean
      doubt[day] = groupTrust * group.variance + between / noise
      continue
    }
    const variance = squares[day]! / w ** 2
    const trust = between === 0 ? 0 : between / (between + noise * variance)
    const centre = group.centre + trust * (first[day]! / w - group.centre)
    weekdays[day] = centre - grandMean
    doubt[day] = trust * variance + (1 - trust) * groupTrust * group.variance
    squaresLeft += Math.max(0, second[day]! - 2 * centre * first[day]! + centre * centre * w)
    parameters += trust
  }
  const all = working.squares + weekend.squares
  const degrees = Math.max(1, weight - (parameters * all) / weight)
  const scale = Math.max(method.minScale, Math.sqrt((prior + squaresLeft) / (method.priorDays + degrees)))

  let levelWeight = 0
  let levelSquares = 0
  let levelSum = 0
  for (let day = 0; day < WEEKDAYS; day += 1) {
    levelWeight += recent.weights[day]!
    levelSquares += recent.squares[day]!
    levelSum += recent.first[day]! - weekdays[day]! * recent.weights[day]!
  }
  const levelDoubt = levelSquares / levelWeight ** 2
  // A scale from few days is itself doubtful: the tails of Student's t, roughly.
  const tails = 1 / (method.priorDays + degrees)
  for (let day = 0; day < WEEKDAYS; day += 1) doubt[day]! += levelDoubt + 2 * tails
  return { level: levelSum / levelWeight, weekdays, scale, doubt }
}

interface Group {
  weight: number
  squares: number
  first: number
  second: number
  mean: number
  variance: number
  centre: number
}

function newGroup(): Group {
  return { weight: 0, squares: 0, first: 0, second: 0, mean: 0, variance: 0, centre: 0 }
}
