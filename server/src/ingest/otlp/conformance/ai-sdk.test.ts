import { describeSender } from './conformance-test-kit.ts'

const call = (system: string, model: string) => ({
  scope: 'ai',
  name: 'ai.generateText.doGenerate',
  attributes: {
    'ai.operationId': 'ai.generateText.doGenerate',
    'ai.model.provider': system,
    'ai.model.id': model,
    'gen_ai.system': system,
    'gen_ai.request.model': model,
  },
})

// Version 5: ai.usage.* is what each provider package calls input and output: OpenAI's with the cache, Anthropic's and Bedrock's
// without, Gemini's candidates without thoughts. What Anthropic wrote to a cache is only in the provider metadata, whose `usage` is
// Anthropic's own object. vercel/ai 5.0, packages/ai/src/generate-text/generate-text.ts and each package's language model
describeSender({
  sender: 'AI SDK 5, OpenAI',
  span: call('openai.responses', 'gpt-5-mini'),
  readings: [
    {
      counts: 'cached and reasoning tokens',
      attributes: {
        'ai.usage.inputTokens': 100,
        'ai.usage.cachedInputTokens': 60,
        'ai.usage.outputTokens': 50,
        'ai.usage.reasoningTokens': 30,
        'ai.usage.totalTokens': 150,
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 50,
      },
      meters: { input_tokens: 40, cache_read_tokens: 60, output_tokens: 20, reasoning_tokens: 30 },
      provider: { input: 100, output: 50 },
    },
  ],
  contradictions: [
    {
      when: 'more cached tokens than input',
      attributes: { 'gen_ai.usage.input_tokens': 10, 'ai.usage.cachedInputTokens': 11 },
      message: 'input_tokens 10 is smaller than what it contains: ai.usage.cachedInputTokens 11',
    },
  ],
})

describeSender({
  sender: 'AI SDK 5, Anthropic',
  span: call('anthropic.messages', 'claude-sonnet-4-5'),
  readings: [
    {
      counts: 'plain usage',
      attributes: { 'ai.usage.inputTokens': 17, 'ai.usage.outputTokens': 227, 'ai.usage.totalTokens': 244 },
      meters: { input_tokens: 17, output_tokens: 227 },
      provider: { input: 17, output: 227 },
    },
    {
      counts: 'a cached read and writes for five minutes and for an hour',
      attributes: {
        'ai.usage.inputTokens': 17,
        'ai.usage.cachedInputTokens': 10,
        'ai.usage.outputTokens': 227,
        'ai.usage.totalTokens': 244,
        'gen_ai.usage.input_tokens': 17,
        'gen_ai.usage.output_tokens': 227,
        'ai.response.providerMetadata': JSON.stringify({
          anthropic: {
            usage: {
              input_tokens: 17,
              cache_read_input_tokens: 10,
              cache_creation_input_tokens: 25,
              cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 20 },
              output_tokens: 227,
            },
            cacheCreationInputTokens: 25,
          },
        }),
      },
      meters: {
        input_tokens: 17,
        cache_read_tokens: 10,
        cache_write_tokens: 5,
        cache_write_1h_tokens: 20,
        output_tokens: 227,
      },
      provider: { input: 52, output: 227 },
    },
  ],
})

