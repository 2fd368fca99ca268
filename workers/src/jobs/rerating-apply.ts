import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Replaces the ratings of a previewed range, page by page. Its row in `rerating` is its state and its outbox. */
export const reratingApplyJob = defineJob({
  name: 'rerating.apply',
  payload: z.object({ tenantId: z.uuid(), reratingId: z.uuid() }),
  key: ({ reratingId }) => `${reratingId}.apply`,
  attempts: 10,
  backoffMs: 2_000,
})
