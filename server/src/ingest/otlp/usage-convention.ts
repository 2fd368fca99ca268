import { firstText } from './attribute.ts'
import { MODEL_ALIASES, PROVIDER_ALIASES } from './alias-table.ts'
import type { OtlpSpan } from './otlp-request.ts'
import { type ProviderFamily, providerFamily } from './provider.ts'
import type { TokenParts } from './token-parts.ts'

/**
 * Whether a total contains its parts. `isCertain` when sender or provider says so; then parts beyond the total are a contradiction to
 * refuse, otherwise they are the proof that the total excludes them.
 */
export interface Convention {
  isInclusive: boolean
  isCertain: boolean
}

const INCLUSIVE: Convention = { isInclusive: true, isCertain: true }
const EXCLUSIVE: Convention = { isInclusive: false, isCertain: true }
const BY_DEFAULT: Convention = { isInclusive: true, isCertain: false }

interface ScopeRule {
  scope: RegExp
  family?: readonly ProviderFamily[]
  /** The rule is only for spans whose cached part has such a name. */
  cacheName?: RegExp
  /** null where versions differ and only the numbers tell. */
  input: Convention | null
}

/** `cache_read_input_tokens`, as Anthropic spells it; the conventions have a dot after `read`. */
const UNDERSCORED = /\.cache_(read|creation)_input_tokens$/
/** `gen_ai.usage.cache_read.input_tokens`. */
const DOTTED = /\.cache_(read|creation)\.input_tokens$/

/** Instrumentations whose way of counting is known from their source. First match wins; see conformance/ for the sources. */
const SCOPE_RULES: readonly ScopeRule[] = [
  // Passes Anthropic's and Bedrock's numbers on as they are, input without cache; its LangChain part has other names and both ways.
  { scope: /^openlit/, family: ['anthropic', 'bedrock'], cacheName: DOTTED, input: EXCLUSIVE },
  { scope: /^openlit/, family: ['anthropic', 'bedrock'], input: null },
  // Passed the numbers on while it had the names with underscores; adds the cache to the input since it has the others.
  { scope: /^@traceloop\/instrumentation-(anthropic|bedrock)/, cacheName: UNDERSCORED, input: EXCLUSIVE },
  { scope: /^@traceloop\/instrumentation-(anthropic|bedrock)/, input: INCLUSIVE },
  // Adds Anthropic's cache tokens to the input before it reports.
  { scope: /^opentelemetry\.instrumentation\.anthropic/, input: INCLUSIVE },
  // Does not, and its total lacks them too, so that no arithmetic could tell.
  { scope: /^opentelemetry\.instrumentation\.bedrock/, input: EXCLUSIVE },
  // LangChain's input contains the cache whatever the provider; its Bedrock models once passed Bedrock's on.
  { scope: /^(opentelemetry\.instrumentation\.|@traceloop\/instrumentation-)langchain/, input: null },
  { scope: /^pydantic-ai/, input: INCLUSIVE },
  // Older versions pass Bedrock's input on, newer ones add the cache, under the same names.
  { scope: /^(openinference\.instrumentation\.|@arizeai\/openinference-instrumentation-)bedrock/, input: null },
  { scope: /^(openinference\.|@arizeai\/openinference)/, input: INCLUSIVE },
  { scope: /^langsmith/, input: INCLUSIVE },
]

/** Providers whose own API counts the cached part inside the prompt. Anthropic and Bedrock count it beside. */
const INCLUSIVE_FAMILIES: ReadonlySet<ProviderFamily> = new Set(['openai', 'google'])

/** Whether `input` contains what was read from and written to a cache: scope and provider first, then arithmetic, else it does. */
export function inputConvention(span: OtlpSpan, parts: TokenParts): Convention {
  return senderInputConvention(span, parts) ?? arithmeticInputConvention(parts) ?? BY_DEFAULT
}

function senderInputConvention(span: OtlpSpan, parts: TokenParts): Convention | null {
  // Claude Code reports the usage block of Anthropic's API with bare names.
  if (parts.input?.name === 'input_tokens') return EXCLUSIVE
  const family = familyOf(span)
  if (isAiSdk(span)) {
    // Version 6 made the input a total and added its parts; before, it was whatever the provider calls input.
    if (hasAiSdkDetails(span)) return INCLUSIVE
    return family === 'anthropic' || family === 'bedrock' ? EXCLUSIVE : INCLUSIVE
  }
  const rule = SCOPE_RULES.find(
    ({ scope, family: families, cacheName }) =>
      scope.test(span.scope.name) &&
      (families?.includes(family) ?? true) &&
      (cacheName === undefined || isCacheNamed(parts, cacheName)),
  )
  if (rule !== undefined) return rule.input
  // OpenInference's convention is the same whoever writes it.
  if (parts.input?.name === 'llm.token_count.prompt') return INCLUSIVE
  if (isCacheNamed(parts, UNDERSCORED) && (family === 'anthropic' || family === 'bedrock')) return EXCLUSIVE
  return INCLUSIVE_FAMILIES.has(family) ? INCLUSIVE : null
}

function isCacheNamed({ cacheRead, cacheWrite }: TokenParts, name: RegExp): boolean {
  return [cacheRead, cacheWrite].some((part) => part !== undefined && name.test(part.name))
}

function arithmeticInputConvention({ input, output, total, cacheRead, cacheWrite }: TokenParts): Convention | null {
  const details = (cacheRead?.tokens ?? 0n) + (cacheWrite?.tokens ?? 0n)
  if (input === undefined || details === 0n) return null
  const isBeyond = details > input.tokens
  const isTotalWithDetails = total?.tokens === input.tokens + (output?.tokens ?? 0n) + details
  return isBeyond || isTotalWithDetails ? { isInclusive: false, isCertain: false } : null
}

/** Whether `output` contains the reasoning: it does everywhere but in Gemini's own numbers, where thoughts stand beside the answer. */
export function outputConvention(span: OtlpSpan, parts: TokenParts): Convention {
  const family = familyOf(span)
  const isGeminiNative =
    parts.output?.name === 'gen_ai.usage.candidates_token_count' ||
    parts.reasoning?.name === 'gen_ai.usage.thoughts_token_count'
  if (isGeminiNative) return EXCLUSIVE
  if (isAiSdk(span) && family === 'google' && !hasAiSdkDetails(span)) return EXCLUSIVE
  if (family === 'openai') return INCLUSIVE
  const { input, output, total, reasoning } = parts
  if (output === undefined || reasoning === undefined || reasoning.tokens === 0n) return BY_DEFAULT
  const isTotalWithReasoning = total?.tokens === (input?.tokens ?? 0n) + output.tokens + reasoning.tokens
  const isApart = reasoning.tokens > output.tokens || isTotalWithReasoning
  return isApart ? { isInclusive: false, isCertain: false } : BY_DEFAULT
}

function familyOf({ attributes }: OtlpSpan): ProviderFamily {
  return providerFamily(firstText(attributes, PROVIDER_ALIASES), firstText(attributes, MODEL_ALIASES))
}

/** Versions 4 to 6; version 7 follows the conventions and needs no rule. */
function isAiSdk({ attributes }: OtlpSpan): boolean {
  return attributes.has('ai.operationId')
}

function hasAiSdkDetails({ attributes }: OtlpSpan): boolean {
  for (const name of attributes.keys()) {
    if (name.startsWith('ai.usage.inputTokenDetails.') || name.startsWith('ai.usage.outputTokenDetails.')) return true
  }
  return false
}
