import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import { DomainError } from '@outlay/domain/errors'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { TenantConfig, TenantConfigs } from '../ingest/tenant-config.ts'
import { lockTenant } from '../ingest/tenant-lock.ts'
import type { UserError } from '../ingest/user-error.ts'
import { instantText } from '../sql/cell-sums.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/**
 * OPEN: what happens in it counts in it. SOFT_CLOSED: the same, and everybody can see that it is being closed. CLOSED: a snapshot; what
 * arrives later for it is posted to the open month (law L23).
 */
export type PeriodState = 'OPEN' | 'SOFT_CLOSED' | 'CLOSED'

/** A month as it stands. A month that nobody has touched is OPEN, edition 0. */
export interface PeriodRecord {
  /** Its first day. */
  month: CalendarDate
  state: PeriodState
  /** How often it was closed. */
  edition: number
  reopeningRequestedBy: string | null
  reopeningRequestedAt: string | null
  reopeningReason: string | null
}

export const PERIOD_COLUMNS = `p.month::text AS month, p.state, p.edition, p.reopening_requested_by AS "reopeningRequestedBy",
  ${instantText('p.reopening_requested_at')} AS "reopeningRequestedAt", p.reopening_reason AS "reopeningReason"`

/** A month without a row. */
export function untouched(month: CalendarDate): PeriodRecord {
  const nobody = { reopeningRequestedBy: null, reopeningRequestedAt: null, reopeningReason: null }
  return { month, state: 'OPEN', edition: 0, ...nobody }
}

export interface PeriodDeps {
  /** Of outlay_app; two connections are used at a time. */
  pool: Pool
  configs: TenantConfigs
  /** Milliseconds since 1970. */
  now: number
}

/** What somebody wants of a month. */
export interface PeriodWish {
  month: CalendarDate
  /** Who asks: an e-mail address, or `API key <name>`. */
  by: string
}

export interface PeriodOutcome {
  userErrors: UserError[]
}

/** A month under the tenant's lock. */
export interface LockedPeriod {
  client: PoolClient
  tenantId: string
  period: PeriodRecord
  config: TenantConfig
}

/**
 * Changes a month in one transaction under the tenant's lock, so that nothing is written of the tenant meanwhile. A DomainError of `work`
 * comes back as a userError and nothing has changed.
 */
export async function changePeriod(
  { pool, configs }: PeriodDeps,
  tenantId: string,
  { month }: PeriodWish,
  work: (locked: LockedPeriod) => Promise<void>,
): Promise<PeriodOutcome> {
  try {
    checkMonth(month, 'month')
    await tenantTransaction(pool, tenantId, async (client) => {
      const config = await configs.at(tenantId, await lockTenant(client, tenantId), client)
      await work({ client, tenantId, period: await readPeriod(client, tenantId, month), config })
    })
    return { userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
    return { userErrors: [{ code: error.code, message: error.message, field }] }
  }
}

const READ = `SELECT ${PERIOD_COLUMNS} FROM period p WHERE p.tenant_id = $1::uuid AND p.month = $2::date`

async function readPeriod(client: PoolClient, tenantId: string, month: CalendarDate): Promise<PeriodRecord> {
  const { rows } = await client.query<PeriodRecord>(READ, [tenantId, month])
  return rows[0] ?? untouched(month)
}

// Whoever asked for a reopening has been answered by any other change of the month.
const SET_STATE = `
INSERT INTO period AS p (tenant_id, month, state, edition, changed_at) VALUES ($1::uuid, $2::date, $3, $4, clock_timestamp())
ON CONFLICT (tenant_id, month) DO UPDATE SET state = EXCLUDED.state, edition = EXCLUDED.edition, changed_at = EXCLUDED.changed_at,
  reopening_requested_by = NULL, reopening_requested_at = NULL, reopening_reason = NULL`

export async function setPeriodState(
  { client, tenantId, period }: LockedPeriod,
  { state, edition = period.edition }: { state: PeriodState; edition?: number },
): Promise<void> {
  await client.query(SET_STATE, [tenantId, period.month, state, edition])
}

export type PeriodAction =
  'SOFT_CLOSED' | 'OPENED' | 'CLOSED' | 'REOPENING_REQUESTED' | 'REOPENING_DECLINED' | 'REOPENED'

const NOTE = `
INSERT INTO period_event (tenant_id, id, month, action, reason, details, acted_by, acted_at)
VALUES ($1::uuid, $2::uuid, $3::date, $4, $5, $6::jsonb, $7, clock_timestamp())`

/** Writes down what was done to a month, by whom and why; it is never changed. The month must have its row. */
export async function notePeriodEvent(
  { client, tenantId, period }: LockedPeriod,
  event: { action: PeriodAction; by: string; reason: string | null; details?: object },
): Promise<void> {
  const details = event.details === undefined ? null : JSON.stringify(event.details)
  await client.query(NOTE, [tenantId, uuidv7(), period.month, event.action, event.reason, details, event.by])
}

/** `2026-03`: how a month is named in a message. */
export function nameOf(month: CalendarDate): string {
  return month.slice(0, 7)
}
