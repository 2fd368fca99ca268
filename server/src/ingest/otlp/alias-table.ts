/**
 * What senders call things. OpenTelemetry's GenAI conventions are still in development and every library has names of its own, so all
 * names are here and nowhere else. Raise the version with every change: it is stored with what was read by it.
 */
export const ALIAS_TABLE_VERSION = '2026-11-28'

/** First present wins, on one span; see resolveTags for the order of span, ancestors, resource and baggage. */
export const TAG_ALIASES = {
  agent: [
    'outlay.agent',
    'gen_ai.agent.name',
    'gen_ai.agent.id',
    'agent.name',
    // pydantic-ai before it followed the conventions
    'agent_name',
    'graph.node.id',
    // AI SDK
    'ai.telemetry.functionId',
  ],
  task: [
    'outlay.task',
    'metadata.task_id',
    'traceloop.association.properties.task_id',
    'ai.telemetry.metadata.task_id',
    'langfuse.session.id',
    'session.id',
    'gen_ai.conversation.id',
  ],
  client: [
    'outlay.client',
    'metadata.client_id',
    'traceloop.association.properties.client_id',
    'ai.telemetry.metadata.client_id',
    'langfuse.user.id',
    'user.id',
  ],
  project: [
    'outlay.project',
    'metadata.project_id',
    'traceloop.association.properties.project_id',
    'ai.telemetry.metadata.project_id',
  ],
} as const

export const SHARED_KEY = 'outlay.shared_key'
/** The class of error that a span ended with; there is none on one that did not fail. */
export const ERROR_TYPE = 'error.type'
/** `outlay.usage.<meter>`: a quantity stated outright, already disjoint; it replaces what was read for that meter. */
export const STATED_USAGE_PREFIX = 'outlay.usage.'
/** Collectors that copy W3C baggage to spans without renaming it are read like spans; others put this before the name. */
export const BAGGAGE_PREFIX = 'baggage.'
export const SERVICE_NAME = 'service.name'

export const PROVIDER_ALIASES = [
  'gen_ai.provider.name',
  'gen_ai.system',
  'llm.provider',
  'llm.system',
  'ai.model.provider',
] as const

export const MODEL_ALIASES = [
  'gen_ai.response.model',
  'gen_ai.request.model',
  'llm.response.model',
  'llm.request.model',
  'llm.model_name',
  'embedding.model_name',
  'reranker.model_name',
  'ai.response.model',
  'ai.model.id',
  // pydantic-ai's older spans, Claude Code
  'model_name',
  'model',
] as const

export const TOOL_NAME_ALIASES = [
  'gen_ai.tool.name',
  'tool.name',
  'ai.toolCall.name',
  'mcp.tool.name',
  'tool_name',
] as const

export const RETRIEVAL_NAME_ALIASES = [
  'gen_ai.data_source.id',
  'gen_ai.tool.name',
  'tool.name',
  'db.collection.name',
  'db.system.name',
  'db.system',
] as const

export const RESPONSE_ID_ALIASES = ['gen_ai.response.id', 'ai.response.id', 'llm.response.id'] as const

/**
 * The parts of usage. `input` and `output` are totals or remainders, whichever the sender means; the others are parts of them or stand
 * beside them. See usageOf for how they become disjoint.
 */
