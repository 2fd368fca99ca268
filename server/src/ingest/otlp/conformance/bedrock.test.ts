import { describeSender, type Reading } from './conformance-test-kit.ts'

// Converse reports inputTokens without cacheReadInputTokens and cacheWriteInputTokens, and totalTokens with them; it does not divide
// outputTokens. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html and
// https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
const beside: Reading[] = [
  {
    counts: 'plain usage',
    attributes: { 'gen_ai.usage.input_tokens': 30, 'gen_ai.usage.output_tokens': 628 },
    meters: { input_tokens: 30, output_tokens: 628 },
    provider: { input: 30, output: 628 },
  },
  {
    counts: 'a cached read and a write beside the input, as the total shows',
    attributes: {
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read.input_tokens': 60,
      'gen_ai.usage.cache_creation.input_tokens': 40,
      'gen_ai.usage.output_tokens': 50,
      'gen_ai.usage.total_tokens': 250,
    },
    meters: { input_tokens: 100, cache_read_tokens: 60, cache_write_tokens: 40, output_tokens: 50 },
    provider: { input: 200, output: 50 },
  },
]

const bedrock = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'aws.bedrock',
  'gen_ai.request.model': 'anthropic.claude-sonnet-4-5-20250929-v1:0',
}

describeSender({ sender: 'Bedrock, Converse’s numbers copied', span: { attributes: bedrock }, readings: beside })

describeSender({
  sender: 'OpenTelemetry conventions, Bedrock',
  span: { attributes: bedrock },
  readings: [
    {
      counts: 'a cached read inside the input, as the total shows',
      attributes: {
        'gen_ai.usage.input_tokens': 1_012,
        'gen_ai.usage.cache_read.input_tokens': 1_000,
        'gen_ai.usage.output_tokens': 40,
        'gen_ai.usage.total_tokens': 1_052,
      },
      meters: { input_tokens: 12, cache_read_tokens: 1_000, output_tokens: 40 },
      provider: { input: 1_012, output: 40 },
    },
  ],
})

// Converse's inputTokens as they are, and a total of input and output alone: 12 and 52 for the call above.
// traceloop/openllmetry#4449, converse_usage_record in opentelemetry-instrumentation-bedrock (0.62)
describeSender({
  sender: 'OpenLLMetry for Python, Bedrock',
  span: {
    scope: 'opentelemetry.instrumentation.bedrock',
    attributes: { 'gen_ai.system': 'AWS', 'llm.request.type': 'chat', 'gen_ai.request.model': 'claude-sonnet-4-5' },
  },
  readings: [
    {
      counts: 'a cached read larger than the input',
      attributes: {
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.usage.output_tokens': 40,
        'gen_ai.usage.total_tokens': 52,
        'gen_ai.usage.cache_read.input_tokens': 1_000,
        'gen_ai.usage.cache_creation.input_tokens': 0,
      },
      meters: { input_tokens: 12, cache_read_tokens: 1_000, output_tokens: 40 },
      provider: { input: 1_012, output: 40 },
    },
    {
      counts: 'a cached read smaller than the input',
      attributes: {
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.output_tokens': 40,
        'gen_ai.usage.total_tokens': 1_040,
        'gen_ai.usage.cache_read.input_tokens': 12,
      },
      meters: { input_tokens: 1_000, cache_read_tokens: 12, output_tokens: 40 },
      provider: { input: 1_012, output: 40 },
    },
  ],
})

// input_tokens became the sum of the three together with the names of the conventions.
// traceloop/openllmetry-js, packages/instrumentation-bedrock, "Bedrock Anthropic cache token fold-in semantics"
describeSender({
  sender: 'OpenLLMetry for JavaScript, Bedrock',
  span: {
    scope: '@traceloop/instrumentation-bedrock',
    attributes: {
      'gen_ai.system': 'AWS',
      'llm.request.type': 'completion',
      'gen_ai.request.model': 'claude-sonnet-4-5',
    },
  },
  readings: [
    {
      counts: 'a cached read and a write',
      attributes: {
        'gen_ai.usage.input_tokens': 1_200,
        'gen_ai.usage.output_tokens': 50,
        'gen_ai.usage.total_tokens': 1_250,
        'gen_ai.usage.cache_read.input_tokens': 900,
        'gen_ai.usage.cache_creation.input_tokens': 200,
      },
      meters: { input_tokens: 100, cache_read_tokens: 900, cache_write_tokens: 200, output_tokens: 50 },
      provider: { input: 1_200, output: 50 },
    },
  ],
  contradictions: [
    {
      when: 'more cached tokens than input',
      attributes: { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.cache_read.input_tokens': 11 },
      message: 'input_tokens 10 is smaller',
    },
  ],
})

// `prompt_tokens` was input_tokens alone (a missing pair of brackets), later the sum of the three, under the same names.
// Arize-ai/openinference, openinference-instrumentation-bedrock, _get_llm_token_counts; #1429
describeSender({
  sender: 'OpenInference, Bedrock',
  span: {
    scope: 'openinference.instrumentation.bedrock',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'aws',
      'llm.system': 'anthropic',
      'llm.model_name': 'claude-3-5-sonnet-20241022-v2:0',
    },
  },
  readings: [
    {
      counts: 'a cached read inside the prompt (newer versions)',
      attributes: {
        'llm.token_count.prompt': 1_012,
        'llm.token_count.prompt_details.cache_read': 1_000,
        'llm.token_count.completion': 40,
      },
      meters: { input_tokens: 12, cache_read_tokens: 1_000, output_tokens: 40 },
      provider: { input: 1_012, output: 40 },
    },
    {
      counts: 'a cached read that can only stand beside the prompt (older versions)',
      attributes: {
        'llm.token_count.prompt': 12,
        'llm.token_count.prompt_details.cache_read': 1_000,
        'llm.token_count.prompt_details.cache_write': 300,
        'llm.token_count.completion': 40,
      },
      meters: { input_tokens: 12, cache_read_tokens: 1_000, cache_write_tokens: 300, output_tokens: 40 },
      provider: { input: 1_312, output: 40 },
    },
  ],
})
