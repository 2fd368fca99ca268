import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { PainServer, type PainTenant, TRACE } from './pain-kit.ts'

const server = new PainServer()
let tenant: PainTenant

beforeAll(() => server.start())
afterAll(() => server.stop())
beforeEach(async () => {
  tenant = await server.tenant()
})

const model = (provider: string, name: string) => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': provider,
  'gen_ai.request.model': name,
})

describe('cached tokens are billed once', () => {
  beforeEach(async () => {
    await tenant.publish(
      { meter: 'input_tokens', perMillion: '2.50' },
      { meter: 'cache_read_tokens', perMillion: '1.25' },
      { meter: 'output_tokens', perMillion: '10' },
    )
  })

  // langfuse/langfuse#10592: 17,903 input and 17,817 cached were shown as 35,720.
  it('counts 17,817 cached of 17,903 input tokens as 17,903', async () => {
    await tenant.export({
      id: '1',
      attributes: {
        ...model('lab', 'large'),
        'gen_ai.usage.prompt_tokens': 17_903,
        'gen_ai.usage.prompt_tokens_details.cached_tokens': 17_817,
        'gen_ai.usage.completion_tokens': 97,
      },
    })
    expect(await tenant.priced(TRACE)).toEqual({
      status: 'RATED',
      cost: '0.02345625',
      lines: [
        'input_tokens 86 × 0.0000025 = 0.000215 (MANUAL)',
        'cache_read_tokens 17817 × 0.00000125 = 0.02227125 (MANUAL)',
        'output_tokens 97 × 0.00001 = 0.00097 (MANUAL)',
      ],
      unpriced: [],
    })
    expect(await tenant.fleet()).toEqual({ total: '0.02345625', tokens: '18000', invocations: '1', unpriced: '0' })
  })

  // langfuse/langfuse#5568: cached tokens were added instead of subtracted, 1,999 became 3,791.
  it('counts 1,792 cached of 1,999 input tokens as 1,999', async () => {
    await tenant.export({
      id: '1',
      attributes: {
        ...model('lab', 'large'),
        'gen_ai.usage.input_tokens': 1_999,
        'gen_ai.usage.cache_read.input_tokens': 1_792,
        'gen_ai.usage.output_tokens': 1,
      },
    })
    expect(await tenant.fleet()).toEqual({ total: '0.0027675', tokens: '2000', invocations: '1', unpriced: '0' })
  })
})

