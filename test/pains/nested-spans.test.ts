import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type PainSpan, PainServer, type PainTenant } from './pain-kit.ts'

const server = new PainServer()
let tenant: PainTenant

beforeAll(() => server.start())
afterAll(() => server.stop())
beforeEach(async () => {
  tenant = await server.tenant()
  await tenant.publish(
    { meter: 'input_tokens', perMillion: '1' },
    { meter: 'output_tokens', perMillion: '10' },
    { resource: 'small', meter: 'input_tokens', perMillion: '0.10' },
    { resource: 'small', meter: 'output_tokens', perMillion: '1' },
  )
})

const usage = (input: number, output: number) => ({
  'gen_ai.usage.input_tokens': input,
  'gen_ai.usage.output_tokens': output,
})
const chat = (id: string, parent: string, [input, output]: [number, number], model = 'large'): PainSpan => ({
  id,
  parent,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'lab',
    'gen_ai.request.model': model,
    ...usage(input, output),
  },
})
const agent = (id: string, name: string, parent?: string, totals: Record<string, number> = {}): PainSpan => ({
  id,
  ...(parent === undefined ? {} : { parent }),
  attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name, ...totals },
})
/** id, billing and cost of every span, in the order of the tree. */
const bill = async (trace?: string) =>
  (await tenant.spans(trace)).map(({ id, billing, priced }) => [id, billing, priced.cost])

describe('usage repeated on the spans above a call is not added to it', () => {
  // pydantic/pydantic-ai#3995: the agent span carries the sum of its children, and platforms double it.
  it('of a pydantic-ai agent', async () => {
    await tenant.export(
      agent('a', 'writer', undefined, usage(300, 30)),
      chat('b', 'a', [100, 10]),
      chat('c', 'a', [200, 20]),
    )
    expect(await bill()).toEqual([
      ['a', 'CLAIMED', '0.00'],
      ['b', 'DIRECT', '0.0002'],
      ['c', 'DIRECT', '0.0004'],
    ])
    expect(await tenant.fleet()).toEqual({ total: '0.0006', tokens: '330', invocations: '2', unpriced: '0' })
  })

  // traceroot#1612: the root of Vercel's AI SDK restates its children, twice the cost and more.
  it('of the root of the AI SDK', async () => {
    const call = (id: string, operation: string, parent?: string): PainSpan => ({
      id,
      ...(parent === undefined ? {} : { parent }),
      scope: 'ai',
      attributes: {
        'ai.operationId': operation,
        'ai.model.provider': 'lab',
        'ai.model.id': 'large',
        'ai.usage.inputTokens': 100,
        'ai.usage.outputTokens': 10,
        ...usage(100, 10),
      },
    })
    await tenant.export(call('a', 'ai.generateText'), call('b', 'ai.generateText.doGenerate', 'a'))
    expect(await bill()).toEqual([
      ['a', 'CLAIMED', '0.00'],
      ['b', 'DIRECT', '0.0002'],
    ])
    expect(await tenant.fleet()).toEqual({ total: '0.0002', tokens: '110', invocations: '1', unpriced: '0' })
  })

  it('of the agent and the steps of AI SDK 7, although the calls arrive in a later export', async () => {
    await tenant.export(agent('a', 'writer', undefined, usage(100, 10)))
    // Until a call is known, the agent is the only witness of what was used.
    expect(await bill()).toEqual([['a', 'WRAPPER', null]])
    await tenant.export(
      { id: 'b', parent: 'a', attributes: { 'gen_ai.operation.name': 'agent_step', ...usage(100, 10) } },
      chat('c', 'b', [100, 10]),
    )
    expect(await bill()).toEqual([
      ['a', 'CLAIMED', '0.00'],
      ['b', 'CLAIMED', '0.00'],
      ['c', 'DIRECT', '0.0002'],
    ])
    expect(await tenant.fleet()).toEqual({ total: '0.0002', tokens: '110', invocations: '1', unpriced: '0' })
  })

  // Arize-ai/phoenix#12768: three times the tokens through agent, tool and model.
  it('of a tool around a model, which is a call of its own', async () => {
    await tenant.publish({ resource: 'research', meter: 'requests', perMillion: '1000' })
    await tenant.export(
      agent('a', 'writer', undefined, usage(100, 10)),
      {
        id: 'b',
        parent: 'a',
        attributes: {
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'research',
          'gen_ai.provider.name': 'lab',
          ...usage(100, 10),
        },
      },
      chat('c', 'b', [100, 10]),
    )
    expect(await bill()).toEqual([
      ['a', 'CLAIMED', '0.00'],
      ['b', 'DIRECT', '0.001'],
      ['c', 'DIRECT', '0.0002'],
    ])
    expect(await tenant.fleet()).toEqual({ total: '0.0012', tokens: '110', invocations: '2', unpriced: '0' })
  })

  // PostHog/posthog#69850: at-least-once delivery made three rows of one call and doubled the totals.
  it('nor is an export that an exporter repeats', async () => {
    const spans = [agent('a', 'writer'), chat('b', 'a', [100, 10])]
    for (let time = 0; time < 3; time += 1) await tenant.export(...spans)
    expect(await tenant.fleet()).toEqual({ total: '0.0002', tokens: '110', invocations: '1', unpriced: '0' })
  })
})

