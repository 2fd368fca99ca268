import type { Fixed18 } from '../money/fixed18.ts'
import { addDays, type CalendarDate } from '../periods/calendar-date.ts'

/** An agent, or a resource, that was not seen for so long is new again. */
const UNSEEN_DAYS = 28

/** A project is known once it was active two weeks ago, and on two days: before that, whatever it uses is new. */
const KNOWN_SINCE_DAYS = 14
const KNOWN_DAYS = 2

/**
 * More agents than a project uses. `unseen` are those that were not seen in it for 28 days. Told are
 *
 * - two that the project has never seen;
 * - two unseen, where it is two agents more than on any of those 28 days (one agent that joins on the day another returns is no news);
 * - one unseen, where it is three more than on any of those days and twice as many as on its usual day.
 *
 * `past` holds the days before `day` (others in it are passed over), `lastSeen` the day before `day` on which an agent was active in the
 * project last, absent if never. Null in the first two weeks of a project, and when nothing is unusual.
 *
 *     // a project of agent A for weeks, today A, B, C and D
 *     agentFanout({ today: ['A', 'B', 'C', 'D'], … }) // { agents: 4, usual: 1, unseen: ['B', 'C', 'D'] }
 */
export function agentFanout(input: {
  today: readonly string[]
  past: ReadonlyMap<CalendarDate, readonly string[]>
  lastSeen: ReadonlyMap<string, CalendarDate>
  day: CalendarDate
}): null | { agents: number; usual: number; unseen: string[] } {
  const since = addDays(input.day, -UNSEEN_DAYS)
  const counts: number[] = []
  const seen = new Set<string>()
  let first = input.day
  for (const [day, agents] of input.past) {
    if (day < since || day >= input.day || agents.length === 0) continue
    counts.push(new Set(agents).size)
    if (day < first) first = day
    for (const agent of agents) seen.add(agent)
  }
  if (counts.length < KNOWN_DAYS || first > addDays(input.day, -KNOWN_SINCE_DAYS)) return null
  const today = [...new Set(input.today)].sort()
  const unseen = today.filter((agent) => !seen.has(agent) && (input.lastSeen.get(agent) ?? '') < since)
  const usual = median(counts)
  const most = Math.max(...counts)
  const neverSeen = unseen.filter((agent) => !input.lastSeen.has(agent))
  const isTold =
    neverSeen.length >= 2 ||
    (unseen.length >= 2 && today.length >= most + 2) ||
    (unseen.length >= 1 && today.length >= Math.max(2 * usual, most + 3))
  return isTold ? { agents: today.length, usual, unseen } : null
}

/** A new resource is told within so many days, once it costs something. */
const NEW_DAYS = 7

/** A tenant that is watched for fewer days has nothing but new resources. */
const WATCHED_DAYS = 14

/**
 * Whether a resource (a model, a tool) is new on `day` and has cost enough to be told: first seen in the last seven days, by a tenant that
 * had been watched for two weeks, and `costSince` its first day at least `minExcess`.
 */
export function isNewResource(input: {
  day: CalendarDate
  firstSeen: CalendarDate
  /** The tenant's first day with any usage. */
  watchedSince: CalendarDate
  costSince: Fixed18
  minExcess: Fixed18
}): boolean {
  const { day, firstSeen, watchedSince, costSince, minExcess } = input
  return (
    firstSeen > addDays(day, -NEW_DAYS) &&
    firstSeen <= day &&
    watchedSince <= addDays(firstSeen, -WATCHED_DAYS) &&
    costSince >= minExcess
  )
}

/** How many of a day's traces were so deep, and had so many children at their widest span: the first position counts 1, the next 2, … */
export interface ChainShape {
  depths: readonly bigint[]
  fanouts: readonly bigint[]
}

/** Fewer traces have no 99th percentile worth the name. */
const TRACES_MIN = 100n

/** Above the 99th percentile by more than so much. */
const CHAIN_MARGIN = 2

/**
 * A trace deeper, or wider, than the past knows: more than two above the 99th percentile of the past days' traces together. Depth is looked
 * at first. Null when nothing is, or while the past has fewer than 100 traces.
 *
 *     // two months of traces at most 4 deep, today one of 9
 *     chainShape({ today, past }) // { what: 'DEPTH', value: 9, p99: 4 }
 */
export function chainShape(input: {
  today: ChainShape
  past: readonly ChainShape[]
}): null | { what: 'DEPTH' | 'FANOUT'; value: number; p99: number } {
  for (const [what, countsOf] of [
    ['DEPTH', (shape: ChainShape) => shape.depths],
    ['FANOUT', (shape: ChainShape) => shape.fanouts],
  ] as const) {
    const value = countsOf(input.today).findLastIndex((count) => count > 0n) + 1
    const p99 = percentile99(input.past.map(countsOf))
    if (p99 !== null && value > p99 + CHAIN_MARGIN) return { what, value, p99 }
  }
  return null
}

/** The smallest value that at least 99 of 100 traces do not exceed. */
function percentile99(days: readonly (readonly bigint[])[]): number | null {
  const counts: bigint[] = []
  for (const day of days) day.forEach((count, position) => (counts[position] = (counts[position] ?? 0n) + count))
  const total = counts.reduce((sum, count) => sum + count, 0n)
  if (total < TRACES_MIN) return null
  let below = 0n
  return counts.findIndex((count) => (below += count) * 100n >= total * 99n) + 1
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
