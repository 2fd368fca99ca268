import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import protobuf from 'protobufjs/minimal.js'
import { decodeOtlpTraces, type OtlpEncoding } from './decode-otlp.ts'
import { OtlpDecodeError } from './otlp-decode-error.ts'
import { ATTRIBUTES_MAX, SPANS_MAX, STRING_LENGTH_MAX } from './otlp-request.ts'
import { encodePartialSuccess } from './partial-success.ts'
import { exportBody, TRACE } from './otlp-test-kit.ts'
import { spansToInvocations } from './spans-to-invocations.ts'

const everything = () => true

interface Received {
  contentType: string
  encoding: string
  body: Buffer
}

/** Takes what exporters send, like a collector would, and answers with our own bytes. */
class Receiver {
  readonly received: Received[] = []
  readonly #server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const contentType = request.headers['content-type'] ?? ''
      const encoding = request.headers['content-encoding'] ?? ''
      this.received.push({ contentType, encoding, body: encoding === 'gzip' ? gunzipSync(body) : body })
      const isJson = contentType.includes('json')
      response.setHeader('content-type', contentType)
      response.end(encodePartialSuccess({ rejectedSpans: 0, errorMessage: '' }, isJson ? 'json' : 'protobuf'))
    })
  })

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/traces`
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

/** Spans made by the real SDK, handed to real exporters. */
async function recordSpans(): Promise<ReadableSpan[]> {
  const spans: ReadableSpan[] = []
  const collect = {
    export: (batch: ReadableSpan[], done: (result: { code: number }) => void) => {
      spans.push(...batch)
      done({ code: 0 })
    },
    shutdown: () => Promise.resolve(),
  }
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'research', 'outlay.client': 'northwind' }),
    spanProcessors: [new SimpleSpanProcessor(collect)],
  })
  const tracer = provider.getTracer('ai', '6.0.1')
  tracer
    .startSpan('chat gpt-5', { startTime: [1_772_442_000, 123_456_789] })
    .setAttributes({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 1_500,
      'gen_ai.usage.output_tokens': 2 ** 33,
      'gen_ai.usage.cost': 0.1,
      'gen_ai.request.temperature': 0.25,
      'gen_ai.response.finish_reasons': ['stop', 'length'],
      isStreaming: true,
      negative: -7,
      text: 'Zoë 🜁 行',
    })
    .addEvent('token', { n: 1 })
    .setStatus({ code: 2, message: 'The prompt "…" is too long.' })
    .end([1_772_442_001, 0])
  await provider.forceFlush()
  return spans
}

describe('real exporters', () => {
  const receiver = new Receiver()
  let url = ''
  let spans: ReadableSpan[] = []
  beforeAll(async () => {
    url = await receiver.start()
    spans = await recordSpans()
  })
  afterAll(() => receiver.stop())

  async function exported(encoding: OtlpEncoding, compression: 'none' | 'gzip'): Promise<Received> {
    const options = { url, compression } as never
    const exporter = encoding === 'json' ? new JsonExporter(options) : new ProtobufExporter(options)
    const outcome = await new Promise<{ code: number; error?: Error }>((resolve) => exporter.export(spans, resolve))
    await exporter.shutdown()
    expect(outcome).toEqual({ code: 0 })
    return receiver.received.at(-1)!
  }

  it.each<[OtlpEncoding, 'none' | 'gzip']>([
    ['json', 'none'],
    ['json', 'gzip'],
    ['protobuf', 'none'],
    ['protobuf', 'gzip'],
  ])('in %s, compression %s, arrive exactly as the SDK recorded them', async (encoding, compression) => {
    const { body, contentType, encoding: contentEncoding } = await exported(encoding, compression)
    expect(contentType).toBe(encoding === 'json' ? 'application/json' : 'application/x-protobuf')
    expect(contentEncoding).toBe(compression === 'gzip' ? 'gzip' : '')
    const request = decodeOtlpTraces(body, encoding, everything)
    const { traceId, spanId } = spans[0]!.spanContext()
    expect(request).toEqual({
      ignoredAttributes: 0,
      spans: [
        {
          traceId,
          spanId,
          parentSpanId: null,
          name: 'chat gpt-5',
          startNanos: 1_772_442_000_123_456_789n,
          endNanos: 1_772_442_001_000_000_000n,
          isError: true,
          attributes: new Map(Object.entries(spans[0]!.attributes)),
          scope: { name: 'ai', version: '6.0.1' },
          resource: new Map(Object.entries(spans[0]!.resource.attributes)),
        },
      ],
    })
    expect(spansToInvocations(decodeOtlpTraces(body, encoding)).items[0]!.invocation).toMatchObject({
      agent: 'research',
      client: 'northwind',
      occurredAt: '2026-03-02T09:00:00.123456Z',
      usage: [
        { meter: 'input_tokens', quantity: '1500' },
        { meter: 'output_tokens', quantity: '8589934592' },
        { meter: 'requests', quantity: '1' },
      ],
      reportedCost: { amount: '0.1', currency: 'USD' },
      failure: 'error',
    })
  })

  it('in both encodings mean the same', async () => {
    const json = decodeOtlpTraces((await exported('json', 'none')).body, 'json', everything)
    const binary = decodeOtlpTraces((await exported('protobuf', 'none')).body, 'protobuf', everything)
    expect(binary).toEqual(json)
  })

  it('take our answer to a partial success', async () => {
    const json = JSON.parse(
      encodePartialSuccess({ rejectedSpans: 3, errorMessage: 'no' }, 'json').toString(),
    ) as unknown
    expect(json).toEqual({ partialSuccess: { rejectedSpans: '3', errorMessage: 'no' } })
    expect(encodePartialSuccess({ rejectedSpans: 0, errorMessage: '' }, 'json').toString()).toBe('{}')
    expect(encodePartialSuccess({ rejectedSpans: 0, errorMessage: '' }, 'protobuf')).toHaveLength(0)
    const { JsonTraceSerializer, ProtobufTraceSerializer } = await import('@opentelemetry/otlp-transformer')
    const answer = { rejectedSpans: 300, errorMessage: 'Span "é" refused.' }
    const read = ProtobufTraceSerializer.deserializeResponse(encodePartialSuccess(answer, 'protobuf')) as {
      partialSuccess?: { rejectedSpans?: unknown; errorMessage?: string }
    }
    expect(Number(read.partialSuccess?.rejectedSpans)).toBe(300)
    expect(read.partialSuccess?.errorMessage).toBe(answer.errorMessage)
    expect(JsonTraceSerializer.deserializeResponse(encodePartialSuccess(answer, 'json'))).toEqual({
      partialSuccess: { rejectedSpans: '300', errorMessage: answer.errorMessage },
    })
  })
})

describe('OTLP/JSON', () => {
  const decodeJson = (value: unknown) => decodeOtlpTraces(Buffer.from(JSON.stringify(value)), 'json', everything)
  const withSpan = (span: Record<string, unknown>) =>
    decodeJson({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
  const attribute = (value: unknown) => withSpan({ attributes: [{ key: 'k', value }] }).spans[0]!.attributes.get('k')

  it('understands snake_case names and base64 ids of plain proto3 JSON', () => {
    const span = {
      trace_id: Buffer.from(TRACE, 'hex').toString('base64'),
      span_id: Buffer.from('00f067aa0ba902b7', 'hex').toString('base64'),
      parent_span_id: '00F067AA0BA902B8',
      start_time_unix_nano: '5',
      end_time_unix_nano: 6,
      attributes: [{ key: 'k', value: { string_value: 'v' } }],
    }
    const { spans } = decodeJson({ resource_spans: [{ scope_spans: [{ spans: [span] }] }] })
    expect(spans[0]).toMatchObject({
      traceId: TRACE,
      spanId: '00f067aa0ba902b7',
      parentSpanId: '00f067aa0ba902b8',
      startNanos: 5n,
      endNanos: 6n,
      attributes: new Map([['k', 'v']]),
    })
  })

  it.each<[unknown, boolean]>([
    [{ code: 2 }, true],
    [{ code: 'STATUS_CODE_ERROR', message: 'x' }, true],
    [{ code: 1 }, false],
    [{ code: 'STATUS_CODE_OK' }, false],
    [{}, false],
    [undefined, false],
    ['error', false],
  ])('takes the status %j as an error: %s', (status, expected) => {
    expect(withSpan({ status }).spans[0]!.isError).toBe(expected)
  })

  it.each<[unknown, unknown]>([
    [{ stringValue: '' }, ''],
    [{ stringValue: 'a\u0000b\ud800c' }, 'a\ufffdb\ufffdc'],
    [{ boolValue: false }, false],
    [{ intValue: '42' }, 42],
    [{ intValue: 42 }, 42],
    [{ intValue: '9007199254740993' }, '9007199254740993'],
    [{ intValue: '-9223372036854775808' }, '-9223372036854775808'],
    [{ doubleValue: 0.5 }, 0.5],
    [{ doubleValue: 'NaN' }, NaN],
    [{ doubleValue: '-Infinity' }, -Infinity],
    [{ bytesValue: 'AAEC' }, 'AAEC'],
    [{ arrayValue: { values: [{ intValue: 1 }, {}, { stringValue: 'x' }] } }, [1, 'x']],
    [{ arrayValue: {} }, []],
    [
      {
        kvlistValue: {
          values: [
            { key: '__proto__', value: { intValue: 1 } },
            { key: 'b', value: { boolValue: true } },
          ],
        },
      },
      JSON.parse('{"__proto__":1,"b":true}'),
    ],
    [{}, undefined],
    [null, undefined],
    [{ somethingNew: 1 }, undefined],
  ])('reads the value %j', (value, expected) => {
    expect(attribute(value)).toEqual(expected)
  })

  it('takes absent lists for empty ones', () => {
    for (const empty of [
      {},
      { resourceSpans: null },
      { resourceSpans: [{}] },
      { resourceSpans: [{ scopeSpans: [{}] }] },
    ]) {
      expect(decodeJson(empty).spans).toEqual([])
    }
  })

  it.each([
    '',
    'null',
    '[]',
    '3',
    '{',
    '{"resourceSpans":{}}',
    '{"resourceSpans":[1]}',
    '{"resourceSpans":[{"scopeSpans":[{"spans":[null]}]}]}',
    '['.repeat(100_000),
  ])('refuses %.40j', (body) => {
    expect(() => decodeOtlpTraces(Buffer.from(body), 'json')).toThrow(OtlpDecodeError)
  })
})

describe('limits', () => {
  it(`refuse more than ${SPANS_MAX} spans in both encodings`, () => {
    const spans = (count: number) =>
      Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${new Array<string>(count).fill('{}').join(',')}]}]}]}`)
    expect(decodeOtlpTraces(spans(SPANS_MAX), 'json').spans).toHaveLength(SPANS_MAX)
    expect(() => decodeOtlpTraces(spans(SPANS_MAX + 1), 'json')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_SPANS' }),
    )
    expect(decodeOtlpTraces(binarySpans(SPANS_MAX), 'protobuf').spans).toHaveLength(SPANS_MAX)
    expect(() => decodeOtlpTraces(binarySpans(SPANS_MAX + 1), 'protobuf')).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_SPANS' }),
    )
  })

  it('ignore and count attributes beyond the most, and never keep what nobody reads', () => {
    const attributes = Object.fromEntries(Array.from({ length: ATTRIBUTES_MAX + 5 }, (_, i) => [`k${i}`, 'x']))
    const body = exportBody([{ id: 'a', attributes }])
    const all = decodeOtlpTraces(body, 'json', everything)
    expect([all.spans[0]!.attributes.size, all.ignoredAttributes]).toEqual([ATTRIBUTES_MAX, 5])
    const known = decodeOtlpTraces(body, 'json')
    expect([known.spans[0]!.attributes.size, known.ignoredAttributes]).toEqual([0, 0])
  })

  it('cut strings without halving a character', () => {
    const long = `${'x'.repeat(STRING_LENGTH_MAX - 1)}🜁 and more`
    const { spans } = decodeOtlpTraces(exportBody([{ id: 'a', attributes: { k: long } }]), 'json', everything)
    expect(spans[0]!.attributes.get('k')).toBe('x'.repeat(STRING_LENGTH_MAX - 1))
  })

  it('hold for a million attributes', () => {
    const one = '{"key":"gen_ai.usage.input_tokens","value":{"intValue":"7"}},'
    const other = '{"key":"x","value":{"stringValue":"y"}},'
    const body = Buffer.from(
      `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[${(one + other).repeat(250_000).slice(0, -1)}]}]}]}]}`,
    )
    expect(decodeOtlpTraces(body, 'json').spans[0]!.attributes).toEqual(new Map([['gen_ai.usage.input_tokens', 7]]))
  })
})

