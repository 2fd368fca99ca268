import { describe, expect, it } from '@jest/globals'
import { inheritFromStored, neededParents } from './inherit-from-stored.ts'
import { otlpContentKey } from './otlp-item.ts'
import { convert, decode, metersOf, spanId, type TestSpan, TRACE } from './otlp-test-kit.ts'
import { spansToInvocations } from './spans-to-invocations.ts'

const MODEL = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-5' }
const TOKENS = { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 5 }
const model = (id: string, more: Partial<TestSpan> & { attributes?: Record<string, unknown> } = {}): TestSpan => ({
  id,
  ...more,
  attributes: { ...MODEL, ...TOKENS, ...more.attributes },
})
const invocations = (...spans: TestSpan[]) => convert(...spans).items.map(({ invocation }) => invocation)
const tagsOf = ({
  agent,
  task,
  client,
  project,
}: {
  agent: unknown
  task: unknown
  client: unknown
  project: unknown
}) => ({
  agent,
  task,
  client,
  project,
})

describe('an item', () => {
  it('states everything of its span, times to the microsecond, cut and not rounded', () => {
    const { items } = convert(
      model('call', {
        parent: 'agent',
        name: 'chat\ngpt-5',
        attributes: { 'outlay.shared_key': 'vector-1', 'gen_ai.response.id': 'resp_1' },
        resource: { 'service.name': 'writer', 'outlay.client': 'acme' },
      }),
    )
    expect(items).toEqual([
      {
        index: 0,
        invocation: {
          id: 'openai:resp_1',
          agent: 'writer',
          task: null,
          client: 'acme',
          project: null,
          trace: TRACE,
          span: spanId('call'),
          parentSpan: spanId('agent'),
          kind: 'MODEL',
          provider: 'openai',
          resource: 'gpt-5',
          name: 'chat gpt-5',
          occurredAt: '2026-03-02T09:00:00.123456Z',
          endedAt: '2026-03-02T09:00:01.123456Z',
          usage: [
            { meter: 'input_tokens', quantity: '10' },
            { meter: 'output_tokens', quantity: '5' },
            { meter: 'requests', quantity: '1' },
          ],
          sharedKey: 'vector-1',
          reportedCost: null,
          qualifiers: null,
          failure: null,
        },
        raw: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-5',
          'gen_ai.response.id': 'resp_1',
          'gen_ai.usage.input_tokens': 10,
          'gen_ai.usage.output_tokens': 5,
          'otel.scope.name': 'test',
          'outlay.alias_table': expect.any(String),
          'outlay.shared_key': 'vector-1',
          'service.name': 'writer',
        },
        convention: 'unknown',
        isAgentFromService: true,
        outerParent: { traceId: TRACE, parentSpanId: spanId('agent') },
        idSource: 'RESPONSE',
        stated: {
          kind: 'MODEL',
          usage: expect.any(Array),
          tags: { agent: 'writer', task: null, client: 'acme', project: null },
        },
      },
    ])
  })

  it('counts a call for models, and for tools and retrievals that state nothing else', () => {
    const conversion = convert(
      { id: 'm', attributes: MODEL },
      { id: 't', attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' } },
      { id: 'r', attributes: { 'openinference.span.kind': 'RETRIEVER' }, name: 'VectorStore' },
      { id: 'u', attributes: { 'gen_ai.operation.name': 'execute_tool', 'outlay.usage.pages': '2.5' } },
      { id: 'e', attributes: { 'gen_ai.operation.name': 'embeddings' } },
      { id: 'a', attributes: { 'gen_ai.operation.name': 'invoke_agent' } },
    )
    expect(['m', 't', 'r', 'u', 'e', 'a'].map((id) => metersOf(conversion, id))).toEqual([
      { requests: '1' },
      { requests: '1' },
      { requests: '1' },
      { pages: '2.5' },
      {},
      {},
    ])
    expect(conversion.items.map(({ invocation }) => [invocation.kind, invocation.resource])).toEqual([
      ['MODEL', 'gpt-5'],
      ['TOOL', 'search'],
      ['RETRIEVAL', 'VectorStore'],
      ['TOOL', 'u'],
      ['EMBEDDING', null],
      ['AGENT', null],
    ])
  })

  it('keeps the usage of a call that failed', () => {
    const request = decode([model('failed')])
    expect(spansToInvocations(request).items).toHaveLength(1)
  })
})

