import type { PoolClient } from 'pg'
import { invariant } from '@outlay/domain/errors'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { formatInstant } from '@outlay/domain/periods/instant'
import type { StoredRating } from '../ingest/candidate.ts'
import { literalArray, plainArray, textArray } from '../sql/pg-array.ts'
import type { StoredEvent } from './event-page.ts'
import type { ReratingRef } from './rerating.ts'

export interface NewRating {
  event: StoredEvent
  rating: StoredRating
}

/**
 * Keeps the ratings that events have, and gives them others, in one statement. $3 and $4 are the first and the last instant of the
 * events, so that only their partition is opened.
 */
const REPLACE_RATINGS = `
WITH new AS MATERIALIZED (
  SELECT n.id, n.occurred_at, n.status, n.cost, n.meters::text[], n.quantities::numeric[], n.rate_ids::uuid[], n.amounts::numeric[],
    n.fx_rates::numeric[], n.cost_basis, n.reported_fx_rate, n.ladders::uuid[]
  FROM unnest($5::text[], $6::timestamptz[], $7::text[], $8::numeric[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
    $15::numeric[], $16::text[])
    AS n(id, occurred_at, status, cost, meters, quantities, rate_ids, amounts, fx_rates, cost_basis, reported_fx_rate, ladders)
), kept AS (
  INSERT INTO superseded_rating (tenant_id, invocation_id, rerating_id, occurred_at, superseded_at, status, cost, cost_basis,
    reported_fx_rate, meters, quantities, rate_ids, amounts, fx_rates)
  SELECT i.tenant_id, i.id, $2::uuid, i.occurred_at, statement_timestamp(), i.status, i.cost, i.cost_basis, i.reported_fx_rate, i.meters,
    i.quantities, i.rate_ids, i.amounts, i.fx_rates
  FROM new n JOIN invocation i ON i.tenant_id = $1::uuid AND i.occurred_at = n.occurred_at AND i.id = n.id
  WHERE i.occurred_at >= $3::timestamptz AND i.occurred_at <= $4::timestamptz
  RETURNING 1
), replaced AS (
  UPDATE invocation i SET status = n.status, cost = n.cost, meters = n.meters, quantities = n.quantities, rate_ids = n.rate_ids,
    amounts = n.amounts, fx_rates = n.fx_rates, cost_basis = n.cost_basis, reported_fx_rate = n.reported_fx_rate,
    ladders = n.ladders
  FROM new n WHERE i.tenant_id = $1::uuid AND i.occurred_at = n.occurred_at AND i.id = n.id
    AND i.occurred_at >= $3::timestamptz AND i.occurred_at <= $4::timestamptz
  RETURNING 1
)
SELECT (SELECT count(*) FROM kept)::int AS kept, (SELECT count(*) FROM replaced)::int AS replaced`

/** Gives events other ratings, under the tenant's lock; who looks for the old ones finds them by the job that replaced them. */
export async function replaceRatings(
  client: PoolClient,
  { tenantId, reratingId }: ReratingRef,
  ratings: readonly NewRating[],
): Promise<void> {
  const [first, last] = [ratings.at(0), ratings.at(-1)]
  if (first === undefined || last === undefined) return
  const instant = ({ event }: NewRating) => formatInstant(event.invocation.occurredAt)
  const result = await client.query<{ kept: number; replaced: number }>(REPLACE_RATINGS, [
    tenantId,
    reratingId,
    instant(first),
    instant(last),
    textArray(ratings.map(({ event }) => event.id)),
    plainArray(ratings.map(instant)),
    plainArray(ratings.map(({ rating }) => rating.status)),
    plainArray(ratings.map(({ rating }) => (rating.cost === null ? null : formatFixed18(rating.cost)))),
    literalArray(ratings.map(({ rating }) => rating.meters)),
    literalArray(ratings.map(({ rating }) => rating.quantities)),
    literalArray(ratings.map(({ rating }) => rating.rateIds)),
    literalArray(ratings.map(({ rating }) => rating.amounts)),
    literalArray(ratings.map(({ rating }) => rating.fxRates)),
    plainArray(ratings.map(({ rating }) => rating.costBasis)),
    plainArray(ratings.map(({ rating }) => rating.reportedFxRate)),
    literalArray(ratings.map(({ rating }) => rating.ladders)),
  ])
  const { kept, replaced } = result.rows[0] ?? { kept: 0, replaced: 0 }
  const isWhole = kept === ratings.length && replaced === ratings.length
  invariant(isWhole, `Of ${ratings.length} ratings ${kept} were kept and ${replaced} replaced.`)
}