describe('a cache written and read costs what the provider asks for it', () => {
  // langfuse/langfuse#12306 and pydantic/pydantic-ai#4364: the input of pydantic-ai contains the cache, which was added again.
  it('does not add the cache to an input that contains it', async () => {
    await tenant.export({
      id: '1',
      scope: 'pydantic-ai',
      attributes: {
        ...model('anthropic', 'claude-sonnet-4-5'),
        'gen_ai.usage.input_tokens': 50_000,
        'gen_ai.usage.output_tokens': 1_000,
        'gen_ai.usage.details.input_tokens': 2_000,
        'gen_ai.usage.details.cache_read_tokens': 40_000,
        'gen_ai.usage.details.cache_write_tokens': 8_000,
      },
    })
    expect(await tenant.priced(TRACE)).toEqual({
      status: 'RATED',
      cost: '0.063',
      lines: [
        'input_tokens 2000 × 0.000003 = 0.006 (CATALOGUE)',
        'cache_read_tokens 40000 × 0.0000003 = 0.012 (CATALOGUE)',
        'cache_write_tokens 8000 × 0.00000375 = 0.03 (CATALOGUE)',
        'output_tokens 1000 × 0.000015 = 0.015 (CATALOGUE)',
      ],
      unpriced: [],
    })
  })

  // langfuse/langfuse#14249: the write was priced as nothing, $0.20 instead of $0.28. BerriAI/litellm#26919: counted twice.
  it('prices what is written to a cache, once, by how long it is kept', async () => {
    await tenant.export({
      id: '1',
      attributes: {
        ...model('anthropic', 'claude-sonnet-4-5'),
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.cache_creation_input_tokens': 20_000,
        'gen_ai.usage.cache_creation.ephemeral_5m_input_tokens': 15_000,
        'gen_ai.usage.cache_creation.ephemeral_1h_input_tokens': 5_000,
        'gen_ai.usage.output_tokens': 1_000,
      },
    })
    expect(await tenant.priced(TRACE)).toEqual({
      status: 'RATED',
      cost: '0.10425',
      lines: [
        'input_tokens 1000 × 0.000003 = 0.003 (CATALOGUE)',
        'cache_write_tokens 15000 × 0.00000375 = 0.05625 (CATALOGUE)',
        'cache_write_1h_tokens 5000 × 0.000006 = 0.03 (CATALOGUE)',
        'output_tokens 1000 × 0.000015 = 0.015 (CATALOGUE)',
      ],
      unpriced: [],
    })
  })

  // Arize-ai/phoenix#10036: Bedrock's writes beside the input came out 42 times too high. BerriAI/litellm#12313: three times the bill.
  it('takes Bedrock’s cache for what stands beside its input', async () => {
    await tenant.export({
      id: '1',
      attributes: {
        ...model('aws.bedrock', 'us.anthropic.claude-haiku-4-5-20251001-v1:0'),
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.cache_read.input_tokens': 60,
        'gen_ai.usage.cache_creation.input_tokens': 4_200,
        'gen_ai.usage.output_tokens': 40,
        'gen_ai.usage.total_tokens': 4_400,
      },
    })
    expect(await tenant.priced(TRACE)).toEqual({
      status: 'RATED',
      cost: '0.0061116',
      lines: [
        'input_tokens 100 × 0.0000011 = 0.00011 (CATALOGUE)',
        'cache_read_tokens 60 × 0.00000011 = 0.0000066 (CATALOGUE)',
        'cache_write_tokens 4200 × 0.000001375 = 0.005775 (CATALOGUE)',
        'output_tokens 40 × 0.0000055 = 0.00022 (CATALOGUE)',
      ],
      unpriced: [],
    })
    expect(await tenant.fleet()).toMatchObject({ tokens: '4400' })
  })

  // comet-ml/opik#6976: Gemini's cached tokens at the full rate; comet-ml/opik#6969: those of OpenAI's Responses.
  it.each([
    [
      'Gemini',
      {
        ...model('gcp.gemini', 'gemini-2.5-flash'),
        'gen_ai.usage.prompt_token_count': 1_000,
        'gen_ai.usage.cached_content_token_count': 900,
        'gen_ai.usage.candidates_token_count': 10,
      },
      [
        'input_tokens 100 × 0.0000003 = 0.00003 (CATALOGUE)',
        'cache_read_tokens 900 × 0.00000003 = 0.000027 (CATALOGUE)',
        'output_tokens 10 × 0.0000025 = 0.000025 (CATALOGUE)',
      ],
    ],
    [
      'OpenAI Responses',
      {
        ...model('openai', 'gpt-5'),
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.input_tokens_details.cached_tokens': 900,
        'gen_ai.usage.output_tokens': 10,
      },
      [
        'input_tokens 100 × 0.00000125 = 0.000125 (CATALOGUE)',
        'cache_read_tokens 900 × 0.000000125 = 0.0001125 (CATALOGUE)',
        'output_tokens 10 × 0.00001 = 0.0001 (CATALOGUE)',
      ],
    ],
  ])('bills cached tokens of %s at the rate for cached tokens', async (_provider, attributes, lines) => {
    await tenant.export({ id: '1', attributes })
    expect(await tenant.priced(TRACE)).toMatchObject({ status: 'RATED', lines })
  })

  // BerriAI/litellm#9833: the price file had Haiku's cached read wrong by ten times.
  it.each([
    ['claude-haiku-4-5-20251001', '0.0000001', '0.10'],
    ['claude-3-5-haiku-20241022', '0.00000008', '0.08'],
    ['claude-3-haiku-20240307', '0.00000003', '0.03'],
  ])('reads a million tokens from the cache of %s at %s each', async (resource, unit, amount) => {
    expect(await tenant.price({ provider: 'anthropic', resource, usage: { cache_read_tokens: 1_000_000 } })).toEqual({
      status: 'RATED',
      cost: amount,
      lines: [`cache_read_tokens 1000000 × ${unit} = ${amount} (CATALOGUE)`],
      unpriced: [],
    })
  })

  // Arize-ai/phoenix#13379: without its parts, what was left of a total became "output".
  it('does not take an undivided total for output', async () => {
    await tenant.export({
      id: '1',
      attributes: { ...model('anthropic', 'claude-sonnet-4-5'), 'gen_ai.usage.total_tokens': 5_000 },
    })
    expect(await tenant.priced(TRACE)).toEqual({
      status: 'UNPRICED',
      cost: null,
      lines: [],
      unpriced: ['total_tokens'],
    })
  })

  it('refuses parts that exceed their whole instead of cutting them to size', async () => {
    const answer = await tenant.tryExport({
      id: '1',
      attributes: {
        ...model('openai', 'gpt-5'),
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.cache_read.input_tokens': 101,
      },
    })
    expect(answer).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: expect.stringContaining('USAGE_INCONSISTENT') },
    })
    expect(await tenant.fleet()).toMatchObject({ total: '0.00', invocations: '0' })
  })
})

