import type { AlertKind, AlertState } from '@outlay/domain/alerts/alert'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { ALERT_COLUMNS, alertRow, type AlertRow, type AlertScope, type StoredAlert } from '../alerts/alert-row.ts'
import { instantText } from './cell-sums.ts'
import { plainArray } from './pg-array.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

/** Which alerts are asked for; what is null or empty does not matter. */
export interface AlertFilter {
  states: readonly AlertState[]
  kinds: readonly AlertKind[]
  scope: AlertScope | null
  memberId: string | null
  /** Whose days touch `[from, to)`. */
  from: CalendarDate | null
  to: CalendarDate | null
  withSuppressed: boolean
}

const WHERE = `a.tenant_id = $1::uuid AND ($2::text[] = '{}' OR a.state = ANY ($2::text[])) AND ($3::text[] = '{}' OR a.kind = ANY ($3::text[]))
  AND ($4::text IS NULL OR a.scope = $4::text) AND ($5::uuid IS NULL OR a.member_id = $5::uuid)
  AND ($6::date IS NULL OR a.last_day >= $6::date) AND ($7::date IS NULL OR a.first_day < $7::date)
  AND ($8::boolean OR a.suppressed_by IS NULL)`

function filterValues(filter: AlertFilter): unknown[] {
  const { states, kinds, scope, memberId, from, to, withSuppressed } = filter
  return [plainArray(states), plainArray(kinds), scope, memberId, from, to, withSuppressed]
}

/** The newest first; or those with the largest impact first, and of the same impact the newest. */
export type AlertOrder = 'NEWEST' | 'IMPACT'

const PAGES: Record<AlertOrder, Prepared> = {
  NEWEST: {
    name: PLANNED_EACH_TIME,
    text: `SELECT ${ALERT_COLUMNS} FROM alert a WHERE ${WHERE}
      AND ($9::timestamptz IS NULL OR (a.raised_at, a.id) < ($9::timestamptz, $10::uuid))
      ORDER BY a.raised_at DESC, a.id DESC LIMIT $11`,
  },
  IMPACT: {
    name: PLANNED_EACH_TIME,
    text: `SELECT ${ALERT_COLUMNS} FROM alert a WHERE ${WHERE}
      AND ($9::numeric IS NULL OR (coalesce(a.impact, 0), a.id) < ($9::numeric, $10::uuid))
      ORDER BY coalesce(a.impact, 0) DESC, a.id DESC LIMIT $11`,
  },
}

/** A page of alerts, after a position: raised_at or impact, and the id. */
export async function readAlerts(
  db: TenantSql,
  asked: { filter: AlertFilter; order: AlertOrder; after: readonly string[] | null; limit: number },
): Promise<AlertRow[]> {
  const { filter, order, after, limit } = asked
  const rows = await db.query<StoredAlert>(PAGES[order], [
    ...filterValues(filter),
    after?.[0] ?? null,
    after?.[1] ?? null,
    limit,
  ])
  return rows.map(alertRow)
}

