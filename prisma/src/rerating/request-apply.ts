import type { Pool } from 'pg'
import type { UserError } from '../ingest/user-error.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { configVersion, endRerating, lockRerating, type Rerating, type ReratingRef } from './rerating.ts'

/** Characters of a reason. */
const REASON_LENGTH_MAX = 1_000

export interface ApplyRequest {
  reason: string
  /** An e-mail address, or the name of an API key. */
  appliedBy: string
}

/**
 * Asks that a preview be applied. Only what was seen is: a preview of other prices than those of now becomes STALE and is refused, and so is
 * one that has been applied. The row is the place in the queue, as with the preview.
 */
export async function requestApply(
  deps: { pool: Pool },
  ref: ReratingRef,
  { reason, appliedBy }: ApplyRequest,
): Promise<{ userErrors: UserError[] }> {
  const text = reason.trim()
  if (!isReason(text)) {
    const message = `reason must have 1 to ${REASON_LENGTH_MAX} characters: it stays with every rating that is replaced.`
    return refused({ code: 'INVALID_FIELD', message, field: ['input', 'reason'] })
  }
  return tenantTransaction(deps.pool, ref.tenantId, async (client) => {
    const rerating = await lockRerating(client, ref)
    const refusal = refusalOf(rerating)
    if (refusal !== null) return refused({ ...refusal, field: ['input', 'previewId'] })
    if (rerating?.configVersion !== (await configVersion(client, ref.tenantId))) {
      await endRerating(client, ref, { state: 'STALE', error: STALE.message })
      return refused({ ...STALE, field: ['input', 'previewId'] })
    }
    await client.query(
      `UPDATE rerating SET state = 'APPLY_QUEUED', reason = $3, applied_by = $4, events_done = 0, events_changed = 0,
         updated_at = clock_timestamp()
       WHERE tenant_id = $1::uuid AND id = $2::uuid`,
      [ref.tenantId, ref.reratingId, text, appliedBy],
    )
    return { userErrors: [] }
  })
}

const STALE = {
  code: 'PREVIEW_STALE',
  message: 'Prices, FX rates or settings have changed since the preview. Preview again.',
}

type Refusal = Omit<UserError, 'field'>

function refusalOf(rerating: Rerating | null): Refusal | null {
  if (rerating === null) return { code: 'NOT_FOUND', message: 'This preview does not exist.' }
  if (rerating.kind === 'SIMULATION') {
    return { code: 'NOT_APPLICABLE', message: 'A simulation is never applied: publish the prices, then preview.' }
  }
  switch (rerating.state) {
    case 'PREVIEWED':
      return null
    case 'PREVIEW_QUEUED':
    case 'PREVIEWING':
      return { code: 'PREVIEW_RUNNING', message: 'The preview is not finished; apply it when it is.' }
    case 'APPLY_QUEUED':
    case 'APPLYING':
    case 'APPLIED':
      return { code: 'ALREADY_APPLIED', message: 'This preview has been applied; preview again for another.' }
    case 'STALE':
      return STALE
    case 'FAILED':
      return { code: 'PREVIEW_FAILED', message: 'This preview has failed; preview again.' }
  }
}

function isReason(text: string): boolean {
  return text.length > 0 && text.length <= REASON_LENGTH_MAX && !text.includes('\u0000') && !/\p{Surrogate}/u.test(text)
}

function refused(error: UserError): { userErrors: UserError[] } {
  return { userErrors: [error] }
}
