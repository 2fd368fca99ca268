import type { Watched } from '@outlay/db/alerts/evaluate-limits'
import type { Deliveries } from '../delivery/deliveries.ts'
import type { Events } from '../events.ts'

export interface TellTools {
  publish: Events['publish']
  deliveries: Pick<Deliveries, 'look'>
}

/**
 * Tells who follows alerts what has changed, and sends what is due. Hints, both of them: what gets lost is found by who reads anew, and by the
 * look for due deliveries.
 */
export async function tellWatched(
  { publish, deliveries }: TellTools,
  tenantId: string,
  { alertIds, deliveryIds }: Watched,
): Promise<void> {
  const sending = deliveryIds.length > 0 ? deliveries.look(tenantId) : null
  await Promise.allSettled([sending, ...alertIds.map((alertId) => publish('alert', tenantId, { alertId }))])
}
