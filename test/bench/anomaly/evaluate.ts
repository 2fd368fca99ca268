import type { Detector } from './detectors.ts'
import {
  DAYS,
  EVENTS,
  generateSeries,
  KINDS,
  NOISES,
  withEvent,
  type Disturbance,
  type Event,
  type Kind,
  type Series,
} from './generate-series.ts'

/** Flags so many days apart are told as one. */
const INCIDENT_GAP_DAYS = 7

/** "Within three days": the first three on which the agent runs. */
const SHIFT_DAYS = 3

/** Later it would not be said that the event was found. */
const FOUND_DAYS = 14

/** What a detector did to the series of one seed, one kind and one noise. */
export interface Cell {
  seed: number
  kind: Kind
  noise: number
  series: number
  /** Days the series was there, of those without an event. */
  days: number
  /** Alarms a person would get, and flagged days. */
  falseAlarms: number
  falseDays: number
  events: Record<Event, { injected: number; inTime: number; found: number; delayDays: number }>
}

export function evaluate(
  detector: Detector,
  world: { disturbance: Disturbance; seeds: readonly number[]; seriesPerCell: number; kinds?: readonly Kind[] },
): Cell[] {
  const cells: Cell[] = []
  for (const seed of world.seeds) {
    for (const kind of world.kinds ?? KINDS) {
      for (const noise of NOISES) {
        const cell = emptyCell(seed, kind, noise)
        for (let number = 0; number < world.seriesPerCell; number += 1) {
          judge(detector, generateSeries({ kind, noise, disturbance: world.disturbance, seed, number }), cell)
        }
        cells.push(cell)
      }
    }
  }
  return cells
}

function judge(detector: Detector, series: Series, cell: Cell): void {
  const quiet = detector.flags(series.firstDay, series.costs, series.begins)
  const isTrue = (day: number) =>
    series.changesAt !== null && day >= series.changesAt && day < series.changesAt + FOUND_DAYS
  const days = quiet.flatMap((isFlagged, day) => (isFlagged && !isTrue(day) ? [day] : []))
  cell.series += 1
  cell.days += DAYS - series.begins
  cell.falseDays += days.length
  cell.falseAlarms += days.filter((day, at) => at === 0 || day - days[at - 1]! > INCIDENT_GAP_DAYS).length
  for (const event of EVENTS) {
    const costs = withEvent(series, event)
    const flags = detector.flags(series.firstDay, costs, series.begins)
    const activeDays = costs.flatMap((cost, day) => (day >= series.eventDay && cost > 0 ? [day] : []))
    const delay = activeDays.slice(0, FOUND_DAYS).findIndex((day) => flags[day])
    const tally = cell.events[event]
    tally.injected += 1
    if (event.endsWith('spike')) tally.inTime += delay === 0 ? 1 : 0
    else tally.inTime += delay >= 0 && delay < SHIFT_DAYS ? 1 : 0
    if (delay < 0) continue
    tally.found += 1
    tally.delayDays += delay
  }
}

export function emptyCell(seed: number, kind: Kind, noise: number): Cell {
  const none = () => ({ injected: 0, inTime: 0, found: 0, delayDays: 0 })
  const events = Object.fromEntries(EVENTS.map((event) => [event, none()])) as Cell['events']
  return { seed, kind, noise, series: 0, days: 0, falseAlarms: 0, falseDays: 0, events }
}

export function falseAlarmsPerYear(cells: readonly Cell[]): number {
  return (sum(cells, ({ falseAlarms }) => falseAlarms) * 365) / sum(cells, ({ days }) => days)
}

export function falseDaysPerYear(cells: readonly Cell[]): number {
  return (sum(cells, ({ falseDays }) => falseDays) * 365) / sum(cells, ({ days }) => days)
}

export function shareInTime(cells: readonly Cell[], event: Event): number {
  return sum(cells, ({ events }) => events[event].inTime) / sum(cells, ({ events }) => events[event].injected)
}

export function shareFound(cells: readonly Cell[], event: Event): number {
  return sum(cells, ({ events }) => events[event].found) / sum(cells, ({ events }) => events[event].injected)
}

/** Of those found, in days on which the agent runs; 0 is the same day. */
export function meanDelay(cells: readonly Cell[], event: Event): number {
  return sum(cells, ({ events }) => events[event].delayDays) / sum(cells, ({ events }) => events[event].found)
}

function sum(cells: readonly Cell[], valueOf: (cell: Cell) => number): number {
  return cells.reduce((total, cell) => total + valueOf(cell), 0)
}