describe('sub-agents count once, for themselves and at their own model', () => {
  // AMD-AGI/Hyperloom#1450: counted twice and priced 0; the fix moved the bill about five times. omnigent#4679: the sub-agent's model
  // was attributed to the orchestrator's. open-telemetry/semantic-conventions-genai#425: own direct calls only.
  it('in the tree, by agent, by model and in the fleet', async () => {
    await tenant.export(
      agent('a', 'lead', undefined, usage(1_100, 110)),
      chat('b', 'a', [100, 10]),
      agent('c', 'helper', 'a', usage(1_000, 100)),
      chat('d', 'c', [1_000, 100], 'small'),
    )
    expect(await tenant.spans()).toMatchObject([
      { id: 'a', billing: 'CLAIMED', subtree: '0.0004' },
      { id: 'b', billing: 'DIRECT', subtree: '0.0002' },
      { id: 'c', billing: 'CLAIMED', subtree: '0.0002' },
      { id: 'd', billing: 'DIRECT', subtree: '0.0002' },
    ])
    expect(await tenant.by('AGENT')).toEqual({ helper: '0.0002', lead: '0.0002', total: '0.0004' })
    expect(await tenant.by('RESOURCE')).toEqual({ large: '0.0002', small: '0.0002', total: '0.0004' })
    expect(await tenant.fleet()).toEqual({ total: '0.0004', tokens: '1210', invocations: '2', unpriced: '0' })
  })
})

describe('every view of the same events adds up to the same', () => {
  const tags = { agent: 'writer', client: 'acme', project: 'launch', task: 'T-1' }

  // BerriAI/litellm#30980: a per-model export gave every model the user's whole day.
  it('by model: each has its own', async () => {
    await tenant.record(
      { id: 'one', usage: { input_tokens: 1_000_000 }, tags },
      { id: 'two', resource: 'small', usage: { input_tokens: 1_000_000 }, tags },
    )
    expect(await tenant.by('RESOURCE')).toEqual({ large: '1.00', small: '0.10', total: '1.10' })
    expect(await tenant.by('AGENT')).toEqual({ writer: '1.10', total: '1.10' })
  })

  // BerriAI/litellm#21894, #22527, #28979: an event with several tags was counted once for each, 67 % too much.
  it('by tag: an event with four tags counts once in each view', async () => {
    await tenant.record(
      { id: 'one', usage: { input_tokens: 1_000_000 }, tags },
      { id: 'two', usage: { input_tokens: 500_000 }, tags: { agent: 'writer' } },
    )
    const views = await Promise.all(['AGENT', 'CLIENT', 'PROJECT', 'TASK'].map((by) => tenant.by(by)))
    expect(views).toEqual([
      { writer: '1.50', total: '1.50' },
      { acme: '1.00', none: '0.50', total: '1.50' },
      { launch: '1.00', none: '0.50', total: '1.50' },
      { 'T-1': '1.00', none: '0.50', total: '1.50' },
    ])
    expect(await tenant.fleet()).toMatchObject({ total: '1.50', invocations: '2' })
  })

  // comet-ml/opik#7473: one trace id in two projects summed the costs of both.
  it('by project: a trace that serves two belongs to each with its own part', async () => {
    await tenant.record(
      { id: 'one', trace: 'shared', usage: { input_tokens: 1_000_000 }, tags: { project: 'launch' } },
      { id: 'two', trace: 'shared', usage: { input_tokens: 2_000_000 }, tags: { project: 'rollout' } },
    )
    expect(await tenant.by('PROJECT')).toEqual({ launch: '1.00', rollout: '2.00', total: '3.00' })
  })

  // langfuse/langfuse#14338: $0.00 for the session and $2.42 for its trace; langfuse/langfuse#16077: root spans at $0.00.
  it('by trace: the root shows what is below it, and the task what its traces cost', async () => {
    await tenant.record(
      { id: 'root', trace: 't', kind: 'AGENT', usage: {}, tags },
      { id: 'call', trace: 't', parent: 'root', usage: { input_tokens: 2_420_000 }, tags },
    )
    expect(await tenant.spans('t')).toMatchObject([
      { id: 'root', subtree: '2.42' },
      { id: 'call', subtree: '2.42' },
    ])
    expect(await tenant.by('TASK')).toEqual({ 'T-1': '2.42', total: '2.42' })
    expect(await tenant.fleet()).toMatchObject({ total: '2.42', invocations: '1' })
  })
})
