import { requestDueJudgement } from '@outlay/db/anomalies/judgement-run'
import type { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { anomalyJudgeJob } from '../jobs/anomaly-judge.ts'
import type { JobQueue } from '../queue.ts'

/** Asks for the judgement of every tenant whose morning has come, once a day each. */
export async function requestDueJudgements(
  { app, auth, queue }: { app: TenantPool; auth: Pool; queue: Pick<JobQueue, 'enqueue'> },
  { signal, log, nowMs }: { signal: AbortSignal; log: Logger; nowMs: number },
): Promise<void> {
  const tenants = await auth.query<{ id: string }>('SELECT id FROM tenant ORDER BY id')
  for (const { id } of tenants.rows) {
    if (signal.aborted) return
    try {
      const due = await requestDueJudgement(app, id, nowMs)
      if (due !== null) await queue.enqueue(anomalyJudgeJob, due)
    } catch (error) {
      log.error({ tenantId: id, err: error }, 'the judgement of a past could not be asked for; it is asked for again')
    }
  }
}
