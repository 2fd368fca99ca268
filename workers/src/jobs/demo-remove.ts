import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Removes the example data of a tenant, as its row in `demo_data` asks for it, which is its state and its outbox. */
export const demoRemoveJob = defineJob({
  name: 'demo.remove',
  payload: z.object({ tenantId: z.uuid() }),
  key: ({ tenantId }) => tenantId,
  attempts: 10,
  backoffMs: 2_000,
})
