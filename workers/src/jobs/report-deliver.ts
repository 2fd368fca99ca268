import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Sends an edition to one recipient. Its row in `report_delivery` is its state and its outbox. */
export const reportDeliverJob = defineJob({
  name: 'report.deliver',
  payload: z.object({ tenantId: z.uuid(), deliveryId: z.uuid() }),
  key: ({ deliveryId }) => deliveryId,
  attempts: 5,
  backoffMs: 2_000,
})
