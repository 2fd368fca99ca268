import { amount, count, instant, text } from '../columns.ts'
import type { ExportKind } from '../export-kind.ts'

/** What a period used that has no price, by provider, resource and meter: the most calls first. */
export const unpriced: ExportKind = {
  name: 'unpriced',
  label: 'Unpriced usage',
  action: 'fleet.read',
  isOfPeriod: true,
  columns: [
    text('Provider', 'u.provider'),
    text('Resource', 'u.resource'),
    text('Meter', 'u.meter'),
    count('Invocations', 'u.invocations'),
    amount('Quantity', 'u.quantity'),
    count('Tasks', 'u.tasks'),
    count('Clients', 'u.clients'),
    instant('First seen', 'u.first_seen'),
    instant('Last seen', 'u.last_seen'),
  ],
  // As prisma/src/sql/read-unpriced.ts counts it, without its limit.
  from: `(SELECT nullif(r.provider, '') AS provider, nullif(r.name, '') AS resource, l.meter, count(*) AS invocations,
      sum(l.quantity) AS quantity, count(DISTINCT i.task_id) AS tasks, count(DISTINCT coalesce(t.client_id, i.client_id)) AS clients,
      min(i.occurred_at) AS first_seen, max(i.occurred_at) AS last_seen
    FROM invocation i
    CROSS JOIN LATERAL unnest(i.meters, i.quantities, i.rate_ids, i.amounts) AS l(meter, quantity, rate_id, amount)
    LEFT JOIN resource r ON r.tenant_id = $1::uuid AND r.id = i.resource_id
    LEFT JOIN task t ON t.tenant_id = $1::uuid AND t.id = CASE i.billing WHEN 'SHARED' THEN i.task_id END
    WHERE i.tenant_id = $1::uuid AND i.status = 'UNPRICED' AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz
      AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED') AND l.rate_id IS NULL AND l.amount IS NULL
    GROUP BY 1, 2, l.meter) u`,
  where: '$1::uuid IS NOT NULL',
  orderBy: 'u.invocations DESC, u.provider, u.resource, u.meter',
  filters: { provider: 'u.provider = ANY (?)' },
  about: [],
}
