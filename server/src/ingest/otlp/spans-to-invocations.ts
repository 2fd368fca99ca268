import { formatInstant } from '@outlay/domain/periods/instant'
import type { InvocationKind } from '@outlay/domain/rollup/grain'
import {
  ALIAS_TABLE_VERSION,
  ERROR_TYPE,
  isKnownAttribute,
  MODEL_ALIASES,
  PROVIDER_ALIASES,
  PROVIDER_METADATA,
  QUALIFIER_ALIASES,
  RESPONSE_ID_ALIASES,
  RETRIEVAL_NAME_ALIASES,
  SERVICE_NAME,
  SHARED_KEY,
  TOOL_NAME_ALIASES,
} from './alias-table.ts'
import { firstText } from './attribute.ts'
import { findRepeatedReports, findToolsAroundModels, type ReportedSpan } from './nested-reports.ts'
import { type OtlpItem, otlpContentKey, type RejectedSpan } from './otlp-item.ts'
import type { Attributes, OtlpSpan, OtlpTraceRequest } from './otlp-request.ts'
import { canonicalProvider } from './provider.ts'
import { reportedCostOf } from './reported-cost.ts'
import { kindOf } from './span-kind.ts'
import { type ResolvedTags, resolveTags } from './span-tags.ts'
import { type SpanUsage, usageOf, withRequests } from './span-usage.ts'
import { cutText, singleLine } from './text.ts'
import { UsageRefusal } from './usage-refusal.ts'

export interface OtlpConversion {
  /** In the order of the request. */
  items: OtlpItem[]
  /** Spans that cannot be recorded, each with its reason (law L2). */
  rejected: RejectedSpan[]
  /** Spans that have nothing to do with generative AI and lie on the way to none that has. */
  ignoredSpans: number
  /** Reports of a response or span that this export has already made. */
  duplicates: number
}

const NAME_LENGTH_MAX = 256
const RESPONSE_ID_LENGTH_MAX = 200
const RAW_LENGTH_MAX = 1_024

/**
 * Makes invocations of spans (laws L2, L5, L6).
 *
 * - Spans of generative AI become items of their kind, plain spans above them items of kind OTHER without usage, so that the tree of the
 *   trace stays connected. Other spans are ignored and counted.
 * - A leaf that only repeats another report of the same call becomes OTHER: its usage is claimed, not billed.
 * - The id is the provider's response id for models and embeddings, `provider:response_id`, so that one response reported twice is one
 *   invocation; else `traceId:spanId`. Agents and wrappers repeat the response id of their child and never use it.
 */
export function spansToInvocations({ spans }: OtlpTraceRequest): OtlpConversion {
  const parents = parentPositions(spans)
  const kinds = spans.map(kindOf)
  const needed = markNeeded(kinds, parents)
  const tags = resolveTags(spans, parents)
  const usages = spans.map((span, index) => readUsage(span, kinds[index]!))
  const reports = spans.map((span, index) => reportOf(span, kinds[index]!, usages[index]!))
  const repeated = findRepeatedReports(reports, parents)
  const aroundModels = findToolsAroundModels(reports, parents)
  const outerParents = outerParentPositions(spans, parents)

  const conversion: OtlpConversion = { items: [], rejected: [], ignoredSpans: 0, duplicates: 0 }
  spans.forEach((span, index) => {
    const usage = usages[index]!
    const fault = needed[index] === 0 ? null : faultOf(span, usage)
    if (needed[index] === 0) conversion.ignoredSpans++
    else if (fault !== null) conversion.rejected.push({ index, spanId: span.spanId, ...fault })
    else {
      const item = toItem({ index, span, kind: kinds[index] ?? 'OTHER', usage: usage as SpanUsage, tags: tags[index]! })
      item.outerParent = outerParents[index]!
      conversion.items.push(asBilled(item, { isRepeated: repeated.has(index), isAroundModel: aroundModels.has(index) }))
    }
  })
  dropDuplicates(conversion, new Set(parents))
  return conversion
}

/** Each span's parent in the same export, -1 for none. Of two spans with one id the first is the parent. */
function parentPositions(spans: readonly OtlpSpan[]): number[] {
  const positions = new Map<string, number>()
  spans.forEach(({ traceId, spanId }, index) => {
    const key = `${traceId}:${spanId}`
    if (!positions.has(key)) positions.set(key, index)
  })
  return spans.map(({ traceId, parentSpanId, spanId }) =>
    parentSpanId === null || parentSpanId === spanId ? -1 : (positions.get(`${traceId}:${parentSpanId}`) ?? -1),
  )
}

/** 1 for spans of generative AI and everything above them. */
function markNeeded(kinds: readonly (InvocationKind | null)[], parents: readonly number[]): Uint8Array {
  const needed = new Uint8Array(kinds.length)
  kinds.forEach((kind, index) => {
    if (kind === null) return
    for (let at = index; at !== -1 && needed[at] === 0; at = parents[at]!) needed[at] = 1
  })
  return needed
}

