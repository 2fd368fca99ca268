import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { DomainError } from '@outlay/domain/errors'
import { checkClient, suitsKind, type PeriodRule } from '@outlay/domain/reports/check-report'
import type { ReportKind } from '@outlay/domain/reports/document'
import { readingScope, type ExportAsker } from '../exports/export-asker.ts'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { checkedRecipients } from './recipients.ts'
import { clientIdOf, refuseUnreadable, timeZoneOf, userErrorOf, type ReportAsker } from './request-report.ts'
import { checkCron, ticksAfter } from './ticks.ts'

/** ACTIVE names its next instant; PAUSED keeps what it was told and does nothing; ENDED is history. */
export const SCHEDULE_STATES = ['ACTIVE', 'PAUSED', 'ENDED'] as const
export type ScheduleState = (typeof SCHEDULE_STATES)[number]

/** Schedules of one tenant that have not ended. */
const SCHEDULES_MAX = 100

/** What can be changed of a schedule. */
export interface ScheduleTerms {
  cron: string
  periodRule: PeriodRule
  recipients: readonly string[]
}

export interface ScheduleWish extends ScheduleTerms {
  kind: ReportKind
  clientKey: string | null
}

export interface ScheduleOutcome {
  scheduleId: string | null
  userErrors: UserError[]
}

interface Deps {
  pool: Pool
  nowMs: number
}

const INSERT = `
INSERT INTO report_schedule (tenant_id, id, kind, client_id, cron, period_rule, recipients, is_subscription, next_at, asker_kind, asker_id,
  created_by, changed_by)
VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5, $6, $7::text[], $8, $9::timestamptz, $10, $11, $12, $12)`

/**
 * Has a report made by itself from now on, for as long as whoever asks may read it.
 *
 * userErrors on `input`: INVALID_FIELD on `cron`, `periodRule` and `recipients`, those of checkClient, NOT_FOUND on `clientKey`, FORBIDDEN on
 * `kind`, LIMIT_REACHED.
 */
