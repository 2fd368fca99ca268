import { DomainError } from '@outlay/domain/errors'
import type { InvocationKind } from '@outlay/domain/rollup/grain'
import { isMeterName } from '@outlay/domain/usage/meter'
import { formatQuantity, parseQuantity } from '@outlay/domain/usage/quantity'
import { STATED_USAGE_PREFIX } from './alias-table.ts'
import type { OtlpSpan } from './otlp-request.ts'
import { readTokenParts, type TokenParts } from './token-parts.ts'
import { inputConvention, outputConvention } from './usage-convention.ts'
import { UsageRefusal } from './usage-refusal.ts'

export interface UsageLine {
  meter: string
  /** An exact decimal. */
  quantity: string
}

/** How the input was read: does it contain its cached part? `unknown` where it has none, and both readings are the same. */
export type UsageConvention = 'inclusive' | 'exclusive' | 'unknown'

export interface SpanUsage {
  lines: UsageLine[]
  convention: UsageConvention
}

type Meters = Map<string, bigint>

/**
 * The disjoint quantities of a span (law L5): their sum is the provider's total, no token is in two of them. Quantities of zero are left
 * out; they cost nothing and would only ask for a rate. A call that states nothing but zeros keeps them: it consumed nothing, which
 * is known, while a call that states nothing consumed nobody knows what.
 *
 * Throws UsageRefusal: INVALID_QUANTITY for what is no quantity, USAGE_INCONSISTENT for parts that exceed their total; never clamps.
 *
 *     input 1000 of which cache_read 800, output 60 of which reasoning 40
 *     → input_tokens 200, cache_read_tokens 800, output_tokens 20, reasoning_tokens 40
 */
export function usageOf(span: OtlpSpan, kind: InvocationKind): SpanUsage {
  const parts = readTokenParts(span)
  const input = inputConvention(span, parts)
  const meters: Meters = new Map()
  addInput(meters, parts, input.isInclusive)
  addOutput(meters, parts, outputConvention(span, parts).isInclusive)
  addBareTotal(meters, parts, kind)
  const lines = new Map<string, string>()
  for (const [meter, tokens] of meters) if (tokens > 0n) lines.set(meter, tokens.toString())
  if (lines.size === 0 && (kind === 'MODEL' || kind === 'EMBEDDING')) addStatedNothing(lines, meters)
  addStatedUsage(lines, span)
  const hasCachedPart = (parts.cacheRead?.tokens ?? 0n) + (parts.cacheWrite?.tokens ?? 0n) > 0n
  return {
    lines: [...lines].map(([meter, quantity]) => ({ meter, quantity })),
    convention: hasCachedPart ? (input.isInclusive ? 'inclusive' : 'exclusive') : 'unknown',
  }
}

/** Adds the call itself: `requests` for a model, and for tools and retrievals that state nothing else. */
export function withRequests(lines: readonly UsageLine[], kind: InvocationKind): UsageLine[] {
  const isCall = kind === 'MODEL' || ((kind === 'TOOL' || kind === 'RETRIEVAL') && lines.length === 0)
  const isStated = lines.some(({ meter }) => meter === 'requests')
  return isCall && !isStated ? [...lines, { meter: 'requests', quantity: '1' }] : [...lines]
}