describe('a price of one class of tokens is no price of another', () => {
  // BerriAI/litellm#38341: the batch rate of input was applied to cached tokens, up to 2.5 times too much.
  it('prices cached tokens of a batch by the batch price of cached tokens', async () => {
    const batch = { tier: 'batch' }
    await tenant.publish(
      { meter: 'input_tokens', perMillion: '2' },
      { meter: 'cache_read_tokens', perMillion: '0.40' },
      { meter: 'input_tokens', perMillion: '1', qualifiers: batch },
      { meter: 'cache_read_tokens', perMillion: '0.20', qualifiers: batch },
    )
    const usage = { input_tokens: 1_000_000, cache_read_tokens: 1_000_000 }
    expect(await tenant.price({ usage, qualifiers: batch })).toMatchObject({
      cost: '1.20',
      lines: [
        'input_tokens 1000000 × 0.000001 = 1.00 (MANUAL)',
        'cache_read_tokens 1000000 × 0.0000002 = 0.20 (MANUAL)',
      ],
    })
    // dust-tt/dust#23702: the discount is for the batch alone.
    expect(await tenant.price({ usage })).toMatchObject({ cost: '2.40' })
  })

  it('prices cached tokens of a batch as usual where the batch has no price for them', async () => {
    await tenant.publish(
      { meter: 'input_tokens', perMillion: '2' },
      { meter: 'cache_read_tokens', perMillion: '0.40' },
      { meter: 'input_tokens', perMillion: '1', qualifiers: { tier: 'batch' } },
    )
    expect(
      await tenant.price({
        usage: { input_tokens: 1_000_000, cache_read_tokens: 1_000_000 },
        qualifiers: { tier: 'batch' },
      }),
    ).toMatchObject({ cost: '1.40' })
  })

  // BerriAI/litellm#27922: a custom price of input and output billed cached tokens as input, 67 % too much.
  it('leaves cached tokens at their public price when only input and output are negotiated', async () => {
    const sonnet = { provider: 'anthropic', resource: 'claude-sonnet-4-5' }
    await tenant.publish(
      { ...sonnet, meter: 'input_tokens', perMillion: '2.70' },
      { ...sonnet, meter: 'output_tokens', perMillion: '13.50' },
    )
    expect(
      await tenant.price({ ...sonnet, usage: { input_tokens: 10, cache_read_tokens: 100_000, output_tokens: 10 } }),
    ).toEqual({
      status: 'RATED',
      cost: '0.030162',
      lines: [
        'input_tokens 10 × 0.0000027 = 0.000027 (MANUAL)',
        'cache_read_tokens 100000 × 0.0000003 = 0.03 (CATALOGUE)',
        'output_tokens 10 × 0.0000135 = 0.000135 (MANUAL)',
      ],
      unpriced: [],
    })
  })

  it('says so when nobody stated what cached tokens of a private model cost', async () => {
    await tenant.publish({ meter: 'input_tokens', perMillion: '2' })
    expect(await tenant.price({ usage: { input_tokens: 10, cache_read_tokens: 10 } })).toEqual({
      status: 'UNPRICED',
      cost: null,
      lines: ['input_tokens 10 × 0.000002 = 0.00002 (MANUAL)'],
      unpriced: ['cache_read_tokens'],
    })
  })
})

