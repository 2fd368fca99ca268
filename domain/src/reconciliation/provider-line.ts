import type { Fixed18 } from '../money/fixed18.ts'
import type { CalendarDate } from '../periods/calendar-date.ts'
import type { Quantity6 } from '../usage/quantity.ts'

/** What a provider's export can be: two endpoints of OpenAI, two of Anthropic, FOCUS 1.x, or any CSV with a map of its columns. */
export const STATEMENT_FORMATS = [
  'OPENAI_COSTS',
  'OPENAI_USAGE',
  'ANTHROPIC_COST',
  'ANTHROPIC_USAGE',
  'FOCUS_CSV',
  'CSV',
] as const
export type StatementFormat = (typeof STATEMENT_FORMATS)[number]

/**
 * What a line of a provider is for. CREDIT and DISCOUNT are money back; an ADJUSTMENT is money without usage behind it: a purchase, a
 * fee, a correction of an earlier invoice.
 */
export const LINE_KINDS = ['USAGE', 'CREDIT', 'TAX', 'DISCOUNT', 'ADJUSTMENT'] as const
export type LineKind = (typeof LINE_KINDS)[number]

/** One line of what a provider says it saw or charges, whatever the format it came in. */
export interface ProviderLine {
  /** Where it stands in the file: `line 7` of a CSV, `data[0].results[2]` of a JSON answer. */
  reference: string
  /** In small letters, as the catalogue calls it: `openai`, `aws`. */
  provider: string
  /** The day in UTC: providers bill by it, whatever the time zone of the tenant. */
  day: CalendarDate
  /** Workspace, project, subscription or key; null where the export does not tell them apart. */
  account: string | null
  /** The model or tool as the provider spells it; null where the line is for all of the day. */
  resource: string | null
  /** One of our meters; null where the line is for all of the resource. */
  meter: string | null
  /** The provider's tier, e.g. `batch`; null where it states none. */
  tier: string | null
  /** Null where the line states money only, and for what is no usage. */
  quantity: Quantity6 | null
  /** Null where the line states a quantity only; otherwise `currency` is its currency. */
  amount: Fixed18 | null
  currency: string | null
  kind: LineKind
  /** The rate at which the provider itself converted into the reporting currency; null where it did not say. */
  fxRate: Fixed18 | null
}

/** A line that could not be read, by its place and the reason. */
export interface RefusedLine {
  reference: string
  reason: string
}

/** Everything a file says: each of its lines is in one of the two lists. */
export interface ReadStatement {
  lines: ProviderLine[]
  refused: RefusedLine[]
}

/** The largest number of lines of one statement. */
export const STATEMENT_LINES_MAX = 50_000

/**
 * What two lines must share to be the same line said twice: everything but their place in the file.
 *
 *     lineContent(line) // '["openai","2026-10-03",null,"gpt-4o","input_tokens",null,"1500000000",…]'
 */
export function lineContent(line: ProviderLine): string {
  const { provider, day, account, resource, meter, tier, quantity, amount, currency, kind, fxRate } = line
  const numbers = [quantity, amount, fxRate].map((value) => value?.toString() ?? null)
  return JSON.stringify([provider, day, account, resource, meter, tier, ...numbers, currency, kind])
}