/** For each span the parent outside the export of its uppermost ancestor in it. */
function outerParentPositions(spans: readonly OtlpSpan[], parents: readonly number[]): OtlpItem['outerParent'][] {
  const tops = new Int32Array(spans.length).fill(-1)
  return spans.map((span, index) => {
    const path: number[] = []
    let at = index
    while (tops[at] === -1 && parents[at] !== -1 && path.length <= spans.length) {
      path.push(at)
      at = parents[at]!
    }
    const top = tops[at] === -1 ? at : tops[at]!
    for (const position of [...path, at]) tops[position] = top
    const { parentSpanId, spanId } = spans[top]!
    const isOutside = parents[top] === -1 && isId(parentSpanId, 16) && parentSpanId !== spanId
    return isOutside ? { traceId: span.traceId, parentSpanId } : null
  })
}

function readUsage(span: OtlpSpan, kind: InvocationKind | null): SpanUsage | UsageRefusal {
  if (kind === null) return { lines: [], convention: 'unknown' }
  try {
    return usageOf(span, kind)
  } catch (error) {
    if (error instanceof UsageRefusal) return error
    throw error
  }
}

function reportOf(span: OtlpSpan, kind: InvocationKind | null, usage: SpanUsage | UsageRefusal): ReportedSpan {
  const names =
    kind === 'TOOL' || kind === 'RETRIEVAL'
      ? [resourceOf(span, kind) ?? '']
      : MODEL_ALIASES.map((name) => span.attributes.get(name))
  return {
    kind,
    resourceNames: names.filter((name): name is string => typeof name === 'string' && name !== ''),
    lines: usage instanceof UsageRefusal ? null : usage.lines.filter(({ quantity }) => quantity !== '0'),
  }
}

function faultOf(span: OtlpSpan, usage: SpanUsage | UsageRefusal): { code: string; message: string } | null {
  const name = JSON.stringify(cutText(span.name, 60))
  if (!isId(span.traceId, 32)) return { code: 'INVALID_SPAN', message: `Span ${name} has no valid trace id.` }
  if (!isId(span.spanId, 16)) return { code: 'INVALID_SPAN', message: `Span ${name} has no valid span id.` }
  if (span.startNanos <= 0n) return { code: 'INVALID_INSTANT', message: `Span ${name} has no start time.` }
  return usage instanceof UsageRefusal ? { code: usage.code, message: `Span ${name}: ${usage.message}` } : null
}

function isId(id: string | null, length: number): id is string {
  return id !== null && id.length === length && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id)
}

interface Source {
  index: number
  span: OtlpSpan
  kind: InvocationKind
  usage: SpanUsage
  tags: ResolvedTags
}

function toItem({ index, span, kind, usage, tags }: Source): OtlpItem {
  const { attributes, traceId, spanId } = span
  const provider = providerOf(attributes)
  const responseId = kind === 'MODEL' || kind === 'EMBEDDING' ? responseIdOf(attributes, provider) : null
  const lines = withRequests(usage.lines, kind)
  const isEnded = span.endNanos >= span.startNanos
  return {
    index,
    invocation: {
      id: responseId ?? `${traceId}:${spanId}`,
      ...tags.tags,
      trace: traceId,
      span: spanId,
      parentSpan: isId(span.parentSpanId, 16) ? span.parentSpanId : null,
      kind,
      provider,
      resource: resourceOf(span, kind),
      name: singleLine(span.name, NAME_LENGTH_MAX) || null,
      occurredAt: instant(span.startNanos),
      endedAt: isEnded ? instant(span.endNanos) : null,
      usage: lines,
      sharedKey: firstText(attributes, [SHARED_KEY]),
      reportedCost: reportedCostOf(attributes),
      qualifiers: qualifiersOf(attributes),
      failure: failureOf(span),
    },
    raw: rawOf(span, usage, tags),
    convention: usage.convention,
    isAgentFromService: tags.isAgentFromService,
    outerParent: null,
    idSource: responseId === null ? 'SPAN' : 'RESPONSE',
    stated: { kind, usage: lines, tags: tags.stated },
  }
}

/** What is left of an item once its neighbours are known. */
function asBilled(
  item: OtlpItem,
  { isRepeated, isAroundModel }: { isRepeated: boolean; isAroundModel: boolean },
): OtlpItem {
  if (isRepeated)
    return asClaimed(
      item,
      item.invocation.usage.filter(({ meter }) => meter !== 'requests'),
    )
  if (!isAroundModel) return item
  const usage = item.invocation.usage.filter(({ meter }) => !meter.endsWith('_tokens'))
  return { ...item, invocation: { ...item.invocation, usage: withRequests(usage, item.invocation.kind) } }
}

