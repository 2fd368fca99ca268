import { createHash, randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { checkClientLink, checkQuestion, type ClientLinkWish } from '@outlay/domain/audience/client-link'
import { DomainError } from '@outlay/domain/errors'
import { firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

export interface LinkOutcome {
  /** Null when it was refused. */
  linkId: string | null
  userErrors: UserError[]
}

/** Links of one client that work. */
const LINKS_MAX = 50

/** Questions of one client in a day, by all its links and logins. */
const QUESTIONS_MAX = 20

/** What is kept of the secret of a link, and what it is found by. */
function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}

const PUBLISH = `
INSERT INTO client_link (tenant_id, id, client_id, hash, label, first_month, last_month, created_by, created_at, expires_at)
SELECT $1::uuid, $2::uuid, $3::uuid, $4, $5, $6::date, $7::date, $8, n.now, n.now + make_interval(days => $9)
FROM (SELECT clock_timestamp() AS now) n
WHERE (SELECT count(*) FROM client_link o WHERE o.tenant_id = $1::uuid AND o.client_id = $3::uuid AND o.revoked_at IS NULL
  AND o.expires_at > n.now) < ${LINKS_MAX}
RETURNING id`

/**
 * Makes a link to the page of a client. `secret`, 256 bits, is in the answer and nowhere else.
 *
 * userErrors: those of checkClientLink, LIMIT_REACHED beyond 50 working links of a client.
 */
export async function publishClientLink(
  { pool }: { pool: Pool },
  tenantId: string,
  { clientId, wish, today, by }: { clientId: string; wish: ClientLinkWish; today: CalendarDate; by: string },
): Promise<LinkOutcome & { secret: string | null }> {
  try {
    const { label, firstMonth, lastMonth, days } = checkClientLink(wish, firstOfMonth(today))
    const secret = randomBytes(32).toString('base64url')
    const values = [tenantId, uuidv7(), clientId, hashSecret(secret), label, firstMonth, lastMonth, by, days]
    const { rows } = await tenantTransaction(pool, tenantId, (client) => client.query<{ id: string }>(PUBLISH, values))
    const [row] = rows
    if (row === undefined)
      throw new DomainError('LIMIT_REACHED', `${LINKS_MAX} links of this client work; revoke one first.`, 'label')
    return { linkId: row.id, secret, userErrors: [] }
  } catch (error) {
    return { linkId: null, secret: null, userErrors: [userErrorOf(error)] }
  }
}

const REVOKE = `UPDATE client_link SET revoked_by = $3, revoked_at = clock_timestamp()
  WHERE tenant_id = $1::uuid AND id = $2::uuid AND revoked_at IS NULL RETURNING id`

/** Ends a link at once; one that was revoked before stays as it is. userErrors: NOT_FOUND. */
export async function revokeClientLink(
  { pool }: { pool: Pool },
  tenantId: string,
  { linkId, by }: { linkId: string; by: string },
): Promise<LinkOutcome> {
  const isKnown = await tenantTransaction(pool, tenantId, async (client) => {
    const { rowCount } = await client.query(REVOKE, [tenantId, linkId, by])
    if (rowCount !== 0) return true
    const known = await client.query('SELECT 1 FROM client_link WHERE tenant_id = $1::uuid AND id = $2::uuid', [
      tenantId,
      linkId,
    ])
    return known.rowCount !== 0
  })
  if (isKnown) return { linkId, userErrors: [] }
  const message = 'There is no such link.'
  return { linkId: null, userErrors: [{ code: 'NOT_FOUND', message, field: ['id'] }] }
}

/** What a link opens: the months of one client. */
export interface OpenLink {
  tenantId: string
  linkId: string
  clientId: string
  firstMonth: CalendarDate
  lastMonth: CalendarDate | null
  /** Milliseconds. */
  expiresAt: number
  /** Of the firm. */
  timeZone: string
}

const FIND = {
  name: 'find_client_link',
  text: `SELECT l.tenant_id AS "tenantId", l.id AS "linkId", l.client_id AS "clientId", l.first_month::text AS "firstMonth",
      l.last_month::text AS "lastMonth", (extract(epoch FROM l.expires_at) * 1000)::float8 AS "expiresAt", t.time_zone AS "timeZone"
    FROM client_link l JOIN tenant t ON t.id = l.tenant_id
    WHERE l.hash = $1 AND l.revoked_at IS NULL AND l.expires_at > clock_timestamp()`,
}

/** The link of a secret; null for one that is unknown, revoked or expired, and nothing tells which. `authPool`: of outlay_auth. */
export async function findOpenLink(authPool: Pool, secret: string): Promise<OpenLink | null> {
  const { rows } = await authPool.query<OpenLink>({ ...FIND, values: [hashSecret(secret)] })
  return rows[0] ?? null
}

const NOTE = `INSERT INTO client_link_view (tenant_id, id, link_id, what) VALUES ($1::uuid, $2::uuid, $3::uuid, $4)`

/** Notes that a link was used, for what and when, and nothing about whom by. */
export async function noteLinkView(
  { pool }: { pool: Pool },
  { tenantId, linkId }: Pick<OpenLink, 'tenantId' | 'linkId'>,
  what: 'PAGE' | 'STATEMENT',
): Promise<void> {
  await tenantTransaction(pool, tenantId, (client) => client.query(NOTE, [tenantId, uuidv7(), linkId, what]))
}

/** Who asks: by a link, or by a login of the client. */
export type Questioner = { linkId: string; email: null } | { linkId: null; email: string }

const ASK = `
INSERT INTO client_question (tenant_id, id, client_id, link_id, month, body, asked_by)
SELECT $1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::date, $6, $7
WHERE (SELECT count(*) FROM client_question o WHERE o.tenant_id = $1::uuid AND o.client_id = $3::uuid
  AND o.asked_at > clock_timestamp() - interval '1 day') < ${QUESTIONS_MAX}
RETURNING id`

/**
 * Keeps a question about a month for the people of the firm. userErrors: those of checkQuestion, and LIMIT_REACHED beyond 20 questions of a
 * client within a day.
 */
export async function askQuestion(
  { pool }: { pool: Pool },
  tenantId: string,
  { clientId, month, body, by }: { clientId: string; month: CalendarDate; body: string; by: Questioner },
): Promise<{ questionId: string | null; userErrors: UserError[] }> {
  try {
    const values = [tenantId, uuidv7(), clientId, by.linkId, firstOfMonth(month), checkQuestion(body), by.email]
    const { rows } = await tenantTransaction(pool, tenantId, (client) => client.query<{ id: string }>(ASK, values))
    const [row] = rows
    if (row === undefined)
      throw new DomainError('LIMIT_REACHED', 'That is as many questions as a day has room for. Ask again tomorrow.')
    return { questionId: row.id, userErrors: [] }
  } catch (error) {
    return { questionId: null, userErrors: [userErrorOf(error)] }
  }
}

/** What a user can mend; whatever else was thrown is thrown on. */
function userErrorOf(error: unknown): UserError {
  if (!(error instanceof DomainError)) throw error
  return { code: error.code, message: error.message, field: error.field === undefined ? null : ['input', error.field] }
}
