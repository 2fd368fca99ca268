import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Writes the file of an export. Its row in `export_job` is its state and its outbox. */
export const exportWriteJob = defineJob({
  name: 'export.write',
  payload: z.object({ tenantId: z.uuid(), exportId: z.uuid() }),
  key: ({ exportId }) => exportId,
  attempts: 10,
  backoffMs: 2_000,
})
