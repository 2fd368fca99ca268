import { describe, expect, it } from '@jest/globals'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import fc from 'fast-check'
import { parseInvocation } from '@outlay/domain/invocation/parse-invocation'
import { USAGE_ALIASES, TAG_ALIASES, COST_ALIASES, isKnownAttribute } from './alias-table.ts'
import { decodeOtlpTraces } from './decode-otlp.ts'
import { OtlpDecodeError } from './otlp-decode-error.ts'
import { otlpContentKey } from './otlp-item.ts'
import { exportBody, type TestSpan } from './otlp-test-kit.ts'
import { type OtlpConversion, spansToInvocations } from './spans-to-invocations.ts'

const NOW = Date.UTC(2026, 2, 3) * 1_000

/** What must hold of any bytes at all: refused as a whole with the one error, or every span accounted for. */
function check(body: Uint8Array, encoding: 'json' | 'protobuf'): OtlpConversion | null {
  try {
    const request = decodeOtlpTraces(body, encoding)
    const conversion = spansToInvocations(request)
    const { items, rejected, ignoredSpans, duplicates } = conversion
    const indices = [...items, ...rejected].map(({ index }) => index)
    expect(new Set(indices).size).toBe(indices.length)
    // A duplicate that stays as a place in the tree is an item and a duplicate.
    expect(indices.length + ignoredSpans + duplicates).toBeGreaterThanOrEqual(request.spans.length)
    expect(indices.length + ignoredSpans).toBeLessThanOrEqual(request.spans.length)
    for (const item of items) {
      expect(typeof otlpContentKey(item)).toBe('string')
      expect(JSON.stringify(item.raw)).not.toMatch(/\\u0000/)
    }
    return conversion
  } catch (error) {
    if (error instanceof OtlpDecodeError) return null
    throw error
  }
}

const names = [
  ...Object.values(USAGE_ALIASES).flat(),
  ...Object.values(TAG_ALIASES).flat(),
  ...Object.values(COST_ALIASES).flat(),
  'gen_ai.operation.name',
  'openinference.span.kind',
  'ai.operationId',
  'gen_ai.system',
  'gen_ai.request.model',
  'gen_ai.response.id',
  'gen_ai.usage.input_token_details',
  'ai.response.providerMetadata',
  'outlay.shared_key',
  'outlay.usage.pages',
  'outlay.usage.Not a meter',
  '__proto__',
]

const strangeNumber = fc.oneof(
  fc.integer(),
  fc.nat(1_000),
  fc.double(),
  fc.constantFrom(NaN, -0, 1e308, Infinity, -Infinity, 2 ** 53, 2 ** 63, 5e-324, 0.1),
)
const strangeText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'chat',
    'embeddings',
    'execute_tool',
    'LLM',
    'AGENT',
    'ai.generateText.doGenerate',
    'openai',
    'anthropic',
    'USD',
  ),
  fc.constantFrom(
    '\u0000',
    '\ud800',
    'e\u0301',
    '\u202e',
    '1e5',
    '0x10',
    '1,5',
    '9'.repeat(40),
    '{"cache_read":-1}',
    '{"anthropic":null}',
    '{',
  ),
  fc.bigInt().map(String),
)
const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    strangeText.map((stringValue) => ({ stringValue })),
    fc.bigInt().map((value) => ({ intValue: value.toString() })),
    strangeNumber.map((intValue) => ({ intValue })),
    strangeNumber.map((doubleValue) => ({ doubleValue })),
    strangeText.map((doubleValue) => ({ doubleValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc.jsonValue(),
  ),
})).value
const attributes = fc.array(fc.record({ key: fc.constantFrom(...names), value: anyValue }), { maxLength: 12 })
const hexId = (bytes: number) =>
  fc.oneof(
    fc.nat(5).map((n) => n.toString(16).padStart(bytes * 2, '0')),
    fc.string(),
    fc.jsonValue(),
  )
const span = fc.record(
  {
    traceId: hexId(16),
    spanId: hexId(8),
    parentSpanId: hexId(8),
    name: fc.oneof(strangeText, fc.jsonValue()),
    startTimeUnixNano: fc.oneof(fc.constant('1772442000123456789'), strangeNumber, strangeText),
    endTimeUnixNano: fc.oneof(strangeNumber, strangeText),
    attributes,
    status: fc.jsonValue(),
  },
  { requiredKeys: [] },
)

describe('any bytes', () => {
  it('of JSON are an export, a refusal by index, or the one error', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 6 }), attributes, (spans, resource) => {
        const body = { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }] }
        check(Buffer.from(JSON.stringify(body)), 'json')
      }),
      { numRuns: 500 },
    )
  })

  it('of any JSON at all never throw anything else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => void check(Buffer.from(text), 'json')),
      { numRuns: 500 },
    )
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        check(
          Buffer.from(JSON.stringify({ resourceSpans: [{ resource: a, scopeSpans: [{ scope: b, spans: [a, b] }] }] })),
          'json',
        )
        check(Buffer.from(JSON.stringify({ resourceSpans: a })), 'json')
        check(Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: b }] })), 'json')
      }),
    )
  })

  it('of protobuf, truncated, flipped or made up, are an export, a refusal by index, or the one error', () => {
    const body = realExport()
    for (let end = 0; end <= body.length; end++) check(body.subarray(0, end), 'protobuf')
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (flips) => {
        const damaged = Buffer.from(body)
        for (const [at, value] of flips) damaged[at] = value
        check(damaged, 'protobuf')
      }),
      { numRuns: 1_000 },
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void check(bytes, 'protobuf')),
      { numRuns: 500 },
    )
  })

  it('that end in groups without end stop', () => {
    check(Buffer.alloc(1_000_000, 0x0b), 'protobuf')
    check(Buffer.alloc(1_000_000, 0xff), 'protobuf')
  })
})

