import type { AllocationMethod, PoolCategory, UsageBasis } from '@outlay/domain/allocation/policy'
import { invariant } from '@outlay/domain/errors'
import { firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { today } from '@outlay/domain/periods/local-day'
import { requestRun } from '../allocation/request-run.ts'
import { runAllocationJob } from '../allocation/run-job.ts'
import { createPool } from '../pools/create-pool.ts'
import type { PoolInput } from '../pools/parse-pool.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import type { TenantPool } from '../tenancy/tenant-pool.ts'
import { DEMO_TENANT } from './fleet.ts'

interface DemoPool {
  name: string
  category: PoolCategory
  pounds: string
  method: AllocationMethod
  basis: UsageBasis | null
}

/** What the demo's fleet shares, month for month: each pool split in another way. Their amounts are invented. */
export const DEMO_POOLS: readonly DemoPool[] = [
  {
    ...{ name: 'Vector database', category: 'VECTOR_DATABASE', pounds: '312.00' },
    ...{ method: 'USAGE', basis: 'INVOCATIONS' },
  },
  {
    ...{ name: 'Embedding pipeline', category: 'EMBEDDING', pounds: '146.40' },
    ...{ method: 'USAGE', basis: 'TOKENS' },
  },
  {
    ...{ name: 'Search and sandbox tools', category: 'TOOL_SUBSCRIPTION', pounds: '189.00' },
    ...{ method: 'REVENUE', basis: null },
  },
  {
    ...{ name: 'Workflow engine', category: 'ORCHESTRATION', pounds: '104.60' },
    ...{ method: 'USAGE', basis: 'COMPUTE_TIME' },
  },
  { name: 'Tracing and uptime', category: 'MONITORING', pounds: '68.00', method: 'EQUAL', basis: null },
]

const BY = 'the demo'

/**
 * Declares the demo's pools from the present month on and runs them for it. The months before have none: they are those of the worked
 * example, whose unit costs are direct. Begun again after an interruption, it goes on where it stopped.
 */
export async function setDemoPools(deps: { pool: TenantPool; nowMs: number }, tenantId: string): Promise<void> {
  const date = today(deps.nowMs, DEMO_TENANT.timeZone)
  const month = firstOfMonth(date)
  const known = await tenantSql(deps.pool, tenantId).query<{ name: string }>({
    name: 'demo_pools',
    text: 'SELECT name FROM cost_pool WHERE tenant_id = $1::uuid',
  })
  const names = new Set(known.map(({ name }) => name))
  for (const pool of DEMO_POOLS) if (!names.has(pool.name)) await declare(deps, tenantId, { ...pool, month, date })
  const request = { month, poolIds: null, cause: 'REQUESTED', requestedBy: BY, nowMs: deps.nowMs } as const
  const { jobId, userErrors } = await requestRun(deps, tenantId, request)
  invariant(jobId !== null, `The demo's pools cannot be run: ${userErrors[0]?.message}`)
  await runAllocationJob(deps, { tenantId, jobId }, { signal: new AbortController().signal, publish: () => {} })
}

async function declare(
  deps: { pool: TenantPool },
  tenantId: string,
  { name, category, pounds, method, basis, month, date }: DemoPool & { month: string; date: string },
): Promise<void> {
  const policy = {
    ...{ method, basis, rate: null, scope: [], fallback: null, idle: null },
    ...{ multipliers: [], exemptions: [], feeds: [] },
  }
  const input: PoolInput = {
    ...{ name, category, month, lastMonth: null },
    recurrence: 'MONTHLY',
    amount: { amount: pounds, currency: DEMO_TENANT.currency },
    ...{ resource: null, capacity: null, note: null, policy },
  }
  const actor = { by: BY, isPerson: false, mayOverride: true, today: date }
  const { userErrors } = await createPool(deps, tenantId, { input, actor })
  invariant(userErrors.length === 0, `The demo's pool ${name} was refused: ${userErrors[0]?.message}`)
}
