import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { amount, CURRENCY, instant, text } from '../columns.ts'
import type { ExportKind } from '../export-kind.ts'

/** The first days of months that touch the period. */
const OF_PERIOD = `r.month < ($3::timestamptz AT TIME ZONE z.time_zone)::date
  AND (r.month + interval '1 month') > ($2::timestamptz AT TIME ZONE z.time_zone)`

/**
 * What the runs that hold gave to each agent, client, project and task in the months of a period: by pool and month it adds up to what was
 * allocated of the pool.
 */
export const allocationShares: ExportKind = {
  name: 'allocation-shares',
  label: 'Allocated shares',
  action: 'pool.read',
  isOfPeriod: true,
  columns: [
    text('Month', 'r.month'),
    text('Pool', 'o.name'),
    text('Category', 'o.category'),
    text('Method', 'r.method'),
    text('Basis', 'r.basis'),
    text('Fallback', 'r.fallback'),
    text('Agent', 'a.name'),
    text('Agent key', 'a.key'),
    text('Client', 'c.name'),
    text('Client key', 'c.key'),
    text('Project', 'p.name'),
    text('Project key', 'p.key'),
    text('Task key', 't.key'),
    CURRENCY,
    amount('Amount', 'l.amount'),
    amount('Weight of the agent', 's.weight'),
    amount('Allocated of the pool', 'r.allocated'),
    amount('Left unallocated', 'r.unallocated'),
    instant('Run', 'r.created_at'),
    text('Inputs', 'r.inputs_hash'),
  ],
  from: `allocation_run r
    JOIN cost_pool o ON o.tenant_id = $1::uuid AND o.id = r.pool_id
    JOIN allocation_share s ON s.tenant_id = $1::uuid AND s.run_id = r.id
    CROSS JOIN LATERAL unnest(s.task_ids, s.client_ids, s.project_ids, s.amounts) AS l(task_id, client_id, project_id, amount)
    LEFT JOIN agent a ON a.tenant_id = $1::uuid AND a.id = nullif(s.agent_id, '${NIL_UUID}')
    LEFT JOIN client c ON c.tenant_id = $1::uuid AND c.id = l.client_id
    LEFT JOIN project p ON p.tenant_id = $1::uuid AND p.id = l.project_id
    LEFT JOIN task t ON t.tenant_id = $1::uuid AND t.id = l.task_id`,
  where: `r.tenant_id = $1::uuid AND r.state = 'CURRENT' AND ${OF_PERIOD}`,
  orderBy: 'r.month, o.name, r.id, s.agent_id, l.task_id, l.client_id, l.project_id',
  filters: { agent: 'a.key = ANY (?)', client: 'c.key = ANY (?)', project: 'p.key = ANY (?)' },
  about: [['Of', 'runs that hold; whole months that touch the period']],
}
