import { amount, count, instant, text } from '../columns.ts'
import type { ExportKind } from '../export-kind.ts'

/** The cost pools and what each comes to from a month on; of one month the last word. */
export const pools: ExportKind = {
  name: 'pools',
  label: 'Cost pools',
  action: 'pool.read',
  isOfPeriod: false,
  columns: [
    text('Pool', 'o.name'),
    text('Category', 'o.category'),
    text('Recurrence', 'o.recurrence'),
    text('First month', 'o.first_month'),
    text('Last month', 'o.last_month'),
    text('Amount from', 'm.from_month'),
    amount('Amount', 'm.amount'),
    text('Currency', 'o.currency'),
    count('Revision', 'm.revision'),
    text('Note', 'm.note'),
    text('Resource provider', 'o.resource_provider'),
    text('Resource', 'o.resource_name'),
    amount('Capacity', 'o.capacity'),
    text('Set by', 'm.set_by'),
    instant('Set', 'm.set_at'),
  ],
  from: `cost_pool o JOIN LATERAL (
      SELECT DISTINCT ON (x.from_month) x.* FROM cost_pool_amount x WHERE x.tenant_id = $1::uuid AND x.pool_id = o.id
      ORDER BY x.from_month, x.revision DESC) m ON true`,
  where: 'o.tenant_id = $1::uuid',
  orderBy: 'o.name, o.first_month, o.id, m.from_month',
  filters: { category: 'o.category = ANY (?)' },
  about: [],
}
