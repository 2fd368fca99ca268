import type { Deliveries } from '../delivery/deliveries.ts'

/** Says that a tenant has something to send. Nothing is waited for: the row says what became of it and when it is tried again. */
export async function deliverAlertOf(
  { tenantId }: { tenantId: string; deliveryId: string },
  { deliveries }: { deliveries: Pick<Deliveries, 'look'> },
): Promise<void> {
  await deliveries.look(tenantId)
}