export const USAGE_ALIASES = {
  input: [
    'gen_ai.usage.input_tokens',
    'gen_ai.usage.prompt_tokens',
    'gen_ai.usage.prompt_token_count',
    'ai.usage.inputTokens',
    'ai.usage.promptTokens',
    'llm.token_count.prompt',
    'llm.usage.prompt_tokens',
    'llm.usage.input_tokens',
    // AI SDK's embedding spans
    'ai.usage.tokens',
    // Claude Code
    'input_tokens',
  ],
  output: [
    'gen_ai.usage.output_tokens',
    'gen_ai.usage.completion_tokens',
    'gen_ai.usage.candidates_token_count',
    'ai.usage.outputTokens',
    'ai.usage.completionTokens',
    'llm.token_count.completion',
    'llm.usage.completion_tokens',
    'llm.usage.output_tokens',
    'output_tokens',
  ],
  total: [
    'gen_ai.usage.total_tokens',
    'gen_ai.usage.total_token_count',
    'ai.usage.totalTokens',
    'llm.token_count.total',
    'llm.usage.total_tokens',
  ],
  cacheRead: [
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.cache_read_tokens',
    'gen_ai.usage.input_tokens.cached',
    'gen_ai.usage.input_tokens.cache_read',
    'gen_ai.usage.input_cached_tokens',
    'gen_ai.usage.cached_input_tokens',
    'gen_ai.usage.cached_tokens',
    'gen_ai.usage.cached_content_token_count',
    'gen_ai.usage.prompt_tokens_details.cached_tokens',
    'gen_ai.usage.input_tokens_details.cached_tokens',
    // OpenLIT's LangChain and JavaScript instrumentations
    'gen_ai.usage.prompt_tokens_details.cache_read',
    'gen_ai.usage.details.cache_read_tokens',
    'gen_ai.usage.details.cache_read_input_tokens',
    'gen_ai.usage.details.cached_tokens',
    'gen_ai.usage.details.cached_content_tokens',
    'ai.usage.inputTokenDetails.cacheReadTokens',
    'ai.usage.cachedInputTokens',
    'llm.token_count.prompt_details.cache_read',
    'llm.token_count.prompt_details.cache_input',
    'llm.usage.cache_read_input_tokens',
    'llm.usage.prompt_tokens_details.cached_tokens',
    'cache_read_tokens',
  ],
  cacheWrite: [
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'gen_ai.usage.cache_write_tokens',
    'gen_ai.usage.cache_creation_tokens',
    'gen_ai.usage.input_tokens.cache_write',
    'gen_ai.usage.input_tokens.cache_creation',
    'gen_ai.usage.input_cache_creation',
    'gen_ai.usage.prompt_tokens_details.cache_write_tokens',
    'gen_ai.usage.input_tokens_details.cache_write_tokens',
    'gen_ai.usage.prompt_tokens_details.cache_write',
    'gen_ai.usage.details.cache_write_tokens',
    'gen_ai.usage.details.cache_creation_input_tokens',
    'ai.usage.inputTokenDetails.cacheWriteTokens',
    'llm.token_count.prompt_details.cache_write',
    'llm.usage.cache_creation_input_tokens',
    'cache_creation_tokens',
  ],
  /** A part of cacheWrite: what was written to a cache that lives five minutes, the usual one. */
  cacheWrite5m: [
    'gen_ai.usage.cache_creation.ephemeral_5m_input_tokens',
    'gen_ai.usage.details.ephemeral_5m_input_tokens',
    'gen_ai.usage.details.cache_creation.ephemeral_5m_input_tokens',
    'gen_ai.usage.ephemeral_5m_input_tokens',
  ],
  /** A part of cacheWrite: what was written to a cache that lives an hour. */
  cacheWrite1h: [
    'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens',
    'gen_ai.usage.details.ephemeral_1h_input_tokens',
    'gen_ai.usage.details.cache_creation.ephemeral_1h_input_tokens',
    'gen_ai.usage.ephemeral_1h_input_tokens',
  ],
  reasoning: [
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.output_tokens.reasoning',
    'gen_ai.usage.output_reasoning_tokens',
    'gen_ai.usage.thoughts_token_count',
    'gen_ai.usage.completion_tokens_details.reasoning_tokens',
    'gen_ai.usage.output_tokens_details.reasoning_tokens',
    // Anthropic's name for it
    'gen_ai.usage.output_tokens_details.thinking_tokens',
    // OpenLIT
    'gen_ai.usage.completion_tokens_details.reasoning',
    'gen_ai.usage.details.reasoning_tokens',
    'gen_ai.usage.details.thoughts_tokens',
    'ai.usage.outputTokenDetails.reasoningTokens',
    'ai.usage.reasoningTokens',
    'llm.token_count.completion_details.reasoning',
    'llm.usage.reasoning_tokens',
  ],
  inputAudio: [
    'gen_ai.usage.audio.input_tokens',
    'gen_ai.usage.input_audio_tokens',
    'gen_ai.usage.input_tokens.audio',
    'gen_ai.usage.prompt_tokens_details.audio_tokens',
    'gen_ai.usage.input_token_details.audio_tokens',
    'gen_ai.usage.details.input_audio_tokens',
    'llm.token_count.prompt_details.audio',
  ],
  outputAudio: [
    'gen_ai.usage.audio.output_tokens',
    'gen_ai.usage.output_audio_tokens',
    'gen_ai.usage.output_tokens.audio',
    'gen_ai.usage.completion_tokens_details.audio_tokens',
    'gen_ai.usage.completion_tokens_details.audio',
    'gen_ai.usage.details.output_audio_tokens',
    'llm.token_count.completion_details.audio',
  ],
  /** A part of both cacheRead and inputAudio. */
  cacheReadAudio: ['gen_ai.usage.details.cache_audio_read_tokens', 'gen_ai.usage.cache_audio_read_tokens'],
  /** What a tool put into the prompt. Gemini counts it beside the prompt, at the price of the prompt. */
  toolPrompt: ['gen_ai.usage.tool_use_prompt_token_count'],
} as const

