import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { PainServer, type PainTenant, TRACE } from './pain-kit.ts'

const server = new PainServer()
let tenant: PainTenant

beforeAll(() => server.start())
afterAll(() => server.stop())
beforeEach(async () => {
  tenant = await server.tenant()
})

const sonnet = { provider: 'anthropic', resource: 'claude-sonnet-4-5' }
const gemini = { provider: 'gcp.gemini', resource: 'gemini-2.5-pro' }

describe('a long prompt is priced whole at the long rate, and only beyond the threshold', () => {
  // BerriAI/litellm#30135: above_200k was ignored. comet-ml/opik#6982: half the price. The numbers are those of pydantic/genai-prices.
  it.each([
    [sonnet, 199_999, '0.599997'],
    [sonnet, 200_000, '0.60'],
    [sonnet, 200_001, '1.200006'],
    [gemini, 199_999, '0.24999875'],
    [gemini, 200_000, '0.25'],
    [gemini, 200_001, '0.5000025'],
  ])('%j with %d tokens costs %s', async (model, tokens, cost) => {
    expect(await tenant.price({ ...model, usage: { input_tokens: tokens } })).toMatchObject({ status: 'RATED', cost })
  })

  // Anthropic's threshold counts input_tokens with cache reads and writes; Gemini's prompt contains the cache.
  it('counts what was read from and written to a cache to the size of the prompt', async () => {
    const usage = {
      input_tokens: 1,
      cache_read_tokens: 100_000,
      cache_write_tokens: 60_000,
      cache_write_1h_tokens: 40_000,
    }
    expect(await tenant.price({ ...sonnet, usage })).toEqual({
      status: 'RATED',
      cost: '0.990006',
      lines: [
        'input_tokens 1 × 0.000006 = 0.000006 (CATALOGUE)',
        'cache_read_tokens 100000 × 0.0000006 = 0.06 (CATALOGUE)',
        'cache_write_tokens 60000 × 0.0000075 = 0.45 (CATALOGUE)',
        'cache_write_1h_tokens 40000 × 0.000012 = 0.48 (CATALOGUE)',
      ],
      unpriced: [],
    })
    expect(await tenant.price({ ...sonnet, usage: { ...usage, input_tokens: 0 } })).toMatchObject({ cost: '0.495' })
  })

  it('prices the answer of a long prompt at the long rate too, and a long answer not at all by its own length', async () => {
    expect(await tenant.price({ ...sonnet, usage: { input_tokens: 200_001, output_tokens: 1_000 } })).toMatchObject({
      lines: [
        'input_tokens 200001 × 0.000006 = 1.200006 (CATALOGUE)',
        'output_tokens 1000 × 0.0000225 = 0.0225 (CATALOGUE)',
      ],
    })
    expect(await tenant.price({ ...sonnet, usage: { input_tokens: 1, output_tokens: 300_000 } })).toMatchObject({
      lines: ['input_tokens 1 × 0.000003 = 0.000003 (CATALOGUE)', 'output_tokens 300000 × 0.000015 = 4.50 (CATALOGUE)'],
    })
  })

  // BerriAI/litellm#30344: a threshold of one's own was dropped without a word.
  it('takes a threshold of one’s own', async () => {
    await tenant.publish(
      { meter: 'input_tokens', perMillion: '1' },
      { meter: 'input_tokens', perMillion: '3', abovePromptTokens: '32000' },
    )
    expect(await tenant.price({ usage: { input_tokens: 32_000 } })).toMatchObject({ cost: '0.032' })
    expect(await tenant.price({ usage: { input_tokens: 32_001 } })).toMatchObject({ cost: '0.096003' })
  })
})

describe('an event keeps the price of the moment it occurred', () => {
  const usage = { input_tokens: 1_000_000 }

  // maxx#575: a recalculation used today's price. kenn-io/agentsview#1540: history changed with the catalogue.
  it('whenever it arrives', async () => {
    await tenant.publish(
      { meter: 'input_tokens', perMillion: '5', from: '2026-01-01T00:00:00Z' },
      { meter: 'input_tokens', perMillion: '4', from: '2026-03-10T00:00:00Z' },
      { meter: 'input_tokens', perMillion: '3', from: '2026-03-20T00:00:00Z' },
    )
    expect(await tenant.price({ usage, at: '2026-03-09T23:59:59.999999Z' })).toMatchObject({ cost: '5.00' })
    expect(await tenant.price({ usage, at: '2026-03-10T00:00:00Z' })).toMatchObject({ cost: '4.00' })
    expect(await tenant.price({ usage, at: '2026-03-19T23:59:59.999999Z' })).toMatchObject({ cost: '4.00' })
    expect(await tenant.price({ usage, at: '2026-03-20T00:00:00Z' })).toMatchObject({ cost: '3.00' })
  })

  it('of the catalogue too', async () => {
    const at = async (instant: string) =>
      (await tenant.price({ provider: 'openai', resource: 'o3', usage, at: instant })).cost
    expect([await at('2025-06-09T23:59:59Z'), await at('2025-06-10T00:00:00Z')]).toEqual(['10.00', '2.00'])
  })

  it('and publishing another does not rewrite what is recorded', async () => {
    await tenant.publish({ meter: 'input_tokens', perMillion: '5', from: '2026-01-01T00:00:00Z' })
    await tenant.record({ id: 'before', usage, at: '2026-03-10T12:00:00Z' })
    await tenant.publish({ meter: 'input_tokens', perMillion: '7', from: '2026-03-01T00:00:00Z' })
    await tenant.record({ id: 'after', usage, at: '2026-03-10T12:00:00Z' })
    expect([await tenant.priced('before'), await tenant.priced('after')]).toMatchObject([
      { lines: ['input_tokens 1000000 × 0.000005 = 5.00 (MANUAL)'] },
      { lines: ['input_tokens 1000000 × 0.000007 = 7.00 (MANUAL)'] },
    ])
    expect(await tenant.fleet()).toMatchObject({ total: '12.00' })
  })

  // langfuse/langfuse#12184: a start date in the past priced nothing back, and nothing said so.
  it('so that a price dated back applies to what arrives from now on, however long ago it occurred', async () => {
    await tenant.publish({ meter: 'input_tokens', perMillion: '5', from: '2019-01-01T00:00:00Z' })
    expect(await tenant.price({ usage, at: '2019-06-01T00:00:00Z' })).toMatchObject({ status: 'RATED', cost: '5.00' })
  })
})

