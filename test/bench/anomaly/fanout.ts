import { agentFanout } from '@outlay/domain/anomaly/structural'
import { addDays, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { Random } from '../../oracle/random.ts'

const DAYS = 26 * 7
const START = '2026-01-05'

export interface FanoutTally {
  projects: number
  projectDays: number
  falseAlarms: number
  /** One project each: an agent becomes four, or two more agents than anybody has seen join at once. */
  injected: number
  foundSameDay: number
}

/**
 * Projects of one to five agents, each of which works on most days or on few, not at weekends; now and then one more joins, one leaves, or one
 * comes back after three weeks. On one day three agents appear that the project has never used.
 */
export function measureFanout(seeds: readonly number[], projectsPerSeed: number): FanoutTally {
  const tally: FanoutTally = { projects: 0, projectDays: 0, falseAlarms: 0, injected: 0, foundSameDay: 0 }
  for (const seed of seeds) {
    for (let number = 0; number < projectsPerSeed; number += 1) {
      const random = new Random(seed * 7_919 + number * 104_729)
      const usual = generateProject(random)
      const eventDay = activeDay(usual, random.int(40, 160))
      tally.projects += 1
      tally.projectDays += DAYS
      tally.falseAlarms += flagsOf(usual).length
      const jump = usual.map((agents, day) => (day === eventDay ? [...agents, 'X', 'Y', 'Z'] : agents))
      tally.injected += 1
      tally.foundSameDay += flagsOf(jump).includes(eventDay) ? 1 : 0
    }
  }
  return tally
}

/** Which agents work for a project on each day. */
function generateProject(random: Random): string[][] {
  let nextName = 0
  const team = Array.from({ length: random.int(1, 5) }, () => newAgent(random, `agent ${nextName++}`, 0))
  // One at a time, weeks apart: a project that hires two at once is what the rule is for.
  for (let day = random.int(20, 60); day < DAYS; day += random.int(25, 80)) {
    team.push(newAgent(random, `agent ${nextName++}`, day))
  }
  return Array.from({ length: DAYS }, (_, day) => {
    if (day % 7 >= 5) return []
    return team.flatMap(({ name, joins, leaves, away, activity }) => {
      const isThere = day >= joins && day < leaves && !(day >= away && day < away + 21)
      return isThere && (day === joins || random.chance(activity)) ? [name] : []
    })
  })
}

function newAgent(random: Random, name: string, joins: number) {
  const leaves = random.chance(0.2) ? joins + random.int(20, 120) : DAYS
  const away = random.chance(0.15) ? joins + random.int(20, 90) : DAYS
  return { name, joins, leaves, away, activity: random.pick([0.95, 0.8, 0.5, 0.25]) }
}

/** The days on which the rule fires, each by the days before it. */
function flagsOf(agentsByDay: readonly (readonly string[])[]): number[] {
  const past = new Map<CalendarDate, readonly string[]>()
  const lastSeen = new Map<string, CalendarDate>()
  return agentsByDay.flatMap((today, number) => {
    const day = addDays(START, number)
    const found = agentFanout({ today, past, lastSeen, day })
    past.set(day, today)
    past.delete(addDays(day, -28))
    for (const agent of today) lastSeen.set(agent, day)
    return found === null ? [] : [number]
  })
}

/** The first day from there on which the project runs at all. */
function activeDay(agentsByDay: readonly (readonly string[])[], from: number): number {
  const day = agentsByDay.findIndex((agents, number) => number >= from && agents.length > 0)
  return day >= 0 ? day : agentsByDay.findLastIndex((agents) => agents.length > 0)
}
