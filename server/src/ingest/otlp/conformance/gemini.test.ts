import { describeSender } from './conformance-test-kit.ts'

// promptTokenCount "is still the total effective prompt size meaning this includes the number of tokens in the cached content"; thoughts
// and tool-use prompts stand beside, and totalTokenCount is the sum of all four.
// https://ai.google.dev/api/generate-content#UsageMetadata, and the extractor of `google` in pydantic/genai-prices
describeSender({
  sender: 'Gemini, its own names copied',
  span: {
    attributes: {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.system': 'gcp.gemini',
      'gen_ai.request.model': 'gemini-2.5-pro',
    },
  },
  readings: [
    {
      counts: 'plain usage',
      attributes: {
        'gen_ai.usage.prompt_token_count': 8,
        'gen_ai.usage.candidates_token_count': 31,
        'gen_ai.usage.total_token_count': 39,
      },
      meters: { input_tokens: 8, output_tokens: 31 },
      provider: { input: 8, output: 31 },
    },
    {
      counts: 'a cached read and thoughts',
      attributes: {
        'gen_ai.usage.prompt_token_count': 1_000,
        'gen_ai.usage.cached_content_token_count': 250,
        'gen_ai.usage.candidates_token_count': 380,
        'gen_ai.usage.thoughts_token_count': 300,
        'gen_ai.usage.total_token_count': 1_680,
      },
      meters: { input_tokens: 750, cache_read_tokens: 250, output_tokens: 380, reasoning_tokens: 300 },
      provider: { input: 1_000, output: 680 },
    },
    {
      counts: 'what a tool put into the prompt',
      attributes: {
        'gen_ai.usage.prompt_token_count': 13,
        'gen_ai.usage.tool_use_prompt_token_count': 10_309,
        'gen_ai.usage.candidates_token_count': 57,
        'gen_ai.usage.thoughts_token_count': 31,
        'gen_ai.usage.total_token_count': 10_410,
      },
      meters: { input_tokens: 10_322, output_tokens: 57, reasoning_tokens: 31 },
      provider: { input: 10_322, output: 88 },
    },
    {
      counts: 'audio in the prompt',
      attributes: {
        'gen_ai.usage.prompt_token_count': 500,
        'gen_ai.usage.input_audio_tokens': 480,
        'gen_ai.usage.candidates_token_count': 12,
      },
      meters: { input_tokens: 20, input_audio_tokens: 480, output_tokens: 12 },
      provider: { input: 500, output: 12 },
    },
  ],
  contradictions: [
    {
      when: 'more cached content than prompt',
      attributes: { 'gen_ai.usage.prompt_token_count': 10, 'gen_ai.usage.cached_content_token_count': 11 },
      message: 'prompt_token_count 10 is smaller',
    },
  ],
})

// Sets input from prompt_token_count and output from candidates_token_count.
// open-telemetry/opentelemetry-python-contrib, instrumentation-genai/opentelemetry-instrumentation-google-genai; #4313 for the cache
describeSender({
  sender: 'OpenTelemetry instrumentation of google-genai',
  span: {
    scope: 'opentelemetry.instrumentation.google_genai',
    attributes: {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.system': 'gemini',
      'gen_ai.request.model': 'gemini-2.5-flash',
    },
  },
  readings: [
    {
      counts: 'a cached read',
      attributes: {
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.cache_read.input_tokens': 900,
        'gen_ai.usage.output_tokens': 80,
      },
      meters: { input_tokens: 100, cache_read_tokens: 900, output_tokens: 80 },
      provider: { input: 1_000, output: 80 },
    },
    {
      counts: 'thoughts that the total shows to stand beside the output',
      attributes: {
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.output_tokens': 380,
        'gen_ai.usage.reasoning.output_tokens': 300,
        'gen_ai.usage.total_tokens': 1_680,
      },
      meters: { input_tokens: 1_000, output_tokens: 380, reasoning_tokens: 300 },
      provider: { input: 1_000, output: 680 },
    },
    {
      counts: 'thoughts that the total shows to be in the output',
      attributes: {
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.output_tokens': 680,
        'gen_ai.usage.reasoning.output_tokens': 300,
        'gen_ai.usage.total_tokens': 1_680,
      },
      meters: { input_tokens: 1_000, output_tokens: 380, reasoning_tokens: 300 },
      provider: { input: 1_000, output: 680 },
    },
  ],
})
