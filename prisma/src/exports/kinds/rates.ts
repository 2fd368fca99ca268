import { amount, count, instant, text } from '../columns.ts'
import type { ExportKind } from '../export-kind.ts'

/** The rates of the tenant's own cards, those that hold and those that held. Public prices are in the catalogue. */
export const rates: ExportKind = {
  name: 'rates',
  label: 'Own rates',
  action: 'rate.read',
  isOfPeriod: false,
  columns: [
    text('Provider', 'r.provider'),
    text('Resource', 'r.resource'),
    text('Meter', 'r.meter'),
    amount('Price', 'r.price'),
    amount('Per', 'r.per'),
    text('Currency', 'r.currency'),
    amount('Unit price', 'r.unit_price'),
    instant('From', 'r.effective_from'),
    instant('Until', 'r.effective_to'),
    count('Above prompt tokens', 'r.above_prompt_tokens'),
    amount('Above monthly quantity', 'r.above_monthly_quantity'),
    text('Qualifiers', 'r.qualifiers'),
    text('State', 'r.state'),
    text('Source', 'r.source'),
    count('Card version', 'c.version'),
  ],
  from: 'rate r JOIN rate_card c ON c.tenant_id = $1::uuid AND c.id = r.card_id',
  where: 'r.tenant_id = $1::uuid',
  orderBy:
    'r.provider, r.resource, r.meter, r.effective_from, r.above_prompt_tokens NULLS FIRST, r.above_monthly_quantity NULLS FIRST, r.id',
  filters: { provider: 'r.provider = ANY (?)', state: 'r.state = ANY (?)' },
  about: [],
}
