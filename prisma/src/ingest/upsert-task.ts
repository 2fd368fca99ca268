import type { Pool, PoolClient } from 'pg'
import { DomainError, quoted } from '@outlay/domain/errors'
import { checkKey } from '@outlay/domain/invocation/key'
import { isCurrencyCode } from '@outlay/domain/money/currency'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { formatInstant, microsToMs, parseInstant } from '@outlay/domain/periods/instant'
import { localDay } from '@outlay/domain/periods/local-day'
import { asLimited } from '../tenancy/as-limited.ts'
import type { TenantScope } from '../tenancy/tenant-context.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { cellDeltas, openInstant } from './cell-deltas.ts'
import { findOrCreate, type KeyedDimension, type Links } from './dimensions.ts'
import { moveSharedCost } from './move-shared-cost.ts'
import { moveTaskCells, type CountedTask } from './move-task-cells.ts'
import type { TenantConfig, TenantConfigs } from './tenant-config.ts'
import { lockTenant } from './tenant-lock.ts'
import type { UserError } from './user-error.ts'
import { writeSums } from './write-sums.ts'

export type TaskStatus = 'OPEN' | 'COMPLETED' | 'FAILED' | 'CANCELLED'
const TASK_STATUSES: readonly string[] = ['OPEN', 'COMPLETED', 'FAILED', 'CANCELLED']

/** Absent (undefined or null) means: leave as it is. */
export interface UpsertTaskInput {
  key: string
  name?: string | null
  client?: string | null
  project?: string | null
  status?: TaskStatus | null
  /** RFC 3339. */
  completedAt?: string | null
  billed?: { amount: string; currency: string } | null
}

interface TaskChange {
  key: string
  name: string | null
  client: string | null
  project: string | null
  status: TaskStatus | null
  completedAt: number | null
  /** Whether the caller said when; else a completion that is new happens now. */
  isTimeStated: boolean
  billed: { amount: string; currency: string } | null
}

/**
 * Makes or changes a task. Status COMPLETED without `completedAt` completes it now; `completedAt` alone completes it then; any other
 * status takes the completion away. When the task gets another client or project, its shared uses follow (law L13).
 *
 * A task that is completed in a closed month is recognised on the day it is told (law L23), with the time of completion as stated. What was
 * recognised in a month that has been closed since keeps its completion, billed amount and place: changing them is PERIOD_CLOSED, saying
 * them again is not.
 *
 * `now`: microseconds since 1970. `clientIds`: the clients that whoever asks is limited to; they change tasks of these and make none, and
 * what is of others is NOT_FOUND like what nobody has. Bad input comes back as userErrors and changes nothing.
 */
export async function upsertTask(
  deps: { pool: Pool; configs: TenantConfigs; now: number },
  tenantId: string,
  input: UpsertTaskInput,
  clientIds: readonly string[] | null = null,
): Promise<{ taskId: string; userErrors: [] } | { taskId: null; userErrors: UserError[] }> {
  try {
    const change = parseChange(input, deps.now)
    const taskId = await tenantTransaction(deps.pool, tenantId, (client) =>
      apply(client, { ...deps, tenantId, change, clientIds }),
    )
    return { taskId, userErrors: [] }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const field = error.field === undefined ? null : ['input', ...error.field.split('.')]
    return { taskId: null, userErrors: [{ code: error.code, message: error.message, field }] }
  }
}

function parseChange(input: UpsertTaskInput, now: number): TaskChange {
  checkKey(input.key, 'key')
  for (const field of ['name', 'client', 'project'] as const) {
    const value = input[field]
    if (value !== undefined && value !== null) checkKey(value, field)
  }
  const stated = input.status ?? null
  if (stated !== null && !TASK_STATUSES.includes(stated)) {
    throw new DomainError('INVALID_FIELD', `status ${quoted(stated)} is none of ${TASK_STATUSES.join(', ')}.`, 'status')
  }
  const completedAt = instantOf(input.completedAt)
  if (completedAt !== null && stated !== null && stated !== 'COMPLETED') {
    throw new DomainError('INVALID_FIELD', `A task that is ${stated} has no completedAt.`, 'completedAt')
  }
  const status = completedAt !== null ? 'COMPLETED' : stated
  return {
    key: input.key,
    name: input.name ?? null,
    client: input.client ?? null,
    project: input.project ?? null,
    status,
    completedAt: completedAt ?? (status === 'COMPLETED' ? now : null),
    isTimeStated: completedAt !== null,
    billed: billedOf(input.billed),
  }
}

