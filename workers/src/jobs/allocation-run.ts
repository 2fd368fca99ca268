import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Runs pools of a month from the snapshot of its row in `allocation_job`, which is its state and its outbox. */
export const allocationRunJob = defineJob({
  name: 'allocation.run',
  payload: z.object({ tenantId: z.uuid(), jobId: z.uuid() }),
  key: ({ jobId }) => jobId,
  attempts: 10,
  backoffMs: 2_000,
})
