import type { TermsWish } from '@outlay/domain/billing/check-terms'
import type { RevenueSource } from '@outlay/domain/billing/revenue'
import type { BillingModel } from '@outlay/domain/billing/terms'
import type { CalendarDate, DateRange } from '@outlay/domain/periods/calendar-date'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** Engagement terms as they are stored; one of `clientId` and `projectId` is null. Instants are RFC 3339. */
export interface EngagementRecord {
  nodeKind: 'Engagement'
  id: string
  clientId: string | null
  projectId: string | null
  startsOn: CalendarDate
  /** The first day without them; null: without end. */
  endsOn: CalendarDate | null
  model: BillingModel
  /** In their one form; checkTerms makes what is charged by of them. */
  terms: TermsWish
  currency: string
  revenueSource: RevenueSource
  note: string | null
  createdBy: string
  createdAt: string
  endedBy: string | null
  endedAt: string | null
  supersededBy: string | null
  supersededAt: string | null
}

/** What is asked of terms to charge by them, whether they are stored or only tried. */
export type ChargedTerms = Pick<
  EngagementRecord,
  'clientId' | 'projectId' | 'startsOn' | 'endsOn' | 'currency' | 'terms'
>

const COLUMNS = `'Engagement' AS "nodeKind", e.id, e.client_id AS "clientId", e.project_id AS "projectId", e.starts_on::text AS "startsOn",
  e.ends_on::text AS "endsOn", e.model, e.terms, e.currency, e.revenue_source AS "revenueSource", e.note,
  e.created_by AS "createdBy", ${instantText('e.created_at')} AS "createdAt", e.ended_by AS "endedBy", ${instantText('e.ended_at')} AS "endedAt", e.superseded_by AS "supersededBy",
  ${instantText('e.superseded_at')} AS "supersededAt"`

const LIST: Prepared = {
  name: 'read_engagements',
  text: `SELECT ${COLUMNS} FROM engagement e
    LEFT JOIN project p ON p.tenant_id = e.tenant_id AND p.id = e.project_id
    WHERE e.tenant_id = $1::uuid AND ($2::uuid IS NULL OR e.project_id = $2::uuid)
      AND ($3::uuid IS NULL OR e.client_id = $3::uuid OR p.client_id = $3::uuid) AND ($4::boolean OR e.superseded_at IS NULL)
    ORDER BY e.starts_on DESC, e.id DESC LIMIT 1000`,
}

/** Of a project; of a client and its projects; of all. The latest first, at most 1,000. */
export function readEngagements(
  db: TenantSql,
  of: { projectId: string | null; clientId: string | null; withSuperseded: boolean },
): Promise<EngagementRecord[]> {
  return db.query(LIST, [of.projectId, of.clientId, of.withSuperseded])
}

const ONE: Prepared = {
  name: 'read_engagement',
  text: `SELECT ${COLUMNS} FROM engagement e WHERE e.tenant_id = $1::uuid AND e.id = $2::uuid`,
}

/** Terms by their id, superseded ones too; null when there are none. */
export async function readEngagement(db: TenantSql, id: string): Promise<EngagementRecord | null> {
  return (await db.query<EngagementRecord>(ONE, [id]))[0] ?? null
}

const IN_FORCE: Prepared = {
  name: 'read_engagements_in_force',
  text: `SELECT ${COLUMNS} FROM engagement e
    LEFT JOIN project p ON p.tenant_id = e.tenant_id AND p.id = e.project_id
    WHERE e.tenant_id = $1::uuid AND e.superseded_at IS NULL AND e.starts_on < $3::date AND (e.ends_on IS NULL OR e.ends_on > $2::date)
      AND ($4::uuid IS NULL OR e.project_id = $4::uuid) AND ($5::uuid IS NULL OR e.client_id = $5::uuid OR p.client_id = $5::uuid)
    ORDER BY e.starts_on, e.id LIMIT 1000`,
}

/** What is in force on a day of a range `[from, to)`, the earliest first; at most 1,000. */
export function readEngagementsInForce(
  db: TenantSql,
  asked: { from: CalendarDate; to: CalendarDate; projectId: string | null; clientId: string | null },
): Promise<EngagementRecord[]> {
  return db.query(IN_FORCE, [asked.from, asked.to, asked.projectId, asked.clientId])
}

/** Terms whose work earns something else than the billed amounts of its tasks. `ownerId`: their client, or that of their project. */
export interface EarningEngagement extends ChargedTerms {
  id: string
  ownerId: string | null
  revenueSource: Exclude<RevenueSource, 'BILLED'>
}

const EARNING: Prepared = {
  name: 'read_engagements_earning',
  text: `SELECT e.id, e.client_id AS "clientId", e.project_id AS "projectId", coalesce(e.client_id, p.client_id) AS "ownerId",
      e.starts_on::text AS "startsOn", e.ends_on::text AS "endsOn", e.terms, e.currency, e.revenue_source AS "revenueSource"
    FROM engagement e LEFT JOIN project p ON p.tenant_id = e.tenant_id AND p.id = e.project_id
    WHERE e.tenant_id = $1::uuid AND e.superseded_at IS NULL AND e.revenue_source <> 'BILLED'
      AND e.starts_on < $3::date AND (e.ends_on IS NULL OR e.ends_on > $2::date)
    ORDER BY e.starts_on, e.id`,
}

/** All terms in force on a day of a range that charge for their work, or let it earn nothing. */
export function readEngagementsEarning(db: TenantSql, range: DateRange): Promise<EarningEngagement[]> {
  return db.query(EARNING, [range.from, range.to])
}

/** The days on which a project has terms of its own, which those of its client leave to it. */
export interface ProjectTermDays {
  projectId: string
  startsOn: CalendarDate
  endsOn: CalendarDate | null
}

const PROJECT_DAYS: Prepared = {
  name: 'read_project_term_days',
  text: `SELECT e.project_id AS "projectId", e.starts_on::text AS "startsOn", e.ends_on::text AS "endsOn" FROM engagement e
    WHERE e.tenant_id = $1::uuid AND e.project_id IS NOT NULL AND e.superseded_at IS NULL`,
}

/** Of every project with terms, whoever's it is: what is tagged with one is charged under its terms and under no others. */
export function readProjectTermDays(db: TenantSql): Promise<ProjectTermDays[]> {
  return db.query(PROJECT_DAYS)
}
