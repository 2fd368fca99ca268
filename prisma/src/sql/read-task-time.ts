import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { formatInstant } from '@outlay/domain/periods/instant'
import { dayBounds } from '@outlay/domain/periods/local-day'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { plainArray } from './pg-array.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

/** How long a task was worked on, on a local day, in a place; of an edition it may be a difference, and below zero. */
export interface TaskDayTime {
  taskId: string
  /** The nil uuid: none. */
  clientId: string
  projectId: string
  day: CalendarDate
  micros: bigint
}

type TaskDayRow = Omit<TaskDayTime, 'micros'> & { micros: string }

/**
 * An event counts for at most so many days: shorter than any month, so that its time is in the month it began in and the next, and in no
 * other.
 */
const CALL_DAYS_MAX = 27

const DAY_MICROS = 86_400_000_000n
const micros = (instant: string) => `(extract(epoch FROM ${instant}) * 1000000)::bigint`

/** An event that says no end ended its `seconds` later, as compute time has it (law L20). */
const SECONDS = `least((SELECT coalesce(sum(l.quantity), 0) FROM unnest(i.meters, i.quantities) AS l(meter, quantity) WHERE l.meter = 'seconds'),
  ${CALL_DAYS_MAX * 86_400})`
const BEGAN = micros('i.occurred_at')
const ENDED = `least(${BEGAN} + ${BigInt(CALL_DAYS_MAX) * DAY_MICROS},
  greatest(${BEGAN}, coalesce(${micros('i.ended_at')}, ${BEGAN} + round(${SECONDS} * 1000000)::bigint)))`

/**
 * The time of tasks by local day: the length of the union of the intervals of their events, each cut at midnight. The events are those that
 * the roll-ups count: what a wrapper's leaves claim, and further reports of a shared use, are the same work told again.
 *
 * $2 to $4 the days with their bounds in microseconds, $5 and $6 the first and last instant of events, $7 the time zone.
 */
const timeOf = (
  tasks: string,
) => `SELECT u.task_id AS "taskId", coalesce(t.client_id, '${NIL_UUID}'::uuid) AS "clientId",
    coalesce(t.project_id, '${NIL_UUID}'::uuid) AS "projectId", u.day::text AS day,
    (SELECT sum(upper(r) - lower(r)) FROM unnest(u.busy) r)::text AS micros
  FROM (
    SELECT e.task_id, d.day, range_agg(int8range(greatest(e.began, d.first), least(e.ended, d.after_last))) AS busy
    FROM (
      SELECT i.task_id, ${BEGAN} AS began, ${ENDED} AS ended FROM invocation i
      WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $5::timestamptz AND i.occurred_at < $6::timestamptz
        AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED') AND i.task_id IS NOT NULL${tasks}
    ) e
    CROSS JOIN LATERAL generate_series((to_timestamp(e.began / 1000000) AT TIME ZONE $7)::date,
      (to_timestamp((e.ended - 1) / 1000000) AT TIME ZONE $7)::date, interval '1 day') s(day)
    JOIN unnest($2::date[], $3::bigint[], $4::bigint[]) AS d(day, first, after_last) ON d.day = s.day::date
    WHERE e.ended > e.began AND e.began < d.after_last AND e.ended > d.first
    GROUP BY 1, 2
  ) u JOIN task t ON t.tenant_id = $1::uuid AND t.id = u.task_id
  ORDER BY 1, u.day`

const OF_ALL: Prepared = { name: PLANNED_EACH_TIME, text: timeOf('') }

const OF_SOME: Prepared = {
  name: PLANNED_EACH_TIME,
  text: timeOf(` AND i.task_id IN (SELECT o.id FROM task o WHERE o.tenant_id = $1::uuid
          AND (o.project_id = ANY ($8::uuid[]) OR o.client_id = ANY ($9::uuid[]) OR o.id = ANY ($10::uuid[])))`),
}

/** Whose time is asked for: of tasks in these places, and of these tasks wherever they are. */
export interface TasksAsked {
  projectIds: readonly string[]
  clientIds: readonly string[]
  taskIds: readonly string[]
}

/** What the events say now of the time of tasks on days: `of` null: of all tasks. A task is where it is now. */
export async function readTaskTime(
  db: TenantSql,
  { ranges, timeZone, of }: { ranges: readonly DateRange[]; timeZone: string; of: TasksAsked | null },
): Promise<TaskDayTime[]> {
  const days = ranges.flatMap(daysOf).map((day) => ({ day, ...dayBounds(day, timeZone) }))
  if (days.length === 0) return []
  const first = Math.min(...days.map(({ start }) => start)) - CALL_DAYS_MAX * 86_400_000
  const last = Math.max(...days.map(({ end }) => end))
  const values = [
    plainArray(days.map(({ day }) => day)),
    ...[plainArray(days.map(({ start }) => start * 1_000)), plainArray(days.map(({ end }) => end * 1_000))],
    ...[formatInstant(first * 1_000), formatInstant(last * 1_000), timeZone],
  ]
  const rows = await (of === null
    ? db.query<TaskDayRow>(OF_ALL, values)
    : db.query<TaskDayRow>(OF_SOME, [
        ...values,
        ...[plainArray(of.projectIds), plainArray(of.clientIds), plainArray(of.taskIds)],
      ]))
  return rows.map(withMicros)
}