describe('a failure', () => {
  const failureOf = (attributes: Record<string, unknown>, isError = false) =>
    convert({ ...model('call', { attributes }), ...(isError ? { status: { code: 2 } } : {}) }).items[0]!.invocation
      .failure

  it.each<[string, Record<string, unknown>, boolean, string | null]>([
    ['none', {}, false, null],
    ['a status', {}, true, 'error'],
    ['a type', { 'error.type': 'timeout' }, false, 'timeout'],
    ['a number', { 'error.type': 429 }, true, '429'],
    ['an empty type', { 'error.type': ' ' }, true, 'error'],
    ['what could not be stored', { 'error.type': `\u0007${'x'.repeat(300)}\n` }, true, 'x'.repeat(255)],
  ])(
    'is read from the type of an error or the status, and keeps nothing from being recorded: %s',
    (_, attributes, isError, expected) => {
      expect(failureOf(attributes, isError)).toBe(expected)
    },
  )

  it('is in no content: a span that was recorded before it was read is a duplicate when it comes again', () => {
    const key = (span: TestSpan) => otlpContentKey(convert(span).items[0]!)
    expect(key({ ...model('call'), status: { code: 2 } })).toBe(key(model('call')))
  })
})

describe('the tree of a trace', () => {
  it('keeps plain spans above generative ones, and ignores and counts the others', () => {
    const conversion = convert(
      { id: 'http', name: 'POST /jobs', attributes: {} },
      { id: 'queue', parent: 'http' },
      model('call', { parent: 'queue' }),
      { id: 'db', parent: 'queue', attributes: { 'db.system': 'postgresql' } },
      { id: 'below', parent: 'call' },
      { id: 'login', attributes: { 'session.id': 's', 'user.id': 'u' } },
    )
    expect(conversion.items.map(({ invocation }) => [invocation.kind, invocation.usage.length])).toEqual([
      ['OTHER', 0],
      ['OTHER', 0],
      ['MODEL', 3],
    ])
    expect(conversion.ignoredSpans).toBe(3)
  })

  it('cuts parents that form a circle', () => {
    const conversion = convert(model('a', { parent: 'b' }), model('b', { parent: 'a' }), model('c', { parent: 'c' }))
    expect(conversion.items).toHaveLength(3)
  })

  it('converts 10,000 spans in one chain', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => model(`s${i}`, i === 0 ? {} : { parent: `s${i - 1}` }))
    const request = decode(chain)
    expect(spansToInvocations(request).items).toHaveLength(10_000)
  })
})