function instantOf(text: string | null | undefined): number | null {
  if (text === undefined || text === null) return null
  try {
    return parseInstant(text)
  } catch (error) {
    throw error instanceof DomainError ? new DomainError(error.code, error.message, 'completedAt') : error
  }
}

function billedOf(billed: UpsertTaskInput['billed']): TaskChange['billed'] {
  if (billed === undefined || billed === null) return null
  if (!isCurrencyCode(billed.currency)) {
    throw new DomainError('INVALID_FIELD', `${quoted(billed.currency)} is not an ISO 4217 code.`, 'billed.currency')
  }
  try {
    const amount = parseFixed18(billed.amount)
    if (amount < 0n)
      throw new DomainError('NEGATIVE_DECIMAL', `The billed amount ${quoted(billed.amount)} is below zero.`)
    return { amount: formatFixed18(amount), currency: billed.currency }
  } catch (error) {
    throw error instanceof DomainError ? new DomainError(error.code, error.message, 'billed.amount') : error
  }
}

interface StoredTask extends Omit<CountedTask, 'id'> {
  status: TaskStatus
  project_id: string | null
  completed_at: string | null
}

async function apply(
  client: PoolClient,
  {
    tenantId,
    change,
    configs,
    now,
    clientIds,
  }: {
    tenantId: string
    change: TaskChange
    configs: TenantConfigs
    now: number
    clientIds: readonly string[] | null
  },
): Promise<string> {
  const config = await configs.at(tenantId, await lockTenant(client, tenantId), client)
  if (clientIds !== null) await checkLimits(client, { tenantId, clientIds }, change)
  const clientId = await idOf(client, tenantId, 'client', change.client, { clientId: null, projectId: null })
  const projectId = await idOf(client, tenantId, 'project', change.project, { clientId, projectId: null })
  const taskId = (await idOf(client, tenantId, 'task', change.key, { clientId, projectId })) ?? ''
  const before = await storedTask(client, tenantId, taskId)
  const status = change.status ?? before.status
  const completedAt = status === 'COMPLETED' ? completionOf(change, before) : null
  const completedOn = recognisedOn(completedAt, before, { config, nowMs: microsToMs(now) })
  const isMoved =
    (clientId !== null && clientId !== before.client_id) || (projectId !== null && projectId !== before.project_id)
  checkClosed(change, before, { config, completedOn, isMoved })
  await client.query(UPDATE_TASK, [
    tenantId,
    taskId,
    change.name,
    status,
    clientId,
    projectId,
    change.billed?.amount ?? null,
    change.billed?.currency ?? null,
    completedAt,
    completedOn,
  ])
  await moveTaskCells(client, tenantId, [{ ...before, id: taskId }])
  if (isMoved) {
    const deltas = cellDeltas(config, { nowMs: microsToMs(now), cause: 'TASK_MOVED', reference: taskId })
    const from = { clientId: before.client_id, projectId: before.project_id }
    await moveSharedCost(client, { tenantId, moves: [{ taskId, from }], deltas, config })
    await writeSums(client, tenantId, { carriers: [], participants: [], deltas })
  }
  return taskId
}

