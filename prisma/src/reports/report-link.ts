import { createHash, randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { idText } from '@outlay/domain/ids/id-text'
import type { ReportFormat } from '@outlay/domain/reports/document'
import type { UserError } from '../ingest/user-error.ts'
import { instantText } from '../sql/cell-sums.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

/** How long a link opens its edition. */
export const LINK_DAYS = 30

/** 256 random bits, as they stand in a link. */
export function newLinkSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a secret, and what it is found by. */
export function hashLinkSecret(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest()
}

/** What follows `/r/` in a link: the tenant, in which the rest is looked up, and the secret. */
export function linkToken(tenantId: string, secret: string): string {
  return `${idText('ten', tenantId)}~${secret}`
}

/** An edition that a link opens. */
export interface OpenEdition {
  linkId: string
  editionId: string
  number: number
  sha256: string
  title: string
  issuer: string
  from: string
  to: string
  expiresAt: string
  formats: ReportFormat[]
}

const OPEN = `
SELECT l.id AS "linkId", e.id AS "editionId", e.number, e.sha256, e.document::jsonb ->> 'title' AS title,
  e.document::jsonb ->> 'issuer' AS issuer, r.period_from::text AS "from", r.period_to::text AS "to",
  ${instantText('l.expires_at')} AS "expiresAt",
  ARRAY(SELECT f.format FROM report_file f WHERE f.tenant_id = e.tenant_id AND f.edition_id = e.id ORDER BY f.format) AS formats
FROM report_link l JOIN report_edition e ON e.tenant_id = l.tenant_id AND e.id = l.edition_id
JOIN report r ON r.tenant_id = e.tenant_id AND r.id = e.report_id
WHERE l.tenant_id = $1::uuid AND l.secret_hash = $2::bytea AND l.revoked_at IS NULL AND l.expires_at > clock_timestamp()`

const NOTE_VIEW = `INSERT INTO report_link_view (tenant_id, id, link_id, what) VALUES ($1::uuid, $2::uuid, $3::uuid, $4)`

/**
 * The edition of a link's secret, and the note that it was looked at; null when the secret is unknown, too old or revoked, which nobody can tell
 * apart, and when the edition has no such file. `what`: the page of the link, or a file.
 */
export async function openLink(
  { pool }: { pool: Pool },
  { tenantId, secret, what }: { tenantId: string; secret: string; what: 'PAGE' | ReportFormat },
): Promise<OpenEdition | null> {
  return tenantTransaction(pool, tenantId, async (client) => {
    const { rows } = await client.query<OpenEdition>(OPEN, [tenantId, hashLinkSecret(secret)])
    const [edition] = rows
    if (edition === undefined || (what !== 'PAGE' && !edition.formats.includes(what))) return null
    await client.query(NOTE_VIEW, [tenantId, uuidv7(), edition.linkId, what])
    return edition
  })
}

/** The edition that a link opens, whether it still does or not; null when there is no such link. */
export async function editionOfLink(
  { pool }: { pool: Pool },
  tenantId: string,
  linkId: string,
): Promise<string | null> {
  const { rows } = await tenantTransaction(pool, tenantId, (client) =>
    client.query<{ editionId: string }>(
      'SELECT edition_id AS "editionId" FROM report_link WHERE tenant_id = $1::uuid AND id = $2::uuid',
      [tenantId, linkId],
    ),
  )
  return rows[0]?.editionId ?? null
}

/** Closes a link for good; twice is a success. userErrors: NOT_FOUND on `id`. */
export async function revokeLink(
  { pool }: { pool: Pool },
  tenantId: string,
  { linkId, by }: { linkId: string; by: string },
): Promise<{ userErrors: UserError[] }> {
  const { rowCount } = await tenantTransaction(pool, tenantId, (client) =>
    client.query(
      `UPDATE report_link SET revoked_at = coalesce(revoked_at, clock_timestamp()), revoked_by = coalesce(revoked_by, $3)
       WHERE tenant_id = $1::uuid AND id = $2::uuid`,
      [tenantId, linkId, by],
    ),
  )
  if (rowCount === 1) return { userErrors: [] }
  return { userErrors: [{ code: 'NOT_FOUND', message: 'There is no such link.', field: ['id'] }] }
}