describe('kinds', () => {
  it.each([
    [{ 'gen_ai.operation.name': 'text_completion' }, 'MODEL'],
    [{ 'gen_ai.operation.name': 'Generate_Content' }, 'MODEL'],
    [{ 'gen_ai.operation.name': 'rerank' }, 'RETRIEVAL'],
    [{ 'gen_ai.operation.name': 'invoke_workflow' }, 'AGENT'],
    [{ 'gen_ai.operation.name': 'agent_step' }, 'OTHER'],
    [{ 'gen_ai.operation.name': 'handoff' }, 'OTHER'],
    [{ 'openinference.span.kind': 'AGENT' }, 'AGENT'],
    [{ 'openinference.span.kind': 'CHAIN' }, 'OTHER'],
    [{ 'openinference.span.kind': 'RERANKER' }, 'RETRIEVAL'],
    [{ 'traceloop.span.kind': 'workflow' }, 'AGENT'],
    [{ 'traceloop.span.kind': 'task' }, 'OTHER'],
    [{ 'traceloop.span.kind': 'tool' }, 'TOOL'],
    [{ 'langsmith.span.kind': 'retriever' }, 'RETRIEVAL'],
    [{ 'llm.request.type': 'embedding' }, 'EMBEDDING'],
    [{ 'ai.operationId': 'ai.generateText' }, 'OTHER'],
    [{ 'ai.operationId': 'ai.streamText', 'gen_ai.operation.name': 'chat', 'openinference.span.kind': 'LLM' }, 'OTHER'],
    [{ 'ai.operationId': 'ai.generateObject.doGenerate' }, 'MODEL'],
    [{ 'ai.operationId': 'ai.embed' }, 'OTHER'],
    [{ 'ai.operationId': 'ai.embed.doEmbed' }, 'EMBEDDING'],
    [{ 'ai.operationId': 'ai.toolCall' }, 'TOOL'],
    [{ agent_name: 'a', model_name: 'gpt-4o', 'gen_ai.usage.input_tokens': 3 }, 'AGENT'],
    [{ 'gen_ai.tool.name': 'search' }, 'TOOL'],
    [{ 'gen_ai.request.model': 'gpt-4o', 'gen_ai.usage.input_tokens': 3 }, 'MODEL'],
    [{ 'gen_ai.usage.input_tokens': 3 }, 'OTHER'],
    [{ 'db.system': 'pinecone', 'outlay.shared_key': 'k' }, 'RETRIEVAL'],
    [{ 'outlay.usage.pages': 1 }, 'OTHER'],
  ])('%j is %s', (attributes, kind) => {
    expect(invocations({ id: 'x', attributes })[0]?.kind).toBe(kind)
  })

  it.each([
    { input_tokens: 5, output_tokens: 6 },
    { 'agent.name': 'curl' },
    { 'db.system': 'redis' },
    { 'operation.name': 'GET' },
  ])('%j has nothing to do with generative AI', (attributes) => {
    expect(convert({ id: 'x', attributes })).toMatchObject({ items: [], ignoredSpans: 1 })
  })

  it.each([
    ['claude_code.interaction', 'AGENT'],
    ['claude_code.tool', 'TOOL'],
    ['claude_code.tool.execution', 'OTHER'],
    ['claude_code.hook', 'OTHER'],
  ])('%s is %s', (name, kind) => {
    expect(invocations({ id: 'x', name })[0]?.kind).toBe(kind)
  })
})

