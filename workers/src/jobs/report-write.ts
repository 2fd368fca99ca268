import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Makes an edition of a report. Its row in `report_run` is its state and its outbox. */
export const reportWriteJob = defineJob({
  name: 'report.write',
  payload: z.object({ tenantId: z.uuid(), runId: z.uuid() }),
  key: ({ runId }) => runId,
  attempts: 10,
  backoffMs: 2_000,
})
