import { parseScaledDecimal } from '@outlay/domain/money/scaled-decimal'
import type { PricedUsage } from '@outlay/domain/rating/review'
import { QUANTITY6_SCALE } from '@outlay/domain/usage/quantity'
import { readUnitPrice } from '@outlay/domain/usage/unit-price'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/** Most combinations of resource, meter and rate of one review. */
export const PRICED_USAGE_MAX = 20_000

// Adds up every event of the quarter, from its months' partitions alone, and looks a rate up once for all it priced. Where a graduated
// price splits a meter into several lines, the invocation is counted at the first of them that has a price.
const PRICED: Prepared = {
  name: 'read_rate_review',
  text: `WITH used AS MATERIALIZED (
      SELECT i.resource_id, l.meter, l.rate_id, sum(l.quantity) AS quantity,
        count(*) FILTER (WHERE l.place = array_position(i.meters, l.meter)
          OR (i.rate_ids[array_position(i.meters, l.meter)] IS NULL
            AND l.place = array_position(i.meters, l.meter, array_position(i.meters, l.meter) + 1))) AS invocations
      FROM invocation i
      CROSS JOIN LATERAL unnest(i.meters, i.quantities, i.rate_ids) WITH ORDINALITY AS l(meter, quantity, rate_id, place)
      WHERE i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
        AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED') AND i.cost_basis = 'RATES' AND l.rate_id IS NOT NULL AND l.quantity > 0
      GROUP BY 1, 2, 3 LIMIT ${PRICED_USAGE_MAX + 1}
    )
    SELECT nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource, u.meter, u.rate_id AS "rateId",
      coalesce(t.source, 'CATALOGUE') AS source, coalesce(t.currency, c.currency) AS currency,
      coalesce(t.unit_price, c.unit_price)::text AS "unitPrice", u.quantity::text AS quantity, u.invocations::text AS invocations
    FROM used u
    LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = u.resource_id
    LEFT JOIN rate t ON t.tenant_id = $1::uuid AND t.id = u.rate_id
    LEFT JOIN catalogue_rate c ON c.id = u.rate_id
    ORDER BY u.resource_id, u.meter, u.rate_id`,
}

type Row = Omit<PricedUsage, 'unitPrice' | 'quantity' | 'invocations'> & {
  unitPrice: string
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
export async function readPricedUsage(
  db: TenantSql,
  { start, end }: { start: string; end: string },
): Promise<PricedUsage[]> {
  const rows = await db.query<Row>(PRICED, [start, end])
  return rows.map((row) => ({
    ...row,
    unitPrice: readUnitPrice(row.unitPrice),
    quantity: parseScaledDecimal(row.quantity, SUM_OF_QUANTITIES),
    invocations: BigInt(row.invocations),
  }))
}
