import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { headlineOf } from '@outlay/domain/reports/bridge'
import { DomainError } from '@outlay/domain/errors'
import type { ReportDocument, ReportFigure, ReportKind } from '@outlay/domain/reports/document'
import { delayAfter } from '../channels/retries.ts'
import type { Sealer } from '../channels/seal.ts'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { checkedRecipients } from './recipients.ts'
import { recipientStanding } from './recipient-standing.ts'
import { hashLinkSecret, LINK_DAYS, linkToken, newLinkSecret } from './report-link.ts'
import type { ReportDeliveryRef } from './report-run.ts'
import { userErrorOf } from './request-report.ts'

/** PENDING waits or is tried again; REFUSED: its recipient may not read such a report; GIVEN_UP: no try went through. */
export const REPORT_DELIVERY_STATES = ['PENDING', 'SENT', 'REFUSED', 'GIVEN_UP'] as const
export type ReportDeliveryState = (typeof REPORT_DELIVERY_STATES)[number]

/** All that a mail says. */
export interface ReportMail {
  deliveryId: string
  recipient: string
  title: string
  issuer: string
  currency: string
  kind: ReportKind
  /** The local days, half-open. */
  from: string
  to: string
  number: number
  /** The figures that the report opens with; none for who is not known to be allowed to read it. */
  headline: readonly ReportFigure[]
  /** What follows `/r/` in its link. */
  token: string
  linkDays: number
}

const PENDING = `
INSERT INTO report_delivery (tenant_id, id, edition_id, recipient, requested_by)
SELECT $1::uuid, d.id, $2::uuid, d.recipient, $5 FROM unnest($3::uuid[], $4::text[]) AS d(id, recipient)
ON CONFLICT (tenant_id, edition_id, recipient) DO UPDATE SET state = 'PENDING', tries = 0, not_before = clock_timestamp(), error = NULL
  WHERE report_delivery.state IN ('REFUSED', 'GIVEN_UP')
RETURNING id`

/**
 * Has an edition sent. Who was sent it is not sent it again; who could not be is tried anew. Answers the mails that wait now.
 *
 * userErrors on `input`: NOT_FOUND on `editionId`, MISSING_FIELD and INVALID_FIELD on `recipients`.
 */
export async function sendEdition(
  { pool }: { pool: Pool },
  tenantId: string,
  { editionId, recipients, by }: { editionId: string; recipients: readonly string[]; by: string },
): Promise<{ deliveries: ReportDeliveryRef[]; userErrors: UserError[] }> {
  try {
    return await tenantTransaction(pool, tenantId, async (client) => {
      const found = await client.query('SELECT 1 FROM report_edition WHERE tenant_id = $1::uuid AND id = $2::uuid', [
        tenantId,
        editionId,
      ])
      if (found.rowCount !== 1) throw new DomainError('NOT_FOUND', 'There is no such edition.', 'editionId')
      const to = checkedRecipients(recipients)
      if (to.length === 0)
        throw new DomainError('MISSING_FIELD', 'Say whom to send it to: e-mail addresses.', 'recipients')
      const { rows } = await client.query<{ id: string }>(PENDING, [
        tenantId,
        editionId,
        to.map(() => uuidv7()),
        to,
        by,
      ])
      return { deliveries: rows.map(({ id }) => ({ tenantId, deliveryId: id })), userErrors: [] }
    })
  } catch (error) {
    return { deliveries: [], userErrors: [userErrorOf(error)] }
  }
}

const DUE = `
SELECT id FROM report_delivery WHERE tenant_id = $1::uuid AND state = 'PENDING' AND not_before <= clock_timestamp()
ORDER BY not_before, id LIMIT 200`

/** The mails of a tenant that are due. */
export async function dueReportDeliveries(pool: Pool, tenantId: string): Promise<ReportDeliveryRef[]> {
  const { rows } = await tenantTransaction(pool, tenantId, (client) => client.query<{ id: string }>(DUE, [tenantId]))
  return rows.map(({ id }) => ({ tenantId, deliveryId: id }))
}

/** What became of a try; the error is for the delivery log. */
export interface ReportTried {
  state: ReportDeliveryState
  error: string | null
}

/** Sends a mail; null when the mail server took it, else why not. Never throws. */
export type SendReportMail = (mail: ReportMail) => Promise<string | null>

/**
 * Sends a mail that is due, and notes what became of it; null when it is not, or another worker is at it. Its link is made, and kept sealed,
 * before the first try, so that every try sends the same mail; the row is locked while it is sent. Dying between sending and noting sends it
 * once more under the same Message-ID, which is what a mail server can promise.
 */