function addInput(meters: Meters, parts: TokenParts, isInclusive: boolean): void {
  const tokens = (part: keyof TokenParts) => parts[part]?.tokens ?? 0n
  // A part of a part that is stated alone is all there is of it.
  const read = parts.cacheRead?.tokens ?? tokens('cacheReadAudio')
  const write = tokens('cacheWrite')
  const audio = parts.inputAudio?.tokens ?? tokens('cacheReadAudio')
  const freshAudio = remainder(parts, 'inputAudio', audio, ['cacheReadAudio'])
  if (parts.input !== undefined) {
    const rest = parts.input.tokens - freshAudio - (isInclusive ? read + write : 0n)
    if (rest < 0n) {
      throw inconsistent(parts, 'input', isInclusive ? ['cacheRead', 'cacheWrite', 'inputAudio'] : ['inputAudio'])
    }
    meters.set('input_tokens', rest + tokens('toolPrompt'))
  }
  meters.set('cache_read_tokens', remainder(parts, 'cacheRead', read, ['cacheReadAudio']))
  const unspecified = remainder(parts, 'cacheWrite', write, ['cacheWrite5m', 'cacheWrite1h'])
  meters.set('cache_write_tokens', unspecified + tokens('cacheWrite5m'))
  meters.set('cache_write_1h_tokens', tokens('cacheWrite1h'))
  meters.set('input_audio_tokens', freshAudio)
  meters.set('cache_read_audio_tokens', tokens('cacheReadAudio'))
}

function addOutput(meters: Meters, parts: TokenParts, isInclusive: boolean): void {
  const { output, reasoning } = parts
  if (output !== undefined) {
    const inside: (keyof TokenParts)[] = isInclusive ? ['reasoning', 'outputAudio'] : ['outputAudio']
    meters.set('output_tokens', remainder(parts, 'output', output.tokens, inside))
  }
  meters.set('reasoning_tokens', reasoning?.tokens ?? 0n)
  meters.set('output_audio_tokens', parts.outputAudio?.tokens ?? 0n)
}

function addStatedNothing(lines: Map<string, string>, meters: Meters): void {
  for (const meter of ['input_tokens', 'output_tokens']) if (meters.has(meter)) lines.set(meter, '0')
}

/** A total that nothing divides: all input for an embedding; otherwise a meter of its own, so that it shows and asks for a rate. */
function addBareTotal(meters: Meters, { input, output, total }: TokenParts, kind: InvocationKind): void {
  const isDivided = input !== undefined || output !== undefined || [...meters.values()].some((tokens) => tokens > 0n)
  if (total === undefined || isDivided) return
  meters.set(kind === 'EMBEDDING' ? 'input_tokens' : 'total_tokens', total.tokens)
}

function remainder(
  parts: TokenParts,
  whole: keyof TokenParts,
  tokens: bigint,
  inside: readonly (keyof TokenParts)[],
): bigint {
  const rest = inside.reduce((left, part) => left - (parts[part]?.tokens ?? 0n), tokens)
  if (rest < 0n) throw inconsistent(parts, whole, inside)
  return rest
}

function inconsistent(parts: TokenParts, whole: keyof TokenParts, inside: readonly (keyof TokenParts)[]): UsageRefusal {
  const stated = inside.flatMap((part) => parts[part] ?? []).filter(({ tokens }) => tokens > 0n)
  const sum = stated.reduce((total, { tokens }) => total + tokens, 0n)
  const list = stated.map(({ name, tokens }) => `${name} ${tokens}`).join(' + ')
  return new UsageRefusal(
    'USAGE_INCONSISTENT',
    `${parts[whole]?.name} ${parts[whole]?.tokens} is smaller than what it contains: ${list}${stated.length > 1 ? ` = ${sum}` : ''}.`,
  )
}

function addStatedUsage(lines: Map<string, string>, { attributes }: OtlpSpan): void {
  for (const [name, value] of attributes) {
    if (!name.startsWith(STATED_USAGE_PREFIX)) continue
    const meter = name.slice(STATED_USAGE_PREFIX.length)
    if (!isMeterName(meter) || (typeof value !== 'string' && typeof value !== 'number')) {
      throw new UsageRefusal('INVALID_QUANTITY', `${name} does not state a quantity of a meter such as input_tokens.`)
    }
    const quantity = statedQuantity(name, value)
    if (quantity === '0') lines.delete(meter)
    else lines.set(meter, quantity)
  }
}

function statedQuantity(name: string, value: string | number): string {
  try {
    return formatQuantity(parseQuantity(value))
  } catch (error) {
    if (error instanceof DomainError) throw new UsageRefusal('INVALID_QUANTITY', `${name}: ${error.message}`)
    throw error
  }
}