export type UsagePart = keyof typeof USAGE_ALIASES

/** Names that one library fills with something else than they mean. */
export const MISUSED_NAMES: readonly { scope: RegExp; name: string }[] = [
  // The text tokens of a prompt, cached or not.
  { scope: /^openinference\.instrumentation\.litellm/, name: 'llm.token_count.prompt_details.cache_input' },
]

/** LangChain's names for the parts of each side. */
const LANGCHAIN_INPUT = {
  cacheRead: 'cache_read',
  cacheWrite: 'cache_creation',
  cacheWrite5m: 'ephemeral_5m_input_tokens',
  cacheWrite1h: 'ephemeral_1h_input_tokens',
  inputAudio: 'audio',
} as const
const LANGCHAIN_OUTPUT = { reasoning: 'reasoning', outputAudio: 'audio' } as const

export interface UsageObject {
  /** The attribute that holds it as text: JSON, or a dict as Python prints it. */
  name: string
  /** The object within it that holds the parts; null for the whole. */
  within: string | null
  parts: Partial<Record<UsagePart, string>>
}

/** LangSmith writes the parts as one text per side, and LangChain's whole `usage_metadata` as another. */
export const USAGE_OBJECTS: readonly UsageObject[] = [
  { name: 'gen_ai.usage.input_token_details', within: null, parts: LANGCHAIN_INPUT },
  { name: 'gen_ai.usage.output_token_details', within: null, parts: LANGCHAIN_OUTPUT },
  {
    name: 'langsmith.usage_metadata',
    within: null,
    parts: { input: 'input_tokens', output: 'output_tokens', total: 'total_tokens' },
  },
  { name: 'langsmith.usage_metadata', within: 'input_token_details', parts: LANGCHAIN_INPUT },
  { name: 'langsmith.usage_metadata', within: 'output_token_details', parts: LANGCHAIN_OUTPUT },
]

/**
 * AI SDK 5 states what Anthropic and Bedrock wrote to a cache only here, and no version states elsewhere for how long: JSON with
 * `anthropic.cacheCreationInputTokens` and the provider's own `anthropic.usage`, or `bedrock.usage`.
 */
export const PROVIDER_METADATA = 'ai.response.providerMetadata'

export const COST_ALIASES = {
  total: ['gen_ai.usage.cost.amount', 'gen_ai.usage.cost', 'operation.cost', 'llm.cost.total'],
  currency: ['gen_ai.usage.cost.currency'],
  input: ['gen_ai.usage.input_cost', 'llm.cost.prompt'],
  output: ['gen_ai.usage.output_cost', 'llm.cost.completion'],
} as const

/** Qualifier of a rate, the attributes that state it, and the values that mean "the usual price". */
export const QUALIFIER_ALIASES = {
  tier: {
    names: [
      'gen_ai.openai.response.service_tier',
      'openai.response.service_tier',
      'gen_ai.response.service_tier',
      'gen_ai.openai.request.service_tier',
      'openai.request.service_tier',
      'gen_ai.request.service_tier',
    ],
    usual: ['', 'default', 'auto', 'standard'],
  },
  speed: { names: ['speed'], usual: ['', 'normal', 'standard'] },
} as const

export const KIND_ATTRIBUTES = [
  'gen_ai.operation.name',
  'openinference.span.kind',
  'traceloop.span.kind',
  'ai.operationId',
  'operation.name',
  'langsmith.span.kind',
  'gen_ai.span.kind',
  'llm.request.type',
  'span.type',
] as const

const KNOWN: ReadonlySet<string> = new Set<string>([
  ...Object.values(TAG_ALIASES).flat(),
  SHARED_KEY,
  ERROR_TYPE,
  SERVICE_NAME,
  'traceloop.entity.name',
  ...PROVIDER_ALIASES,
  ...MODEL_ALIASES,
  ...TOOL_NAME_ALIASES,
  ...RETRIEVAL_NAME_ALIASES,
  ...RESPONSE_ID_ALIASES,
  ...Object.values(USAGE_ALIASES).flat(),
  ...USAGE_OBJECTS.map(({ name }) => name),
  PROVIDER_METADATA,
  ...Object.values(COST_ALIASES).flat(),
  ...Object.values(QUALIFIER_ALIASES).flatMap(({ names }) => names),
  ...KIND_ATTRIBUTES,
])

/** Whether an attribute is read by anything here. */
export function isKnownAttribute(key: string): boolean {
  if (KNOWN.has(key)) return true
  if (key.startsWith(STATED_USAGE_PREFIX)) return true
  return key.startsWith(BAGGAGE_PREFIX) && KNOWN.has(key.slice(BAGGAGE_PREFIX.length))
}