describe('reasoning is billed once', () => {
  // PostHog/posthog#71065 and PostHog/posthog-js#3160: twice or not at all, depending on the version of the SDK.
  it.each([
    [
      'inside the output, as the conventions have it',
      {
        ...model('openai', 'gpt-5'),
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 1_000,
        'gen_ai.usage.reasoning.output_tokens': 900,
      },
    ],
    [
      'inside the output, as AI SDK 5 has it for OpenAI',
      {
        'ai.operationId': 'ai.generateText.doGenerate',
        'gen_ai.system': 'openai.responses',
        'gen_ai.request.model': 'gpt-5',
        'ai.usage.inputTokens': 100,
        'ai.usage.outputTokens': 1_000,
        'ai.usage.reasoningTokens': 900,
      },
    ],
    [
      'inside the output, as AI SDK 6 has it',
      {
        'ai.operationId': 'ai.generateText.doGenerate',
        'gen_ai.system': 'openai.responses',
        'gen_ai.request.model': 'gpt-5',
        'ai.usage.inputTokens': 100,
        'ai.usage.inputTokenDetails.noCacheTokens': 100,
        'ai.usage.outputTokens': 1_000,
        'ai.usage.outputTokenDetails.textTokens': 100,
        'ai.usage.outputTokenDetails.reasoningTokens': 900,
        'ai.usage.reasoningTokens': 900,
      },
    ],
  ])('%s', async (_sender, attributes) => {
    await tenant.export({ id: '1', attributes })
    expect(await tenant.priced(TRACE)).toEqual({
      status: 'RATED',
      cost: '0.010125',
      lines: [
        'input_tokens 100 × 0.00000125 = 0.000125 (CATALOGUE)',
        'output_tokens 100 × 0.00001 = 0.001 (CATALOGUE)',
        'reasoning_tokens 900 × 0.00001 = 0.009 (CATALOGUE)',
      ],
      unpriced: [],
    })
  })

  it('beside the output, as Gemini has it', async () => {
    await tenant.export({
      id: '1',
      attributes: {
        ...model('gcp.gemini', 'gemini-2.5-flash'),
        'gen_ai.usage.prompt_token_count': 100,
        'gen_ai.usage.candidates_token_count': 1_000,
        'gen_ai.usage.thoughts_token_count': 900,
      },
    })
    expect(await tenant.priced(TRACE)).toMatchObject({
      cost: '0.00478',
      lines: [
        'input_tokens 100 × 0.0000003 = 0.00003 (CATALOGUE)',
        'output_tokens 1000 × 0.0000025 = 0.0025 (CATALOGUE)',
        'reasoning_tokens 900 × 0.0000025 = 0.00225 (CATALOGUE)',
      ],
    })
  })
})

describe('what consumed nothing costs nothing', () => {
  // langfuse/langfuse#2112: an answer from the application's own cache was priced like a call.
  it('takes zeros of an application’s own cache for zeros, even of a model without a price', async () => {
    await tenant.export({
      id: '1',
      attributes: {
        ...model('lab', 'nobody-knows-this-one'),
        'gen_ai.usage.input_tokens': 0,
        'gen_ai.usage.output_tokens': 0,
      },
    })
    expect(await tenant.priced(TRACE)).toEqual({ status: 'RATED', cost: '0.00', lines: [], unpriced: [] })
    expect(
      await tenant.price({ resource: 'nobody-knows-this-one', usage: { input_tokens: 0, output_tokens: 0 } }),
    ).toEqual({ status: 'RATED', cost: '0.00', lines: [], unpriced: [] })
    expect(await tenant.fleet()).toEqual({ total: '0.00', tokens: '0', invocations: '2', unpriced: '0' })
  })

  // Agenta-AI/agenta#5714: a reported 0 was treated as missing. Here the other way round: missing is not 0.
  it('does not take a call that states no usage for one that used nothing', async () => {
    await tenant.export({ id: '1', attributes: model('openai', 'gpt-5') })
    expect(await tenant.priced(TRACE)).toEqual({ status: 'UNPRICED', cost: null, lines: [], unpriced: ['requests'] })
  })
})
