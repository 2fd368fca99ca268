import type { Pool } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { ALERT_KINDS, type AlertKind } from '@outlay/domain/alerts/alert'
import { DomainError, quoted } from '@outlay/domain/errors'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { isCalendarDate } from '@outlay/domain/periods/calendar-date'
import type { AlertScope } from '../alerts/alert-row.ts'
import { budgetMember } from '../budgets/resolve-budget.ts'
import type { UserError } from '../ingest/user-error.ts'
import { clientSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { readDetector } from './read-detector.ts'

/** What of the detector is to change; what is undefined stays. */
export interface DetectorWish {
  isEnabled?: boolean | undefined
  disabledKinds?: readonly AlertKind[] | undefined
  /** Decimal texts in the reporting currency. */
  minExcess?: string | undefined
  coldExcess?: string | undefined
  /** Null: never. */
  escalateAfterMinutes?: number | null | undefined
}

/** Kinds that people set limits for by themselves; ending the budget silences those. */
const OF_BUDGETS: ReadonlySet<AlertKind> = new Set([
  'AGENT_DAILY_LIMIT',
  'CLIENT_BUDGET',
  'PROJECT_BUDGET',
  'FLEET_CEILING',
])
const ESCALATION_MAX = 30 * 24 * 60

const STORE = `
INSERT INTO detector_setting AS d (tenant_id, is_enabled, disabled_kinds, min_excess, cold_excess, escalate_after_minutes, updated_by)
VALUES ($1::uuid, $2, $3::text[], $4::numeric, $5::numeric, $6::int, $7)
ON CONFLICT (tenant_id) DO UPDATE SET is_enabled = EXCLUDED.is_enabled, disabled_kinds = EXCLUDED.disabled_kinds,
  min_excess = EXCLUDED.min_excess, cold_excess = EXCLUDED.cold_excess, escalate_after_minutes = EXCLUDED.escalate_after_minutes,
  updated_by = EXCLUDED.updated_by, updated_at = clock_timestamp()`

/** Changes how the past is judged. userErrors: INVALID_FIELD. */
export async function updateDetector(
  { pool }: { pool: Pool },
  tenantId: string,
  { wish, by }: { wish: DetectorWish; by: string },
): Promise<{ userErrors: UserError[] }> {
  return refusing(() =>
    tenantTransaction(pool, tenantId, async (client) => {
      const before = await readDetector(clientSql(client, tenantId))
      const after = checkWish(wish)
      await client.query(STORE, [
        tenantId,
        after.isEnabled ?? before.isEnabled,
        [...(after.disabledKinds ?? before.disabledKinds)],
        after.minExcess ?? formatFixed18(before.settings.minExcess),
        after.coldExcess ?? formatFixed18(before.settings.coldExcess),
        after.escalateAfterMinutes === undefined ? before.escalateAfterMinutes : after.escalateAfterMinutes,
        by,
      ])
      return { userErrors: [] }
    }),
  )
}

/** Throws DomainError INVALID_FIELD. */
export function checkWish(wish: DetectorWish): DetectorWish {
  for (const name of ['minExcess', 'coldExcess'] as const) {
    const text = wish[name]
    if (text === undefined) continue
    if (parseFixed18(text) < 0n) throw new DomainError('INVALID_FIELD', `${name} is 0 or more; ${text} is not.`, name)
  }
  for (const kind of wish.disabledKinds ?? []) {
    if (!ALERT_KINDS.includes(kind) || OF_BUDGETS.has(kind)) {
      const message = `${kind} comes from budgets; end those instead of silencing it.`
      throw new DomainError('INVALID_FIELD', message, 'disabledKinds')
    }
  }
  const minutes = wish.escalateAfterMinutes
  if (minutes !== undefined && minutes !== null && (minutes < 1 || minutes > ESCALATION_MAX)) {
    const message = `An alert escalates after 1 to ${ESCALATION_MAX} minutes; ${minutes} is not among them.`
    throw new DomainError('INVALID_FIELD', message, 'escalateAfterMinutes')
  }
  return wish
}

/** What somebody knows of a day: from it on, the past before it says nothing about the scope. */
export interface AnnotationWish {
  scope: AlertScope
  key: string | null
  day: string
  note: string
}

const ANNOTATE = `
INSERT INTO annotation (tenant_id, id, scope, member_id, day, note, created_by) VALUES ($1::uuid, $2::uuid, $3, $4::uuid, $5::date, $6, $7)`

const NOTE_MIN = 3
const NOTE_MAX = 500

/** Explains a day of a scope. userErrors: MISSING_FIELD, INVALID_FIELD, NOT_FOUND. */
export async function addAnnotation(
  { pool }: { pool: Pool },
  tenantId: string,
  { wish, by }: { wish: AnnotationWish; by: string },
): Promise<{ annotationId: string | null; userErrors: UserError[] }> {
  const outcome = await refusing(() =>
    tenantTransaction(pool, tenantId, async (client) => {
      const { scope, key, day } = wish
      const note = wish.note.trim()
      if (note.length < NOTE_MIN) throw new DomainError('MISSING_FIELD', 'What happened? The note is missing.', 'note')
      if (note.length > NOTE_MAX) {
        throw new DomainError(
          'INVALID_FIELD',
          `A note has at most ${NOTE_MAX} characters; this one has ${note.length}.`,
          'note',
        )
      }
      if (!isCalendarDate(day))
        throw new DomainError('INVALID_FIELD', `${quoted(day)} is not a day such as 2026-03-01.`, 'day')
      if (scope === 'FLEET' && key !== null)
        throw new DomainError('INVALID_FIELD', `The fleet is one; leave the key ${quoted(key)} out.`, 'key')
      if (scope !== 'FLEET' && key === null)
        throw new DomainError('MISSING_FIELD', `Which ${scope.toLowerCase()}? Its key is missing.`, 'key')
      const memberId = await budgetMember(clientSql(client, tenantId), { scope, key })
      const id = uuidv7()
      await client.query(ANNOTATE, [tenantId, id, scope, memberId, day, note, by])
      return { annotationId: id, userErrors: [] as UserError[] }
    }),
  )
  return { annotationId: null, ...outcome }
}

const TAKE_BACK = `
UPDATE annotation SET ended_by = coalesce(ended_by, $3), ended_at = coalesce(ended_at, clock_timestamp())
WHERE tenant_id = $1::uuid AND id = $2::uuid`

/** Takes an annotation back. userErrors: NOT_FOUND. */
export async function endAnnotation(
  { pool }: { pool: Pool },
  tenantId: string,
  { annotationId, by }: { annotationId: string; by: string },
): Promise<{ annotationId: string | null; userErrors: UserError[] }> {
  const { rowCount } = await tenantTransaction(pool, tenantId, (client) =>
    client.query(TAKE_BACK, [tenantId, annotationId, by]),
  )
  if (rowCount !== 0) return { annotationId, userErrors: [] }
  const message = 'This annotation does not exist.'
  return { annotationId: null, userErrors: [{ code: 'NOT_FOUND', message, field: ['id'] }] }
}

async function refusing<T extends { userErrors: UserError[] }>(
  work: () => Promise<T>,
): Promise<T | { userErrors: UserError[] }> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
    return { userErrors: [{ code: error.code, message: error.message, field }] }
  }
}
