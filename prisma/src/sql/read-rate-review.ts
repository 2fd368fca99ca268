import { invariant } from '@outlay/domain/errors'
import { parseScaledDecimal } from '@outlay/domain/money/scaled-decimal'
import { addDays, daysBetween, type DateRange } from '@outlay/domain/periods/calendar-date'
import { dayBounds, rangeBounds, type InstantRange } from '@outlay/domain/periods/local-day'
import type { PricedUsage } from '@outlay/domain/rating/review'
import { QUANTITY6_SCALE } from '@outlay/domain/usage/quantity'
import { readUnitPrice } from '@outlay/domain/usage/unit-price'
import { plainArray } from './pg-array.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** Most combinations of resource, meter and rate of one review. */
export const PRICED_USAGE_MAX = 20_000

/** Lines of an invocation that are added up place by place; hardly any has more. */
const PLACES = [1, 2, 3, 4, 5, 6, 7, 8] as const

const SUMS = PLACES.map(
  (place) =>
    `sum(i.quantities[${place}]) AS q${place}, count(*) FILTER (WHERE i.quantities[${place}] > 0) AS n${place}`,
).join(', ')

const SUMMED = PLACES.map((place) => `(${place}, s.q${place}, s.n${place})`).join(', ')

const COUNTED = `i.tenant_id = $1::uuid AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED') AND i.cost_basis = 'RATES'`

// Events with the same meters at the same rates are one group, summed place by place, and only the groups are taken apart into lines:
// taking a million events apart was measured three times slower. Where a graduated price splits a meter into several lines, the invocation
// is counted at the first of them that has a price. What a day adds up to by resource, meter and rate can be added to that of another day.
const usedOf = (events: { from: string; where: string }): string => `groups AS MATERIALIZED (
      SELECT i.resource_id, i.meters, i.rate_ids, ${SUMS}
      FROM ${events.from} WHERE ${COUNTED} AND ${events.where} AND cardinality(i.meters) <= ${PLACES.length} GROUP BY 1, 2, 3
    ), lines AS (
      SELECT s.resource_id, s.meters, s.rate_ids, l.place, l.quantity, l.invocations
      FROM groups s CROSS JOIN LATERAL (VALUES ${SUMMED}) AS l(place, quantity, invocations)
      UNION ALL
      SELECT i.resource_id, i.meters, i.rate_ids, l.place::int, l.quantity, 1
      FROM ${events.from} CROSS JOIN LATERAL unnest(i.quantities) WITH ORDINALITY AS l(quantity, place)
      WHERE ${COUNTED} AND ${events.where} AND cardinality(i.meters) > ${PLACES.length}
    ), used AS (
      SELECT l.resource_id, l.meters[l.place] AS meter, l.rate_ids[l.place] AS rate_id, sum(l.quantity) AS quantity,
        coalesce(sum(l.invocations) FILTER (WHERE l.place = array_position(l.meters, l.meters[l.place])
          OR (l.rate_ids[array_position(l.meters, l.meters[l.place])] IS NULL
            AND l.place = array_position(l.meters, l.meters[l.place], array_position(l.meters, l.meters[l.place]) + 1))), 0) AS invocations
      FROM lines l
      WHERE l.rate_ids[l.place] IS NOT NULL AND l.quantity > 0
      GROUP BY 1, 2, 3
    )`

/**
 * `used`: what every rate priced in a range, from its events alone: resource_id, meter, rate_id, quantity, invocations. $1 tenant, $2 and
 * $3 the instants of the range.
 */
export const USED_OF_EVENTS = usedOf({
  from: 'invocation i',
  where: 'i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz',
})

