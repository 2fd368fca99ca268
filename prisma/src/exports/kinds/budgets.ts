import { BUDGET_MEMBER } from '../../budgets/budget-row.ts'
import { amount, count, CURRENCY, instant, text } from '../columns.ts'
import type { ExportKind } from '../export-kind.ts'

const shares = (column: string): string =>
  `array_to_string(ARRAY(SELECT trim_scale(s)::text FROM unnest(${column}) AS s ORDER BY s), '; ')`

/** The budgets in force, as they were given and in the reporting currency. */
export const budgets: ExportKind = {
  name: 'budgets',
  label: 'Budgets',
  action: 'budget.read',
  isOfPeriod: false,
  columns: [
    text('Scope', 'b.scope'),
    text('Of', `coalesce(ba.name, bc.name, bp.name, 'Fleet')`),
    text('Key', 'coalesce(ba.key, bc.key, bp.key)'),
    text('Window', 'b.window_kind'),
    text('First day', 'b.starts_on'),
    text('Last day', 'b.ends_on'),
    amount('Budget', 'b.amount_base'),
    CURRENCY,
    amount('As given', 'b.amount'),
    text('Given currency', 'b.currency'),
    amount('FX rate', 'b.fx_rate'),
    text('Alerts at', shares('b.thresholds')),
    text('Alerts when forecast at', shares('b.forecast_thresholds')),
    text('Learned', `CASE WHEN b.is_learned THEN 'yes' ELSE 'no' END`),
    count('Version', 'b.version'),
    text('Note', 'b.note'),
    text('Set by', 'b.updated_by'),
    instant('Set', 'b.updated_at'),
  ],
  from: `budget b ${BUDGET_MEMBER}`,
  where: 'b.tenant_id = $1::uuid AND b.ended_at IS NULL',
  orderBy: `array_position('{FLEET,CLIENT,PROJECT,AGENT}'::text[], b.scope), 2, b.window_kind, b.starts_on, b.id`,
  filters: {},
  about: [],
}
