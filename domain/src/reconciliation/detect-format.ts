import type { StatementFormat } from './provider-line.ts'

/** Of a file, what its kind is told by: names of fields repeat in each of its records. */
const LOOKED_AT = 100_000

/**
 * What a file is by what stands in it; null where it is JSON of a shape that is not known. Any other text is a CSV, with or without the
 * columns of FOCUS.
 *
 *     detectFormat('{"data": [{"results": [{"object": "organization.costs.result"')  // 'OPENAI_COSTS'
 *     detectFormat('BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart\n')  // 'FOCUS_CSV'
 */
export function detectFormat(text: string): StatementFormat | null {
  const start = text
    .slice(0, LOOKED_AT)
    .replace(/^\ufeff/, '')
    .trimStart()
  if (!/^[[{]/.test(start)) return isFocus(start) ? 'FOCUS_CSV' : 'CSV'
  const names = new Set([...start.matchAll(/"(\w+)"\s*:/g)].map(([, name]) => name))
  const isCost = names.has('amount')
  if (names.has('starting_at'))
    return isCost ? 'ANTHROPIC_COST' : tokens(names, 'uncached_input_tokens', 'ANTHROPIC_USAGE')
  if (names.has('start_time')) return isCost ? 'OPENAI_COSTS' : tokens(names, 'input_tokens', 'OPENAI_USAGE')
  return null
}

function tokens(
  names: ReadonlySet<string | undefined>,
  field: string,
  format: StatementFormat,
): StatementFormat | null {
  return names.has(field) ? format : null
}

function isFocus(start: string): boolean {
  const [headings = ''] = start.split(/\r?\n/, 1)
  return ['BilledCost', 'ChargeCategory', 'ChargePeriodStart'].every((name) => headings.includes(name))
}
