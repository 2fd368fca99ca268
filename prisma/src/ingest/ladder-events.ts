import type { PoolClient } from 'pg'
import { invariant } from '@outlay/domain/errors'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { formatInstant, type EpochMicros } from '@outlay/domain/periods/instant'
import { ladderUses, type LadderUse } from '@outlay/domain/rating/ladder-positions'
import type { UsageToRate } from '@outlay/domain/rating/rate-book'
import { parseQuantity, parseQuantitySum, type Quantity6 } from '@outlay/domain/usage/quantity'
import { literalArray, plainArray, textArray } from '../sql/pg-array.ts'
import type { StoredLine, StoredRating } from './candidate.ts'
import { COUNT_COLUMNS, COUNT_TABLES, storedCount, type CountRow, type StoredCount } from './stored-event.ts'

/** A stored invocation that uses graduated prices, with all that settling it anew needs. */
export interface LadderEvent {
  count: StoredCount
  usage: UsageToRate
  lines: readonly StoredLine[]
  /** REPORTED: its cost is the sender's own figure. */
  costBasis: 'RATES' | 'REPORTED'
}

/** A place in the order of (occurredAt, id). No event has an empty id: `{ micros, id: '' }` is before all events of an instant. */
export interface Place {
  micros: EpochMicros
  id: string
}

/** The order of graduated prices, the same as `ORDER BY occurred_at, id COLLATE "C"`: ids by their UTF-8 bytes. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.micros !== b.micros) return a.micros - b.micros
  return a.id === b.id ? 0 : Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
}

export function placeOf({ count }: LadderEvent): Place {
  return { micros: count.occurredAtMicros, id: count.id }
}

export function usesOf({ lines }: LadderEvent): readonly LadderUse[] {
  return ladderUses(lines)
}

const SELECT = `
SELECT ${COUNT_COLUMNS}, nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource, i.qualifiers, i.cost_basis, i.meters,
  i.quantities::text[] AS quantities, i.rate_ids::text[] AS rate_ids, i.amounts::text[] AS amounts, i.fx_rates::text[] AS fx_rates,
  i.ladders::text[] AS ladders
FROM ${COUNT_TABLES} LEFT JOIN resource r ON r.tenant_id = i.tenant_id AND r.id = i.resource_id
WHERE i.tenant_id = $1::uuid AND i.ladders IS NOT NULL AND `

interface Row extends CountRow {
  provider: string | null
  resource: string | null
  qualifiers: Record<string, string> | null
  cost_basis: 'RATES' | 'REPORTED'
  meters: string[]
  quantities: string[]
  rate_ids: (string | null)[]
  amounts: (string | null)[]
  fx_rates: (string | null)[] | null
  ladders: (string | null)[]
}

/** Those of some invocations that use graduated prices, whether or not they count. */
export async function loadLadderEvents(
  client: PoolClient,
  { tenantId, ids }: { tenantId: string; ids: readonly string[] },
): Promise<LadderEvent[]> {
  const where = `(i.id, i.occurred_at) IN (SELECT k.id, k.occurred_at FROM invocation_key k WHERE k.tenant_id = $1::uuid AND k.id = ANY ($2::text[]))`
  const values = [tenantId, textArray(ids)]
  const result = await client.query<Row>({ name: 'ladder_events', text: SELECT + where, values })
  return result.rows.map(ladderEvent)
}

/** $2 and $3: the place that is passed; $4: the end of the range; $5: a ladder, or NULL for any. */
const COUNTED_AFTER = `i.occurred_at >= $2::timestamptz AND i.occurred_at < $4::timestamptz
  AND (i.occurred_at > $2::timestamptz OR i.id COLLATE "C" > $3::text)
  AND ($5::uuid IS NULL OR i.ladders @> ARRAY[$5::uuid]) AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')`

/** What counts of a range of time after a place, for one ladder or (null) for any. */
export interface LadderRange {
  tenantId: string
  ladder: string | null
  after: Place
  /** Milliseconds; not in it. */
  endMs: number
}

function rangeParameters({ tenantId, ladder, after, endMs }: LadderRange): (string | null)[] {
  return [tenantId, formatInstant(after.micros), after.id, new Date(endMs).toISOString(), ladder]
}