describe('wrappers and repeated reports', () => {
  it('keeps usage that AI SDK 7 repeats on agent and step spans as claimed, and bills the chat', () => {
    expect(
      invocations(
        {
          id: 'agent',
          attributes: { ...TOKENS, 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'writer' },
        },
        { id: 'step', parent: 'agent', attributes: { ...TOKENS, 'gen_ai.operation.name': 'agent_step' } },
        model('chat', { parent: 'step' }),
      ).map(({ kind, agent }) => [kind, agent]),
    ).toEqual([
      ['AGENT', 'writer'],
      ['OTHER', 'writer'],
      ['MODEL', 'writer'],
    ])
  })

  it('never gives an agent the response id of its child', () => {
    const response = { 'gen_ai.response.id': 'resp_1', 'gen_ai.provider.name': 'openai' }
    const [agent, chat] = invocations(
      { id: 'agent', attributes: { ...TOKENS, ...response, 'gen_ai.operation.name': 'invoke_agent' } },
      model('chat', { parent: 'agent', attributes: response }),
    )
    expect([agent?.id, chat?.id]).toEqual([`${TRACE}:${spanId('agent')}`, 'openai:resp_1'])
  })

  it('bills one of two instrumentations that report one call: LangChain around the client', () => {
    const conversion = convert(
      {
        id: 'outer',
        name: 'ChatOpenAI.chat',
        attributes: {
          ...TOKENS,
          'llm.request.type': 'chat',
          'gen_ai.system': 'Langchain',
          'gen_ai.request.model': 'gpt-5',
        },
      },
      { id: 'http', parent: 'outer' },
      model('inner', { parent: 'http', attributes: { 'gen_ai.response.id': 'chatcmpl-1' } }),
    )
    expect(conversion.items.map(({ invocation }) => [invocation.kind, invocation.id])).toEqual([
      ['OTHER', `${TRACE}:${spanId('outer')}`],
      ['OTHER', `${TRACE}:${spanId('http')}`],
      ['MODEL', 'openai:chatcmpl-1'],
    ])
    expect(metersOf(conversion, 'outer')).toEqual({ input_tokens: '10', output_tokens: '5' })
  })

  it('bills the parts of an embedding that AI SDK 7 reports whole and in batches', () => {
    const embed = (id: string, tokens: number, parent?: string): TestSpan => ({
      id,
      ...(parent === undefined ? {} : { parent }),
      attributes: {
        'gen_ai.operation.name': 'embeddings',
        'gen_ai.request.model': 'e',
        'gen_ai.usage.input_tokens': tokens,
      },
    })
    expect(
      invocations(embed('whole', 30), embed('one', 10, 'whole'), embed('two', 20, 'whole')).map(({ kind }) => kind),
    ).toEqual(['OTHER', 'EMBEDDING', 'EMBEDDING'])
  })

  it('bills the outer report when only that one states usage', () => {
    expect(
      invocations(model('outer'), { id: 'inner', parent: 'outer', attributes: MODEL }).map(({ kind, usage }) => [
        kind,
        usage.length,
      ]),
    ).toEqual([
      ['MODEL', 3],
      ['OTHER', 0],
    ])
  })

  it('bills both when their numbers or models differ, or an agent lies between', () => {
    const other = { 'gen_ai.usage.input_tokens': 11 }
    const kinds = (...spans: TestSpan[]) => invocations(...spans).map(({ kind }) => kind)
    expect(kinds(model('a'), model('b', { parent: 'a', attributes: other }))).toEqual(['MODEL', 'MODEL'])
    expect(kinds(model('a'), model('b', { parent: 'a', attributes: { 'gen_ai.request.model': 'x' } }))).toEqual([
      'MODEL',
      'MODEL',
    ])
    const agent = { id: 'agent', parent: 'a', attributes: { 'gen_ai.operation.name': 'invoke_agent' } }
    expect(kinds(model('a'), agent, model('b', { parent: 'agent' }))).toEqual(['MODEL', 'AGENT', 'MODEL'])
  })

  it('counts a tool call once when an MCP client reports it again below', () => {
    const tool = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'search' }
    const kinds = invocations(
      { id: 'agent side', attributes: tool },
      { id: 'mcp', parent: 'agent side', attributes: tool },
      { id: 'other', parent: 'agent side', attributes: { ...tool, 'gen_ai.tool.name': 'fetch' } },
    ).map(({ kind }) => kind)
    expect(kinds).toEqual(['OTHER', 'TOOL', 'TOOL'])
  })

  it('counts a tool as a call, not with the tokens of the model it used', () => {
    const conversion = convert(
      {
        id: 'tool',
        attributes: { ...TOKENS, 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'research' },
      },
      model('call', { parent: 'tool' }),
    )
    expect(metersOf(conversion, 'tool')).toEqual({ requests: '1' })
  })

  it('keeps the first of several messages that repeat one response, and their children in the tree', () => {
    const message = (id: string) =>
      model(id, { parent: 'turn', attributes: { 'gen_ai.response.id': 'msg_1', 'gen_ai.provider.name': 'anthropic' } })
    const conversion = convert(
      { id: 'turn', attributes: { 'gen_ai.operation.name': 'invoke_agent' } },
      message('one'),
      message('two'),
      message('three'),
      {
        id: 'tool',
        parent: 'three',
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'bash' },
      },
    )
    expect(conversion.duplicates).toBe(2)
    expect(
      conversion.items.map(({ invocation }) => [invocation.kind, invocation.span, invocation.usage.length]),
    ).toEqual([
      ['AGENT', spanId('turn'), 0],
      ['MODEL', spanId('one'), 3],
      ['OTHER', spanId('three'), 0],
      ['TOOL', spanId('tool'), 1],
    ])
  })

  it('leaves one response with two usages to be refused as a conflict', () => {
    const response = { 'gen_ai.response.id': 'r' }
    const conversion = convert(
      model('one', { attributes: response }),
      model('two', { attributes: { ...response, 'gen_ai.usage.output_tokens': 6 } }),
    )
    expect(conversion.items.map(({ invocation }) => invocation.id)).toEqual(['openai:r', 'openai:r'])
    expect(otlpContentKey(conversion.items[0]!)).not.toBe(otlpContentKey(conversion.items[1]!))
  })

  it('counts a span that the export contains twice once', () => {
    expect(convert(model('call'), model('call'))).toMatchObject({ items: [{ index: 0 }], duplicates: 1 })
  })
})

