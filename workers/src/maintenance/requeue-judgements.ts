import { queuedJudgements, type JudgementRef } from '@outlay/db/anomalies/judgement-run'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import { anomalyJudgeJob } from '../jobs/anomaly-judge.ts'

type Enqueue = (contract: typeof anomalyJudgeJob, payload: JudgementRef) => Promise<void>

/** Puts every judgement into the queue that waits or was left in the middle and that nobody seems to work on, tenant by tenant. */
export async function requeueJudgements(pools: { app: TenantPool; auth: Pool }, enqueue: Enqueue): Promise<void> {
  const tenants = await pools.auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  for (const { id } of tenants.rows) {
    for (const ref of await queuedJudgements(pools.app, id)) await enqueue(anomalyJudgeJob, ref)
  }
}