export async function tryReportDelivery(
  { pool, auth, sealer }: { pool: Pool; auth: Pool; sealer: Sealer },
  ref: ReportDeliveryRef,
  send: SendReportMail,
): Promise<ReportTried | null> {
  await tenantTransaction(pool, ref.tenantId, (client) => prepare(client, sealer, ref))
  return tenantTransaction(pool, ref.tenantId, async (client) => {
    const claimed = await claim(client, ref)
    if (claimed === null) return null
    const { tenantId, deliveryId } = ref
    const { kind, clientId, recipient, document, sealedSecret } = claimed
    const standing = await recipientStanding(auth, { tenantId, recipient, kind, clientId })
    if (standing === 'MEMBER') {
      const error = 'The address belongs to a member whose role may not read this report.'
      return note(client, ref, { state: 'REFUSED', error, tries: claimed.tries, delayS: null })
    }
    const secret = sealer.open(sealedSecret, { tenantId, id: deliveryId })
    const { from, to, number } = claimed
    const { title, issuer, currency } = document
    const error = await send({
      ...{ deliveryId, recipient, title, issuer, currency, kind, from, to, number, linkDays: LINK_DAYS },
      headline: standing === 'READER' ? headlineOf(document) : [],
      token: linkToken(tenantId, secret),
    })
    const tries = claimed.tries + 1
    const delayS = error === null ? null : delayAfter(tries)
    const state = error === null ? 'SENT' : delayS === null ? 'GIVEN_UP' : 'PENDING'
    return note(client, ref, { state, error, tries, delayS })
  })
}

const WITHOUT_LINK = `
SELECT edition_id AS "editionId" FROM report_delivery
WHERE tenant_id = $1::uuid AND id = $2::uuid AND state = 'PENDING' AND sealed_secret IS NULL AND not_before <= clock_timestamp()
FOR NO KEY UPDATE SKIP LOCKED`

async function prepare(client: PoolClient, sealer: Sealer, { tenantId, deliveryId }: ReportDeliveryRef): Promise<void> {
  const { rows } = await client.query<{ editionId: string }>(WITHOUT_LINK, [tenantId, deliveryId])
  const [delivery] = rows
  if (delivery === undefined) return
  const [linkId, secret] = [uuidv7(), newLinkSecret()]
  await client.query(
    `INSERT INTO report_link (tenant_id, id, edition_id, secret_hash, expires_at)
     VALUES ($1::uuid, $2::uuid, $3::uuid, $4::bytea, clock_timestamp() + make_interval(days => $5))`,
    [tenantId, linkId, delivery.editionId, hashLinkSecret(secret), LINK_DAYS],
  )
  await client.query(
    'UPDATE report_delivery SET link_id = $3::uuid, sealed_secret = $4::bytea WHERE tenant_id = $1::uuid AND id = $2::uuid',
    [tenantId, deliveryId, linkId, sealer.seal(secret, { tenantId, id: deliveryId })],
  )
}

interface Claimed {
  recipient: string
  tries: number
  sealedSecret: Buffer
  number: number
  document: ReportDocument
  kind: ReportKind
  clientId: string | null
  from: string
  to: string
}

const CLAIM = `
SELECT d.recipient, d.tries, d.sealed_secret AS "sealedSecret", e.number, e.document::json AS document, r.kind, r.client_id AS "clientId",
  r.period_from::text AS "from", r.period_to::text AS "to"
FROM report_delivery d JOIN report_edition e ON e.tenant_id = d.tenant_id AND e.id = d.edition_id
JOIN report r ON r.tenant_id = e.tenant_id AND r.id = e.report_id
WHERE d.tenant_id = $1::uuid AND d.id = $2::uuid AND d.state = 'PENDING' AND d.sealed_secret IS NOT NULL AND d.not_before <= clock_timestamp()
FOR NO KEY UPDATE OF d SKIP LOCKED`

async function claim(client: PoolClient, { tenantId, deliveryId }: ReportDeliveryRef): Promise<Claimed | null> {
  const { rows } = await client.query<Claimed>(CLAIM, [tenantId, deliveryId])
  return rows[0] ?? null
}

const NOTE = `
UPDATE report_delivery SET state = $3, error = $4, tries = $5,
  not_before = CASE WHEN $3 = 'PENDING' THEN clock_timestamp() + make_interval(secs => $6::int) ELSE not_before END,
  sealed_secret = CASE WHEN $3 = 'SENT' THEN NULL ELSE sealed_secret END,
  sent_at = CASE WHEN $3 = 'SENT' THEN clock_timestamp() END
WHERE tenant_id = $1::uuid AND id = $2::uuid`

async function note(
  client: PoolClient,
  { tenantId, deliveryId }: ReportDeliveryRef,
  { state, error, tries, delayS }: ReportTried & { tries: number; delayS: number | null },
): Promise<ReportTried> {
  await client.query(NOTE, [tenantId, deliveryId, state, error, tries, delayS])
  return { state, error }
}
