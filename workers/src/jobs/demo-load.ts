import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Loads the example data of a tenant, as its row in `demo_data` asks for it, which is its state and its outbox. */
export const demoLoadJob = defineJob({
  name: 'demo.load',
  payload: z.object({ tenantId: z.uuid() }),
  key: ({ tenantId }) => tenantId,
  attempts: 5,
  backoffMs: 2_000,
})