describe('one’s own price wins over the public one', () => {
  // langfuse/langfuse#2491 and #8482: a custom price was not picked.
  it('for every class of tokens that it is a price of', async () => {
    await tenant.publish({ ...sonnet, meter: 'input_tokens', perMillion: '2.40' })
    expect(await tenant.price({ ...sonnet, usage: { input_tokens: 1_000, output_tokens: 1_000 } })).toMatchObject({
      cost: '0.0174',
      lines: ['input_tokens 1000 × 0.0000024 = 0.0024 (MANUAL)', 'output_tokens 1000 × 0.000015 = 0.015 (CATALOGUE)'],
    })
  })

  it('of output also for reasoning, which the catalogue bills as output', async () => {
    const gpt = { provider: 'openai', resource: 'gpt-5' }
    await tenant.publish({ ...gpt, meter: 'output_tokens', perMillion: '8' })
    expect(await tenant.price({ ...gpt, usage: { output_tokens: 1_000, reasoning_tokens: 1_000 } })).toEqual({
      status: 'RATED',
      cost: '0.016',
      lines: ['output_tokens 1000 × 0.000008 = 0.008 (MANUAL)', 'reasoning_tokens 1000 × 0.000008 = 0.008 (MANUAL)'],
      unpriced: [],
    })
  })

  // PostHog/posthog#37902: the price of a hosted model was wrong and could not be overridden. langfuse/langfuse#12217.
  it('where the public one is wrong, by exact name before pattern', async () => {
    const kimi = { provider: 'groq', resource: 'moonshotai/kimi-k2-instruct' }
    await tenant.publish(
      { ...kimi, resource: 'moonshotai/*', meter: 'input_tokens', perMillion: '9' },
      { ...kimi, meter: 'input_tokens', perMillion: '1.05' },
    )
    expect(await tenant.price({ ...kimi, usage: { input_tokens: 1_000_000 } })).toMatchObject({ cost: '1.05' })
  })
})

describe('a fee for a search is for a search', () => {
  // BerriAI/litellm#10384: the fee was added when no search was made; #15227, #31316: not added when one was.
  it('and only when there was one', async () => {
    const usage = { input_tokens: 1_000, output_tokens: 100 }
    expect(await tenant.price({ ...sonnet, usage })).toMatchObject({ cost: '0.0045' })
    expect(await tenant.price({ ...sonnet, usage: { ...usage, web_searches: 0 } })).toMatchObject({ cost: '0.0045' })
    expect(await tenant.price({ ...sonnet, usage: { ...usage, web_searches: 2 } })).toMatchObject({
      cost: '0.0245',
      lines: [
        'input_tokens 1000 × 0.000003 = 0.003 (CATALOGUE)',
        'output_tokens 100 × 0.000015 = 0.0015 (CATALOGUE)',
        'web_searches 2 × 0.01 = 0.02 (CATALOGUE)',
      ],
    })
  })

  // BerriAI/litellm#16996, #39610: missing in the price file, and so free.
  it('and unpriced where nobody says what it costs', async () => {
    await tenant.publish({ meter: 'input_tokens', perMillion: '1' })
    expect(await tenant.price({ usage: { input_tokens: 1_000, web_searches: 1 } })).toMatchObject({
      status: 'UNPRICED',
      cost: null,
      unpriced: ['web_searches'],
    })
  })

  it('as a span states it, beside the tokens', async () => {
    await tenant.export({
      id: '1',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': 'claude-sonnet-4-5',
        'gen_ai.usage.input_tokens': 1_000,
        'gen_ai.usage.output_tokens': 100,
        'outlay.usage.web_searches': 1,
      },
    })
    expect(await tenant.priced(TRACE)).toMatchObject({ status: 'RATED', cost: '0.0145' })
  })
})

describe('costs far below a cent add up', () => {
  // BerriAI/litellm#8867, langfuse/langfuse#1041, archestra#6961: rounded away on the way, 14 % of the total.
  it('to the last decimal', async () => {
    await tenant.publish({ meter: 'input_tokens', perMillion: '0.0375' })
    const calls = Array.from({ length: 1_000 }, (_, index) => ({ id: `call-${index}`, usage: { input_tokens: 1 } }))
    await tenant.record(...calls)
    expect(await tenant.priced('call-7')).toMatchObject({
      cost: '0.0000000375',
      lines: ['input_tokens 1 × 0.0000000375 = 0.0000000375 (MANUAL)'],
    })
    expect(await tenant.fleet()).toEqual({ total: '0.0000375', tokens: '1000', invocations: '1000', unpriced: '0' })
  })
})
