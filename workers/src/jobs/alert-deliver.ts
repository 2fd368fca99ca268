import { z } from 'zod'
import { defineJob } from './contract.ts'

/** Sends what is due of the channel of a delivery. Its row in `alert_delivery` is its state, its schedule and its outbox. */
export const alertDeliverJob = defineJob({
  name: 'alert.deliver',
  payload: z.object({ tenantId: z.uuid(), deliveryId: z.uuid() }),
  key: ({ deliveryId }) => deliveryId,
  attempts: 10,
  backoffMs: 2_000,
})
