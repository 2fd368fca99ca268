import { describeSender } from './conformance-test-kit.ts'

// OpenAI's totals and parts as they are. traceloop/openllmetry, opentelemetry-instrumentation-openai, shared/chat_wrappers.py and
// v1/responses_wrappers.py
describeSender({
  sender: 'OpenLLMetry for Python, OpenAI',
  span: {
    scope: 'opentelemetry.instrumentation.openai.v1',
    name: 'openai.chat',
    attributes: { 'llm.request.type': 'chat', 'gen_ai.system': 'openai', 'gen_ai.response.model': 'gpt-4o-2024-08-06' },
  },
  readings: [
    {
      counts: 'plain usage',
      attributes: {
        'gen_ai.usage.prompt_tokens': 300,
        'gen_ai.usage.completion_tokens': 100,
        'llm.usage.total_tokens': 400,
      },
      meters: { input_tokens: 300, output_tokens: 100 },
      provider: { input: 300, output: 100 },
    },
    {
      counts: 'cached and reasoning tokens',
      attributes: {
        'gen_ai.usage.input_tokens': 2_909,
        'gen_ai.usage.cache_read_input_tokens': 2_816,
        'gen_ai.usage.output_tokens': 108,
        'gen_ai.usage.reasoning_tokens': 100,
        'llm.usage.total_tokens': 3_017,
      },
      meters: { input_tokens: 93, cache_read_tokens: 2_816, output_tokens: 8, reasoning_tokens: 100 },
      provider: { input: 2_909, output: 108 },
    },
  ],
  contradictions: [
    {
      when: 'more cached tokens than prompt',
      attributes: { 'gen_ai.usage.prompt_tokens': 10, 'gen_ai.usage.cache_read_input_tokens': 11 },
      message: 'prompt_tokens 10 is smaller',
    },
  ],
})

// input_tokens = prompt + cache_read + cache_creation, although the names of the parts are Anthropic's.
// traceloop/openllmetry, opentelemetry-instrumentation-anthropic, _set_token_usage
describeSender({
  sender: 'OpenLLMetry for Python, Anthropic',
  span: {
    scope: 'opentelemetry.instrumentation.anthropic',
    name: 'anthropic.chat',
    attributes: {
      'llm.request.type': 'completion',
      'gen_ai.system': 'Anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
    },
  },
  readings: [
    {
      counts: 'a cached read and a write',
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
  ],
  contradictions: [
    {
      when: 'more cached tokens than input',
      attributes: { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.cache_read_input_tokens': 11 },
      message: 'input_tokens 10 is smaller',
    },
  ],
})

// traceloop/openllmetry-js states for Bedrock that the cache is in the input since its parts have the conventions' names
// (packages/instrumentation-bedrock, "fold-in semantics"); the Anthropic package is read by the same sign.
describeSender({
  sender: 'OpenLLMetry for JavaScript, Anthropic',
  span: {
    scope: '@traceloop/instrumentation-anthropic',
    name: 'anthropic.chat',
    attributes: {
      'llm.request.type': 'chat',
      'gen_ai.system': 'Anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
    },
  },
  readings: [
    {
      counts: 'a cached read beside the input under Anthropic’s names',
      attributes: {
        'gen_ai.usage.input_tokens': 5_000,
        'gen_ai.usage.cache_read_input_tokens': 3_000,
        'gen_ai.usage.output_tokens': 200,
      },
      meters: { input_tokens: 5_000, cache_read_tokens: 3_000, output_tokens: 200 },
      provider: { input: 8_000, output: 200 },
    },
    {
      counts: 'a cached read inside the input under the conventions’ names',
      attributes: {
        'gen_ai.usage.input_tokens': 8_000,
        'gen_ai.usage.cache_read.input_tokens': 3_000,
        'gen_ai.usage.output_tokens': 200,
      },
      meters: { input_tokens: 5_000, cache_read_tokens: 3_000, output_tokens: 200 },
      provider: { input: 8_000, output: 200 },
    },
  ],
})
