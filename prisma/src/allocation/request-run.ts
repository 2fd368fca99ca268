import type { Pool, PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { checkMonth } from '@outlay/domain/allocation/pool-amount'
import { refusePoolCycle } from '@outlay/domain/allocation/pool-cycle'
import { DomainError } from '@outlay/domain/errors'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import type { UserError } from '../ingest/user-error.ts'
import { plainArray } from '../sql/pg-array.ts'
import { clientSql } from '../sql/tenant-sql.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { isClosed, type AllocationCause } from './job.ts'
import { allocatable } from './month-inputs.ts'
import { loadPools, type MonthPool } from './pools-of-month.ts'
import { closedMonth, moneyOf } from './run-job.ts'
import { sortOut, type PoolRefusal } from './runnable.ts'

/** Most jobs of one tenant that may wait or be worked on: each reads a whole month. */
const OPEN_JOBS_MAX = 20

export interface RunRequest {
  /** First day of it. */
  month: CalendarDate
  /** Null: every pool of the month that can be run. */
  poolIds: readonly string[] | null
  cause: AllocationCause
  /** An e-mail address, or the name of an API key. */
  requestedBy: string
  nowMs: number
}

/** With a job, errors name the pools that are not in it. */
export interface RunRequestOutcome {
  jobId: string | null
  userErrors: UserError[]
}

const INSERT = `
INSERT INTO allocation_job (tenant_id, id, month, pool_ids, cause, state, requested_by)
VALUES ($1::uuid, $2::uuid, $3::date, $4::uuid[], $5, 'QUEUED', $6)`

/**
 * Asks that pools of a month be run, and all that money passes to or from. The row is the place in the queue, so it is asked for as soon as
 * this commits, whatever becomes of the message that tells a worker. Pools asked for by name are all run or none is; of all pools of the
 * month, those that can be are.
 */
export async function requestRun(
  deps: { pool: Pool },
  tenantId: string,
  request: RunRequest,
): Promise<RunRequestOutcome> {
  try {
    checkMonth(request.month, 'month')
    return await tenantTransaction(deps.pool, tenantId, (client) => ask(client, tenantId, request))
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return refused([{ code: error.code, message: error.message, field: ['input', error.field ?? 'poolIds'] }])
  }
}

async function ask(client: PoolClient, tenantId: string, request: RunRequest): Promise<RunRequestOutcome> {
  const { month, poolIds, cause, requestedBy, nowMs } = request
  const { currency, timeZone } = await moneyOf(client, tenantId)
  if (month > today(nowMs, timeZone)) {
    throw new DomainError(
      'MONTH_NOT_BEGUN',
      `${month.slice(0, 7)} has not begun; there is nothing to split it by.`,
      'month',
    )
  }
  if (await isClosed(client, tenantId, month)) throw closedMonth(month)
  await refuseCrowd(client, tenantId)
  const pools = await loadPools(clientSql(client, tenantId), { month, currency, at: null })
  const asked = poolIds ?? pools.map(({ id }) => id)
  const unknown = unknownPools(asked, pools, month)
  if (unknown.length > 0) return refused(unknown)
  const { runnable, refusals } = sortOut(asked, pools, { month, currency })
  const userErrors = refusals.map((refusal) => userError(refusal, poolIds))
  if (runnable.length === 0 && userErrors.length === 0) {
    throw new DomainError('NOTHING_TO_RUN', `There is no cost pool in ${month.slice(0, 7)}.`, 'month')
  }
  if (runnable.length === 0 || (poolIds !== null && userErrors.length > 0)) return refused(userErrors)
  refusePoolCycle(pools.filter(({ id }) => runnable.includes(id)).map(allocatable))
  const jobId = uuidv7()
  await client.query(INSERT, [tenantId, jobId, month, plainArray(runnable), cause, requestedBy])
  return { jobId, userErrors }
}

function unknownPools(asked: readonly string[], pools: readonly MonthPool[], month: CalendarDate): UserError[] {
  const known = new Set(pools.map(({ id }) => id))
  return asked.flatMap((id, index) => {
    if (known.has(id)) return []
    const message = `There is no cost pool of this id in ${month.slice(0, 7)}.`
    return [{ code: 'NOT_FOUND', message, field: ['input', 'poolIds', String(index)] }]
  })
}

/** A pool that was not named is one that money passes to or from. */
function userError({ poolId, code, message }: PoolRefusal, poolIds: readonly string[] | null): UserError {
  const index = poolIds?.indexOf(poolId) ?? -1
  return { code, message, field: index === -1 ? ['input', 'poolIds'] : ['input', 'poolIds', String(index)] }
}

async function refuseCrowd(client: PoolClient, tenantId: string): Promise<void> {
  const { rows } = await client.query<{ jobs: number }>(
    `SELECT count(*)::int AS jobs FROM allocation_job WHERE tenant_id = $1::uuid AND state IN ('QUEUED', 'RUNNING')`,
    [tenantId],
  )
  const jobs = rows[0]?.jobs ?? 0
  if (jobs < OPEN_JOBS_MAX) return
  const message = `${jobs} allocation jobs wait or are being worked on; that is the most. Ask again when one is done.`
  throw new DomainError('TOO_MANY_JOBS', message, 'month')
}

function refused(userErrors: UserError[]): RunRequestOutcome {
  return { jobId: null, userErrors }
}
