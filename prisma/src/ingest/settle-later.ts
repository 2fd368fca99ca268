import type { PoolClient } from 'pg'
import { microsToMs } from '@outlay/domain/periods/instant'
import type { CellDeltas } from '@outlay/domain/rollup/cells'
import { loadLadderPage, placeOf, usesOf, type Place } from './ladder-events.ts'
import { monthBounds, readLadderPositions } from './ladder-usage.ts'
import { Resettlement } from './settle-stored.ts'
import type { TenantConfig } from './tenant-config.ts'

/**
 * Settles the next events after a place that use graduated prices, up to the end of the place's month: what a re-rating owes to the
 * days after its range, whose places it has moved. Only graduated lines change, and only where the price that they were rated with is
 * still in force. Cells go into `deltas`; the caller writes them.
 *
 * Under the tenant's lock, in a transaction that may be one of many: it begins from what is stored, so that it can be stopped after any
 * page and goes on from the place that it returned. null: the month is done.
 */
export async function settleLaterEvents(
  client: PoolClient,
  work: { tenantId: string; config: TenantConfig; deltas: CellDeltas; after: Place; limit: number },
): Promise<Place | null> {
  const { tenantId, config, deltas, after, limit } = work
  if (!config.rateBook.hasLadders) return null
  const positions = await readLadderPositions(client, { tenantId, config, upTo: after })
  const { end } = monthBounds(microsToMs(after.micros), config.timeZone)
  const page = await loadLadderPage(client, { tenantId, ladder: null, after, endMs: end, limit })
  const resettlement = new Resettlement(config)
  for (const event of page) {
    resettlement.settle(event, (ladder) => positions.of(ladder))
    positions.advance(usesOf(event))
  }
  await resettlement.write(client, { tenantId, deltas })
  const last = page[page.length - 1]
  return last === undefined || page.length < limit ? null : placeOf(last)
}
