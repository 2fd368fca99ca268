import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Judges a tenant's past on the morning of a day. Its row in `anomaly_run` is its state and its outbox. */
export const anomalyJudgeJob = defineJob({
  name: 'anomaly.judge',
  payload: z.object({ tenantId: z.uuid(), day: z.iso.date() }),
  key: ({ tenantId, day }) => `${tenantId} ${day}`,
  attempts: 10,
  backoffMs: 5_000,
})