export function createSchedule(
  { pool, nowMs }: Deps,
  tenantId: string,
  { wish, asker, requestedBy }: ReportAsker & { wish: ScheduleWish },
): Promise<ScheduleOutcome> {
  return asOutcome(
    tenantTransaction(pool, tenantId, async (client) => {
      const { kind, clientKey } = wish
      checkClient(kind, clientKey !== null)
      const terms = checkedTerms(kind, wish, await timeZoneOf(client, tenantId), nowMs)
      const clientId = clientKey === null ? null : await clientIdOf(client, tenantId, clientKey)
      await refuseUnreadable(client, tenantId, { kind, asker })
      const { rows } = await client.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM report_schedule WHERE tenant_id = $1::uuid AND state <> 'ENDED'`,
        [tenantId],
      )
      if ((rows[0]?.count ?? 0) >= SCHEDULES_MAX)
        throw new DomainError('LIMIT_REACHED', `There are ${SCHEDULES_MAX} schedules; end one before another begins.`)
      const id = uuidv7()
      const { cron, periodRule, recipients, nextAt } = terms
      const values = [tenantId, id, kind, clientId, cron, periodRule, recipients, false, nextAt]
      await client.query(INSERT, [...values, asker.kind, asker.id, requestedBy])
      return id
    }),
  )
}

interface Checked extends ScheduleTerms {
  recipients: string[]
  nextAt: string
}

function checkedTerms(kind: ReportKind, terms: ScheduleTerms, timeZone: string, nowMs: number): Checked {
  const cron = checkCron(terms.cron, timeZone)
  if (!suitsKind(kind, terms.periodRule))
    throw new DomainError('INVALID_FIELD', 'Such a report is not of these days.', 'periodRule')
  const recipients = checkedRecipients(terms.recipients)
  return { cron, periodRule: terms.periodRule, recipients, nextAt: nextAfter({ cron, timeZone, nowMs }) }
}

function nextAfter({ cron, timeZone, nowMs }: { cron: string; timeZone: string; nowMs: number }): string {
  return new Date(ticksAfter({ cron, timeZone }, nowMs, 1)[0] ?? 0).toISOString()
}

interface Found {
  kind: ReportKind
  cron: string
  state: ScheduleState
  isSubscription: boolean
}

const CHANGE = `
UPDATE report_schedule SET cron = $3, period_rule = $4, recipients = $5::text[], next_at = CASE WHEN state = 'ACTIVE' THEN $6::timestamptz END,
  changed_by = $7, changed_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid`

/**
 * Changes when a schedule runs, of which days its reports are and who is sent them; its kind and client stay. A subscription's recipients are
 * its subscribers. userErrors on `input`: NOT_FOUND on `id`, INVALID_FIELD as createSchedule.
 */
export function changeSchedule(
  { pool, nowMs }: Deps,
  tenantId: string,
  { scheduleId, terms, by }: { scheduleId: string; terms: ScheduleTerms; by: string },
): Promise<ScheduleOutcome> {
  return asOutcome(
    tenantTransaction(pool, tenantId, async (client) => {
      const found = await lockSchedule(client, tenantId, scheduleId)
      const checked = checkedTerms(found.kind, terms, await timeZoneOf(client, tenantId), nowMs)
      const recipients = found.isSubscription ? [] : checked.recipients
      await client.query(CHANGE, [
        tenantId,
        scheduleId,
        checked.cron,
        checked.periodRule,
        recipients,
        checked.nextAt,
        by,
      ])
      return scheduleId
    }),
  )
}

const SET_STATE = `
UPDATE report_schedule SET state = $3, next_at = $4::timestamptz, changed_by = $5, changed_at = clock_timestamp()
WHERE tenant_id = $1::uuid AND id = $2::uuid`

/**
 * Pauses, resumes or ends a schedule. Instants that pass while it is paused are not made up for. userErrors on `input`: NOT_FOUND on `id`, for
 * one that has ended too.
 */
export function setScheduleState(
  { pool, nowMs }: Deps,
  tenantId: string,
  { scheduleId, state, by }: { scheduleId: string; state: ScheduleState; by: string },
): Promise<ScheduleOutcome> {
  return asOutcome(
    tenantTransaction(pool, tenantId, async (client) => {
      const found = await lockSchedule(client, tenantId, scheduleId)
      if (found.state === state) return scheduleId
      const timeZone = await timeZoneOf(client, tenantId)
      const nextAt = state === 'ACTIVE' ? nextAfter({ cron: found.cron, timeZone, nowMs }) : null
      await client.query(SET_STATE, [tenantId, scheduleId, state, nextAt, by])
      return scheduleId
    }),
  )
}

async function lockSchedule(client: PoolClient, tenantId: string, scheduleId: string): Promise<Found> {
  const { rows } = await client.query<Found>(
    `SELECT kind, cron, state, is_subscription AS "isSubscription" FROM report_schedule
     WHERE tenant_id = $1::uuid AND id = $2::uuid AND state <> 'ENDED' FOR NO KEY UPDATE`,
    [tenantId, scheduleId],
  )
  const [found] = rows
  if (found === undefined) throw new DomainError('NOT_FOUND', 'There is no such schedule, or it has ended.', 'id')
  return found
}

/** Mondays at seven, of the week before. */
const WEEKLY = { kind: 'PROJECT_WEEKLY', cron: '0 7 * * 1', periodRule: 'LAST_WEEK' } as const

/** A member, and where mail reaches them. */
export interface Subscriber {
  userId: string
  email: string
}

/**
 * Has a member sent the weekly report from now on. There is one weekly for all who subscribe; it is made while somebody does. Twice is a success.
 * userErrors: FORBIDDEN for who may not read it.
 */
export function subscribe(
  { pool, nowMs }: Deps,
  tenantId: string,
  { userId, email }: Subscriber,
): Promise<ScheduleOutcome> {
  return asOutcome(
    tenantTransaction(pool, tenantId, async (client) => {
      const asker: ExportAsker = { kind: 'USER', id: userId }
      if ((await readingScope(client, { tenantId, asker, action: 'report.read' })) === null)
        throw new DomainError('FORBIDDEN', 'You may not read the weekly report.')
      const nextAt = nextAfter({ cron: WEEKLY.cron, timeZone: await timeZoneOf(client, tenantId), nowMs })
      const values = [
        tenantId,
        uuidv7(),
        WEEKLY.kind,
        null,
        WEEKLY.cron,
        WEEKLY.periodRule,
        [],
        true,
        nextAt,
        'USER',
        userId,
        email,
      ]
      await client.query(`${INSERT} ON CONFLICT DO NOTHING`, values)
      const { rows } = await client.query<{ id: string }>(
        `SELECT id FROM report_schedule WHERE tenant_id = $1::uuid AND is_subscription AND state <> 'ENDED'`,
        [tenantId],
      )
      const id = rows[0]?.id ?? null
      await client.query(
        `INSERT INTO report_subscriber (tenant_id, schedule_id, user_id, email) VALUES ($1::uuid, $2::uuid, $3, $4) ON CONFLICT DO NOTHING`,
        [tenantId, id, userId, email.toLowerCase()],
      )
      return id
    }),
  )
}

/** Ends what subscribe began, for one member; without a subscription it is a success too. */
export function unsubscribe({ pool }: Pick<Deps, 'pool'>, tenantId: string, userId: string): Promise<ScheduleOutcome> {
  return asOutcome(
    tenantTransaction(pool, tenantId, async (client) => {
      await client.query('DELETE FROM report_subscriber WHERE tenant_id = $1::uuid AND user_id = $2', [
        tenantId,
        userId,
      ])
      return null
    }),
  )
}

async function asOutcome(change: Promise<string | null>): Promise<ScheduleOutcome> {
  try {
    return { scheduleId: await change, userErrors: [] }
  } catch (error) {
    return { scheduleId: null, userErrors: [userErrorOf(error)] }
  }
}