function daysOf({ from, to }: DateRange): CalendarDate[] {
  const days: CalendarDate[] = []
  for (let day = from; day < to; day = addDays(day, 1)) days.push(day)
  return days
}

function withMicros<Row extends { micros: string }>(row: Row): Omit<Row, 'micros'> & { micros: bigint } {
  return { ...row, micros: BigInt(row.micros) }
}

/** Time as the edition of a closed month holds it. */
export interface FrozenTime extends TaskDayTime {
  /** The month that charges it; of days before it, what a month that was closed already became longer or shorter by. */
  month: CalendarDate
  /** Of a day before the month: the project or client whose terms charge it. */
  chargedTo: string | null
}

const FROZEN: Prepared = {
  name: 'read_frozen_time',
  text: `SELECT f.month::text AS month, f.task_id AS "taskId", f.client_id AS "clientId", f.project_id AS "projectId", f.day::text AS day,
      f.micros::text AS micros, f.charged_to AS "chargedTo"
    FROM period_task_time f JOIN period p ON p.tenant_id = f.tenant_id AND p.month = f.month AND p.edition = f.edition AND p.state = 'CLOSED'
    WHERE f.tenant_id = $1::uuid AND (f.month = ANY ($2::date[]) OR (f.day >= $3::date AND f.day < $4::date))
    ORDER BY f.month, f.task_id, f.day, f.client_id, f.project_id`,
}

/** What the standing editions of closed months hold: those of some months, and whatever they hold of some days. */
export async function readFrozenTime(
  db: TenantSql,
  { months, days }: { months: readonly CalendarDate[]; days: DateRange },
): Promise<FrozenTime[]> {
  type Row = Omit<FrozenTime, 'micros'> & { micros: string }
  const rows = await db.query<Row>(FROZEN, [plainArray(months), days.from, days.to])
  return rows.map(withMicros)
}

const FREEZE = `
INSERT INTO period_task_time (tenant_id, month, edition, task_id, day, client_id, project_id, micros, charged_to)
SELECT $1::uuid, $2::date, $3::int, t.* FROM unnest($4::uuid[], $5::date[], $6::uuid[], $7::uuid[], $8::bigint[], $9::uuid[]) AS t`

/** Writes the time of an edition. */
export async function writeFrozenTime(
  db: TenantSql,
  { month, edition, time }: { month: CalendarDate; edition: number; time: readonly FrozenTime[] },
): Promise<void> {
  if (time.length === 0) return
  await db.query({ name: PLANNED_EACH_TIME, text: FREEZE }, [
    ...[month, edition],
    plainArray(time.map(({ taskId }) => taskId)),
    plainArray(time.map(({ day }) => day)),
    plainArray(time.map(({ clientId }) => clientId)),
    plainArray(time.map(({ projectId }) => projectId)),
    plainArray(time.map((one) => one.micros)),
    plainArray(time.map(({ chargedTo }) => chargedTo)),
  ])
}

/** A closed month, and whether its time may be another than its edition holds. */
export interface ClosedMonth {
  month: CalendarDate
  /** Something of it, or of what began just before it, was posted to another month. */
  isCorrected: boolean
  /** Microseconds since 1970. */
  closedMicros: bigint
}

const CLOSED: Prepared = {
  name: 'read_closed_months',
  text: `SELECT p.month::text AS month, ${micros('s.closed_at')}::text AS micros,
      EXISTS (SELECT 1 FROM period_correction k WHERE k.tenant_id = $1::uuid AND k.usage_day >= p.month - ${CALL_DAYS_MAX + 1}
        AND k.usage_day < p.month + interval '1 month') AS "isCorrected"
    FROM period p JOIN period_snapshot s ON s.tenant_id = p.tenant_id AND s.month = p.month AND s.edition = p.edition
    WHERE p.tenant_id = $1::uuid AND p.state = 'CLOSED' ORDER BY p.month`,
}

/** The months that are closed, in their order. */
export async function readClosedMonths(db: TenantSql): Promise<ClosedMonth[]> {
  const rows = await db.query<Pick<ClosedMonth, 'month' | 'isCorrected'> & { micros: string }>(CLOSED)
  return rows.map(({ month, isCorrected, micros: closed }) => ({ month, isCorrected, closedMicros: BigInt(closed) }))
}

/** Days on which work is charged by the hour; one of `projectId` and `clientId` is null. */
export interface TimeTerms {
  projectId: string | null
  clientId: string | null
  startsOn: CalendarDate
  endsOn: CalendarDate | null
}

const TERMS: Prepared = {
  name: 'read_time_terms',
  text: `SELECT e.project_id AS "projectId", e.client_id AS "clientId", e.starts_on::text AS "startsOn", e.ends_on::text AS "endsOn"
    FROM engagement e WHERE e.tenant_id = $1::uuid AND e.model = 'TIME' AND e.superseded_at IS NULL ORDER BY e.starts_on, e.id`,
}

/** All terms that charge by the hour and are in force on any day, the earliest first. */
export function readTimeTerms(db: TenantSql): Promise<TimeTerms[]> {
  return db.query(TERMS)
}
