import { z } from 'zod'
import { DomainError } from '../errors.ts'
import { formatQuantity, parseQuantity, type Quantity6 } from '../usage/quantity.ts'
import { BLANK_LINE, currencyOf, dayOfPeriod, textOrNull } from './line-builder.ts'
import { meterOf } from './names.ts'
import type { ReadStatement } from './provider-line.ts'
import { readJsonPages } from './read-json-pages.ts'
import { readAmount } from './read-number.ts'

const PROVIDER = 'openai'
const SECONDS = z.string().regex(/^\d{1,11}$/)
const NAME = z.string().nullish()
const COUNT = z.string().nullish()

const BUCKET = z.object({ start_time: SECONDS, end_time: SECONDS }).transform(({ start_time, end_time }) => ({
  startMs: Number.parseInt(start_time, 10) * 1000,
  endMs: Number.parseInt(end_time, 10) * 1000,
}))

const COST = z.object({
  amount: z.object({ value: z.string(), currency: z.string() }),
  line_item: NAME,
  project_id: NAME,
})

/**
 * Reads the answer of `GET /v1/organization/costs` (https://platform.openai.com/docs/api-reference/usage/costs): buckets of a UTC day, by
 * Unix seconds, each result with `amount {value, currency}` and, grouped by it, `line_item` (`gpt-4o-2024-08-06, cached input`) and
 * `project_id`. Amounts only: how much was used stands in the usage answers. An amount below zero is a credit.
 *
 * Throws DomainError where the whole file cannot be read.
 */
export function readOpenAiCosts(text: string): ReadStatement {
  return readJsonPages(text, { bucket: BUCKET, result: COST }, (period, { amount, line_item, project_id }) => {
    const value = readAmount(amount.value)
    return [
      {
        ...BLANK_LINE,
        ...lineItem(textOrNull(line_item)),
        provider: PROVIDER,
        day: dayOfPeriod(period),
        account: textOrNull(project_id),
        amount: value,
        currency: currencyOf(amount.currency),
        kind: value < 0n ? 'CREDIT' : 'USAGE',
      },
    ]
  })
}

/** `gpt-4o, input` is a meter of a model; what has no comma is a line for all of a resource (`web search tool calls`). */
function lineItem(item: string | null): { resource: string | null; meter: string | null; tier: string | null } {
  const comma = item?.lastIndexOf(', ') ?? -1
  if (item === null || comma < 0) return { resource: item, meter: null, tier: null }
  const words = item.slice(comma + 2)
  return { resource: item.slice(0, comma), meter: meterOf(words), tier: /batch/i.test(item) ? 'batch' : null }
}

const COMPLETIONS = z.object({
  input_tokens: COUNT,
  input_cached_tokens: COUNT,
  input_cache_write_tokens: COUNT,
  input_text_tokens: COUNT,
  input_audio_tokens: COUNT,
  input_image_tokens: COUNT,
  input_cached_text_tokens: COUNT,
  input_cached_audio_tokens: COUNT,
  input_cached_image_tokens: COUNT,
  output_tokens: COUNT,
  output_text_tokens: COUNT,
  output_audio_tokens: COUNT,
  output_image_tokens: COUNT,
  num_model_requests: COUNT,
  project_id: NAME,
  api_key_id: NAME,
  model: NAME,
  batch: z.union([z.boolean(), z.string()]).nullish(),
  service_tier: NAME,
})
type Completions = z.infer<typeof COMPLETIONS>

/**
 * Reads the answer of `GET /v1/organization/usage/completions` (https://platform.openai.com/docs/api-reference/usage/completions; the
 * embeddings endpoint is a part of it). `input_tokens` and `output_tokens` are sums over text, audio and images, cached and written tokens
 * among them; the answer states the parts beside them, and the parts of the input are without what was cached or written
 * (`input_text_tokens`: "uncached text input tokens used, excluding cache-write tokens", says OpenAI's own client, openai-ruby, of
 * OrganizationUsageCompletionsResult). Answers from before
 * the parts were stated count text only in `input_tokens`, and audio beside it. Either way the quantities made of them are disjoint (law
 * L5), and what would fall below zero is refused. Quantities only: the money is in the costs answer.
 *
 * Throws DomainError where the whole file cannot be read.
 */
export function readOpenAiUsage(text: string): ReadStatement {
  return readJsonPages(text, { bucket: BUCKET, result: COMPLETIONS }, (period, result) => {
    const line = {
      ...BLANK_LINE,
      provider: PROVIDER,
      day: dayOfPeriod(period),
      account: textOrNull(result.project_id) ?? textOrNull(result.api_key_id),
      resource: textOrNull(result.model),
      tier: String(result.batch) === 'true' ? 'batch' : usualTier(result.service_tier),
    }
    const tokens = result.input_text_tokens == null ? sumsOf(result) : partsOf(result)
    return stated({ ...tokens, requests: count(result.num_model_requests) }).map(([meter, quantity]) => ({
      ...line,
      meter,
      quantity,
    }))
  })
}

/** The parts that an answer states, each of them once. Throws DomainError where they are not the whole. */
function partsOf(result: Completions): Record<string, Quantity6> {
  const input = {
    input_tokens: count(result.input_text_tokens),
    input_audio_tokens: count(result.input_audio_tokens),
    input_image_tokens: count(result.input_image_tokens),
    cache_read_tokens: count(result.input_cached_text_tokens),
    cache_read_audio_tokens: count(result.input_cached_audio_tokens),
    cache_read_image_tokens: count(result.input_cached_image_tokens),
    cache_write_tokens: count(result.input_cache_write_tokens),
  }
  const output = {
    output_tokens: count(result.output_text_tokens),
    output_audio_tokens: count(result.output_audio_tokens),
    output_image_tokens: count(result.output_image_tokens),
  }
  checkWhole('input_tokens', result.input_tokens, input)
  checkWhole('output_tokens', result.output_tokens, output)
  return { ...input, ...output }
}

function checkWhole(name: string, whole: string | null | undefined, parts: Readonly<Record<string, Quantity6>>): void {
  const sum = Object.values(parts).reduce((total, part) => total + part, 0n)
  if (whole == null || count(whole) === sum) return
  throw new DomainError('UNKNOWN_SHAPE', `${name} is ${whole}, and its parts add up to ${formatQuantity(sum)}.`)
}

/** What an older answer states: text with what was cached of it, and audio beside it. */
function sumsOf(result: Completions): Record<string, Quantity6> {
  const input = count(result.input_tokens)
  const cached = count(result.input_cached_tokens)
  const written = count(result.input_cache_write_tokens)
  if (cached + written > input) {
    throw new DomainError('NEGATIVE_DECIMAL', 'input_cached_tokens is more than input_tokens, which it is a part of.')
  }
  return {
    input_tokens: input - cached - written,
    cache_read_tokens: cached,
    cache_write_tokens: written,
    output_tokens: count(result.output_tokens),
    input_audio_tokens: count(result.input_audio_tokens),
    output_audio_tokens: count(result.output_audio_tokens),
  }
}

/** The tier that a line without one means is called `default`. */
function usualTier(tier: string | null | undefined): string | null {
  return tier === 'default' ? null : textOrNull(tier)
}

/** A count of an answer; what it does not state is nothing. Throws DomainError. */
export function count(text: string | null | undefined): Quantity6 {
  return text === null || text === undefined ? 0n : parseQuantity(text)
}

/** The meters of which there was any. */
export function stated(quantities: Readonly<Record<string, Quantity6>>): [string, Quantity6][] {
  return Object.entries(quantities).filter(([, quantity]) => quantity !== 0n)
}
