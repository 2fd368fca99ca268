import type { InvocationKind } from '@outlay/domain/rollup/grain'
import { SHARED_KEY, STATED_USAGE_PREFIX, USAGE_ALIASES, MODEL_ALIASES, TOOL_NAME_ALIASES } from './alias-table.ts'
import { firstAttribute, firstText } from './attribute.ts'
import type { Attributes, OtlpSpan } from './otlp-request.ts'

/** `gen_ai.operation.name`: the conventions first, then what libraries made up. */
const OPERATIONS: ReadonlyMap<string, InvocationKind> = new Map([
  ...kinds('MODEL', 'chat text_completion completion generate_content responses response message messages'),
  ...kinds('MODEL', 'call_llm llm generate image_generation transcription speech text_to_speech speech_to_text'),
  ...kinds('EMBEDDING', 'embeddings embedding embed'),
  ...kinds('TOOL', 'execute_tool tool_call tool call_tool'),
  ...kinds('RETRIEVAL', 'retrieval retrieve rerank vectordb vector_search'),
  ...kinds('AGENT', 'invoke_agent create_agent invoke_workflow agent_workflow workflow'),
])

/** `openinference.span.kind`, `langsmith.span.kind` and `gen_ai.span.kind`, in small letters. */
const SPAN_KINDS: ReadonlyMap<string, InvocationKind> = new Map([
  ...kinds('MODEL', 'llm'),
  ...kinds('EMBEDDING', 'embedding'),
  ...kinds('TOOL', 'tool'),
  ...kinds('RETRIEVAL', 'retriever reranker'),
  ...kinds('AGENT', 'agent'),
  ...kinds('OTHER', 'chain parser prompt guardrail evaluator decision task step entry unknown'),
])

const TRACELOOP_KINDS: ReadonlyMap<string, InvocationKind> = new Map([
  ...kinds('TOOL', 'tool'),
  ...kinds('AGENT', 'agent workflow'),
  ...kinds('OTHER', 'task session unknown'),
])

/** `llm.request.type` of OpenLLMetry, and `span.type` of Claude Code. */
const REQUEST_TYPES: ReadonlyMap<string, InvocationKind> = new Map([
  ...kinds('MODEL', 'chat completion llm_request'),
  ...kinds('EMBEDDING', 'embedding'),
  ...kinds('RETRIEVAL', 'rerank'),
  ...kinds('TOOL', 'tool'),
  ...kinds('AGENT', 'interaction'),
  ...kinds('OTHER', 'tool.execution tool.blocked_on_user hook'),
])

/**
 * What kind of invocation a span is; null for a span that has nothing to do with generative AI. A span that only looks like it is
 * OTHER: its usage then bills only if nothing below it does.
 */
export function kindOf(span: OtlpSpan): InvocationKind | null {
  return (
    aiSdkKind(span) ??
    statedKind(span, 'gen_ai.operation.name', OPERATIONS) ??
    statedKind(span, 'openinference.span.kind', SPAN_KINDS) ??
    statedKind(span, 'traceloop.span.kind', TRACELOOP_KINDS) ??
    statedKind(span, 'langsmith.span.kind', SPAN_KINDS) ??
    statedKind(span, 'gen_ai.span.kind', SPAN_KINDS) ??
    statedKind(span, 'llm.request.type', REQUEST_TYPES) ??
    claudeCodeKind(span) ??
    impliedKind(span)
  )
}

function statedKind(span: OtlpSpan, name: string, known: ReadonlyMap<string, InvocationKind>): InvocationKind | null {
  const stated = span.attributes.get(name)
  if (typeof stated !== 'string' || stated === '') return null
  return known.get(stated.toLowerCase()) ?? null
}

/**
 * `ai.operationId` of Vercel's AI SDK 4 to 6 comes first because nothing else tells its wrappers from its calls: `ai.generateText`
 * repeats the sum of its `ai.generateText.doGenerate` spans, whatever other conventions a processor has added to it.
 */
function aiSdkKind(span: OtlpSpan): InvocationKind | null {
  const operation = span.attributes.get('ai.operationId')
  if (typeof operation !== 'string' || !operation.startsWith('ai.')) return null
  if (operation === 'ai.toolCall') return 'TOOL'
  if (operation.endsWith('.doEmbed')) return 'EMBEDDING'
  if (operation.endsWith('.doRerank')) return 'RETRIEVAL'
  if (/\.do(Generate|Stream|Transcribe)$/.test(operation)) return 'MODEL'
  return 'OTHER'
}

function claudeCodeKind(span: OtlpSpan): InvocationKind | null {
  if (!span.name.startsWith('claude_code.')) return null
  return REQUEST_TYPES.get(span.name.slice('claude_code.'.length)) ?? 'OTHER'
}

function impliedKind({ attributes }: OtlpSpan): InvocationKind | null {
  const hasTokens = [USAGE_ALIASES.input, USAGE_ALIASES.output, USAGE_ALIASES.total].some(
    // Claude Code's bare `input_tokens` would make a GenAI span of anything.
    (names) =>
      firstAttribute(
        attributes,
        names.filter((name) => name.includes('.')),
      ) !== null,
  )
  if (hasTokens) {
    if (firstText(attributes, ['agent_name', 'gen_ai.agent.name']) !== null) return 'AGENT'
    if (firstText(attributes, TOOL_NAME_ALIASES) !== null) return 'TOOL'
    return firstText(
      attributes,
      MODEL_ALIASES.filter((name) => name.includes('.')),
    ) === null
      ? 'OTHER'
      : 'MODEL'
  }
  if (firstText(attributes, ['gen_ai.tool.name']) !== null) return 'TOOL'
  if (attributes.has('gen_ai.operation.name') || attributes.has('openinference.span.kind')) return 'OTHER'
  if (attributes.has('traceloop.span.kind') || attributes.has('langsmith.span.kind')) return 'OTHER'
  return isMarked(attributes) ? (firstText(attributes, DATABASE_NAMES) === null ? 'OTHER' : 'RETRIEVAL') : null
}

const DATABASE_NAMES = ['db.system.name', 'db.system'] as const

/** Marked by hand as a use of something that costs. */
function isMarked(attributes: Attributes): boolean {
  if (attributes.has(SHARED_KEY)) return true
  for (const name of attributes.keys()) if (name.startsWith(STATED_USAGE_PREFIX)) return true
  return false
}

function kinds(kind: InvocationKind, names: string): [string, InvocationKind][] {
  return names.split(' ').map((name) => [name, kind])
}
