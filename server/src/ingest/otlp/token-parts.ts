import { quoted } from '@outlay/domain/errors'
import { PROVIDER_METADATA, USAGE_ALIASES, USAGE_JSON_ALIASES, type UsagePart } from './alias-table.ts'
import type { Attributes, AttributeValue } from './otlp-request.ts'
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
export function readTokenParts(attributes: Attributes): TokenParts {
  const parts: TokenParts = {}
  for (const part of Object.keys(USAGE_ALIASES) as UsagePart[]) {
    for (const name of USAGE_ALIASES[part]) {
      const value = attributes.get(name)
      if (value === undefined || value === '') continue
      parts[part] = { name, tokens: tokenCount(name, value) }
      break
    }
  }
  addJsonParts(attributes, parts)
  addProviderMetadata(attributes, parts)
  return parts
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

function addJsonParts(attributes: Attributes, parts: TokenParts): void {
  for (const [name, aliases] of Object.entries(USAGE_JSON_ALIASES)) {
    const details = parseObject(attributes.get(name))
    if (details === null) continue
    for (const [part, key] of Object.entries(aliases) as [UsagePart, string][]) {
      const value = details[key]
      if (parts[part] !== undefined || (typeof value !== 'number' && typeof value !== 'string')) continue
      parts[part] = { name: `${name}.${key}`, tokens: tokenCount(`${name}.${key}`, value) }
    }
  }
}

function addProviderMetadata(attributes: Attributes, parts: TokenParts): void {
  if (parts.cacheWrite !== undefined) return
  const metadata = parseObject(attributes.get(PROVIDER_METADATA))
  if (metadata === null) return
  const anthropic = asObject(metadata['anthropic'])?.['cacheCreationInputTokens']
  const bedrock = asObject(asObject(metadata['bedrock'])?.['usage'])?.['cacheWriteInputTokens']
  const value = anthropic ?? bedrock
  if (typeof value !== 'number') return
  parts.cacheWrite = { name: PROVIDER_METADATA, tokens: tokenCount(PROVIDER_METADATA, value) }
}

function parseObject(value: AttributeValue | undefined): Record<string, unknown> | null {
  if (typeof value === 'object') return asObject(value)
  if (typeof value !== 'string' || !value.startsWith('{')) return null
  try {
    return asObject(JSON.parse(value))
  } catch {
    return null
  }
}

function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}
