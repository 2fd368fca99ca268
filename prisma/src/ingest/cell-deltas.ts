import { bucketStart } from '@outlay/domain/periods/bucket'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { dayBounds, localDay } from '@outlay/domain/periods/local-day'
import { CellDeltas, type CorrectionCause } from '@outlay/domain/rollup/cells'
import type { TenantConfig } from './tenant-config.ts'

/**
 * The one way to begin collecting what a write changes in the rollups. What belongs to a closed month is posted to the moment of writing
 * (law L23); where no month is closed, nothing is asked of any event.
 *
 * Only a month that is over can be closed, so the moment of writing lies in an open one. A process whose clock lags behind the one that
 * closed the month posts to the first instant of the first open month after it.
 */
export function cellDeltas(
  config: Pick<TenantConfig, 'closedMonths' | 'timeZone' | 'bucketMinutes'>,
  { nowMs, cause, reference = null }: { nowMs: number; cause: CorrectionCause; reference?: string | null },
): CellDeltas {
  const { closedMonths, timeZone, bucketMinutes } = config
  if (closedMonths.size === 0) return new CellDeltas()
  const { day, atMs } = openInstant(nowMs, { closedMonths, timeZone })
  return new CellDeltas({ closedMonths, bucket: bucketStart(atMs, bucketMinutes), day, cause, reference })
}

/** The moment itself while its month is open, else the first instant of the first open month after it. */
export function openInstant(
  nowMs: number,
  { closedMonths, timeZone }: Pick<TenantConfig, 'closedMonths' | 'timeZone'>,
): { day: string; atMs: number } {
  const today = localDay(nowMs, timeZone)
  let month = firstOfMonth(today)
  if (!closedMonths.has(month)) return { day: today, atMs: nowMs }
  while (closedMonths.has(month)) month = addMonths(month, 1)
  return { day: month, atMs: dayBounds(month, timeZone).start }
}