/** The same span as a mere place in the tree. */
function asClaimed(item: OtlpItem, usage: OtlpItem['invocation']['usage']): OtlpItem {
  const { trace, span } = item.invocation
  return { ...item, invocation: { ...item.invocation, kind: 'OTHER', id: `${trace}:${span}`, usage }, idSource: 'SPAN' }
}

/**
 * Keeps the first report of a response or a span and counts the others. One that has children in the export stays as a place in the
 * tree, so that they do not become orphans.
 */
function dropDuplicates(conversion: OtlpConversion, parentPositions: ReadonlySet<number>): void {
  const seen = new Map<string, OtlpItem[]>()
  conversion.items = conversion.items.flatMap((item) => {
    const earlier = seen.get(item.invocation.id)
    // Almost every id is new; only where one comes back are contents compared.
    if (earlier === undefined) seen.set(item.invocation.id, [item])
    const isRepeated = earlier?.some((other) => otlpContentKey(other) === otlpContentKey(item)) ?? false
    if (!isRepeated) {
      if (earlier !== undefined) earlier.push(item)
      return item
    }
    conversion.duplicates++
    return item.idSource === 'RESPONSE' && parentPositions.has(item.index) ? asClaimed(item, []) : []
  })
}

function providerOf(attributes: Attributes): string | null {
  for (const name of PROVIDER_ALIASES) {
    const stated = firstText(attributes, [name])
    const provider = stated === null ? null : canonicalProvider(stated)
    if (provider !== null) return provider
  }
  return null
}

/** null without a provider: response ids are only unique within one. */
function responseIdOf(attributes: Attributes, provider: string | null): string | null {
  const id = firstText(attributes, RESPONSE_ID_ALIASES)
  if (id === null || provider === null || id.length > RESPONSE_ID_LENGTH_MAX) return null
  return `${provider}:${id}`
}

function resourceOf({ attributes, name }: OtlpSpan, kind: InvocationKind): string | null {
  if (kind === 'TOOL') return firstText(attributes, TOOL_NAME_ALIASES) ?? entityName(attributes) ?? spanTitle(name)
  if (kind === 'RETRIEVAL') {
    const model = firstText(attributes, MODEL_ALIASES)
    return model ?? firstText(attributes, RETRIEVAL_NAME_ALIASES) ?? entityName(attributes) ?? spanTitle(name)
  }
  return firstText(attributes, MODEL_ALIASES)
}

function entityName(attributes: Attributes): string | null {
  return attributes.get('traceloop.span.kind') === 'tool' ? firstText(attributes, ['traceloop.entity.name']) : null
}

/** A tool without a name of its own is called what its span is called, without the operation in front. */
function spanTitle(name: string): string | null {
  return singleLine(name.replace(/^(execute_tool|retrieval|rerank|running tool:?) /, ''), NAME_LENGTH_MAX) || null
}

function qualifiersOf(attributes: Attributes): Record<string, string> | null {
  const qualifiers: Record<string, string> = {}
  for (const [qualifier, { names, usual }] of Object.entries(QUALIFIER_ALIASES)) {
    const stated = firstText(attributes, names)?.toLowerCase()
    if (stated !== undefined && !(usual as readonly string[]).includes(stated)) qualifiers[qualifier] = stated
  }
  return Object.keys(qualifiers).length === 0 ? null : qualifiers
}

/** What went wrong: the error's type where the sender names it, else only that something did; null for what did not fail. */
function failureOf({ attributes, isError }: OtlpSpan): string | null {
  const type = singleLine(firstText(attributes, [ERROR_TYPE]) ?? '', NAME_LENGTH_MAX)
  return type || (isError ? 'error' : null)
}

function rawOf({ attributes, scope, resource }: OtlpSpan, usage: SpanUsage, tags: ResolvedTags): OtlpItem['raw'] {
  const raw: OtlpItem['raw'] = {}
  for (const [name, value] of attributes) {
    if (name === SERVICE_NAME || !isKnownAttribute(name)) continue
    raw[name] = typeof value === 'string' ? cutText(value, rawLength(name)) : value
  }
  if (scope.name !== '') raw['otel.scope.name'] = scope.name
  if (scope.version !== '') raw['otel.scope.version'] = scope.version
  if (tags.isAgentFromService) raw[SERVICE_NAME] = resource.get(SERVICE_NAME)!
  if (usage.convention !== 'unknown') raw['outlay.convention'] = usage.convention
  raw['outlay.alias_table'] = ALIAS_TABLE_VERSION
  return raw
}

function rawLength(name: string): number {
  return name === PROVIDER_METADATA ? RAW_LENGTH_MAX * 4 : RAW_LENGTH_MAX
}

/** Cut to the microsecond, never rounded up. */
function instant(nanos: bigint): string {
  return formatInstant(Number(nanos / 1_000n))
}