describe('protobuf', () => {
  const { Writer } = protobuf

  it('skips fields it does not know, and takes the resource after its spans', () => {
    const span = Writer.create()
      .uint32(42)
      .string('x')
      .uint32(1000 << 3)
      .uint32(7)
      .uint32((1001 << 3) | 5)
      .fixed32(1)
      .uint32((1002 << 3) | 1)
      .fixed64(1)
    const scopeSpans = Writer.create().uint32(18).bytes(span.finish()).uint32(26).string('schema')
    const attribute = Writer.create()
      .uint32(10)
      .string('service.name')
      .uint32(18)
      .fork()
      .uint32(10)
      .string('late')
      .ldelim()
    const resource = Writer.create().uint32(10).bytes(attribute.finish())
    const resourceSpans = Writer.create().uint32(18).bytes(scopeSpans.finish()).uint32(10).bytes(resource.finish())
    const { spans } = decodeOtlpTraces(Writer.create().uint32(10).bytes(resourceSpans.finish()).finish(), 'protobuf')
    expect(spans).toMatchObject([{ name: 'x', resource: new Map([['service.name', 'late']]) }])
  })

  it.each([-1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n, 0n, 2n ** 32n])(
    'reads the int64 %s exactly',
    (value) => {
      const parts = {
        low: Number(BigInt.asIntN(32, value)),
        high: Number(BigInt.asIntN(32, value >> 32n)),
        unsigned: false,
      }
      const anyValue = Writer.create()
        .uint32(24)
        .int64(parts as never)
      const attribute = Writer.create().uint32(10).string('k').uint32(18).bytes(anyValue.finish())
      const span = Writer.create().uint32(74).bytes(attribute.finish())
      const scopeSpans = Writer.create().uint32(18).bytes(span.finish())
      const resourceSpans = Writer.create().uint32(18).bytes(scopeSpans.finish())
      const body = Writer.create().uint32(10).bytes(resourceSpans.finish()).finish()
      const read = decodeOtlpTraces(body, 'protobuf', everything).spans[0]!.attributes.get('k')
      expect(String(read)).toBe(value.toString())
      expect(typeof read).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'string')
    },
  )

  it('refuses a field that is longer than the message it is in, and a body that ends early', () => {
    const scopeSpans = Writer.create().uint32(18).bytes(Writer.create().uint32(42).string('name').finish()).finish()
    const resourceSpans = Writer.create().uint32(18).bytes(scopeSpans).finish()
    const request = Writer.create().uint32(10).bytes(resourceSpans).finish()
    // An unknown field whose bytes are fields themselves, so that a reader that loses its place would go on without noticing.
    const unknown = [0x12, 0x10, 0x80, 0x01, ...new Array<number[]>(7).fill([0x10, 0x01]).flat()]
    const body = Buffer.from([...request, ...unknown])
    expect(decodeOtlpTraces(body, 'protobuf').spans).toMatchObject([{ name: 'name' }])
    const overlong = Buffer.from(body)
    overlong[7] = 'name'.length + 1
    expect(() => decodeOtlpTraces(overlong, 'protobuf')).toThrow(OtlpDecodeError)
    for (let end = 1; end < body.length; end++) {
      if (end === request.length) continue
      expect(() => decodeOtlpTraces(body.subarray(0, end), 'protobuf')).toThrow(OtlpDecodeError)
    }
  })

  it('does not follow values nested deeper than anything means', () => {
    let value = Writer.create().uint32(10).string('deep').finish()
    for (let depth = 0; depth < 10_000; depth++) {
      const array = Writer.create().uint32(10).bytes(value).finish()
      value = Writer.create().uint32(42).bytes(array).finish()
    }
    const attribute = Writer.create().uint32(10).string('k').uint32(18).bytes(value)
    const span = Writer.create().uint32(74).bytes(attribute.finish())
    const scopeSpans = Writer.create().uint32(18).bytes(span.finish())
    const body = Writer.create()
      .uint32(10)
      .bytes(Writer.create().uint32(18).bytes(scopeSpans.finish()).finish())
      .finish()
    expect(decodeOtlpTraces(body, 'protobuf', everything).spans).toHaveLength(1)
  })
})

function binarySpans(count: number): Uint8Array {
  const scopeSpans = protobuf.Writer.create()
  for (let i = 0; i < count; i++) scopeSpans.uint32(18).bytes(new Uint8Array(0))
  const resourceSpans = protobuf.Writer.create().uint32(18).bytes(scopeSpans.finish())
  return protobuf.Writer.create().uint32(10).bytes(resourceSpans.finish()).finish()
}
