import { WEEKDAYS, type FadingSums } from './fading-sums.ts'
import type { Method } from './method.ts'

/** What the days of a series say together, in logarithms of cost; arrays are by weekday, Monday first. */
export interface WeekdayFit {
  level: number
  /** What a weekday adds to the level. */
  weekdays: Float64Array
  /** How far days lie from level and weekday. */
  scale: number
  /** Variance of the prediction beside that of the day itself, in scales squared. */
  doubt: Float64Array
}

/** Days that are believed to be alike until they show otherwise: five that people work on, and two. */
interface Group {
  weight: number
  squares: number
  first: number
  second: number
  mean: number
  /** Of the mean, in variances of a day. */
  variance: number
  /** Where the group is believed to lie. */
  centre: number
}

type Groups = readonly [working: Group, weekend: Group]

/**
 * Level, weekdays and scale. Weekdays are believed as far as they stand out of the noise (empirical Bayes), in two steps: the weekend
 * against the working days, then each day within its group. So a series without weekdays pays nothing for the question, and one whose
 * Saturday is quiet knows it after two weeks.
 */
export function fitWeekdays(shape: FadingSums, recent: FadingSums, method: Method): WeekdayFit {
  const groups = groupsOf(shape)
  const grandMean = (groups[0].first + groups[1].first) / (groups[0].weight + groups[1].weight)
  const groupTrust = placeGroups(groups, grandMean, method)
  const noise = noiseOfDays(shape, method)
  const between = varianceBetweenDays(shape, groups, noise, method)

  const weekdays = new Float64Array(WEEKDAYS)
  const doubt = new Float64Array(WEEKDAYS)
  let residual = 0
  let parameters = 1 + groupTrust
  for (let day = 0; day < WEEKDAYS; day += 1) {
    const group = groupOf(groups, day)
    const weight = shape.weights[day]!
    if (weight <= 0) {
      weekdays[day] = group.centre - grandMean
      doubt[day] = groupTrust * group.variance + between / noise
      continue
    }
    const variance = shape.squares[day]! / weight ** 2
    const trust = between / (between + noise * variance)
    const centre = group.centre + trust * (shape.first[day]! / weight - group.centre)
    weekdays[day] = centre - grandMean
    doubt[day] = trust * variance + (1 - trust) * groupTrust * group.variance
    residual += Math.max(0, shape.second[day]! - 2 * centre * shape.first[day]! + centre * centre * weight)
    parameters += trust
  }
  const weight = groups[0].weight + groups[1].weight
  const degrees = Math.max(1, weight - (parameters * (groups[0].squares + groups[1].squares)) / weight)
  const level = levelOf(recent, weekdays)
  // A scale from few days is itself doubtful: about what the wider tails of Student's t ask for.
  const scaleDoubt = method.scaleDoubt / (method.priorDays + degrees)
  for (let day = 0; day < WEEKDAYS; day += 1) doubt[day]! += level.variance + scaleDoubt
  return {
    level: level.mean,
    weekdays,
    scale: Math.max(method.minScale, Math.sqrt(pooled(residual, degrees, method))),
    doubt,
  }
}

function groupsOf({ weights, squares, first, second }: FadingSums): Groups {
  const groups: Groups = [newGroup(), newGroup()]
  for (let day = 0; day < WEEKDAYS; day += 1) {
    const group = groupOf(groups, day)
    group.weight += weights[day]!
    group.squares += squares[day]!
    group.first += first[day]!
    group.second += second[day]!
  }
  for (const group of groups) {
    if (group.weight <= 0) continue
    group.mean = group.first / group.weight
    group.variance = group.squares / group.weight ** 2
  }
  return groups
}

/** Sets the centres of the groups, and says how far their difference is believed: from 0, all noise, to 1. */
function placeGroups(groups: Groups, grandMean: number, method: Method): number {
  const [working, weekend] = groups
  let trust = 0
  if (working.weight > 0 && weekend.weight > 0) {
    let degrees = 0
    let residual = 0
    for (const { weight, squares, first, second, mean } of groups) {
      degrees += weight - squares / weight
      residual += Math.max(0, second - first * mean)
    }
    const noise = pooled(residual, degrees, method) * (working.variance + weekend.variance)
    trust = method.weekdayTrust * Math.max(0, 1 - noise / (working.mean - weekend.mean) ** 2)
  }
  for (const group of groups) group.centre = grandMean + trust * (group.mean - grandMean)
  return trust
}

/** Variance of a day around its own weekday. */
function noiseOfDays({ weights, squares, first, second }: FadingSums, method: Method): number {
  let degrees = 0
  let residual = 0
  for (let day = 0; day < WEEKDAYS; day += 1) {
    const weight = weights[day]!
    if (weight <= 0) continue
    degrees += weight - squares[day]! / weight
    residual += Math.max(0, second[day]! - first[day]! ** 2 / weight)
  }
  return pooled(residual, degrees, method)
}

/** Variance of the weekdays within their groups, beyond what noise makes of them; 0 until there are two or three weeks to tell. */
function varianceBetweenDays(
  { weights, squares, first }: FadingSums,
  groups: Groups,
  noise: number,
  { weekdayTrust }: Method,
): number {
  let spread = 0
  let byNoise = 0
  let freedom = -groups.filter(({ weight }) => weight > 0).length
  let degrees = 0
  for (let day = 0; day < WEEKDAYS; day += 1) {
    const weight = weights[day]!
    if (weight <= 0) continue
    spread += (first[day]! / weight - groupOf(groups, day).mean) ** 2
    byNoise += (noise * squares[day]!) / weight ** 2
    freedom += 1
    degrees += weight - squares[day]! / weight
  }
  if (freedom <= 0) return 0
  const enough = weekdayTrust * Math.min(1, Math.max(0, (degrees - 5) / 10))
  return (enough * Math.max(0, spread - (byNoise * freedom) / (freedom + 2))) / freedom
}

/** The recent days without their weekdays. */
function levelOf({ weights, squares, first }: FadingSums, weekdays: Float64Array): { mean: number; variance: number } {
  let weight = 0
  let square = 0
  let sum = 0
  for (let day = 0; day < WEEKDAYS; day += 1) {
    weight += weights[day]!
    square += squares[day]!
    sum += first[day]! - weekdays[day]! * weights[day]!
  }
  return { mean: sum / weight, variance: square / weight ** 2 }
}

/** A variance, as if `priorDays` days with the scale of an average series had been seen before. */
function pooled(residual: number, degrees: number, { priorDays, priorScale }: Method): number {
  return (priorDays * priorScale ** 2 + residual) / (priorDays + degrees)
}

function groupOf(groups: Groups, weekday: number): Group {
  return groups[weekday >= 5 ? 1 : 0]
}

function newGroup(): Group {
  return { weight: 0, squares: 0, first: 0, second: 0, mean: 0, variance: 0, centre: 0 }
}