describe('content', () => {
  const keyOf = (...spans: TestSpan[]) => otlpContentKey(convert(...spans).items.at(-1)!)

  it('does not depend on what else is in the export', () => {
    const call = model('call', { parent: 'root' })
    const root: TestSpan = {
      id: 'root',
      attributes: { 'outlay.task': 'T', 'outlay.agent': 'a', 'gen_ai.operation.name': 'invoke_agent' },
    }
    expect(keyOf(root, call)).toBe(keyOf(call))
  })

  it('of a tool does not depend on whether the model it used is in the export', () => {
    const attributes = { ...TOKENS, 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'research' }
    const tool: TestSpan = { id: 'tool', attributes }
    expect(keyOf(model('call', { parent: 'tool' }), tool)).toBe(keyOf(tool))
  })

  it('of a span is everything it states', () => {
    const base = keyOf(model('call'))
    expect(keyOf(model('call'))).toBe(base)
    expect(keyOf(model('call', { name: 'other' }))).not.toBe(base)
    expect(keyOf(model('call', { parent: 'p' }))).not.toBe(base)
    expect(keyOf(model('call', { startNanos: 1_772_442_000_123_457_000n }))).not.toBe(base)
    expect(keyOf(model('call', { attributes: { 'outlay.agent': 'b' } }))).not.toBe(base)
    expect(keyOf(model('call', { attributes: { 'gen_ai.usage.output_tokens': 6 } }))).not.toBe(base)
  })

  it('of a response is the consumption, whoever reports it and when', () => {
    const response = { 'gen_ai.response.id': 'r' }
    const base = keyOf(model('one', { attributes: response }))
    expect(
      keyOf(model('two', { parent: 'p', name: 'x', startNanos: 1_772_449_000_000_000_000n, attributes: response })),
    ).toBe(base)
    expect(keyOf(model('one', { attributes: { ...response, 'gen_ai.usage.input_tokens': 11 } }))).not.toBe(base)
    expect(keyOf(model('one', { attributes: { ...response, 'outlay.task': 'T' } }))).not.toBe(base)
  })
})