/** The next events of a range, in order. */
export async function loadLadderPage(
  client: PoolClient,
  range: LadderRange & { limit: number },
): Promise<LadderEvent[]> {
  const result = await client.query<Row>({
    name: 'ladder_page',
    text: `${SELECT}${COUNTED_AFTER} ORDER BY i.occurred_at, i.id COLLATE "C" LIMIT $6::int`,
    values: [...rangeParameters(range), range.limit],
  })
  return result.rows.map(ladderEvent)
}

const USED_AFTER = `
SELECT coalesce(sum(l.quantity), 0)::text AS quantity
FROM invocation i CROSS JOIN LATERAL unnest(i.ladders, i.quantities) AS l(ladder, quantity)
WHERE i.tenant_id = $1::uuid AND i.ladders IS NOT NULL AND l.ladder = $5::uuid AND ${COUNTED_AFTER}`

/** How much of its ladder a range uses. */
export async function usedInRange(client: PoolClient, range: LadderRange & { ladder: string }): Promise<Quantity6> {
  const values = rangeParameters(range)
  const result = await client.query<{ quantity: string }>({ name: 'ladder_used', text: USED_AFTER, values })
  return parseQuantitySum(result.rows[0]?.quantity ?? '0')
}

function ladderEvent(row: Row): LadderEvent {
  const count = storedCount(row)
  const lines = row.meters.map((meter, i): StoredLine => {
    const amount = row.amounts[i] ?? null
    return {
      meter,
      quantity: parseQuantity(row.quantities[i] ?? ''),
      rateId: row.rate_ids[i] ?? null,
      amount: amount === null ? null : parseFixed18(amount),
      fxRate: row.fx_rates?.[i] ?? null,
      ladder: row.ladders[i] ?? null,
    }
  })
  const usage = new Map<string, Quantity6>()
  for (const { meter, quantity } of lines) usage.set(meter, (usage.get(meter) ?? 0n) + quantity)
  return {
    count,
    usage: {
      provider: row.provider,
      resource: row.resource,
      kind: row.kind,
      occurredAtMicros: count.occurredAtMicros,
      usage: [...usage].map(([meter, quantity]) => ({ meter, quantity })),
      qualifiers: row.qualifiers ?? {},
    },
    lines,
    costBasis: row.cost_basis,
  }
}

/** The rating that a stored invocation gets in the place of the one it has. */
export interface NewRating {
  id: string
  occurredAtMicros: EpochMicros
  rating: StoredRating
}

/** Most events of one statement. */
const RATINGS_PER_STATEMENT = 1_000

const REWRITE = `
UPDATE invocation i SET meters = f.meters::text[], quantities = f.quantities::numeric[], rate_ids = f.rate_ids::uuid[],
  amounts = f.amounts::numeric[], fx_rates = f.fx_rates::numeric[], ladders = f.ladders::uuid[], cost = f.cost, status = f.status
FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::numeric[],
  $11::text[])
  AS f(id, occurred_at, meters, quantities, rate_ids, amounts, fx_rates, ladders, cost, status)
WHERE i.tenant_id = $1::uuid AND i.id = f.id AND i.occurred_at = f.occurred_at`

/** Writes the lines, cost and status of stored invocations anew, and proves that each was there. Cells are the caller's. */
export async function rewriteRatings(
  client: PoolClient,
  tenantId: string,
  ratings: readonly NewRating[],
): Promise<void> {
  for (let start = 0; start < ratings.length; start += RATINGS_PER_STATEMENT) {
    const part = ratings.slice(start, start + RATINGS_PER_STATEMENT)
    const literals = (pick: (rating: StoredRating) => string | null) =>
      literalArray(part.map((one) => pick(one.rating)))
    const result = await client.query({
      name: 'rewrite_ratings',
      text: REWRITE,
      values: [
        tenantId,
        textArray(part.map((one) => one.id)),
        plainArray(part.map((one) => formatInstant(one.occurredAtMicros))),
        literals((rating) => rating.meters),
        literals((rating) => rating.quantities),
        literals((rating) => rating.rateIds),
        literals((rating) => rating.amounts),
        literals((rating) => rating.fxRates),
        literals((rating) => rating.ladders),
        plainArray(part.map(({ rating }) => (rating.cost === null ? null : formatFixed18(rating.cost)))),
        plainArray(part.map((one) => one.rating.status)),
      ],
    })
    invariant(result.rowCount === part.length, `Of ${part.length} ratings the database took ${result.rowCount}.`)
  }
}
