import { describeSender, type Reading } from './conformance-test-kit.ts'

// OpenAI counts cached, written and audio tokens inside prompt_tokens / input_tokens, and reasoning and audio inside
// completion_tokens / output_tokens. Cache writes are billed from GPT-5.6 on and reported as cache_write_tokens.
// https://platform.openai.com/docs/guides/prompt-caching, and the extractors `chat` and `responses` of pydantic/genai-prices.
const chat: Reading[] = [
  {
    counts: 'plain usage',
    attributes: { 'gen_ai.usage.prompt_tokens': 1_117, 'gen_ai.usage.completion_tokens': 46 },
    meters: { input_tokens: 1_117, output_tokens: 46 },
    provider: { input: 1_117, output: 46 },
  },
  {
    counts: 'a cached read',
    attributes: {
      'gen_ai.usage.prompt_tokens': 2_006,
      'gen_ai.usage.prompt_tokens_details.cached_tokens': 1_920,
      'gen_ai.usage.completion_tokens': 300,
      'gen_ai.usage.total_tokens': 2_306,
    },
    meters: { input_tokens: 86, cache_read_tokens: 1_920, output_tokens: 300 },
    provider: { input: 2_006, output: 300 },
  },
  {
    counts: 'a cached read and a write',
    attributes: {
      'gen_ai.usage.prompt_tokens': 2_600,
      'gen_ai.usage.prompt_tokens_details.cached_tokens': 2_000,
      'gen_ai.usage.prompt_tokens_details.cache_write_tokens': 400,
      'gen_ai.usage.completion_tokens': 300,
    },
    meters: { input_tokens: 200, cache_read_tokens: 2_000, cache_write_tokens: 400, output_tokens: 300 },
    provider: { input: 2_600, output: 300 },
  },
  {
    counts: 'reasoning',
    attributes: {
      'gen_ai.usage.prompt_tokens': 75,
      'gen_ai.usage.completion_tokens': 1_186,
      'gen_ai.usage.completion_tokens_details.reasoning_tokens': 1_024,
      'gen_ai.usage.total_tokens': 1_261,
    },
    meters: { input_tokens: 75, output_tokens: 162, reasoning_tokens: 1_024 },
    provider: { input: 75, output: 1_186 },
  },
  {
    counts: 'an answer that is all reasoning',
    attributes: {
      'gen_ai.usage.prompt_tokens': 75,
      'gen_ai.usage.completion_tokens': 1_024,
      'gen_ai.usage.completion_tokens_details.reasoning_tokens': 1_024,
    },
    meters: { input_tokens: 75, reasoning_tokens: 1_024 },
    provider: { input: 75, output: 1_024 },
  },
  {
    counts: 'audio on both sides',
    attributes: {
      'gen_ai.usage.prompt_tokens': 500,
      'gen_ai.usage.prompt_tokens_details.audio_tokens': 120,
      'gen_ai.usage.prompt_tokens_details.cached_tokens': 0,
      'gen_ai.usage.completion_tokens': 90,
      'gen_ai.usage.completion_tokens_details.audio_tokens': 70,
      'gen_ai.usage.completion_tokens_details.reasoning_tokens': 0,
    },
    meters: { input_tokens: 380, input_audio_tokens: 120, output_tokens: 20, output_audio_tokens: 70 },
    provider: { input: 500, output: 90 },
  },
]

describeSender({
  sender: 'OpenAI chat completions, its own names copied',
  span: {
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-5.6' },
  },
  readings: chat,
  contradictions: [
    {
      when: 'more cached tokens than prompt tokens',
      attributes: { 'gen_ai.usage.prompt_tokens': 10, 'gen_ai.usage.prompt_tokens_details.cached_tokens': 11 },
      message: 'prompt_tokens 10 is smaller than what it contains: gen_ai.usage.prompt_tokens_details.cached_tokens 11',
    },
    {
      when: 'reads and writes that together exceed the prompt',
      attributes: {
        'gen_ai.usage.prompt_tokens': 10,
        'gen_ai.usage.prompt_tokens_details.cached_tokens': 6,
        'gen_ai.usage.prompt_tokens_details.cache_write_tokens': 5,
      },
      message: '= 11',
    },
    {
      when: 'more reasoning than answer',
      attributes: { 'gen_ai.usage.completion_tokens': 5, 'gen_ai.usage.completion_tokens_details.reasoning_tokens': 6 },
      message: 'completion_tokens 5 is smaller than what it contains',
    },
    {
      when: 'more audio than prompt',
      attributes: { 'gen_ai.usage.prompt_tokens': 5, 'gen_ai.usage.prompt_tokens_details.audio_tokens': 6 },
      message: 'prompt_tokens 5 is smaller',
    },
  ],
})

describeSender({
  sender: 'OpenAI Responses, its own names copied',
  span: {
    attributes: { 'gen_ai.operation.name': 'responses', 'gen_ai.system': 'openai', 'gen_ai.request.model': 'gpt-5.6' },
  },
  readings: [
    {
      counts: 'plain usage',
      attributes: { 'gen_ai.usage.input_tokens': 328, 'gen_ai.usage.output_tokens': 52 },
      meters: { input_tokens: 328, output_tokens: 52 },
      provider: { input: 328, output: 52 },
    },
    {
      counts: 'cached, written and reasoning tokens',
      attributes: {
        'gen_ai.usage.input_tokens': 2_600,
        'gen_ai.usage.input_tokens_details.cached_tokens': 2_000,
        'gen_ai.usage.input_tokens_details.cache_write_tokens': 400,
        'gen_ai.usage.output_tokens': 300,
        'gen_ai.usage.output_tokens_details.reasoning_tokens': 192,
        'gen_ai.usage.total_tokens': 2_900,
      },
      meters: {
        input_tokens: 200,
        cache_read_tokens: 2_000,
        cache_write_tokens: 400,
        output_tokens: 108,
        reasoning_tokens: 192,
      },
      provider: { input: 2_600, output: 300 },
    },
  ],
  contradictions: [
    {
      when: 'more cached tokens than input',
      attributes: { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.input_tokens_details.cached_tokens': 11 },
      message: 'input_tokens 10 is smaller',
    },
  ],
})

// gen_ai.usage.input_tokens "SHOULD include all types of input tokens, including cached tokens"; the cache attributes and
// reasoning.output_tokens "SHOULD be included in" their totals. open-telemetry/semantic-conventions, model/gen-ai/registry.yaml
describeSender({
  sender: 'OpenTelemetry conventions, OpenAI',
  span: {
    scope: 'opentelemetry.instrumentation.openai_v2',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.response.model': 'gpt-5-2025-08-07',
    },
  },
  readings: [
    {
      counts: 'plain usage',
      attributes: { 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.output_tokens': 180 },
      meters: { input_tokens: 100, output_tokens: 180 },
      provider: { input: 100, output: 180 },
    },
    {
      counts: 'cached and reasoning tokens',
      attributes: {
        'gen_ai.usage.input_tokens': 17_903,
        'gen_ai.usage.cache_read.input_tokens': 17_817,
        'gen_ai.usage.output_tokens': 120,
        'gen_ai.usage.reasoning.output_tokens': 64,
      },
      meters: { input_tokens: 86, cache_read_tokens: 17_817, output_tokens: 56, reasoning_tokens: 64 },
      provider: { input: 17_903, output: 120 },
    },
  ],
  contradictions: [
    {
      when: 'more reasoning than output',
      attributes: { 'gen_ai.usage.output_tokens': 5, 'gen_ai.usage.reasoning.output_tokens': 6 },
      message: 'output_tokens 5 is smaller',
    },
  ],
})
