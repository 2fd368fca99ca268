import type { Pool } from 'pg'
import { checkTerms } from '@outlay/domain/billing/check-terms'
import type { BillingTerms } from '@outlay/domain/billing/terms'
import { DomainError, quoted } from '@outlay/domain/errors'
import { isWellFormed } from '@outlay/domain/invocation/key'
import { addDays, daysBetween, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { lockTenant } from '../ingest/tenant-lock.ts'
import type { UserError } from '../ingest/user-error.ts'
import { readEngagementsInForce, type EngagementRecord } from '../sql/read-engagements.ts'
import { clientSql, type Prepared, type TenantSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'

export interface ReversalOutcome {
  /** Null when it was refused. */
  taskId: string | null
  userErrors: UserError[]
}

const REASON_MAX = 500

/**
 * Takes the outcome of a completed task back, today: its price comes off this month's charge, and what was charged for it stays as it was told.
 * Said again it changes nothing.
 *
 * userErrors: NOT_FOUND and NOT_COMPLETED on `taskKey`, MISSING_FIELD and INVALID_FIELD on `reason`, NOT_CHARGED unless the outcome was charged
 * under terms that are still in force, TOO_LATE after their days for reversals.
 */
export async function reverseOutcome(
  { pool }: { pool: Pool },
  tenantId: string,
  asked: { taskKey: string; reason: string; today: CalendarDate; by: string },
): Promise<ReversalOutcome> {
  try {
    const taskId = await tenantTransaction(pool, tenantId, async (client) => {
      await lockTenant(client, tenantId)
      const reason = checkReason(asked.reason)
      const task = await completedTask(clientSql(client, tenantId), asked.taskKey)
      await refuseUncharged(clientSql(client, tenantId), task, asked.today)
      await client.query(REVERSE, [tenantId, task.id, task.completedOn, asked.today, reason, asked.by])
      return task.id
    })
    return { taskId, userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = error.field === undefined ? null : ['input', error.field]
    return { taskId: null, userErrors: [{ code: error.code, message: error.message, field }] }
  }
}

const REVERSE = `
INSERT INTO outcome_reversal (tenant_id, task_id, completed_on, reversed_on, reason, reversed_by)
VALUES ($1::uuid, $2::uuid, $3::date, $4::date, $5, $6) ON CONFLICT (tenant_id, task_id, completed_on) DO NOTHING`

function checkReason(text: string): string {
  const reason = text.trim()
  if (reason === '') throw new DomainError('MISSING_FIELD', 'Why is it taken back? The reason is missing.', 'reason')
  if (reason.length > REASON_MAX || reason.includes('\0') || !isWellFormed(reason)) {
    throw new DomainError('INVALID_FIELD', `A reason is a text of at most ${REASON_MAX} characters.`, 'reason')
  }
  return reason
}

interface CompletedTask {
  id: string
  key: string
  projectId: string | null
  clientId: string | null
  completedOn: CalendarDate
}

const TASK: Prepared = {
  name: 'reversed_task',
  text: `SELECT t.id, t.key, t.project_id AS "projectId", t.client_id AS "clientId", t.completed_on::text AS "completedOn"
    FROM task t WHERE t.tenant_id = $1::uuid AND t.key = ANY ($2::text[])`,
}

async function completedTask(db: TenantSql, key: string): Promise<CompletedTask> {
  // A text with a NUL names nothing, and is not asked for: Postgres does not take it.
  const [task] = await db.query<CompletedTask & { completedOn: CalendarDate | null }>(TASK, [
    key.includes('\0') ? [] : [key],
  ])
  if (task === undefined) throw new DomainError('NOT_FOUND', `There is no task ${quoted(key)}.`, 'taskKey')
  if (task.completedOn === null)
    throw new DomainError(
      'NOT_COMPLETED',
      `The task ${quoted(key)} is not completed, so nothing was charged for it.`,
      'taskKey',
    )
  return { ...task, completedOn: task.completedOn }
}

async function refuseUncharged(db: TenantSql, task: CompletedTask, today: CalendarDate): Promise<void> {
  const { key, completedOn } = task
  const charged = await termsOn(db, task, completedOn)
  const terms: BillingTerms | null = charged === null ? null : checkTerms(charged.terms, charged.currency)
  if (charged === null || terms?.model !== 'OUTCOME') {
    const message = `No outcome of ${quoted(key)} was charged: on ${completedOn} there were no terms of that model.`
    throw new DomainError('NOT_CHARGED', message, 'taskKey')
  }
  if (charged.endsOn !== null && charged.endsOn <= today) {
    const message = `The outcome of ${quoted(key)} was charged under terms that ended on ${charged.endsOn}; no month is left to take it off.`
    throw new DomainError('NOT_CHARGED', message, 'taskKey')
  }
  const days = daysBetween(completedOn, today)
  if (terms.reversalDays !== null && days > terms.reversalDays) {
    const message = `An outcome is taken back within ${terms.reversalDays} days; ${quoted(key)} was completed ${days} days ago.`
    throw new DomainError('TOO_LATE', message, 'taskKey')
  }
}

/** The terms that a task of a day is charged under: those of its project, else of its client. */
async function termsOn(
  db: TenantSql,
  { projectId, clientId }: CompletedTask,
  day: CalendarDate,
): Promise<EngagementRecord | null> {
  const range = { from: day, to: addDays(day, 1) }
  const ofProject = projectId === null ? [] : await readEngagementsInForce(db, { ...range, projectId, clientId: null })
  if (ofProject[0] !== undefined || clientId === null) return ofProject[0] ?? null
  const ofClient = await readEngagementsInForce(db, { ...range, projectId: null, clientId })
  return ofClient.find((engagement) => engagement.clientId === clientId) ?? null
}
