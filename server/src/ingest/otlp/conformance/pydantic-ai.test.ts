import { describeSender } from './conformance-test-kit.ts'

// usage.input_tokens and output_tokens are totals of every class (genai-prices adds them up); the details repeat the parts and the
// provider's own numbers. pydantic/pydantic-ai, pydantic_ai_slim/pydantic_ai/usage.py, opentelemetry_attributes; #4364, #5013
describeSender({
  sender: 'pydantic-ai, Anthropic',
  span: {
    scope: 'pydantic-ai',
    name: 'chat claude-sonnet-4-5',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
    },
  },
  readings: [
    {
      counts: 'plain usage',
      attributes: {
        'gen_ai.usage.input_tokens': 34,
        'gen_ai.usage.output_tokens': 56,
        'gen_ai.usage.details.input_tokens': 34,
        'gen_ai.usage.details.output_tokens': 56,
      },
      meters: { input_tokens: 34, output_tokens: 56 },
      provider: { input: 34, output: 56 },
    },
    {
      counts: 'a cached read and a write',
      attributes: {
        'gen_ai.usage.input_tokens': 1_234,
        'gen_ai.usage.output_tokens': 56,
        'gen_ai.usage.details.input_tokens': 34,
        'gen_ai.usage.details.cache_read_tokens': 1_000,
        'gen_ai.usage.details.cache_read_input_tokens': 1_000,
        'gen_ai.usage.details.cache_write_tokens': 200,
        'gen_ai.usage.details.cache_creation_input_tokens': 200,
      },
      meters: { input_tokens: 34, cache_read_tokens: 1_000, cache_write_tokens: 200, output_tokens: 56 },
      provider: { input: 1_234, output: 56 },
    },
    {
      counts: 'the same under the conventions’ names (newer versions)',
      attributes: {
        'gen_ai.usage.input_tokens': 1_234,
        'gen_ai.usage.output_tokens': 56,
        'gen_ai.usage.cache_read.input_tokens': 1_000,
        'gen_ai.usage.cache_creation.input_tokens': 200,
        'gen_ai.usage.details.cache_read_tokens': 1_000,
        'gen_ai.usage.details.cache_write_tokens': 200,
      },
      meters: { input_tokens: 34, cache_read_tokens: 1_000, cache_write_tokens: 200, output_tokens: 56 },
      provider: { input: 1_234, output: 56 },
    },
  ],
  contradictions: [
    {
      when: 'more cached tokens than input',
      attributes: { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.details.cache_read_tokens': 11 },
      message: 'input_tokens 10 is smaller',
    },
  ],
})

describeSender({
  sender: 'pydantic-ai, OpenAI and Gemini',
  span: { scope: 'pydantic-ai', attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.system': 'openai' } },
  readings: [
    {
      counts: 'audio, some of it cached, and reasoning',
      attributes: {
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.details.cache_read_tokens': 300,
        'gen_ai.usage.details.input_audio_tokens': 250,
        'gen_ai.usage.details.cache_audio_read_tokens': 100,
        'gen_ai.usage.output_tokens': 90,
        'gen_ai.usage.details.output_audio_tokens': 40,
        'gen_ai.usage.details.reasoning_tokens': 30,
      },
      meters: {
        input_tokens: 550,
        cache_read_tokens: 200,
        input_audio_tokens: 150,
        cache_read_audio_tokens: 100,
        output_tokens: 20,
        reasoning_tokens: 30,
        output_audio_tokens: 40,
      },
      provider: { input: 1_000, output: 90 },
    },
    {
      counts: 'Gemini’s thoughts inside the output',
      attributes: {
        'gen_ai.system': 'google-gla',
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.details.cached_content_tokens': 250,
        'gen_ai.usage.output_tokens': 380,
        'gen_ai.usage.details.thoughts_tokens': 300,
      },
      meters: { input_tokens: 750, cache_read_tokens: 250, output_tokens: 80, reasoning_tokens: 300 },
      provider: { input: 1_000, output: 380 },
    },
  ],
  contradictions: [
    {
      when: 'more cached audio than was read from the cache',
      attributes: {
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.details.cache_read_tokens': 50,
        'gen_ai.usage.details.input_audio_tokens': 250,
        'gen_ai.usage.details.cache_audio_read_tokens': 100,
      },
      message: 'cache_read_tokens 50 is smaller',
    },
  ],
})