describeSender({
  sender: 'AI SDK 5, Bedrock',
  span: call('amazon-bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
  readings: [
    {
      counts: 'a cached read, and a write in the provider metadata',
      attributes: {
        'ai.usage.inputTokens': 40,
        'ai.usage.cachedInputTokens': 12,
        'ai.usage.outputTokens': 50,
        'ai.usage.totalTokens': 90,
        'ai.response.providerMetadata': '{"bedrock":{"usage":{"cacheWriteInputTokens":900}}}',
      },
      meters: { input_tokens: 40, cache_read_tokens: 12, cache_write_tokens: 900, output_tokens: 50 },
      provider: { input: 952, output: 50 },
    },
  ],
})

describeSender({
  sender: 'AI SDK 5, Gemini',
  span: call('google.generative-ai', 'gemini-2.5-pro'),
  readings: [
    {
      counts: 'a cached read and thoughts',
      attributes: {
        'ai.usage.inputTokens': 100,
        'ai.usage.cachedInputTokens': 80,
        'ai.usage.outputTokens': 50,
        'ai.usage.reasoningTokens': 30,
        'ai.usage.totalTokens': 180,
      },
      meters: { input_tokens: 20, cache_read_tokens: 80, output_tokens: 50, reasoning_tokens: 30 },
      provider: { input: 100, output: 80 },
    },
  ],
})

// Version 6: totals with their parts in inputTokenDetails and outputTokenDetails, for every provider.
// vercel/ai, packages/provider/src/language-model/v3/language-model-v3-usage.ts and generate-text.ts

describeSender({
  sender: 'AI SDK 6, Anthropic',
  span: call('anthropic.messages', 'claude-fable-5'),
  readings: [
    {
      counts: 'a cached read and a write',
      attributes: {
        'ai.usage.inputTokens': 650_361,
        'ai.usage.inputTokenDetails.noCacheTokens': 2,
        'ai.usage.inputTokenDetails.cacheReadTokens': 649_452,
        'ai.usage.inputTokenDetails.cacheWriteTokens': 907,
        'ai.usage.cachedInputTokens': 649_452,
        'ai.usage.outputTokens': 369,
        'ai.usage.totalTokens': 650_730,
        'gen_ai.usage.input_tokens': 650_361,
        'gen_ai.usage.output_tokens': 369,
      },
      meters: { input_tokens: 2, cache_read_tokens: 649_452, cache_write_tokens: 907, output_tokens: 369 },
      provider: { input: 650_361, output: 369 },
    },
    {
      counts: 'a write for an hour, which only the provider metadata tells',
      attributes: {
        'ai.usage.inputTokens': 1_000,
        'ai.usage.inputTokenDetails.noCacheTokens': 100,
        'ai.usage.inputTokenDetails.cacheReadTokens': 0,
        'ai.usage.inputTokenDetails.cacheWriteTokens': 900,
        'ai.usage.outputTokens': 9,
        'ai.response.providerMetadata': JSON.stringify({
          anthropic: {
            usage: { cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 900 } },
            cacheCreationInputTokens: 900,
          },
        }),
      },
      meters: { input_tokens: 100, cache_write_1h_tokens: 900, output_tokens: 9 },
      provider: { input: 1_000, output: 9 },
    },
  ],
  contradictions: [
    {
      when: 'details that exceed the input',
      attributes: {
        'ai.usage.inputTokens': 10,
        'ai.usage.inputTokenDetails.cacheReadTokens': 6,
        'ai.usage.inputTokenDetails.cacheWriteTokens': 5,
      },
      message: 'ai.usage.inputTokens 10 is smaller than what it contains: .* = 11',
    },
  ],
})

describeSender({
  sender: 'AI SDK 6, Gemini',
  span: call('google.generative-ai', 'gemini-2.5-pro'),
  readings: [
    {
      counts: 'thoughts inside the output',
      attributes: {
        'ai.usage.inputTokens': 100,
        'ai.usage.inputTokenDetails.noCacheTokens': 20,
        'ai.usage.inputTokenDetails.cacheReadTokens': 80,
        'ai.usage.outputTokens': 80,
        'ai.usage.outputTokenDetails.textTokens': 50,
        'ai.usage.outputTokenDetails.reasoningTokens': 30,
        'ai.usage.reasoningTokens': 30,
        'ai.usage.totalTokens': 180,
      },
      meters: { input_tokens: 20, cache_read_tokens: 80, output_tokens: 50, reasoning_tokens: 30 },
      provider: { input: 100, output: 80 },
    },
  ],
})

// Version 7: the conventions' names on a `chat` span, input a total with its parts. It names no reasoning.
// vercel/ai, packages/otel/src/gen-ai-open-telemetry.ts
describeSender({
  sender: 'AI SDK 7',
  span: {
    scope: 'gen_ai',
    name: 'chat claude-sonnet-4-5',
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
    },
  },
  readings: [
    {
      counts: 'plain usage',
      attributes: { 'gen_ai.usage.input_tokens': 17, 'gen_ai.usage.output_tokens': 90 },
      meters: { input_tokens: 17, output_tokens: 90 },
      provider: { input: 17, output: 90 },
    },
    {
      counts: 'a cached read and a write',
      attributes: {
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.cache_read.input_tokens': 700,
        'gen_ai.usage.cache_creation.input_tokens': 200,
        'gen_ai.usage.output_tokens': 90,
      },
      meters: { input_tokens: 100, cache_read_tokens: 700, cache_write_tokens: 200, output_tokens: 90 },
      provider: { input: 1_000, output: 90 },
    },
  ],
})