describe('well-formed exports', () => {
  // What remains after our refusals is an item that the common path takes: no second refusal for what an adapter made up.
  it('become items that the common path accepts, whatever their numbers', () => {
    const tokens = fc.oneof(fc.nat(2_000), fc.nat(2_000).map(String), fc.constant(10 ** 11))
    const usage = fc.dictionary(fc.constantFrom(...Object.values(USAGE_ALIASES).flat()), tokens, { maxKeys: 8 })
    const base = fc.record({
      kind: fc.constantFrom('chat', 'embeddings', 'execute_tool', 'invoke_agent', 'agent_step'),
      system: fc.constantFrom('openai', 'anthropic', 'gcp.gemini', 'aws.bedrock', 'Langchain', 'else'),
      scope: fc.constantFrom('ai', 'pydantic-ai', 'openlit', 'openinference.instrumentation.openai', 'mine'),
      usage,
      cost: fc.option(fc.double({ min: 0, noNaN: true, max: 1e6 })),
      up: fc.option(fc.nat(4)),
      response: fc.option(fc.nat(2).map((n) => `r${n}`)),
    })
    fc.assert(
      fc.property(fc.array(base, { minLength: 1, maxLength: 6 }), (rows) => {
        const spans = rows.map(({ kind, system, scope, usage: stated, cost, up, response }, index): TestSpan => ({
          id: `s${index}`,
          ...(up === null || index === 0 ? {} : { parent: `s${up % index}` }),
          scope,
          attributes: {
            'gen_ai.operation.name': kind,
            'gen_ai.system': system,
            ...(cost === null ? {} : { 'gen_ai.usage.cost': cost }),
            ...(response === null ? {} : { 'gen_ai.response.id': response }),
            ...stated,
          },
        }))
        const conversion = check(exportBody(spans), 'json')!
        for (const { invocation } of conversion.items) {
          expect(() => parseInvocation(invocation, { now: NOW })).not.toThrow()
          // Either every line consumed something, or the call stated nothing but zeros and keeps them as the proof that it consumed nothing.
          const consumed = invocation.usage.map(({ quantity }) => BigInt(quantity) > 0n)
          expect(new Set(consumed).size).toBeLessThanOrEqual(1)
        }
        for (const { code } of conversion.rejected) expect(code).toBe('USAGE_INCONSISTENT')
      }),
      { numRuns: 200 },
    )
  })

  it('of a sender that counts inclusively sum to the provider’s total, whatever the parts', () => {
    const parts = fc.record({
      text: fc.nat(5_000),
      read: fc.nat(5_000),
      write: fc.nat(5_000),
      answer: fc.nat(5_000),
      thought: fc.nat(5_000),
    })
    fc.assert(
      fc.property(parts, fc.constantFrom('openai', 'else'), ({ text, read, write, answer, thought }, system) => {
        const attributes = {
          'gen_ai.operation.name': 'chat',
          'gen_ai.system': system,
          'gen_ai.usage.input_tokens': text + read + write,
          'gen_ai.usage.cache_read.input_tokens': read,
          'gen_ai.usage.cache_creation.input_tokens': write,
          'gen_ai.usage.output_tokens': answer + thought,
          'gen_ai.usage.reasoning.output_tokens': thought,
        }
        const [item] = check(exportBody([{ id: 'a', attributes }]), 'json')!.items
        const lines = Object.fromEntries(item!.invocation.usage.map(({ meter, quantity }) => [meter, Number(quantity)]))
        const stated = {
          input_tokens: text,
          cache_read_tokens: read,
          cache_write_tokens: write,
          output_tokens: answer,
          reasoning_tokens: thought,
          requests: 1,
        }
        expect(lines).toEqual(Object.fromEntries(Object.entries(stated).filter(([, tokens]) => tokens > 0)))
      }),
    )
  })

  it('knows every alias it reads', () => {
    for (const name of names.slice(0, -2)) expect([name, isKnownAttribute(name)]).toEqual([name, true])
    expect(isKnownAttribute('gen_ai.input.messages')).toBe(false)
  })
})

/** Bytes of the SDK's own serializer. */
function realExport(): Buffer {
  const spans: ReadableSpan[] = []
  const collect = {
    export: (batch: ReadableSpan[], done: (result: { code: number }) => void) => {
      spans.push(...batch)
      done({ code: 0 })
    },
    shutdown: () => Promise.resolve(),
  }
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'fuzz' }),
    spanProcessors: [new SimpleSpanProcessor(collect)],
  })
  const tracer = provider.getTracer('ai')
  for (const kind of ['chat', 'invoke_agent']) {
    tracer
      .startSpan(kind)
      .setAttributes({
        'gen_ai.operation.name': kind,
        'gen_ai.system': 'openai',
        'gen_ai.usage.input_tokens': 300,
        'gen_ai.usage.output_tokens': 7,
        'gen_ai.usage.cost': 0.5,
        'session.id': 's',
      })
      .end()
  }
  return Buffer.from(ProtobufTraceSerializer.serializeRequest(spans)!)
}
