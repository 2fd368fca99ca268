import { describeSender, type Reading } from './conformance-test-kit.ts'

// UsageMetadata: input_tokens is the "sum of all input token types", output_tokens of all output types. langchain-anthropic moves
// cache_creation to its lifetimes and leaves 0 behind. langchain-ai/langchain, libs/core/langchain_core/messages/ai.py and
// libs/partners/anthropic, _create_usage_metadata
const span = {
  scope: 'langsmith',
  attributes: {
    'langsmith.span.kind': 'llm',
    'gen_ai.operation.name': 'chat',
    'gen_ai.system': 'anthropic',
    'gen_ai.request.model': 'claude-sonnet-4-5',
  },
}

const totals = {
  'gen_ai.usage.input_tokens': 1_310,
  'gen_ai.usage.output_tokens': 57,
  'gen_ai.usage.total_tokens': 1_367,
}
const details = {
  cache_read: 1_000,
  cache_creation: 0,
  ephemeral_5m_input_tokens: 200,
  ephemeral_1h_input_tokens: 100,
}
const meters = {
  input_tokens: 10,
  cache_read_tokens: 1_000,
  cache_write_tokens: 200,
  cache_write_1h_tokens: 100,
  output_tokens: 15,
  reasoning_tokens: 42,
}
const provider = { input: 1_310, output: 57 }

// The Python SDK writes str() of a dict, the JavaScript one JSON, and newer ones the whole usage_metadata.
// langchain-ai/langsmith-sdk, python/langsmith/_internal/otel/_otel_exporter.py, js/src/experimental/otel/translator.ts
describeSender({
  sender: 'LangChain through LangSmith',
  span,
  readings: [
    {
      counts: 'plain usage',
      attributes: { 'gen_ai.usage.input_tokens': 25, 'gen_ai.usage.output_tokens': 7, 'gen_ai.usage.total_tokens': 32 },
      meters: { input_tokens: 25, output_tokens: 7 },
      provider: { input: 25, output: 7 },
    },
    {
      counts: 'details as JSON',
      attributes: {
        ...totals,
        'gen_ai.usage.input_token_details': JSON.stringify(details),
        'gen_ai.usage.output_token_details': '{"reasoning":42}',
      },
      meters,
      provider,
    },
    {
      counts: 'details as Python prints a dict',
      attributes: {
        ...totals,
        'gen_ai.usage.input_token_details':
          "{'cache_read': 1000, 'cache_creation': 0, 'ephemeral_5m_input_tokens': 200, 'ephemeral_1h_input_tokens': 100, 'audio': None}",
        'gen_ai.usage.output_token_details': "{'reasoning': 42}",
      },
      meters,
      provider,
    },
    {
      counts: 'usage_metadata alone',
      attributes: {
        'langsmith.usage_metadata': JSON.stringify({
          input_tokens: 1_310,
          output_tokens: 57,
          total_tokens: 1_367,
          input_token_details: details,
          output_token_details: { reasoning: 42 },
        }),
      },
      meters,
      provider,
    },
    {
      counts: 'audio',
      attributes: {
        'gen_ai.system': 'openai',
        'gen_ai.usage.input_tokens': 500,
        'gen_ai.usage.output_tokens': 90,
        'gen_ai.usage.input_token_details': "{'audio': 120, 'cache_read': 0}",
        'gen_ai.usage.output_token_details': "{'audio': 70, 'reasoning': 0}",
      },
      meters: { input_tokens: 380, input_audio_tokens: 120, output_tokens: 20, output_audio_tokens: 70 },
      provider: { input: 500, output: 90 },
    },
  ],
  contradictions: [
    {
      when: 'details that exceed the input',
      attributes: {
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.input_token_details': "{'cache_read': 6, 'cache_creation': 5}",
      },
      message: 'input_tokens 10 is smaller than what it contains: .* = 11',
    },
  ],
})

// LangChain's totals, with the parts under Anthropic's names: the input contains them all the same.
// traceloop/openllmetry, opentelemetry-instrumentation-langchain, set_chat_response_usage; #4239, #4261
const openllmetry: Reading[] = [
  {
    counts: 'a cached read and a write under Anthropic’s names',
    attributes: {
      'gen_ai.usage.input_tokens': 9_000,
      'gen_ai.usage.cache_read_input_tokens': 3_000,
      'gen_ai.usage.cache_creation_input_tokens': 1_000,
      'gen_ai.usage.output_tokens': 200,
      'llm.usage.total_tokens': 9_200,
    },
    meters: { input_tokens: 5_000, cache_read_tokens: 3_000, cache_write_tokens: 1_000, output_tokens: 200 },
    provider: { input: 9_000, output: 200 },
  },
  {
    counts: 'Bedrock’s numbers passed on, as the total shows',
    attributes: {
      'gen_ai.system': 'AWS',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.cache_read_input_tokens': 60,
      'gen_ai.usage.output_tokens': 50,
      'llm.usage.total_tokens': 210,
    },
    meters: { input_tokens: 100, cache_read_tokens: 60, output_tokens: 50 },
    provider: { input: 160, output: 50 },
  },
]

for (const scope of ['opentelemetry.instrumentation.langchain', '@traceloop/instrumentation-langchain']) {
  describeSender({
    sender: `LangChain through OpenLLMetry (${scope})`,
    span: {
      scope,
      name: 'ChatAnthropic.chat',
      attributes: {
        'llm.request.type': 'chat',
        'gen_ai.system': 'Anthropic',
        'gen_ai.request.model': 'claude-sonnet-4-5',
      },
    },
    readings: openllmetry,
  })
}

// maps UsageMetadata, and adds the cache to the prompt where Bedrock left it out.
// Arize-ai/openinference, openinference-instrumentation-langchain, _tracer.py; #2381
describeSender({
  sender: 'LangChain through OpenInference',
  span: {
    scope: 'openinference.instrumentation.langchain',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'anthropic',
      'llm.model_name': 'claude-3-5-sonnet-20241022',
    },
  },
  readings: [
    {
      counts: 'a cached read, a write and reasoning',
      attributes: {
        'llm.token_count.prompt': 2_000,
        'llm.token_count.prompt_details.cache_read': 1_500,
        'llm.token_count.prompt_details.cache_write': 300,
        'llm.token_count.completion': 400,
        'llm.token_count.completion_details.reasoning': 250,
        'llm.token_count.total': 2_400,
      },
      meters: {
        input_tokens: 200,
        cache_read_tokens: 1_500,
        cache_write_tokens: 300,
        output_tokens: 150,
        reasoning_tokens: 250,
      },
      provider: { input: 2_000, output: 400 },
    },
  ],
})