describe('tags', () => {
  it('come from the span, then the nearest ancestor, then the resource, then baggage', () => {
    const spans = convert(
      {
        id: 'root',
        attributes: {
          'outlay.client': 'root',
          'outlay.project': 'root',
          'outlay.task': 'root',
          'baggage.outlay.project': 'bag',
        },
        resource: { 'outlay.client': 'resource', 'outlay.project': 'resource' },
      },
      { id: 'middle', parent: 'root', attributes: { 'outlay.client': 'middle', 'baggage.outlay.agent': 'bag' } },
      model('call', { parent: 'middle', attributes: { 'outlay.task': 'own' } }),
      model('lonely', {
        resource: { 'outlay.client': 'resource' },
        attributes: { 'baggage.outlay.client': 'bag', 'baggage.outlay.task': 'bag' },
      }),
    ).items
    expect(tagsOf(spans[2]!.invocation)).toEqual({ agent: 'bag', task: 'own', client: 'middle', project: 'root' })
    expect(tagsOf(spans[3]!.invocation)).toEqual({ agent: null, task: 'bag', client: 'resource', project: null })
  })

  it('named outlay.* outrank what frameworks stamp on spans nearer by, but a sub-agent is its own agent', () => {
    const [, call] = invocations(
      {
        id: 'root',
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'outlay.task': 'T', 'outlay.agent': 'lead' },
      },
      model('call', {
        parent: 'root',
        attributes: { 'session.id': 's', 'user.id': 'end user', 'gen_ai.agent.name': 'helper' },
        resource: { 'outlay.client': 'acme' },
      }),
    )
    expect(tagsOf(call!)).toEqual({ agent: 'helper', task: 'T', client: 'acme', project: null })
  })

  it.each([
    [{ 'gen_ai.agent.id': 'id-1' }, 'id-1'],
    [{ 'agent.name': 'by name' }, 'by name'],
    [{ 'graph.node.id': 'node' }, 'node'],
    [{ 'ai.telemetry.functionId': 'fn' }, 'fn'],
    [{ 'traceloop.span.kind': 'agent', 'traceloop.entity.name': 'entity' }, 'entity'],
    [{ 'traceloop.span.kind': 'workflow', 'traceloop.entity.name': 'flow' }, 'svc'],
    [{ 'gen_ai.agent.name': ' ', 'agent.name': 'second' }, 'second'],
    [{}, 'svc'],
  ])('name the agent by %j', (attributes, agent) => {
    const [, call] = invocations(
      { id: 'root', attributes: { 'openinference.span.kind': 'CHAIN', ...attributes } },
      model('call', { parent: 'root', resource: { 'service.name': 'svc' } }),
    )
    expect(call?.agent).toBe(agent)
  })

  it('may be numbers', () => {
    expect(invocations(model('call', { attributes: { 'metadata.task_id': 42 } }))[0]?.task).toBe('42')
  })

  it('that are missing ask for the parent outside the export, once', () => {
    const full = { 'outlay.agent': 'a', 'outlay.task': 't', 'outlay.client': 'c', 'outlay.project': 'p' }
    const conversion = convert(
      { id: 'step', parent: 'outside', attributes: { 'gen_ai.operation.name': 'agent_step' } },
      model('one', { parent: 'step' }),
      model('two', { parent: 'step' }),
      model('three', { parent: 'elsewhere', attributes: full }),
      model('four'),
    )
    expect(neededParents(conversion.items)).toEqual([{ traceId: TRACE, parentSpanId: spanId('outside') }])
  })

  it('are filled from the stored parent, and never with its service name', () => {
    const { items } = convert(
      model('call', { parent: 'outside', attributes: { 'outlay.task': 'own' }, resource: { 'service.name': 'svc' } }),
    )
    const key = `${TRACE}:${spanId('outside')}`
    const stored = { agent: 'planner', task: 'T', client: 'acme', project: null, isAgentFromService: false }
    const [named] = inheritFromStored(items, new Map([[key, stored]]))
    expect(tagsOf(named!.invocation)).toEqual({ agent: 'planner', task: 'own', client: 'acme', project: null })
    expect(named!.raw).not.toHaveProperty('service.name')
    expect(named!.isAgentFromService).toBe(false)
    expect(otlpContentKey(named!)).toBe(otlpContentKey(items[0]!))
    const [unnamed] = inheritFromStored(items, new Map([[key, { ...stored, isAgentFromService: true }]]))
    expect(tagsOf(unnamed!.invocation)).toEqual({ agent: 'svc', task: 'own', client: 'acme', project: null })
    expect(inheritFromStored(items, new Map())).toEqual(items)
  })
})