/** Everything that a limited change names is there to be seen. Throws DomainError NOT_FOUND on `key`, `client` or `project`. */
async function checkLimits(client: PoolClient, scope: TenantScope, change: TaskChange): Promise<void> {
  const named = [
    ['key', 'task', change.key],
    ['client', 'client', change.client],
    ['project', 'project', change.project],
  ] as const
  for (const [field, table, key] of named) {
    if (key === null) continue
    const { rowCount } = await asLimited(client, scope, () =>
      client.query(`SELECT 1 FROM ${table} WHERE tenant_id = $1::uuid AND key = $2`, [scope.tenantId, key]),
    )
    if (rowCount === 0)
      throw new DomainError('NOT_FOUND', `There is no ${table} ${quoted(key)} of your clients.`, field)
  }
}

/** The day that a completion counts on: its own, and where that is in a closed month, the day it is told. */
function recognisedOn(
  completedAt: string | null,
  before: StoredTask,
  { config, nowMs }: { config: TenantConfig; nowMs: number },
): string | null {
  if (completedAt === null) return null
  const at = parseInstant(completedAt)
  if (before.completed_at !== null && at === parseInstant(before.completed_at)) return before.completed_on
  const day = localDay(microsToMs(at), config.timeZone)
  return config.closedMonths.has(firstOfMonth(day)) ? openInstant(nowMs, config).day : day
}

/** What a closed month has recognised stays (law L23). Throws DomainError PERIOD_CLOSED naming the task and the month. */
function checkClosed(
  change: TaskChange,
  before: StoredTask,
  { config, completedOn, isMoved }: { config: TenantConfig; completedOn: string | null; isMoved: boolean },
): void {
  if (before.completed_on === null) return
  const month = firstOfMonth(before.completed_on)
  if (!config.closedMonths.has(month)) return
  const isBilledAnew = change.billed !== null && !isSameAmount(change.billed, before)
  const field = isBilledAnew
    ? 'billed'
    : before.completed_on !== completedOn
      ? change.isTimeStated
        ? 'completedAt'
        : 'status'
      : isMoved && before.billed_amount !== null
        ? change.client === null
          ? 'project'
          : 'client'
        : null
  if (field === null) return
  throw new DomainError(
    'PERIOD_CLOSED',
    `The task ${quoted(change.key)} was completed on ${before.completed_on}, and ${month.slice(0, 7)} is closed: its completion, billed amount and place are part of what was reported. Reopen the month to change them.`,
    field,
  )
}

function isSameAmount(billed: { amount: string; currency: string }, before: StoredTask): boolean {
  return (
    before.billed_amount !== null &&
    billed.currency === before.billed_currency &&
    parseFixed18(billed.amount) === parseFixed18(before.billed_amount)
  )
}

/** Said again without a time, a completed task keeps the time it has. */
function completionOf(change: TaskChange, before: StoredTask): string | null {
  const keeps = before.status === 'COMPLETED' && !change.isTimeStated
  return keeps || change.completedAt === null ? before.completed_at : formatInstant(change.completedAt)
}

async function idOf(
  client: PoolClient,
  tenantId: string,
  dimension: KeyedDimension,
  key: string | null,
  links: Links,
): Promise<string | null> {
  if (key === null) return null
  const records = await findOrCreate(client, { tenantId, dimension, keys: new Map([[key, links]]) })
  return records.get(key)?.id ?? null
}

async function storedTask(client: PoolClient, tenantId: string, taskId: string): Promise<StoredTask> {
  const result = await client.query<StoredTask>(
    `SELECT status, client_id, project_id, completed_on::text AS completed_on, billed_amount::text AS billed_amount,
       billed_currency, to_char(completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS completed_at
     FROM task WHERE tenant_id = $1::uuid AND id = $2::uuid`,
    [tenantId, taskId],
  )
  const row = result.rows[0]
  if (row === undefined) throw new Error(`The task ${taskId} was not found after it was made.`)
  return row
}

const UPDATE_TASK = `
UPDATE task SET name = coalesce($3, name), status = $4, client_id = coalesce($5::uuid, client_id),
  project_id = coalesce($6::uuid, project_id), billed_amount = coalesce($7::numeric, billed_amount),
  billed_currency = coalesce($8, billed_currency), completed_at = $9::timestamptz, completed_on = $10::date
WHERE tenant_id = $1::uuid AND id = $2::uuid`
