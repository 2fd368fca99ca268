import type { Mapping } from '../csv-import/field-map.ts'

/** The fields of a provider's line that a column of any CSV can give. */
export const LINE_FIELDS = [
  'provider',
  'day',
  'account',
  'resource',
  'meter',
  'tier',
  'quantity',
  'amount',
  'currency',
  'kind',
  'fxRate',
] as const
export type LineField = (typeof LINE_FIELDS)[number]

export function isLineField(field: string): field is LineField {
  return (LINE_FIELDS as readonly string[]).includes(field)
}

/** What headings of invoices and exports are usually called, without case, spaces and punctuation. */
const NAMES: Readonly<Record<LineField, readonly string[]>> = {
  provider: ['vendor', 'supplier', 'servicename'],
  day: ['date', 'usagedate', 'usagedateutc', 'starttime', 'startingat', 'timestamp'],
  account: ['workspace', 'workspaceid', 'project', 'projectid', 'projectname', 'apikey', 'apikeyid', 'subscription'],
  resource: ['model', 'modelversion', 'modelname', 'sku', 'service'],
  meter: ['tokentype', 'unit', 'usagetype', 'lineitem'],
  tier: ['servicetier', 'usagetier'],
  quantity: ['usagequantity', 'units', 'tokens', 'count', 'usage'],
  amount: ['cost', 'amountvalue', 'costusd', 'totalcost', 'charge', 'total', 'netamount'],
  currency: ['amountcurrency', 'billingcurrency', 'currencycode'],
  kind: ['chargetype', 'chargecategory', 'linetype', 'type'],
  fxRate: ['exchangerate', 'fx', 'conversionrate'],
}

const FIELD_OF: ReadonlyMap<string, LineField> = new Map(
  LINE_FIELDS.flatMap((field) => [field, ...NAMES[field]].map((name): [string, LineField] => [plain(name), field])),
)

function plain(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/**
 * A map for the CSV of an invoice by its headings; the first column that fits a field has it.
 *
 *     guessLineMap(['Date', 'Model', 'Tokens', 'Cost', 'Currency']) // day, resource, quantity, amount, currency
 */
export function guessLineMap(columns: readonly string[]): Mapping[] {
  const taken = new Set<string>()
  return columns.flatMap((column): Mapping[] => {
    const field = FIELD_OF.get(plain(column))
    if (field === undefined || taken.has(field)) return []
    taken.add(field)
    return [{ field, source: { kind: 'column', column } }]
  })
}

/**
 * Why lines cannot be made with a map, or null: each line needs its provider and day, and an amount with its currency, or a quantity with
 * its resource and meter.
 */
export function lineMapProblem(mappings: readonly Mapping[], columns: readonly string[]): string | null {
  const fields = new Set<string>()
  for (const { field, source } of mappings) {
    if (!isLineField(field)) return `There is no field ${field}; the fields are ${LINE_FIELDS.join(', ')}.`
    if (fields.has(field)) return `The field ${field} is mapped twice.`
    if (source.kind === 'column' && !columns.includes(source.column)) return `There is no column ${source.column}.`
    fields.add(field)
  }
  if (!fields.has('provider')) return 'Map the provider, or state it as the same text for every line.'
  if (!fields.has('day')) return 'Map the day of each line.'
  if (fields.has('amount') !== fields.has('currency')) return 'An amount needs its currency, and a currency an amount.'
  if (fields.has('amount')) return null
  const isCounted = fields.has('quantity') && fields.has('resource') && fields.has('meter')
  return isCounted ? null : 'Map an amount with its currency, or a quantity with its resource and meter.'
}
