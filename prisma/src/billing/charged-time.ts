import type { BilledPlace } from '../sql/read-billing-facts.ts'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { readProjectTermDays, type ProjectTermDays } from '../sql/read-engagements.ts'
import {
  readClosedMonths,
  readFrozenTime,
  readTaskTime,
  readTimeTerms,
  type ClosedMonth,
  type FrozenTime,
  type TaskDayTime,
  type TasksAsked,
  type TimeTerms,
} from '../sql/read-task-time.ts'
import type { TenantSql } from '../sql/tenant-sql.ts'

/** Time that terms charge in a month. */
export interface ChargedTime {
  /** The terms: what they are of, and their first day. */
  place: BilledPlace
  startsOn: CalendarDate
  /** The month that charges it, and the local day it was worked on: one before the month came late. */
  month: CalendarDate
  day: CalendarDate
  taskId: string
  micros: bigint
}

/**
 * The time of months as the terms of some places charge it (docs/decisions/0025): of a closed month what its edition holds; of an open one
 * what its events say now, and what the closed months just before it have become longer or shorter by since. So the time of a day is charged
 * once: in its own month, or as far as that was closed before it was known, in the first that was not.
 *
 * A task is in the place that it has now; for the days of a closed month in the one that it had at the close.
 */
export async function readChargedTime(
  db: TenantSql,
  asked: { places: readonly BilledPlace[]; months: readonly CalendarDate[]; timeZone: string },
): Promise<ChargedTime[]> {
  const { places, months, timeZone } = asked
  const [all, own, closed] = await Promise.all([readTimeTerms(db), readProjectTermDays(db), readClosedMonths(db)])
  const projectIds = places.flatMap(({ projectId }) => projectId ?? [])
  const clientIds = places.flatMap(({ clientId }) => clientId ?? [])
  const isAsked = ({ projectId, clientId }: Pick<TaskDayTime, 'projectId' | 'clientId'>) =>
    projectIds.includes(projectId) || clientIds.includes(clientId)
  const terms = all.filter(({ projectId, clientId }) =>
    isAsked({ projectId: projectId ?? '', clientId: clientId ?? '' }),
  )
  const of = (frozen: readonly FrozenTime[]) => {
    const taskIds = [...new Set(frozen.filter(isAsked).map(({ taskId }) => taskId))]
    return { projectIds, clientIds, taskIds }
  }
  const time = await readMonths(db, { months, terms, closed, timeZone, of })
  return time.flatMap((row) => chargedBy(row, { terms, own }))
}

/** What terms of a place would charge for a month if they were in force on all of its days, and no month were closed. */
export async function readTriedTime(
  db: TenantSql,
  asked: { place: BilledPlace; month: CalendarDate; timeZone: string; own: readonly ProjectTermDays[] },
): Promise<ChargedTime[]> {
  const { place, month, timeZone, own } = asked
  const of: TasksAsked = {
    projectIds: place.projectId === null ? [] : [place.projectId],
    clientIds: place.clientId === null ? [] : [place.clientId],
    taskIds: [],
  }
  const terms = [{ ...place, startsOn: month, endsOn: null }]
  const time = await readTaskTime(db, { ranges: [monthDays(month)], timeZone, of })
  return time.flatMap((row) => chargedBy({ ...row, month, chargedTo: null }, { terms, own }))
}

/**
 * The time that a month is about to be closed with: of its days that of every task, of days before it what its terms charge late; null where
 * no terms charge by the hour on any of its days. Read under the tenant's lock, before the month counts as closed.
 */
export async function readTimeToFreeze(
  db: TenantSql,
  { month, timeZone }: { month: CalendarDate; timeZone: string },
): Promise<FrozenTime[] | null> {
  const terms = await readTimeTerms(db)
  if (!terms.some((one) => isInForceIn(one, monthDays(month)))) return null
  const [own, closed] = [await readProjectTermDays(db), await readClosedMonths(db)]
  const time = await readMonths(db, { months: [month], terms, closed, timeZone, of: () => null })
  return time.flatMap((row) => {
    if (row.day >= month) return [row]
    return chargedBy(row, { terms, own }).map(({ place }) => ({ ...row, chargedTo: place.projectId ?? place.clientId }))
  })
}

async function readMonths(
  db: TenantSql,
  asked: {
    months: readonly CalendarDate[]
    terms: readonly TimeTerms[]
    closed: readonly ClosedMonth[]
    timeZone: string
    of: (frozen: readonly FrozenTime[]) => TasksAsked | null
  },
): Promise<FrozenTime[]> {
  const { months, terms, closed, timeZone, of } = asked
  const closedMonths = new Set(closed.map(({ month }) => month))
  const open = months
    .filter((month) => !closedMonths.has(month))
    .map((month) => ({ month, of: [month, ...lateMonths(month, { terms, closed })] }))
  const read = [...new Set(open.flatMap((one) => one.of))].sort()
  const days = { from: read[0] ?? NEVER, to: addMonths(read.at(-1) ?? NEVER, 1) }
  const frozen = await readFrozenTime(db, { months: months.filter((month) => closedMonths.has(month)), days })
  const now = await readTaskTime(db, { ranges: read.map(monthDays), timeZone, of: of(frozen) })
  return months.flatMap((month) => {
    const found = open.find((one) => one.month === month)
    if (found === undefined) return frozen.filter((row) => row.month === month)
    const isOfIt = ({ day }: TaskDayTime) => found.of.includes(firstOfMonth(day))
    return outstanding({ now: now.filter(isOfIt), frozen: frozen.filter(isOfIt), closedMonths }).map((row) => ({
      ...row,
      month,
      chargedTo: null,
    }))
  })
}

