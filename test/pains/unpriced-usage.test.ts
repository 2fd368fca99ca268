import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { PainServer, type PainTenant } from './pain-kit.ts'

const server = new PainServer()
let tenant: PainTenant

beforeAll(() => server.start())
afterAll(() => server.stop())
beforeEach(async () => {
  tenant = await server.tenant()
})

const unpricedQueue = () =>
  tenant.ask(
    `{ unpricedUsage(range: { from: "2026-03-01", to: "2026-04-01" }) { provider resource meter invocations quantity } }`,
  )

describe('what has no price is never 0', () => {
  // BerriAI/litellm#36561: an unknown model cost $0 for ever, and budgets never fired. nika#1368: 107 real calls of a mistyped or new
  // model were $0.0000.
  it('counts an unknown model as unpriced, in no amount and in the queue', async () => {
    const call = { provider: 'openai', resource: 'gpt-6-turbo-typo' }
    const priced = await tenant.price({ ...call, usage: { input_tokens: 1_000, output_tokens: 10 } })
    expect(priced).toEqual({
      status: 'UNPRICED',
      cost: null,
      lines: [],
      unpriced: ['input_tokens', 'output_tokens'],
    })
    expect(await tenant.fleet()).toEqual({ total: '0.00', tokens: '1010', invocations: '1', unpriced: '1' })
    expect(await unpricedQueue()).toEqual({
      unpricedUsage: [
        { ...call, meter: 'input_tokens', invocations: '1', quantity: '1000' },
        { ...call, meter: 'output_tokens', invocations: '1', quantity: '10' },
      ],
    })
  })

  // onyx#14947: a missing rate among others was coerced to 0.
  it('does not take a meter without a rate for a free one beside others that have theirs', async () => {
    await tenant.publish({ meter: 'input_tokens', perMillion: '1' })
    expect(await tenant.price({ usage: { input_tokens: 1_000_000, output_tokens: 10 } })).toEqual({
      status: 'UNPRICED',
      cost: null,
      lines: ['input_tokens 1000000 × 0.000001 = 1.00 (MANUAL)'],
      unpriced: ['output_tokens'],
    })
    expect(await tenant.fleet()).toMatchObject({ total: '0.00', unpriced: '1' })
  })

  // appstrate#1025: an unpriced 0 could not be told from a free 0.
  it('tells a price of 0 from none', async () => {
    await tenant.publish({ resource: 'free', meter: 'input_tokens', perMillion: '0' })
    expect(await tenant.price({ resource: 'free', usage: { input_tokens: 1_000 } })).toEqual({
      status: 'RATED',
      cost: '0.00',
      lines: ['input_tokens 1000 × 0.00 = 0.00 (MANUAL)'],
      unpriced: [],
    })
    expect(await tenant.price({ resource: 'unknown', usage: { input_tokens: 1_000 } })).toEqual({
      status: 'UNPRICED',
      cost: null,
      lines: [],
      unpriced: ['input_tokens'],
    })
    expect(await tenant.fleet()).toEqual({ total: '0.00', tokens: '2000', invocations: '2', unpriced: '1' })
  })

  it('takes the free models of the catalogue for free', async () => {
    expect(
      await tenant.price({
        provider: 'openrouter',
        resource: 'deepseek/deepseek-r1:free',
        usage: { input_tokens: 1_000, output_tokens: 10 },
      }),
    ).toMatchObject({ status: 'RATED', cost: '0.00', unpriced: [] })
  })
})

describe('models are found under the names that clouds and gateways give them', () => {
  // langfuse/langfuse#4072, #2700, #3794, #778: names of Bedrock, Azure, Ollama and proxies cost 0.
  it.each([
    ['aws.bedrock', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', '1.10'],
    ['aws.bedrock', 'global.anthropic.claude-haiku-4-5-20251001-v1:0', '1.00'],
    ['aws.bedrock', 'amazon.nova-lite-v1:0', '0.06'],
    ['azure.ai.openai', 'gpt-4o-2024-08-06', '2.50'],
    ['gcp.vertex_ai', 'claude-haiku-4-5', '1.00'],
    ['gcp.gemini', 'gemini-2.5-flash', '0.30'],
    ['openrouter', 'openai/gpt-5', '1.25'],
    ['openai', 'gpt-4o-20240806', '2.50'],
    ['OpenAI', 'gpt-5-2025-08-07', '1.25'],
  ])('%s %s at $%s a million', async (provider, resource, cost) => {
    expect(await tenant.price({ provider, resource, usage: { input_tokens: 1_000_000 } })).toMatchObject({
      status: 'RATED',
      cost,
    })
  })

  it('and a local model has no price until its owner gives it one', async () => {
    const local = { provider: 'ollama', resource: 'llama3.3:70b-instruct-q8_0' }
    expect(await tenant.price({ ...local, usage: { input_tokens: 1_000 } })).toMatchObject({ status: 'UNPRICED' })
    await tenant.publish({ ...local, resource: 'llama3.3:*', meter: 'input_tokens', perMillion: '0.04' })
    expect(await tenant.price({ ...local, usage: { input_tokens: 1_000_000 } })).toMatchObject({
      status: 'RATED',
      cost: '0.04',
    })
  })
})
