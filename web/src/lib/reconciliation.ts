import type { VarianceCause } from '../generated/graphql.ts'

/** What a cause is called, and what it means. The API has them in capitals. */
export const CAUSE_WORDS: Readonly<Record<VarianceCause, { name: string; meaning: string }>> = {
  TAX: { name: 'Tax', meaning: 'a line of the provider says so' },
  CREDIT: { name: 'Credit', meaning: 'money back, as a line of the provider says' },
  DUPLICATE: { name: 'Duplicate', meaning: 'a day that the export states more than once' },
  FX: { name: 'FX', meaning: 'the invoice converts at another rate than is stored' },
  TIMING: { name: 'Timing', meaning: 'usage on the other side of midnight UTC; zero over the two days' },
  COVERAGE: { name: 'Coverage', meaning: 'usage that only one side has seen' },
  ROUNDING: { name: 'Rounding', meaning: 'within half a unit of the last decimal of each line' },
  TIER: { name: 'Tier', meaning: 'another price that is known here, such as batch' },
  RATE: { name: 'Rate', meaning: 'the same usage at a price that is not known here' },
  UNEXPLAINED: { name: 'Unexplained', meaning: 'fees and purchases, and money without quantities' },
}

/** `openai_costs` as people say it. */
export const FORMAT_WORDS = {
  OPENAI_COSTS: 'OpenAI costs',
  OPENAI_USAGE: 'OpenAI usage',
  ANTHROPIC_COST: 'Anthropic cost report',
  ANTHROPIC_USAGE: 'Anthropic usage report',
  FOCUS_CSV: 'FOCUS',
  CSV: 'CSV',
} as const

/** The fields of a provider's line that a column of any CSV can give, as people say them. */
export const LINE_FIELD_WORDS = {
  provider: 'provider',
  day: 'day (UTC)',
  account: 'workspace, project or key',
  resource: 'model or tool',
  meter: 'kind of unit',
  tier: 'tier',
  quantity: 'quantity',
  amount: 'amount',
  currency: 'currency',
  kind: 'kind of line',
  fxRate: 'FX rate of the invoice',
} as const