/** Of no month: an empty question. */
const NEVER = '0001-01-01'

function monthDays(month: CalendarDate): DateRange {
  return { from: month, to: addMonths(month, 1) }
}

/**
 * The closed months whose changes an open month charges: those that end where it begins, without an open one between. One is left out where
 * nothing can have changed: neither it nor what began just before it was corrected, and the month before was closed before it and has been since.
 */
function lateMonths(
  month: CalendarDate,
  { terms, closed }: { terms: readonly TimeTerms[]; closed: readonly ClosedMonth[] },
): CalendarDate[] {
  const byMonth = new Map(closed.map((one) => [one.month, one]))
  const late: CalendarDate[] = []
  for (let at = byMonth.get(addMonths(month, -1)); at !== undefined; at = byMonth.get(addMonths(at.month, -1))) {
    const before = byMonth.get(addMonths(at.month, -1))
    const mayDiffer = at.isCorrected || before === undefined || before.closedMicros > at.closedMicros
    const days = monthDays(at.month)
    if (mayDiffer && terms.some((one) => isInForceIn(one, days))) late.push(at.month)
  }
  return late
}

/** What the events say now, less what editions hold already, by task, day and place. */
function outstanding(of: {
  now: readonly TaskDayTime[]
  frozen: readonly FrozenTime[]
  closedMonths: ReadonlySet<CalendarDate>
}): TaskDayTime[] {
  const { now, frozen, closedMonths } = of
  const sums = new Map<string, TaskDayTime>()
  const add = (row: TaskDayTime, sign: 1n | -1n) => {
    const { taskId, day, clientId, projectId, micros } = row
    const key = `${taskId} ${day} ${clientId} ${projectId}`
    const known = sums.get(key) ?? { taskId, day, clientId, projectId, micros: 0n }
    sums.set(key, { ...known, micros: known.micros + sign * micros })
  }
  const placeAtClose = new Map(frozen.map((row) => [`${row.taskId} ${firstOfMonth(row.day)}`, row]))
  // The month's own edition goes before what a later one holds of it.
  for (const row of frozen) if (row.month === firstOfMonth(row.day)) placeAtClose.set(`${row.taskId} ${row.month}`, row)
  for (const row of now) {
    const month = firstOfMonth(row.day)
    const kept = closedMonths.has(month) ? placeAtClose.get(`${row.taskId} ${month}`) : undefined
    add(kept === undefined ? row : { ...row, clientId: kept.clientId, projectId: kept.projectId }, 1n)
  }
  for (const row of frozen) add(row, -1n)
  return [...sums.values()].filter(({ micros }) => micros !== 0n)
}

/**
 * The terms that charge a time: those of its project where that has terms of its own on the day, else of its client. What came late is
 * charged by the first terms of the month that are of the same place; where there are none, it waits for a month that has some. Whom a closed
 * month charges for it is written in its edition: the terms of its day may have changed since, if their month was opened again.
 */
function chargedBy(
  row: FrozenTime,
  { terms, own }: { terms: readonly TimeTerms[]; own: readonly ProjectTermDays[] },
): ChargedTime[] {
  const { month, day, taskId, micros, chargedTo } = row
  const onDay = day >= month || chargedTo === null ? termsOfDay(row, { terms, own }) : undefined
  const place = chargedTo ?? onDay?.projectId ?? onDay?.clientId
  const ofMonth = () =>
    terms.find((one) => (one.projectId ?? one.clientId) === place && isInForceIn(one, monthDays(month)))
  const charging = day >= month ? onDay : place === undefined ? undefined : ofMonth()
  if (charging === undefined) return []
  return [{ place: placeOf(charging), startsOn: charging.startsOn, month, day, taskId, micros }]
}

function termsOfDay(
  { day, projectId, clientId }: TaskDayTime,
  { terms, own }: { terms: readonly TimeTerms[]; own: readonly ProjectTermDays[] },
): TimeTerms | undefined {
  const isOn = (one: Pick<TimeTerms, 'startsOn' | 'endsOn'>) =>
    one.startsOn <= day && (one.endsOn === null || day < one.endsOn)
  const ofProject = terms.find((one) => one.projectId === projectId && isOn(one))
  if (ofProject !== undefined) return ofProject
  const isOwn = own.some((one) => one.projectId === projectId && isOn(one))
  return isOwn ? undefined : terms.find((one) => one.clientId === clientId && isOn(one))
}

function placeOf({ projectId, clientId }: TimeTerms): BilledPlace {
  return projectId === null ? { projectId, clientId: clientId ?? '' } : { projectId, clientId: null }
}

function isInForceIn({ startsOn, endsOn }: TimeTerms, { from, to }: DateRange): boolean {
  return startsOn < to && (endsOn === null || endsOn > from)
}
