import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Compares one tenant's rollups with their rebuild from the events, and says loudly when they differ. */
export const verifyRollupsJob = defineJob({
  name: 'rollups.verify',
  payload: z.object({ tenantId: z.uuid() }),
  key: ({ tenantId }) => tenantId,
  attempts: 3,
  backoffMs: 60_000,
})
