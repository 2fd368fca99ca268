import type { PoolClient } from 'pg'
import { v5 as uuidv5 } from 'uuid'
import type { AgentShare } from '@outlay/domain/allocation/result'
import type { AllocatedPool } from '@outlay/domain/allocation/allocate-month'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { numericArray, UuidArrays } from '../sql/binary-array.ts'
import { plainArray } from '../sql/pg-array.ts'
import type { AllocationRef } from './job.ts'
import type { MonthPool } from './pools-of-month.ts'

/** One pool's result, ready to be stored. */
export interface RunToStore {
  pool: MonthPool
  allocated: AllocatedPool
  inputsHash: string
}

/** What all runs of a job have in common. */
export interface RunHead extends AllocationRef {
  month: CalendarDate
  /** RFC 3339. */
  snapshot: string
}

/** A job makes one run of a pool, however often it is done: its id follows from both. */
export function runIdOf(jobId: string, poolId: string): string {
  return uuidv5(poolId, jobId)
}

// Not current yet: that is decided under the tenant's lock, when all of them are here.
const INSERT_RUN = `
INSERT INTO allocation_run (tenant_id, id, job_id, pool_id, month, policy_id, method, basis, state, pool_amount, fx_rate, received, passed_on,
  total, allocated, unallocated, idle, under_absorbed, fallback, feeds, inputs_hash, snapshot, created_at, superseded_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::date, $6::uuid, $7, $8, 'SUPERSEDED', $9::numeric, $10::numeric, $11::numeric,
  $12::numeric, $13::numeric, $14::numeric, $15::numeric, $16::numeric, $17::numeric, $18, $19::jsonb, $20, $21::timestamptz,
  clock_timestamp(), clock_timestamp())`

const INSERT_SHARE = `
INSERT INTO allocation_share (tenant_id, run_id, agent_id, weight, amount, task_ids, client_ids, project_ids, amounts)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::numeric, $5::numeric, $6::uuid[], $7::uuid[], $8::uuid[], $9::numeric[])`

/** Writes runs and their shares, which nobody sees before the transaction commits. Places are computed one agent at a time. */
export class RunWriter {
  readonly #client: PoolClient
  readonly #head: RunHead
  readonly #uuids = new UuidArrays()
  readonly #columns = new Map<string, Columns>()

  constructor(client: PoolClient, head: RunHead) {
    this.#client = client
    this.#head = head
  }

  /** While Postgres stores one pool's shares, the next pool's are computed. */
  async write({ pool, allocated, inputsHash }: RunToStore): Promise<void> {
    const { tenantId, jobId, month, snapshot } = this.#head
    const { result } = allocated
    const runId = runIdOf(jobId, pool.id)
    const run = this.#client.query({
      name: 'insert_allocation_run',
      text: INSERT_RUN,
      values: [
        tenantId,
        runId,
        jobId,
        pool.id,
        month,
        pool.policy?.id,
        pool.policy?.method,
        pool.policy?.basis,
        ...[allocated.poolAmount].map((amount) => formatFixed18(amount)),
        pool.fxRate,
        ...[
          allocated.received,
          allocated.passedOn,
          result.total,
          result.allocated,
          result.unallocated,
          result.idle ?? 0n,
          result.underAbsorbed,
        ].map((amount) => formatFixed18(amount)),
        result.fallback,
        JSON.stringify(feedsOf({ pool, allocated })),
        inputsHash,
        snapshot,
      ],
    })
    const shares = result.shares.map((share) => {
      const places = share.places
      return this.#client.query({
        name: 'insert_allocation_share',
        text: INSERT_SHARE,
        values: [
          tenantId,
          runId,
          share.agentId,
          formatFixed18(share.weight),
          formatFixed18(share.amount),
          ...this.#columnsOf(share.agentId, places),
          numericArray(places, ({ amount }) => amount, share.amount),
        ],
      })
    })
    await Promise.all([run, ...shares])
  }

  /** An agent's places are mostly those of the pool before, and so are their bytes. */
  #columnsOf(agentId: string, places: AgentShare['places']): readonly Buffer[] {
    const known = this.#columns.get(agentId)
    if (known !== undefined && isSame(known.places, places)) return known.buffers
    const buffers = [
      this.#uuids.encode(places, ({ taskId }) => taskId),
      this.#uuids.encode(places, ({ clientId }) => clientId),
      this.#uuids.encode(places, ({ projectId }) => projectId),
    ]
    this.#columns.set(agentId, { places, buffers })
    return buffers
  }
}

