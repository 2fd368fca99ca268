import { quoted } from '@outlay/domain/errors'
import { MISUSED_NAMES, PROVIDER_METADATA, USAGE_ALIASES, USAGE_OBJECTS, type UsagePart } from './alias-table.ts'
import type { Attributes, AttributeValue, OtlpSpan } from './otlp-request.ts'
import { UsageRefusal } from './usage-refusal.ts'

export interface TokenPart {
  /** The attribute that states it. */
  name: string
  tokens: bigint
}

export type TokenParts = Partial<Record<UsagePart, TokenPart>>

/** More digits than a stored quantity has. */
const TOKENS_LIMIT = 1_000_000_000_000n

/**
 * The numbers a span states, exactly as it states them, each from the first alias that is present. Throws UsageRefusal
 * INVALID_QUANTITY for what is no whole number of tokens: nothing is rounded or clamped.
 */
export function readTokenParts({ attributes, scope }: OtlpSpan): TokenParts {
  const misused = MISUSED_NAMES.filter((misuse) => misuse.scope.test(scope.name)).map(({ name }) => name)
  const parts: TokenParts = {}
  for (const part of Object.keys(USAGE_ALIASES) as UsagePart[]) {
    for (const name of USAGE_ALIASES[part]) {
      const value = attributes.get(name)
      if (value === undefined || value === '' || misused.includes(name)) continue
      parts[part] = { name, tokens: tokenCount(name, value) }
      break
    }
  }
  addUsageObjects(attributes, parts)
  addProviderMetadata(attributes, parts)
  addWrittenTotal(parts)
  return parts
}

/** LangChain states a total of 0 beside the lifetimes that it moved the tokens to; others state the lifetimes alone. */
function addWrittenTotal(parts: TokenParts): void {
  const { cacheWrite, cacheWrite5m, cacheWrite1h } = parts
  const byLifetime = (cacheWrite5m?.tokens ?? 0n) + (cacheWrite1h?.tokens ?? 0n)
  if (byLifetime === 0n || (cacheWrite?.tokens ?? 0n) > 0n) return
  parts.cacheWrite = { name: (cacheWrite5m ?? cacheWrite1h)!.name, tokens: byLifetime }
}

function tokenCount(name: string, value: AttributeValue): bigint {
  const tokens = wholeNumber(value)
  if (tokens !== null && tokens >= 0n && tokens < TOKENS_LIMIT) return tokens
  throw new UsageRefusal('INVALID_QUANTITY', `${name} ${shown(value)} ${fault(value, tokens)}.`)
}

function wholeNumber(value: AttributeValue): bigint | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null
  return typeof value === 'string' && /^-?[0-9]{1,40}$/.test(value) ? BigInt(value) : null
}

function fault(value: AttributeValue, tokens: bigint | null): string {
  if (tokens !== null) return tokens < 0n ? 'is below zero' : 'has more than 12 digits'
  if (typeof value === 'number' && Number.isInteger(value)) return 'is beyond what a JSON number holds exactly'
  return 'is not a whole number of tokens'
}

function shown(value: AttributeValue): string {
  return typeof value === 'object' ? 'of a list' : quoted(String(value))
}

function addUsageObjects(attributes: Attributes, parts: TokenParts): void {
  for (const { name, within, parts: keys } of USAGE_OBJECTS) {
    const whole = parseObject(attributes.get(name))
    const details = within === null ? whole : asObject(whole?.[within])
    if (details === null) continue
    const path = within === null ? name : `${name}.${within}`
    for (const [part, key] of Object.entries(keys) as [UsagePart, string][]) {
      addPart(parts, part, `${path}.${key}`, details[key])
    }
  }
}

function addProviderMetadata(attributes: Attributes, parts: TokenParts): void {
  const metadata = parseObject(attributes.get(PROVIDER_METADATA))
  if (metadata === null) return
  const anthropic = asObject(metadata['anthropic'])
  const lifetimes = asObject(asObject(anthropic?.['usage'])?.['cache_creation'])
  const bedrock = asObject(asObject(metadata['bedrock'])?.['usage'])
  const written = anthropic?.['cacheCreationInputTokens'] ?? bedrock?.['cacheWriteInputTokens']
  addPart(parts, 'cacheWrite', PROVIDER_METADATA, written)
  addPart(parts, 'cacheWrite5m', PROVIDER_METADATA, lifetimes?.['ephemeral_5m_input_tokens'])
  addPart(parts, 'cacheWrite1h', PROVIDER_METADATA, lifetimes?.['ephemeral_1h_input_tokens'])
}

/** An attribute of its own comes before what an object says. */
function addPart(parts: TokenParts, part: UsagePart, name: string, value: unknown): void {
  if (parts[part] !== undefined || (typeof value !== 'number' && typeof value !== 'string')) return
  parts[part] = { name, tokens: tokenCount(name, value) }
}

function parseObject(value: AttributeValue | undefined): Record<string, unknown> | null {
  if (typeof value === 'object') return asObject(value)
  if (typeof value !== 'string' || !value.startsWith('{')) return null
  return parseJson(value) ?? parseJson(pythonAsJson(value))
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return null
  }
}

/** `str()` of a dict of counts, as LangSmith's Python SDK writes it: `{'cache_read': 10, 'audio': None}`. */
function pythonAsJson(text: string): string {
  return text.replaceAll("'", '"').replaceAll(/\bNone\b/g, 'null')
}

function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}
