import { z } from 'zod'
import { BLANK_LINE, currencyOf, dayOfPeriod, instantMs, textOrNull } from './line-builder.ts'
import { meterOf } from './names.ts'
import type { ReadStatement } from './provider-line.ts'
import { readJsonPages } from './read-json-pages.ts'
import { readAmount } from './read-number.ts'
import { count, stated } from './read-openai.ts'

const PROVIDER = 'anthropic'
const NAME = z.string().nullish()
const COUNT = z.string().nullish()
const BUCKET = z.object({ starting_at: z.string(), ending_at: z.string() })

const COST = z.object({
  amount: z.string(),
  currency: z.string(),
  cost_type: NAME,
  description: NAME,
  model: NAME,
  service_tier: NAME,
  token_type: NAME,
  workspace_id: NAME,
})

/**
 * Reads the answer of `GET /v1/organizations/cost_report` (https://platform.claude.com/docs/en/api/admin/cost_report): buckets of a UTC
 * day; `amount` is a decimal text in cents, `"123.78912"` of `"USD"` being $1.2378912. Grouped by description, a result names `model` and
 * `token_type`; web searches and code execution name a `cost_type` instead of a model. Priority Tier is not in it. An amount below zero is a
 * credit.
 *
 * Throws DomainError where the whole file cannot be read.
 */
export function readAnthropicCost(text: string): ReadStatement {
  return readJsonPages(text, { bucket: BUCKET, result: COST }, (bucket, result) => {
    const amount = readAmount(result.amount, { minorDigits: 2 })
    const tokenType = textOrNull(result.token_type)
    const costType = textOrNull(result.cost_type)
    return [
      {
        ...BLANK_LINE,
        provider: PROVIDER,
        day: dayOf(bucket),
        account: textOrNull(result.workspace_id),
        resource:
          textOrNull(result.model) ?? (costType === 'tokens' ? null : (costType ?? textOrNull(result.description))),
        meter: tokenType === null ? null : meterOf(tokenType),
        tier: tierOf(result.service_tier),
        amount,
        currency: currencyOf(result.currency),
        kind: amount < 0n ? 'CREDIT' : 'USAGE',
      },
    ]
  })
}

const USAGE = z.object({
  uncached_input_tokens: COUNT,
  cache_read_input_tokens: COUNT,
  cache_creation: z.object({ ephemeral_5m_input_tokens: COUNT, ephemeral_1h_input_tokens: COUNT }).nullish(),
  output_tokens: COUNT,
  server_tool_use: z.object({ web_search_requests: COUNT }).nullish(),
  api_key_id: NAME,
  workspace_id: NAME,
  model: NAME,
  service_tier: NAME,
})

/**
 * Reads the answer of `GET /v1/organizations/usage_report/messages` (https://platform.claude.com/docs/en/api/admin/usage_report). Its
 * token classes are disjoint already. Web searches are a resource of their own, `web_search`, as the cost report has them. Quantities only.
 *
 * Throws DomainError where the whole file cannot be read.
 */
export function readAnthropicUsage(text: string): ReadStatement {
  return readJsonPages(text, { bucket: BUCKET, result: USAGE }, (bucket, result) => {
    const line = {
      ...BLANK_LINE,
      provider: PROVIDER,
      day: dayOf(bucket),
      account: textOrNull(result.workspace_id) ?? textOrNull(result.api_key_id),
      tier: tierOf(result.service_tier),
    }
    const tokens = stated({
      input_tokens: count(result.uncached_input_tokens),
      cache_read_tokens: count(result.cache_read_input_tokens),
      cache_write_tokens: count(result.cache_creation?.ephemeral_5m_input_tokens),
      cache_write_1h_tokens: count(result.cache_creation?.ephemeral_1h_input_tokens),
      output_tokens: count(result.output_tokens),
    })
    const searches = stated({ web_searches: count(result.server_tool_use?.web_search_requests) })
    return [
      ...tokens.map(([meter, quantity]) => ({ ...line, resource: textOrNull(result.model), meter, quantity })),
      ...searches.map(([, quantity]) => ({ ...line, resource: 'web_search', quantity })),
    ]
  })
}

function dayOf({ starting_at, ending_at }: z.infer<typeof BUCKET>): string {
  return dayOfPeriod({ startMs: instantMs(starting_at), endMs: instantMs(ending_at) })
}

/** The usual tier is what a line without a tier means. */
function tierOf(tier: string | null | undefined): string | null {
  return tier === 'standard' ? null : textOrNull(tier)
}
