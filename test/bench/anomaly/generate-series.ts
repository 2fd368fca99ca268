import { addDays, dayNumber, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Random } from '../../oracle/random.ts'

export const KINDS = ['weekly', 'flat', 'sparse'] as const
export type Kind = (typeof KINDS)[number]

/** Standard deviations of the logarithm of a day's cost: a usual day is within ±16 %, ±35 %, ±65 %. */
export const NOISES = [0.15, 0.3, 0.5] as const

export const DAYS = 26 * 7

/** What else happens to a series. The main table has `plain`, with zero days, holidays and changes of the clock in it. */
export const DISTURBANCES = [
  'plain',
  'month ends',
  'drift',
  'price change',
  'starts late',
  'retires',
  'heavy tails',
  'good and bad weeks',
  'batch days',
  'restless (σ = 0.8)',
] as const
export type Disturbance = (typeof DISTURBANCES)[number]

export interface Series {
  kind: Kind
  noise: number
  firstDay: CalendarDate
  /** One for each day; 0 is a day without cost. */
  costs: number[]
  /** Days before it have no row at all: the agent did not exist. */
  begins: number
  /** The day on which an event is injected; the agent runs on it. */
  eventDay: number
  /** Days whose cost really is another one (a price change): flags in the two weeks from there are not false. */
  changesAt: number | null
}

export interface SeriesOrder {
  kind: Kind
  noise: number
  disturbance: Disturbance
  seed: number
  number: number
}

/** 26 weeks of one agent's daily cost. The same order gives the same series on every machine. */
export function generateSeries({ kind, noise, disturbance, seed, number }: SeriesOrder): Series {
  const random = new Random(
    mix(seed, KINDS.indexOf(kind), Math.round(noise * 100), DISTURBANCES.indexOf(disturbance), number),
  )
  const firstDay = addDays('2026-01-01', random.int(0, 364))
  const level = 20 * 25 ** random.next()
  const weekdays = weekdayFactors(kind, random)
  const holidays = new Set(Array.from({ length: 4 }, () => random.int(0, DAYS - 1)))
  const begins = disturbance === 'starts late' ? random.int(20, 60) : 0
  const ends = disturbance === 'retires' ? random.int(100, 150) : DAYS
  const eventDayWanted = disturbance === 'retires' ? random.int(63, 90) : random.int(63, 160)
  const drift = (random.chance(0.5) ? 1 : -1) * Math.log(1.35)
  const changesAt = disturbance === 'price change' ? random.int(50, 170) : null
  const priceFactor = random.pick([0.7, 0.85, 1.15, 1.3])
  const sigma = disturbance === 'restless (σ = 0.8)' ? 0.8 : noise
  let weekNoise = 0
  const costs = Array.from({ length: DAYS }, (_, day) => {
    const date = addDays(firstDay, day)
    const weekday = (dayNumber(date) + 3) % 7
    const isIdle = random.chance(kind === 'sparse' ? 0.65 : 0.01)
    const swing = disturbance === 'heavy tails' ? studentT(random) : normal(random)
    weekNoise = 0.85 * weekNoise + Math.sqrt(1 - 0.85 ** 2) * normal(random)
    const isBatch = random.chance(1 / 12)
    if (day < begins || day >= ends || isIdle) return 0
    let log = Math.log(level) + swing * sigma
    // Half of the variance in runs of about a week.
    if (disturbance === 'good and bad weeks')
      log = Math.log(level) + (swing * Math.SQRT1_2 + weekNoise * Math.SQRT1_2) * sigma
    log += weekdays[kind === 'weekly' && holidays.has(day) ? 6 : weekday]!
    log += Math.log(hoursOf(date) / 24)
    // A run over everything, on any day of the week, one day in twelve.
    if (disturbance === 'batch days' && isBatch) log += Math.log(5)
    if (disturbance === 'month ends' && isMonthEnd(date)) log += Math.log(1.5)
    if (disturbance === 'drift') log += (drift * day) / DAYS
    if (changesAt !== null && day >= changesAt) log += Math.log(priceFactor)
    return cents(Math.exp(log))
  })
  const eventDay = nextUsual(costs, kind === 'weekly' ? holidays : new Set(), eventDayWanted)
  return { kind, noise, firstDay, costs, begins, eventDay, changesAt }
}

export const EVENTS = ['6× spike', '3× spike', '2× shift', '1.6× shift'] as const
export type Event = (typeof EVENTS)[number]

const FACTORS: Record<Event, number> = { '6× spike': 6, '3× spike': 3, '2× shift': 2, '1.6× shift': 1.6 }

/** The same series with one event: a spike on its event day, or a level that lasts from there on. */
export function withEvent(series: Series, event: Event): number[] {
  const isShift = event.endsWith('shift')
  return series.costs.map((cost, day) => {
    const isAffected = isShift ? day >= series.eventDay : day === series.eventDay
    return isAffected ? cents(cost * FACTORS[event]) : cost
  })
}

function weekdayFactors(kind: Kind, random: Random): number[] {
  const weekend = Math.log(0.1 + 0.4 * random.next())
  const own = Array.from({ length: 7 }, () => 0.08 * normal(random))
  return own.map((factor, weekday) => (kind !== 'weekly' ? 0 : factor + (weekday >= 5 ? weekend : 0)))
}

/** The clocks of London go forward and back in 2026 and 2027. */
function hoursOf(date: CalendarDate): number {
  if (date === '2026-03-29' || date === '2027-03-28') return 23
  return date === '2026-10-25' ? 25 : 24
}

function isMonthEnd(date: CalendarDate): boolean {
  return addDays(date, 2).slice(0, 7) !== date.slice(0, 7)
}

/** A day on which the agent runs as usual: six times what a holiday costs may be less than what a Monday does. */
function nextUsual(costs: readonly number[], holidays: ReadonlySet<number>, wanted: number): number {
  const isUsual = (day: number) => costs[day]! > 0 && !holidays.has(day)
  for (let day = wanted; day < costs.length; day += 1) if (isUsual(day)) return day
  for (let day = wanted; day >= 0; day -= 1) if (isUsual(day)) return day
  throw new Error('A series without a usual day has no event.')
}

/** Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** Student's t of 4 degrees, of variance 1: one day in a hundred is beyond 2.65 standard deviations, 1 in 1,000 beyond 5. */
function studentT(random: Random): number {
  const chi = Array.from({ length: 4 }, () => normal(random) ** 2).reduce((sum, square) => sum + square, 0)
  return (normal(random) / Math.sqrt(chi / 4)) * Math.SQRT1_2
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100
}

/** Seeds that lie next to each other give series that have nothing to do with each other. */
function mix(...numbers: readonly number[]): number {
  return (
    numbers.reduce(
      (state, number) => Math.imul(state ^ (number + 0x9e3779b9), 0x85ebca6b) ^ (state >>> 13),
      0x27d4eb2f,
    ) >>> 0
  )
}