describe('refusals', () => {
  const refusal = (attributes: Record<string, unknown>) => convert(model('call', { attributes })).rejected

  it('name the span by its index and keep the good ones', () => {
    const conversion = convert(
      model('good'),
      model('bad', { attributes: { 'gen_ai.usage.input_tokens': -1 } }),
      model('fine'),
    )
    expect(conversion.items.map(({ index }) => index)).toEqual([0, 2])
    expect(conversion.rejected).toEqual([
      {
        index: 1,
        spanId: spanId('bad'),
        code: 'INVALID_QUANTITY',
        message: 'Span "bad": gen_ai.usage.input_tokens "-1" is below zero.',
      },
    ])
  })

  it('show the numbers of parts that exceed their whole', () => {
    expect(
      refusal({ 'gen_ai.usage.cache_read.input_tokens': 8, 'gen_ai.usage.cache_creation.input_tokens': 5 }),
    ).toEqual([
      {
        index: 0,
        spanId: spanId('call'),
        code: 'USAGE_INCONSISTENT',
        message:
          'Span "call": gen_ai.usage.input_tokens 10 is smaller than what it contains: ' +
          'gen_ai.usage.cache_read.input_tokens 8 + gen_ai.usage.cache_creation.input_tokens 5 = 13.',
      },
    ])
    expect(refusal({ 'gen_ai.usage.reasoning.output_tokens': 6 })).toMatchObject([{ code: 'USAGE_INCONSISTENT' }])
    expect(refusal({ 'gen_ai.usage.audio.input_tokens': 11 })).toMatchObject([{ code: 'USAGE_INCONSISTENT' }])
  })

  it.each([1.5, NaN, 1e308, 2 ** 53, '9007199254740993', '1e3', '12.0', 'ten', -0.5, true, ['1']])(
    'refuse %p tokens',
    (tokens) => {
      expect(refusal({ 'gen_ai.usage.output_tokens': tokens })).toMatchObject([{ code: 'INVALID_QUANTITY' }])
    },
  )

  it.each([
    ['999999999999', '999999999999'],
    [0, undefined],
    ['0', undefined],
    [7.0, '7'],
    ['', undefined],
  ])('take %p tokens exactly', (tokens, quantity) => {
    const conversion = convert(model('call', { attributes: { 'gen_ai.usage.output_tokens': tokens } }))
    expect(metersOf(conversion)['output_tokens']).toBe(quantity)
  })

  it.each([
    { startNanos: 0 },
    { startNanos: '' },
    { startNanos: 'soon' },
    { startNanos: -1 },
    { trace: '0'.repeat(32) },
    { trace: 'xyz' },
    { id: '' },
  ])('refuse a generative span with %p', (fault) => {
    expect(convert(model('call', fault))).toMatchObject({ items: [], rejected: [{ index: 0 }] })
  })

  it('do not take a reported cost that is no amount, and keep the usage', () => {
    for (const cost of [-1, NaN, 'free', 1e308]) {
      expect(invocations(model('call', { attributes: { 'gen_ai.usage.cost': cost } }))[0]).toMatchObject({
        reportedCost: null,
      })
    }
  })
})

describe('reported cost', () => {
  it.each([
    [{ 'gen_ai.usage.cost': 0.1 }, { amount: '0.1', currency: 'USD' }],
    [{ 'gen_ai.usage.cost': 1e-7 }, { amount: '0.0000001', currency: 'USD' }],
    [{ 'gen_ai.usage.cost': Number('1.2345678901234567e-5') }, { amount: '0.000012345678901235', currency: 'USD' }],
    [{ 'gen_ai.usage.cost': 0 }, { amount: '0', currency: 'USD' }],
    [{ 'gen_ai.usage.cost': '12.50' }, { amount: '12.5', currency: 'USD' }],
    [
      { 'gen_ai.usage.cost.amount': '0.02', 'gen_ai.usage.cost.currency': 'eur' },
      { amount: '0.02', currency: 'EUR' },
    ],
    [
      { 'gen_ai.usage.input_cost': 0.1, 'gen_ai.usage.output_cost': 0.2 },
      { amount: '0.3', currency: 'USD' },
    ],
    [{ 'operation.cost': 3 }, { amount: '3', currency: 'USD' }],
    [{ 'gen_ai.usage.cost': 1, 'gen_ai.usage.cost.currency': 'tokens' }, null],
    [{}, null],
  ])('of %j is %j', (attributes, reportedCost) => {
    expect(invocations(model('call', { attributes }))[0]?.reportedCost).toEqual(reportedCost)
  })
})
