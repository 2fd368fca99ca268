import { PROVIDER_ALIASES } from '../catalogue/provider-aliases.ts'
import { isMeterName, KNOWN_METERS } from '../usage/meter.ts'
import { groupBy } from '../group-by.ts'

/** How invoices and FOCUS call the providers that the catalogue knows by a shorter name. */
const INVOICE_NAMES: ReadonlyMap<string, string> = new Map([
  ['amazon web services', 'aws'],
  ['microsoft', 'azure'],
  ['microsoft azure', 'azure'],
  ['google cloud', 'google'],
  ['google cloud platform', 'google'],
  ['mistral ai', 'mistral'],
])

/** The one name of a provider, from its own, an invoice's or a sender's: `OpenAI` is `openai`, `aws.bedrock` is `aws`. */
export function providerName(text: string): string {
  const plain = text.trim().toLowerCase()
  return PROVIDER_ALIASES.get(plain) ?? INVOICE_NAMES.get(plain) ?? plain
}

const KNOWN: ReadonlySet<string> = new Set(KNOWN_METERS.map(({ name }) => name))

/** The first pattern that fits names the meter: what is read from a cache is also an input, so the order counts. */
const METER_WORDS: readonly [RegExp, string][] = [
  [/cache.*(creation|write).*1h|ephemeral_1h/, 'cache_write_1h_tokens'],
  [/cache.*(creation|write)|ephemeral_5m/, 'cache_write_tokens'],
  [/uncached/, 'input_tokens'],
  [/cache/, 'cache_read_tokens'],
  [/reasoning|thinking/, 'reasoning_tokens'],
  [/audio.*(input|prompt)|(input|prompt).*audio/, 'input_audio_tokens'],
  [/audio.*output|output.*audio/, 'output_audio_tokens'],
  [/web.?search/, 'web_searches'],
  [/input|prompt|context/, 'input_tokens'],
  [/output|completion|generated/, 'output_tokens'],
  [/requests?|calls?/, 'requests'],
  [/image/, 'images'],
]

/**
 * The meter that a provider's words stand for; null where they name none.
 *
 *     meterOf('gpt-4o, cached input')             // 'cache_read_tokens'
 *     meterOf('Claude Sonnet Usage - Output Tokens') // 'output_tokens'
 */
export function meterOf(words: string): string | null {
  const plain = words.trim().toLowerCase()
  const name = plain.replaceAll(/[\s-]+/g, '_')
  if (KNOWN.has(name)) return name
  const known = METER_WORDS.find(([pattern]) => pattern.test(plain))?.[1]
  if (known !== undefined) return known
  return name !== '' && isMeterName(name) && !name.includes('__') ? name : null
}

const VERSION_SUFFIX = /[-@]\d{4}-?\d{2}-?\d{2}$/

/**
 * Finds how the ledger calls a provider's resource: by the same name, else ignoring capitals, else ignoring the date of a model's
 * version, if exactly one name fits. A name that fits none or several stays as it is, and shows as what it is: not attributed.
 *
 *     resourceNamer(['claude-sonnet-4'])('claude-sonnet-4-20250514') // 'claude-sonnet-4'
 */
export function resourceNamer(names: Iterable<string>): (name: string) => string {
  const exact = new Set(names)
  const byPlain = groupBy(exact, (name) => name.toLowerCase())
  const byFamily = groupBy(exact, family)
  return (name) => {
    if (exact.has(name)) return name
    return only(byPlain.get(name.toLowerCase())) ?? only(byFamily.get(family(name))) ?? name
  }
}

function family(name: string): string {
  return name.toLowerCase().replace(VERSION_SUFFIX, '')
}

function only(names: readonly string[] | undefined): string | null {
  return names?.length === 1 ? (names[0] ?? null) : null
}

/**
 * Finds how the ledger calls resources, provider by provider.
 *
 *     ledgerNames([{ provider: 'anthropic', resource: 'claude-sonnet-4' }])('anthropic', 'claude-sonnet-4-20250514') // 'claude-sonnet-4'
 */
export function ledgerNames(
  known: Iterable<{ provider: string; resource: string }>,
): (provider: string, name: string) => string {
  const byProvider = groupBy(known, ({ provider }) => provider)
  const namers = new Map(
    [...byProvider].map(([provider, sums]) => [provider, resourceNamer(sums.map(({ resource }) => resource))]),
  )
  return (provider, name) => namers.get(provider)?.(name) ?? name
}