const COUNT: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT count(*)::int AS count FROM alert a WHERE ${WHERE}`,
}

export async function countAlerts(db: TenantSql, filter: AlertFilter): Promise<number> {
  const rows = await db.query<{ count: number }>(COUNT, filterValues(filter))
  return rows[0]?.count ?? 0
}

const STATES: Prepared = {
  name: 'count_alert_states',
  text: `SELECT a.state, count(*)::int AS count FROM alert a WHERE a.tenant_id = $1::uuid AND a.suppressed_by IS NULL
      AND ($2::date IS NULL OR a.last_day >= $2::date) AND ($3::date IS NULL OR a.first_day < $3::date) GROUP BY a.state`,
}

/** How many alerts there are in each state, without those that another one explains. */
export async function countAlertStates(
  db: TenantSql,
  { from, to }: { from: CalendarDate | null; to: CalendarDate | null },
): Promise<Partial<Record<AlertState, number>>> {
  const rows = await db.query<{ state: AlertState; count: number }>(STATES, [from, to])
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

const BY_IDS: Prepared = {
  name: 'read_alerts_by_ids',
  text: `SELECT ${ALERT_COLUMNS} FROM alert a WHERE a.tenant_id = $1::uuid AND a.id = ANY ($2::uuid[])`,
}

export async function readAlertsByIds(db: TenantSql, ids: readonly string[]): Promise<AlertRow[]> {
  const rows = await db.query<StoredAlert>(BY_IDS, [plainArray(ids)])
  return rows.map(alertRow)
}

const SUPPRESSED: Prepared = {
  name: 'read_suppressed_alerts',
  text: `SELECT ${ALERT_COLUMNS} FROM alert a WHERE a.tenant_id = $1::uuid AND a.suppressed_by = ANY ($2::uuid[]) ORDER BY a.raised_at, a.id`,
}

/** The alerts that some others explain. */
export async function readSuppressedBy(db: TenantSql, ids: readonly string[]): Promise<AlertRow[]> {
  const rows = await db.query<StoredAlert>(SUPPRESSED, [plainArray(ids)])
  return rows.map(alertRow)
}

const CHANGED: Prepared = {
  name: 'read_changed_alerts',
  text: `SELECT ${ALERT_COLUMNS} FROM alert a WHERE a.tenant_id = $1::uuid AND (a.updated_at, a.id) > ($2::timestamptz, $3::uuid)
    ORDER BY a.updated_at, a.id LIMIT $4`,
}

/** Alerts in the order in which they last changed, after a position: for who follows them. */
export async function readChangedAlerts(
  db: TenantSql,
  { after, limit }: { after: { updatedAt: string; id: string }; limit: number },
): Promise<AlertRow[]> {
  const rows = await db.query<StoredAlert>(CHANGED, [after.updatedAt, after.id, limit])
  return rows.map(alertRow)
}

const NEWEST_CHANGE: Prepared = {
  name: 'read_newest_alert_change',
  text: `SELECT ${instantText('a.updated_at')} AS "updatedAt", a.id FROM alert a WHERE a.tenant_id = $1::uuid
    ORDER BY a.updated_at DESC, a.id DESC LIMIT 1`,
}

/** Where the order of readChangedAlerts ends now; null before the first alert. Whatever is committed later comes after it. */
export async function readNewestChange(db: TenantSql): Promise<{ updatedAt: string; id: string } | null> {
  const [newest = null] = await db.query<{ updatedAt: string; id: string }>(NEWEST_CHANGE)
  return newest
}

const COUNT_CHANGED: Prepared = {
  name: 'count_changed_alerts',
  text: `SELECT count(*)::int AS count FROM (SELECT 1 FROM alert a
    WHERE a.tenant_id = $1::uuid AND (a.updated_at, a.id) > ($2::timestamptz, $3::uuid) LIMIT $4) x`,
}

/** How many alerts have changed after a position; no more than `most` are counted. */
export async function countChangedAlerts(
  db: TenantSql,
  { after, most }: { after: { updatedAt: string; id: string }; most: number },
): Promise<number> {
  const rows = await db.query<{ count: number }>(COUNT_CHANGED, [after.updatedAt, after.id, most])
  return rows[0]?.count ?? 0
}

const BEHIND: Prepared = {
  name: 'read_alerts_behind',
  text: `SELECT ${ALERT_COLUMNS} FROM alert a WHERE a.tenant_id = $1::uuid AND a.id = ANY ($2::uuid[]) AND a.updated_at < $3::timestamptz
    AND clock_timestamp() < $3::timestamptz`,
}

/** Alerts that are stamped before a position while the clock is behind it too: it was put back, and the order of changes is broken. */
export async function readAlertsBehind(
  db: TenantSql,
  { ids, updatedAt }: { ids: readonly string[]; updatedAt: string },
): Promise<AlertRow[]> {
  const rows = await db.query<StoredAlert>(BEHIND, [plainArray(ids), updatedAt])
  return rows.map(alertRow)
}

/** A line of an alert's history. */
export interface AlertEventRecord {
  id: string
  alertId: string
  action: string
  actor: string
  note: string | null
  at: string
}

const HISTORY: Prepared = {
  name: 'read_alert_history',
  text: `SELECT e.id, e.alert_id AS "alertId", e.action, e.actor, e.note, ${instantText('e.at')} AS at FROM alert_event e
    WHERE e.tenant_id = $1::uuid AND e.alert_id = ANY ($2::uuid[]) ORDER BY e.at, e.id LIMIT 5000`,
}

/** What happened to some alerts, in order. */
export async function readAlertHistory(db: TenantSql, ids: readonly string[]): Promise<AlertEventRecord[]> {
  return db.query<AlertEventRecord>(HISTORY, [plainArray(ids)])
}
