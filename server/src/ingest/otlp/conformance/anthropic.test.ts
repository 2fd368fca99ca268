import { describeSender } from './conformance-test-kit.ts'

// Anthropic counts input_tokens without what was read from and written to a cache: the prompt is
// input_tokens + cache_read_input_tokens + cache_creation_input_tokens, and cache_creation divides the last by lifetime. output_tokens
// contains the thinking. https://platform.claude.com/docs/en/build-with-claude/prompt-caching
describeSender({
  sender: 'Anthropic, its own names copied',
  span: {
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
    },
  },
  readings: [
    {
      counts: 'plain usage, zeros included',
      attributes: {
        'gen_ai.usage.input_tokens': 2_095,
        'gen_ai.usage.cache_read_input_tokens': 0,
        'gen_ai.usage.cache_creation_input_tokens': 0,
        'gen_ai.usage.output_tokens': 503,
      },
      meters: { input_tokens: 2_095, output_tokens: 503 },
      provider: { input: 2_095, output: 503 },
    },
    {
      counts: 'a cached read smaller than the input, which stands beside it all the same',
      attributes: {
        'gen_ai.usage.input_tokens': 5_000,
        'gen_ai.usage.cache_read_input_tokens': 3_000,
        'gen_ai.usage.output_tokens': 200,
      },
      meters: { input_tokens: 5_000, cache_read_tokens: 3_000, output_tokens: 200 },
      provider: { input: 8_000, output: 200 },
    },
    {
      counts: 'a write for five minutes',
      attributes: {
        'gen_ai.usage.input_tokens': 21,
        'gen_ai.usage.cache_creation_input_tokens': 188_086,
        'gen_ai.usage.cache_creation.ephemeral_5m_input_tokens': 188_086,
        'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens': 0,
        'gen_ai.usage.output_tokens': 393,
      },
      meters: { input_tokens: 21, cache_write_tokens: 188_086, output_tokens: 393 },
      provider: { input: 188_107, output: 393 },
    },
    {
      counts: 'writes for five minutes and for an hour, with a read',
      attributes: {
        'gen_ai.usage.input_tokens': 2_048,
        'gen_ai.usage.cache_read_input_tokens': 1_800,
        'gen_ai.usage.cache_creation_input_tokens': 248,
        'gen_ai.usage.cache_creation.ephemeral_5m_input_tokens': 148,
        'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens': 100,
        'gen_ai.usage.output_tokens': 503,
      },
      meters: {
        input_tokens: 2_048,
        cache_read_tokens: 1_800,
        cache_write_tokens: 148,
        cache_write_1h_tokens: 100,
        output_tokens: 503,
      },
      provider: { input: 4_096, output: 503 },
    },
    {
      counts: 'writes by lifetime without their total',
      attributes: {
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.cache_creation.ephemeral_5m_input_tokens': 148,
        'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens': 100,
        'gen_ai.usage.output_tokens': 5,
      },
      meters: { input_tokens: 10, cache_write_tokens: 148, cache_write_1h_tokens: 100, output_tokens: 5 },
      provider: { input: 258, output: 5 },
    },
    {
      counts: 'thinking',
      attributes: {
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.output_tokens': 800,
        'gen_ai.usage.output_tokens_details.thinking_tokens': 600,
      },
      meters: { input_tokens: 10, output_tokens: 200, reasoning_tokens: 600 },
      provider: { input: 10, output: 800 },
    },
  ],
  contradictions: [
    {
      when: 'lifetimes that exceed what was written',
      attributes: {
        'gen_ai.usage.input_tokens': 10,
        'gen_ai.usage.cache_creation_input_tokens': 100,
        'gen_ai.usage.cache_creation.ephemeral_5m_input_tokens': 60,
        'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens': 41,
      },
      message: 'cache_creation_input_tokens 100 is smaller than what it contains: .* = 101',
    },
  ],
})

// The conventions' page for Anthropic: gen_ai.usage.input_tokens is computed as the sum of the three.
// open-telemetry/semantic-conventions-genai, docs/gen-ai/anthropic.md
describeSender({
  sender: 'OpenTelemetry conventions, Anthropic',
  span: {
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
    },
  },
  readings: [
    {
      counts: 'a read and a write',
      attributes: {
        'gen_ai.usage.input_tokens': 9_000,
        'gen_ai.usage.cache_read.input_tokens': 3_000,
        'gen_ai.usage.cache_creation.input_tokens': 1_000,
        'gen_ai.usage.output_tokens': 200,
      },
      meters: { input_tokens: 5_000, cache_read_tokens: 3_000, cache_write_tokens: 1_000, output_tokens: 200 },
      provider: { input: 9_000, output: 200 },
    },
  ],
})
