import { describeSender } from './conformance-test-kit.ts'

// `claude_code.llm_request` carries Anthropic's usage under bare names, the cache beside the input.
// https://code.claude.com/docs/en/monitoring-usage (traces, beta); anthropics/claude-code#50776
describeSender({
  sender: 'Claude Code',
  span: {
    scope: 'com.anthropic.claude_code.tracing',
    name: 'claude_code.llm_request',
    attributes: {
      'span.type': 'llm_request',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-opus-4-7',
      model: 'claude-opus-4-7',
    },
  },
  readings: [
    {
      counts: 'plain usage',
      attributes: { input_tokens: 2_095, output_tokens: 503, cache_read_tokens: 0, cache_creation_tokens: 0 },
      meters: { input_tokens: 2_095, output_tokens: 503 },
      provider: { input: 2_095, output: 503 },
    },
    {
      counts: 'a cached read and a write',
      attributes: { input_tokens: 2, output_tokens: 1_200, cache_read_tokens: 84_562, cache_creation_tokens: 7_096 },
      meters: { input_tokens: 2, cache_read_tokens: 84_562, cache_write_tokens: 7_096, output_tokens: 1_200 },
      provider: { input: 91_660, output: 1_200 },
    },
    {
      counts: 'a cached read smaller than the input',
      attributes: { input_tokens: 5_000, output_tokens: 7, cache_read_tokens: 3_000 },
      meters: { input_tokens: 5_000, cache_read_tokens: 3_000, output_tokens: 7 },
      provider: { input: 8_000, output: 7 },
    },
  ],
})
