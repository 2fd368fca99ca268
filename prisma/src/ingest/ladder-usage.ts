import type { PoolClient } from 'pg'
import { bucketStart } from '@outlay/domain/periods/bucket'
import { addMonths, firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { formatInstant, microsToMs } from '@outlay/domain/periods/instant'
import { localDay, rangeBounds, type InstantRange } from '@outlay/domain/periods/local-day'
import { LadderPositions } from '@outlay/domain/rating/ladder-positions'
import { formatQuantity, parseQuantitySum, type Quantity6 } from '@outlay/domain/usage/quantity'
import { plainArray } from '../sql/pg-array.ts'
import type { Place } from './ladder-events.ts'
import type { TenantConfig } from './tenant-config.ts'

/**
 * `graduated_usage` holds what counts for a ladder by the tenant's bucket (milliseconds here). A bucket lies within one local day, so a
 * month is a whole number of them.
 */

/** What changes in the usage of ladders, summed by bucket, to be written at once. */
export class LadderDeltas {
  readonly #cells = new Map<string, { ladder: string; bucket: number; quantity: Quantity6 }>()

  /** `quantity` is below zero for what no longer counts. */
  add({ ladder, bucket, quantity }: { ladder: string; bucket: number; quantity: Quantity6 }): void {
    const key = ladder + bucket
    const cell = this.#cells.get(key)
    if (cell === undefined) this.#cells.set(key, { ladder, bucket, quantity })
    else cell.quantity += quantity
  }

  /** Those that are not zero, in key order: the order in which every writer takes row locks. */
  cells(): { ladder: string; bucket: number; quantity: Quantity6 }[] {
    return [...this.#cells.values()]
      .filter((cell) => cell.quantity !== 0n)
      .sort((a, b) => (a.ladder === b.ladder ? a.bucket - b.bucket : a.ladder < b.ladder ? -1 : 1))
  }
}

const ADD_USAGE = `
INSERT INTO graduated_usage AS c (tenant_id, ladder, bucket, quantity)
SELECT $1::uuid, * FROM unnest($2::uuid[], $3::timestamptz[], $4::numeric[])
ON CONFLICT (tenant_id, ladder, bucket) DO UPDATE SET quantity = c.quantity + EXCLUDED.quantity`

/** Adds to the usage of ladders, under the tenant's lock and in the transaction of the events that change it. */
export async function writeLadderDeltas(client: PoolClient, tenantId: string, deltas: LadderDeltas): Promise<void> {
  const cells = deltas.cells()
  if (cells.length === 0) return
  await client.query({
    name: 'add_graduated_usage',
    text: ADD_USAGE,
    values: [
      tenantId,
      plainArray(cells.map((cell) => cell.ladder)),
      plainArray(cells.map((cell) => new Date(cell.bucket).toISOString())),
      plainArray(cells.map((cell) => formatQuantity(cell.quantity))),
    ],
  })
}

/** The instants of the local month that holds an instant. */
export function monthBounds(ms: number, timeZone: string): InstantRange & { month: CalendarDate } {
  const month = firstOfMonth(localDay(ms, timeZone))
  return { month, ...rangeBounds({ from: month, to: addMonths(month, 1) }, timeZone) }
}

const USED_UP_TO = `
SELECT u.ladder, sum(u.quantity)::text AS quantity FROM (
  SELECT c.ladder, c.quantity FROM graduated_usage c
  WHERE c.tenant_id = $1::uuid AND c.bucket >= $2::timestamptz AND c.bucket < $3::timestamptz
  UNION ALL
  SELECT l.ladder, l.quantity FROM invocation i CROSS JOIN LATERAL unnest(i.ladders, i.quantities) AS l(ladder, quantity)
  WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $3::timestamptz AND i.occurred_at <= $4::timestamptz
    AND (i.occurred_at < $4::timestamptz OR i.id COLLATE "C" <= $5::text)
    AND i.ladders IS NOT NULL AND l.ladder IS NOT NULL AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
) u GROUP BY u.ladder`

/**
 * How far the ladders of the tenant are used by the stored events of the month up to a place, the event at it included. The place
 * `{ micros, id: '' }` is where a range that starts at the instant begins. Under the tenant's lock.
 */
export async function readLadderPositions(
  client: PoolClient,
  { tenantId, config, upTo }: { tenantId: string; config: TenantConfig; upTo: Place },
): Promise<LadderPositions> {
  const ms = microsToMs(upTo.micros)
  const { month, start } = monthBounds(ms, config.timeZone)
  if (!config.rateBook.hasLadders) return new LadderPositions({ month, used: [] })
  const result = await client.query<{ ladder: string; quantity: string }>({
    name: 'ladder_positions',
    text: USED_UP_TO,
    values: [
      tenantId,
      new Date(start).toISOString(),
      new Date(bucketStart(ms, config.bucketMinutes)).toISOString(),
      formatInstant(upTo.micros),
      upTo.id,
    ],
  })
  return new LadderPositions({ month, used: result.rows.map((row) => [row.ladder, parseQuantitySum(row.quantity)]) })
}

/** A ladder in a month from a bucket on. */
export interface LadderMonth {
  ladder: string
  /** The month, milliseconds. */
  start: number
  end: number
  /** The first bucket that is asked for. */
  from: number
}

export interface LadderMonthUsage {
  /** Used before the first bucket. */
  before: Quantity6
  byBucket: Map<number, Quantity6>
}

const MONTH_USAGE = `
SELECT w.n::int AS n, CASE WHEN c.bucket >= w.since THEN (extract(epoch FROM c.bucket) * 1000)::bigint::text END AS bucket,
  sum(c.quantity)::text AS quantity
FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[]) WITH ORDINALITY AS w(ladder, start, since, finish, n)
JOIN graduated_usage c ON c.tenant_id = $1::uuid AND c.ladder = w.ladder AND c.bucket >= w.start AND c.bucket < w.finish
GROUP BY 1, 2`

/** The usage of each ladder month, side by side with what is asked. */
export async function readLadderMonths(
  client: PoolClient,
  tenantId: string,
  months: readonly LadderMonth[],
): Promise<LadderMonthUsage[]> {
  const instants = (pick: (month: LadderMonth) => number) =>
    plainArray(months.map((month) => new Date(pick(month)).toISOString()))
  const result = await client.query<{ n: number; bucket: string | null; quantity: string }>({
    name: 'ladder_months',
    text: MONTH_USAGE,
    values: [
      tenantId,
      plainArray(months.map((month) => month.ladder)),
      instants((month) => month.start),
      instants((month) => month.from),
      instants((month) => month.end),
    ],
  })
  const usage = months.map((): LadderMonthUsage => ({ before: 0n, byBucket: new Map() }))
  for (const row of result.rows) {
    const month = usage[row.n - 1]
    if (month === undefined) continue
    const quantity = parseQuantitySum(row.quantity)
    if (row.bucket === null) month.before = quantity
    else month.byBucket.set(Number(row.bucket), quantity)
  }
  return usage
}
