import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Rates a range again without writing anything of it, and adds up the difference. Its row in `rerating` is its state and its outbox. */
export const reratingPreviewJob = defineJob({
  name: 'rerating.preview',
  payload: z.object({ tenantId: z.uuid(), reratingId: z.uuid() }),
  key: ({ reratingId }) => `${reratingId}.preview`,
  attempts: 10,
  backoffMs: 2_000,
})