interface Columns {
  places: AgentShare['places']
  buffers: readonly Buffer[]
}

function isSame(a: AgentShare['places'], b: AgentShare['places']): boolean {
  return (
    a.length === b.length &&
    a.every(({ taskId, clientId, projectId }, index) => {
      const other = b[index]
      return taskId === other?.taskId && clientId === other.clientId && projectId === other.projectId
    })
  )
}

/** What a run gave to others: `[{ poolId, share, amount }]`, decimal texts. */
function feedsOf({ pool, allocated }: Pick<RunToStore, 'pool' | 'allocated'>) {
  const shares = new Map((pool.policy?.feeds ?? []).map(({ poolId, share }) => [poolId, share]))
  return allocated.feeds.map(({ poolId, amount }) => {
    return { poolId, share: shares.get(poolId) ?? '0', amount: formatFixed18(amount) }
  })
}

const NEWER = `
SELECT pool_id AS "poolId", id FROM allocation_run
WHERE tenant_id = $1::uuid AND month = $2::date AND pool_id = ANY ($3::uuid[]) AND state = 'CURRENT' AND snapshot > $4::timestamptz`

const SUPERSEDE = `
UPDATE allocation_run o SET state = 'SUPERSEDED', superseded_at = clock_timestamp(), superseded_by = n.id
FROM allocation_run n
WHERE n.tenant_id = $1::uuid AND n.job_id = $2::uuid AND n.pool_id = ANY ($4::uuid[])
  AND o.tenant_id = $1::uuid AND o.month = $3::date AND o.pool_id = n.pool_id AND o.state = 'CURRENT'`

const MAKE_CURRENT = `
UPDATE allocation_run SET state = 'CURRENT', superseded_at = NULL
WHERE tenant_id = $1::uuid AND job_id = $2::uuid AND month = $3::date AND pool_id = ANY ($4::uuid[])`

const OVERTAKEN = `
UPDATE allocation_run o SET superseded_by = n.id FROM allocation_run n
WHERE o.tenant_id = $1::uuid AND o.job_id = $2::uuid AND o.month = $3::date AND o.pool_id = ANY ($4::uuid[])
  AND n.tenant_id = $1::uuid AND n.month = $3::date AND n.pool_id = o.pool_id AND n.state = 'CURRENT'`

/**
 * Lets the runs of a job hold, in the place of older ones, under the tenant's lock. A group of connected pools of which one has a run of a
 * later snapshot has been overtaken: it stays in the history only, whole, because money passes between its pools.
 */
export async function makeCurrent(
  client: PoolClient,
  head: RunHead,
  groups: readonly (readonly string[])[],
): Promise<void> {
  const { tenantId, jobId, month, snapshot } = head
  const all = plainArray(groups.flat())
  const newer = await client.query<{ poolId: string }>(NEWER, [tenantId, month, all, snapshot])
  const overtaken = new Set(newer.rows.map(({ poolId }) => poolId))
  const [holding, late] = [false, true].map((isLate) =>
    plainArray(groups.filter((group) => group.some((poolId) => overtaken.has(poolId)) === isLate).flat()),
  )
  await client.query(SUPERSEDE, [tenantId, jobId, month, holding])
  await client.query(MAKE_CURRENT, [tenantId, jobId, month, holding])
  await client.query(OVERTAKEN, [tenantId, jobId, month, late])
}
