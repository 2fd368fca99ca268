import { describeSender } from './conformance-test-kit.ts'

// llm.token_count.prompt and .completion are totals; prompt_details and completion_details are parts of them.
// Arize-ai/openinference, spec/semantic_conventions.md; the Anthropic instrumentation adds the cache to the prompt (#1429)
describeSender({
  sender: 'OpenInference',
  span: {
    scope: 'openinference.instrumentation.openai',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.system': 'openai',
      'llm.model_name': 'gpt-4o-audio-preview',
    },
  },
  readings: [
    {
      counts: 'plain usage',
      attributes: { 'llm.token_count.prompt': 9, 'llm.token_count.completion': 12, 'llm.token_count.total': 21 },
      meters: { input_tokens: 9, output_tokens: 12 },
      provider: { input: 9, output: 12 },
    },
    {
      counts: 'cached, audio and reasoning tokens',
      attributes: {
        'llm.token_count.prompt': 2_000,
        'llm.token_count.prompt_details.cache_read': 1_500,
        'llm.token_count.prompt_details.audio': 50,
        'llm.token_count.completion': 400,
        'llm.token_count.completion_details.reasoning': 250,
        'llm.token_count.completion_details.audio': 20,
        'llm.token_count.total': 2_400,
      },
      meters: {
        input_tokens: 450,
        cache_read_tokens: 1_500,
        input_audio_tokens: 50,
        output_tokens: 130,
        reasoning_tokens: 250,
        output_audio_tokens: 20,
      },
      provider: { input: 2_000, output: 400 },
    },
  ],
  contradictions: [
    {
      when: 'more cached tokens than prompt',
      attributes: { 'llm.token_count.prompt': 10, 'llm.token_count.prompt_details.cache_read': 11 },
      message: 'llm.token_count.prompt 10 is smaller',
    },
  ],
})

describeSender({
  sender: 'OpenInference, Anthropic',
  span: {
    scope: 'openinference.instrumentation.anthropic',
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'anthropic',
      'llm.system': 'anthropic',
      'llm.model_name': 'claude-3-5-sonnet-20241022',
    },
  },
  readings: [
    {
      counts: 'a cached read and a write',
      attributes: {
        'llm.token_count.prompt': 2_000,
        'llm.token_count.prompt_details.cache_read': 1_500,
        'llm.token_count.prompt_details.cache_write': 300,
        'llm.token_count.completion': 400,
      },
      meters: { input_tokens: 200, cache_read_tokens: 1_500, cache_write_tokens: 300, output_tokens: 400 },
      provider: { input: 2_000, output: 400 },
    },
  ],
})

// prompt_details.cache_input is filled with prompt_tokens_details.text_tokens, which are not cached.
// Arize-ai/openinference, openinference-instrumentation-litellm, _set_token_counts_from_usage
describeSender({
  sender: 'OpenInference, LiteLLM',
  span: {
    scope: 'openinference.instrumentation.litellm',
    attributes: { 'openinference.span.kind': 'LLM', 'llm.model_name': 'gemini/gemini-2.5-flash' },
  },
  readings: [
    {
      counts: 'text tokens as what they are',
      attributes: {
        'llm.token_count.prompt': 1_000,
        'llm.token_count.prompt_details.cache_input': 1_000,
        'llm.token_count.completion': 12,
      },
      meters: { input_tokens: 1_000, output_tokens: 12 },
      provider: { input: 1_000, output: 12 },
    },
  ],
})
