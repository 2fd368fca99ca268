import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** A link to a client's page; its secret is nowhere. Instants are RFC 3339. */
export interface ClientLinkRow {
  id: string
  clientId: string
  label: string
  firstMonth: CalendarDate
  lastMonth: CalendarDate | null
  createdBy: string
  createdAt: string
  expiresAt: string
  revokedBy: string | null
  revokedAt: string | null
  isWorking: boolean
  views: number
  lastViewedAt: string | null
}

const LINKS = (where: string) => `SELECT l.id, l.client_id AS "clientId", l.label, l.first_month::text AS "firstMonth",
    l.last_month::text AS "lastMonth", l.created_by AS "createdBy", ${instantText('l.created_at')} AS "createdAt",
    ${instantText('l.expires_at')} AS "expiresAt", l.revoked_by AS "revokedBy", ${instantText('l.revoked_at')} AS "revokedAt",
    l.revoked_at IS NULL AND l.expires_at > clock_timestamp() AS "isWorking", v.views, ${instantText('v.last')} AS "lastViewedAt"
  FROM client_link l CROSS JOIN LATERAL (SELECT count(*)::int AS views, max(v.viewed_at) AS last FROM client_link_view v
    WHERE v.tenant_id = l.tenant_id AND v.link_id = l.id) v
  WHERE l.tenant_id = $1::uuid AND ${where}`

const OF_CLIENT: Prepared = {
  name: 'read_client_links',
  text: `${LINKS('l.client_id = $2::uuid')} ORDER BY l.created_at DESC, l.id LIMIT 200`,
}

/** The links of a client, the latest first; at most 200. */
export function readClientLinks(db: TenantSql, clientId: string): Promise<ClientLinkRow[]> {
  return db.query(OF_CLIENT, [clientId])
}

const ONE: Prepared = { name: 'read_client_link', text: LINKS('l.id = $2::uuid') }

/** null when there is no such link. */
export async function readClientLink(db: TenantSql, linkId: string): Promise<ClientLinkRow | null> {
  return (await db.query<ClientLinkRow>(ONE, [linkId]))[0] ?? null
}

/** A use of a link: the page was opened, or a statement taken. */
export interface LinkViewRow {
  what: 'PAGE' | 'STATEMENT'
  viewedAt: string
}

const VIEWS: Prepared = {
  name: 'read_client_link_views',
  text: `SELECT what, ${instantText('viewed_at')} AS "viewedAt" FROM client_link_view WHERE tenant_id = $1::uuid AND link_id = $2::uuid
    ORDER BY viewed_at DESC, id DESC LIMIT $3`,
}

/** The latest uses of a link. */
export function readLinkViews(db: TenantSql, linkId: string, limit: number): Promise<LinkViewRow[]> {
  return db.query(VIEWS, [linkId, limit])
}

/** What somebody at a client asked. `askedBy`: the address of a login of the client; null: whoever holds the link of that label. */
export interface ClientQuestionRow {
  id: string
  month: CalendarDate
  body: string
  askedBy: string | null
  linkLabel: string | null
  askedAt: string
}

const QUESTIONS: Prepared = {
  name: 'read_client_questions',
  text: `SELECT q.id, q.month::text AS month, q.body, q.asked_by AS "askedBy", l.label AS "linkLabel", ${instantText('q.asked_at')} AS "askedAt"
    FROM client_question q LEFT JOIN client_link l ON l.tenant_id = q.tenant_id AND l.id = q.link_id
    WHERE q.tenant_id = $1::uuid AND q.client_id = $2::uuid ORDER BY q.asked_at DESC, q.id DESC LIMIT 100`,
}

/** The latest 100 questions of a client. */
export function readClientQuestions(db: TenantSql, clientId: string): Promise<ClientQuestionRow[]> {
  return db.query(QUESTIONS, [clientId])
}
