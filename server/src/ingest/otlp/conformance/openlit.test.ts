import { describeSender } from './conformance-test-kit.ts'

// Anthropic's numbers as they are, the cache in the conventions' names, zeros included; no total.
// openlit/openlit, sdk/python/src/openlit/instrumentation/anthropic/utils.py, common_chat_logic
describeSender({
  sender: 'OpenLIT, Anthropic',
  span: {
    scope: 'openlit.otel.tracing',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-haiku-4-5',
    },
  },
  readings: [
    {
      counts: 'plain usage',
      attributes: {
        'gen_ai.usage.input_tokens': 5_000,
        'gen_ai.usage.output_tokens': 200,
        'gen_ai.client.token.usage': 5_200,
        'gen_ai.usage.cache_read.input_tokens': 0,
        'gen_ai.usage.cache_creation.input_tokens': 0,
      },
      meters: { input_tokens: 5_000, output_tokens: 200 },
      provider: { input: 5_000, output: 200 },
    },
    {
      counts: 'a cached read and a write beside the input',
      attributes: {
        'gen_ai.usage.input_tokens': 5_000,
        'gen_ai.usage.output_tokens': 200,
        'gen_ai.client.token.usage': 5_200,
        'gen_ai.usage.cache_read.input_tokens': 3_000,
        'gen_ai.usage.cache_creation.input_tokens': 1_000,
      },
      meters: { input_tokens: 5_000, cache_read_tokens: 3_000, cache_write_tokens: 1_000, output_tokens: 200 },
      provider: { input: 9_000, output: 200 },
    },
  ],
})

// OpenAI's totals; the parts under names of OpenLIT's own.
// openlit/openlit, sdk/python/src/openlit/semcov/__init__.py and sdk/typescript/src/semantic-convention.ts
describeSender({
  sender: 'OpenLIT, OpenAI',
  span: {
    scope: 'openlit.otel.tracing',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5',
    },
  },
  readings: [
    {
      counts: 'cached, reasoning and audio tokens',
      attributes: {
        'gen_ai.usage.input_tokens': 2_006,
        'gen_ai.usage.output_tokens': 300,
        'gen_ai.usage.prompt_tokens_details.cache_read': 1_920,
        'gen_ai.usage.completion_tokens_details.reasoning': 192,
        'gen_ai.usage.completion_tokens_details.audio': 20,
      },
      meters: {
        input_tokens: 86,
        cache_read_tokens: 1_920,
        output_tokens: 88,
        reasoning_tokens: 192,
        output_audio_tokens: 20,
      },
      provider: { input: 2_006, output: 300 },
    },
  ],
  contradictions: [
    {
      when: 'more cached tokens than input',
      attributes: { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.prompt_tokens_details.cache_read': 11 },
      message: 'input_tokens 10 is smaller',
    },
  ],
})

// LangChain's usage_metadata, whose input contains the cache, in some versions and the provider's own usage in others, under the same
// names: the numbers tell. openlit/openlit, sdk/python/src/openlit/instrumentation/langchain, on_llm_end
describeSender({
  sender: 'OpenLIT, LangChain',
  span: {
    scope: 'openlit.otel.tracing',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-haiku-4-5',
    },
  },
  readings: [
    {
      counts: 'a cached read and a write inside the input',
      attributes: {
        'gen_ai.usage.input_tokens': 9_000,
        'gen_ai.usage.output_tokens': 200,
        'gen_ai.usage.prompt_tokens_details.cache_read': 3_000,
        'gen_ai.usage.prompt_tokens_details.cache_write': 1_000,
      },
      meters: { input_tokens: 5_000, cache_read_tokens: 3_000, cache_write_tokens: 1_000, output_tokens: 200 },
      provider: { input: 9_000, output: 200 },
    },
    {
      counts: 'a cached read that can only stand beside the input',
      attributes: {
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 200,
        'gen_ai.usage.prompt_tokens_details.cache_read': 3_000,
      },
      meters: { input_tokens: 10, cache_read_tokens: 3_000, output_tokens: 200 },
      provider: { input: 3_010, output: 200 },
    },
  ],
})