// The days that are added up already are taken as they are, and the events of the others are read, each run of such days from the index
// by its time. One statement, so that a day is never in both and never in neither.
const PRICED: Prepared = {
  name: 'read_rate_review',
  text: `WITH asked AS (
      SELECT * FROM unnest($4::date[], $5::timestamptz[], $6::timestamptz[]) AS d(day, starts, ends)
    ), made AS MATERIALIZED (
      SELECT p.* FROM priced_day p JOIN sums_change m ON m.tenant_id = p.tenant_id AND m.day = p.day AND m.generation = p.generation
      WHERE p.tenant_id = $1::uuid AND p.day IN (SELECT day FROM asked)
    ), unmade AS MATERIALIZED (
      SELECT min(starts) AS starts, max(ends) AS ends FROM (
        SELECT a.*, a.day - row_number() OVER (ORDER BY a.day)::int AS run FROM asked a WHERE NOT EXISTS (SELECT FROM made WHERE made.day = a.day)
      ) days GROUP BY run
    ), ${usedOf({
      from: `unmade u CROSS JOIN LATERAL (
        SELECT e.tenant_id, e.billing, e.cost_basis, e.resource_id, e.meters, e.rate_ids, e.quantities FROM invocation e
        WHERE e.tenant_id = $1::uuid AND e.occurred_at >= $2::timestamptz AND e.occurred_at < $3::timestamptz
          AND e.occurred_at >= u.starts AND e.occurred_at < u.ends OFFSET 0) i`,
      where: 'true',
    })}, every AS (
      SELECT resource_id, meter, rate_id, sum(quantity) AS quantity, sum(invocations) AS invocations FROM (
        SELECT resource_id, meter, rate_id, quantity, invocations FROM used
        UNION ALL
        SELECT l.* FROM made m CROSS JOIN LATERAL unnest(m.resource_ids, m.meters, m.rate_ids, m.quantities, m.invocations) AS l
      ) days GROUP BY 1, 2, 3 LIMIT ${PRICED_USAGE_MAX + 1}
    )
    SELECT nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource, u.meter, u.rate_id AS "rateId",
      coalesce(t.source, 'CATALOGUE') AS source, coalesce(t.currency, c.currency) AS currency,
      coalesce(t.unit_price, c.unit_price)::text AS "unitPrice", u.quantity::text AS quantity, u.invocations::text AS invocations
    FROM every u
    LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = u.resource_id
    LEFT JOIN rate t ON t.tenant_id = $1::uuid AND t.id = u.rate_id
    LEFT JOIN catalogue_rate c ON c.id = u.rate_id
    ORDER BY u.resource_id, u.meter, u.rate_id`,
}

type Row = Omit<PricedUsage, 'unitPrice' | 'quantity' | 'invocations'> & {
  /** null when the rate is gone, which nothing may do. */
  unitPrice: string | null
  quantity: string
  invocations: string
}

const SUM_OF_QUANTITIES = {
  what: 'sum of quantities',
  decimals: QUANTITY6_SCALE,
  integerDigits: 40,
  allowNegative: false,
} as const

/**
 * What every rate priced in a quarter: the lines with a rate and a quantity of the billed invocations, also of those in which another
 * meter has no price. One more than PRICED_USAGE_MAX says that there are too many.
 */
export async function readPricedUsage(db: TenantSql, range: DateRange, timeZone: string): Promise<PricedUsage[]> {
  const days = Array.from({ length: daysBetween(range.from, range.to) }, (_, n) => addDays(range.from, n))
  const bounds = days.map((day) => dayBounds(day, timeZone))
  const instants = (pick: (of: InstantRange) => number) =>
    plainArray(bounds.map((of) => new Date(pick(of)).toISOString()))
  const { start, end } = rangeBounds(range, timeZone)
  const rows = await db.query<Row>(PRICED, [
    new Date(start).toISOString(),
    new Date(end).toISOString(),
    plainArray(days),
    instants((of) => of.start),
    instants((of) => of.end),
  ])
  return rows.map(({ unitPrice, quantity, invocations, ...row }) => {
    invariant(unitPrice !== null, `The rate ${row.rateId} of a rated line is gone`)
    return {
      ...row,
      unitPrice: readUnitPrice(unitPrice),
      quantity: parseScaledDecimal(quantity, SUM_OF_QUANTITIES),
      invocations: BigInt(invocations),
    }
  })
}
