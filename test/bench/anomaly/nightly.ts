import { DEFAULT_DETECTOR, judgeSeries } from '@outlay/domain/anomaly/judge-series'
import { addDays, daysBetween } from '@outlay/domain/periods/calendar-date'
import { Random } from '../../oracle/random.ts'
import { daysOf } from './detectors.ts'
import { DAYS, generateSeries, KINDS, NOISES, withEvent } from './generate-series.ts'

/** How far back the nightly job reads, and how many days it judges again each night. */
const READ_DAYS = 112
const JUDGED_DAYS = 4

/** One day in five misses up to 60 % of its cost until the second night after the first. */
const LATE_CHANCE = 0.2
const LATE_SHARE = 0.6
const LATE_NIGHTS = 2

export interface NightlyTally {
  series: number
  days: number
  falseAlarms: number
  /** Of 6× and 3× spikes, after the first night (D+1) and after the third (D+3). */
  injected: number
  found: Record<'6× spike' | '3× spike', { firstNight: number; thirdNight: number }>
  /** Days flagged on some night and not on the last that judged them. */
  withdrawn: number
}

/**
 * The series read as the product does: night after night, 112 days back, the last four days judged again, while one day in five is not yet
 * complete.
 */
export function measureNightly(seeds: readonly number[], seriesPerCell: number): NightlyTally {
  const tally: NightlyTally = {
    series: 0,
    days: 0,
    falseAlarms: 0,
    injected: 0,
    found: { '6× spike': { firstNight: 0, thirdNight: 0 }, '3× spike': { firstNight: 0, thirdNight: 0 } },
    withdrawn: 0,
  }
  for (const seed of seeds) {
    for (const kind of KINDS) {
      for (const noise of NOISES) {
        for (let number = 0; number < seriesPerCell; number += 1) {
          const series = generateSeries({ kind, noise, disturbance: 'plain', seed, number })
          const random = new Random(seed * 31 + number)
          const missing = series.costs.map(() => (random.chance(LATE_CHANCE) ? LATE_SHARE * random.next() : 0))
          const nights = (costs: readonly number[], from: number, to: number) =>
            flagsByNight(series.firstDay, costs, missing, from, to)
          const quiet = nights(series.costs, 1, DAYS)
          tally.series += 1
          tally.days += DAYS
          tally.falseAlarms += incidents([...quiet.keys()])
          tally.withdrawn += [...quiet.values()].filter((flags) => !flags.at(-1)).length
          tally.injected += 1
          for (const event of ['6× spike', '3× spike'] as const) {
            const day = series.eventDay
            const flags = nights(withEvent(series, event), day + 1, day + 3).get(day) ?? []
            tally.found[event].firstNight += flags[0] === true ? 1 : 0
            tally.found[event].thirdNight += flags[2] === true ? 1 : 0
          }
        }
      }
    }
  }
  return tally
}

/** Of each day that was flagged on some night: what the nights said of it, in order. */
function flagsByNight(
  firstDay: string,
  costs: readonly number[],
  missing: readonly number[],
  from: number,
  to: number,
): Map<number, boolean[]> {
  const byDay = new Map<number, boolean[]>()
  for (let night = from; night <= to; night += 1) {
    const start = Math.max(0, night - READ_DAYS)
    const known = costs.slice(start, night).map((cost, at) => {
      const isLate = night - (start + at) <= LATE_NIGHTS
      return isLate ? Math.round(cost * (1 - missing[start + at]!) * 100) / 100 : cost
    })
    const judgements = judgeSeries({
      days: daysOf(addDays(firstDay, start), known),
      from: addDays(firstDay, Math.max(start, night - JUDGED_DAYS)),
      to: addDays(firstDay, night - 1),
      settings: DEFAULT_DETECTOR,
      resets: [],
    })
    for (const { day, flag } of judgements) {
      const number = daysBetween(firstDay, day)
      byDay.set(number, [...(byDay.get(number) ?? []), flag !== null])
    }
  }
  return new Map([...byDay].filter(([, flags]) => flags.includes(true)))
}

function incidents(days: readonly number[]): number {
  const sorted = [...days].sort((a, b) => a - b)
  return sorted.filter((day, at) => at === 0 || day - sorted[at - 1]! > 7).length
}
