import { amount, text } from '../columns.ts'
import type { ExportKind } from '../export-kind.ts'

/** What providers say of the days of a period, line by line as it was imported. A day of theirs is one in UTC. */
export const providerLines: ExportKind = {
  name: 'provider-lines',
  label: 'Statement lines',
  action: 'reconciliation.read',
  isOfPeriod: true,
  columns: [
    text('Statement', 's.name'),
    text('Format', 's.format'),
    text('Place in it', 'l.reference'),
    text('Provider', 'l.provider'),
    text('Day, UTC', 'l.day'),
    text('Account', 'l.account'),
    text('Resource', 'l.resource'),
    text('Meter', 'l.meter'),
    text('Tier', 'l.tier'),
    text('Kind', 'l.kind'),
    amount('Quantity', 'l.quantity'),
    amount('Amount', 'l.amount'),
    text('Currency', 'l.currency'),
    amount('FX rate of the invoice', 'l.fx_rate'),
    text('Imported by', 's.imported_by'),
  ],
  from: `provider_line l JOIN provider_statement s ON s.tenant_id = $1::uuid AND s.id = l.statement_id`,
  where: `l.tenant_id = $1::uuid AND l.day >= ($2::timestamptz AT TIME ZONE z.time_zone)::date
    AND l.day < ($3::timestamptz AT TIME ZONE z.time_zone)::date`,
  orderBy: 'l.day, s.id, l.number',
  filters: { provider: 'l.provider = ANY (?)' },
  about: [['Amounts are', 'as the provider states them, in its currency; a line without one is a count of usage']],
}
