import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { checkEngagement, type EngagementWish } from '@outlay/domain/billing/check-engagement'
import { DEFAULT_REVENUE_SOURCE, type RevenueSource } from '@outlay/domain/billing/revenue'
import { DomainError, quoted } from '@outlay/domain/errors'
import { addDays, firstOfMonth, isCalendarDate, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { lockTenant } from '../ingest/tenant-lock.ts'
import type { UserError } from '../ingest/user-error.ts'
import { refuseClosedMonths } from '../pools/closed-months.ts'
import { clientSql, type Prepared, type TenantSql } from '../sql/tenant-sql.ts'
import { readEngagement, type EngagementRecord } from '../sql/read-engagements.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

export interface EngagementOutcome {
  /** Null when it was refused. */
  engagementId: string | null
  userErrors: UserError[]
}

interface Writer {
  client: PoolClient
  tenantId: string
  db: TenantSql
  by: string
}

/**
 * Sets the terms of a project, or of a client, from a day on. Terms that are in force on that day end there; those that begin on it are
 * superseded, and stay to be read. The same again changes nothing. What counts as revenue stays as under the terms before, unless it is said.
 *
 * userErrors: MISSING_FIELD and INVALID_FIELD of domain/src/billing, NOT_FOUND on the key, OVERLAP with terms that begin later,
 * PERIOD_CLOSED where a closed month would be charged in another way.
 */
export function setEngagement(
  deps: { pool: Pool },
  tenantId: string,
  { wish, currency, by }: { wish: EngagementWish; currency: string; by: string },
): Promise<EngagementOutcome> {
  return write(deps, tenantId, by, async (writer) => {
    const checked = checkEngagement(wish, currency)
    const place = await placeOfTerms(writer.db, checked)
    const { effectiveFrom: from, effectiveTo: to } = checked
    const live = await liveTerms(writer.db, place)
    const overlapping = live.filter(
      ({ startsOn, endsOn }) => (to === null || startsOn < to) && (endsOn === null || endsOn > from),
    )
    const later = overlapping.find(({ startsOn }) => startsOn > from)
    if (later !== undefined) {
      const message = `Other terms begin on ${later.startsOn}; end these by then, or change those first.`
      throw new DomainError('OVERLAP', message, 'effectiveTo')
    }
    const before = overlapping[0]
    const followed = live.findLast(({ startsOn }) => startsOn <= from)
    const revenueSource = checked.revenueSource ?? followed?.revenueSource ?? DEFAULT_REVENUE_SOURCE
    if (before !== undefined && isSame(before, { ...checked, revenueSource })) return before.id
    await refuseClosed(writer.db, {
      from,
      to: latest(to, before === undefined ? to : before.endsOn),
      field: 'effectiveFrom',
    })
    if (before !== undefined) await endTerms(writer, before, from)
    return insert(writer, { place, checked, revenueSource, currency })
  })
}

/**
 * Ends terms: `on` is the first day without them, no later than their present end. On their own first day they are superseded: they were
 * never in force. Said again it changes nothing.
 *
 * userErrors: NOT_FOUND, INVALID_FIELD on `on`, PERIOD_CLOSED.
 */
export function endEngagement(
  deps: { pool: Pool },
  tenantId: string,
  { engagementId, on, by }: { engagementId: string; on: CalendarDate; by: string },
): Promise<EngagementOutcome> {
  return write(deps, tenantId, by, async (writer) => {
    const terms = await readEngagement(writer.db, engagementId)
    if (terms === null) throw new DomainError('NOT_FOUND', 'These terms do not exist.', 'id')
    if (!isCalendarDate(on))
      throw new DomainError('INVALID_FIELD', `${quoted(on)} is not a day such as 2026-03-01.`, 'on')
    if (terms.endsOn === on || terms.supersededAt !== null) return terms.id
    if (on < terms.startsOn || (terms.endsOn !== null && on > terms.endsOn)) {
      const last = terms.endsOn === null ? '' : ` and end on ${terms.endsOn}`
      throw new DomainError('INVALID_FIELD', `These terms begin on ${terms.startsOn}${last}; ${on} is outside.`, 'on')
    }
    await refuseClosed(writer.db, { from: on, to: terms.endsOn, field: 'on' })
    await endTerms(writer, terms, on)
    return terms.id
  })
}

async function write(
  { pool }: { pool: Pool },
  tenantId: string,
  by: string,
  work: (writer: Writer) => Promise<string>,
): Promise<EngagementOutcome> {
  try {
    const engagementId = await tenantTransaction(pool, tenantId, async (client) => {
      await lockTenant(client, tenantId)
      return work({ client, tenantId, db: clientSql(client, tenantId), by })
    })
    return { engagementId, userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
    return { engagementId: null, userErrors: [{ code: error.code, message: error.message, field }] }
  }
}

interface Place {
  projectId: string | null
  clientId: string | null
}

/** The project or client that terms are of. Throws DomainError NOT_FOUND on its key. */
export async function placeOfTerms(
  db: TenantSql,
  { projectKey, clientKey }: Pick<EngagementWish, 'projectKey' | 'clientKey'>,
): Promise<Place> {
  if (projectKey !== null) return { projectId: await idOf(db, 'project', projectKey), clientId: null }
  return { projectId: null, clientId: await idOf(db, 'client', clientKey ?? '') }
}

async function idOf(db: TenantSql, table: 'project' | 'client', key: string): Promise<string> {
  const statement = {
    name: `engagement_${table}`,
    text: `SELECT id FROM ${table} WHERE tenant_id = $1::uuid AND key = ANY ($2::text[])`,
  }
  // A text with a NUL names nothing, and is not asked for: Postgres does not take it.
  const [row] = await db.query<{ id: string }>(statement, [key.includes('\0') ? [] : [key]])
  if (row === undefined) throw new DomainError('NOT_FOUND', `There is no ${table} ${quoted(key)}.`, `${table}Key`)
  return row.id
}

type LiveTerms = Pick<EngagementRecord, 'id' | 'startsOn' | 'endsOn' | 'revenueSource' | 'note'> & { terms: unknown }

const LIVE: Prepared = {
  name: 'live_terms',
  text: `SELECT e.id, e.starts_on::text AS "startsOn", e.ends_on::text AS "endsOn", e.terms,
      e.revenue_source AS "revenueSource", e.note FROM engagement e
    WHERE e.tenant_id = $1::uuid AND (e.project_id = $2::uuid OR e.client_id = $3::uuid) AND e.superseded_at IS NULL ORDER BY e.starts_on`,
}

function liveTerms(db: TenantSql, { projectId, clientId }: Place): Promise<LiveTerms[]> {
  return db.query(LIVE, [projectId, clientId])
}

function isSame(terms: LiveTerms, wish: EngagementWish): boolean {
  const { effectiveFrom, effectiveTo, terms: wanted, revenueSource, note } = wish
  const isOfPeriod = terms.startsOn === effectiveFrom && terms.endsOn === effectiveTo
  const isOfWords = terms.note === note && terms.revenueSource === revenueSource
  return isOfPeriod && isOfWords && canonical(terms.terms) === canonical(wanted)
}

/** jsonb keeps no order of its fields. */
function canonical(terms: unknown): string {
  return JSON.stringify(terms, (_name, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

function latest(a: CalendarDate | null, b: CalendarDate | null): CalendarDate | null {
  if (a === null || b === null) return null
  return a > b ? a : b
}

/** No closed month may be charged in another way than it was told: `to` is the first day that stays as it is. */
async function refuseClosed(
  db: TenantSql,
  { from, to, field }: { from: CalendarDate; to: CalendarDate | null; field: string },
): Promise<void> {
  const last = to === null ? null : firstOfMonth(addDays(to, -1))
  await refuseClosedMonths(db, { first: firstOfMonth(from), last, field, what: 'what it charges' })
}

async function endTerms(
  { client, tenantId, by }: Writer,
  { id, startsOn }: Pick<EngagementRecord, 'id' | 'startsOn'>,
  on: CalendarDate,
): Promise<void> {
  if (startsOn === on) {
    await client.query(
      `UPDATE engagement SET superseded_by = $3, superseded_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid`,
      [tenantId, id, by],
    )
    return
  }
  await client.query(
    `UPDATE engagement SET ends_on = $3::date, ended_by = $4, ended_at = clock_timestamp() WHERE tenant_id = $1::uuid AND id = $2::uuid`,
    [tenantId, id, on, by],
  )
}

const INSERT = `
INSERT INTO engagement (tenant_id, id, client_id, project_id, starts_on, ends_on, model, terms, currency, revenue_source, note, created_by)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::date, $6::date, $7, $8::jsonb, $9, $10, $11, $12)`

async function insert(
  { client, tenantId, by }: Writer,
  asked: { place: Place; checked: EngagementWish; revenueSource: RevenueSource; currency: string },
): Promise<string> {
  const { place, checked, revenueSource, currency } = asked
  const id = uuidv7()
  const { effectiveFrom, effectiveTo, terms, note } = checked
  await client.query(INSERT, [
    ...[tenantId, id, place.clientId, place.projectId, effectiveFrom, effectiveTo],
    ...[terms.model, JSON.stringify(terms), currency, revenueSource, note, by],
  ])
  return id
}
