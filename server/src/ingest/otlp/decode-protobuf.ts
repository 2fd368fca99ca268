import protobuf from 'protobufjs/minimal.js'
import { OtlpDecodeError } from './otlp-decode-error.ts'
import {
  ATTRIBUTES_MAX,
  type Attributes,
  type AttributeValue,
  type KeepAttribute,
  type OtlpScope,
  type OtlpSpan,
  type OtlpTraceRequest,
  SPANS_MAX,
  STRING_LENGTH_MAX,
  VALUE_DEPTH_MAX,
} from './otlp-request.ts'
import { storableText } from './text.ts'

/** The wire types of protobuf that OTLP uses. */
const VARINT = 0
const FIXED64 = 1
const BYTES = 2

interface Context {
  reader: protobuf.Reader
  request: OtlpTraceRequest
  keep: KeepAttribute
}

/**
 * Reads an ExportTraceServiceRequest straight into flat spans, with the reader of protobufjs and no object per message between: field
 * numbers are those of opentelemetry/proto/trace/v1/trace.proto. Unknown fields are skipped. Throws OtlpDecodeError only.
 */
export function decodeProtobuf(body: Uint8Array, keep: KeepAttribute): OtlpTraceRequest {
  const reader = protobuf.Reader.create(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
  const request: OtlpTraceRequest = { spans: [], ignoredAttributes: 0 }
  const context = { reader, request, keep }
  try {
    readFields(reader, body.length, (field, wire) => {
      if (field !== 1) return reader.skipType(wire)
      readResourceSpans(context, enter(reader, wire))
    })
  } catch (error) {
    if (error instanceof OtlpDecodeError) throw error
    throw new OtlpDecodeError(
      'MALFORMED',
      `The body is not an OTLP trace request in protobuf: it cannot be read at byte ${reader.pos} of ${body.length}.`,
    )
  }
  return request
}

function readResourceSpans(context: Context, end: number): void {
  const { reader } = context
  // The resource may come after its spans: the map is handed out first and filled when it comes.
  const resource: Attributes = new Map()
  readFields(reader, end, (field, wire) => {
    if (field === 1) readResource(context, enter(reader, wire), resource)
    else if (field === 2) readScopeSpans(context, enter(reader, wire), resource)
    else reader.skipType(wire)
  })
}

function readResource(context: Context, end: number, resource: Attributes): void {
  const { reader } = context
  readFields(reader, end, (field, wire) => {
    if (field === 1) readAttribute(context, enter(reader, wire), resource)
    else reader.skipType(wire)
  })
}

function readScopeSpans(context: Context, end: number, resource: Attributes): void {
  const { reader, request } = context
  const scope: OtlpScope = { name: '', version: '' }
  readFields(reader, end, (field, wire) => {
    if (field === 1) readScope(reader, enter(reader, wire), scope)
    else if (field === 2) {
      if (request.spans.length === SPANS_MAX) throw tooManySpans()
      request.spans.push(readSpan(context, enter(reader, wire), scope, resource))
    } else reader.skipType(wire)
  })
}

function readScope(reader: protobuf.Reader, end: number, scope: OtlpScope): void {
  readFields(reader, end, (field, wire) => {
    if (field === 1) scope.name = readString(reader, wire)
    else if (field === 2) scope.version = readString(reader, wire)
    else reader.skipType(wire)
  })
}

function readSpan(context: Context, end: number, scope: OtlpScope, resource: Attributes): OtlpSpan {
  const { reader } = context
  const span: OtlpSpan = {
    traceId: '',
    spanId: '',
    parentSpanId: null,
    name: '',
    startNanos: 0n,
    endNanos: 0n,
    isError: false,
    attributes: new Map(),
    scope,
    resource,
  }
  readFields(reader, end, (field, wire) => {
    if (field === 1) span.traceId = readBytes(reader, wire).toString('hex')
    else if (field === 2) span.spanId = readBytes(reader, wire).toString('hex')
    else if (field === 4) span.parentSpanId = readBytes(reader, wire).toString('hex') || null
    else if (field === 5) span.name = readString(reader, wire)
    else if (field === 7) span.startNanos = readFixed64(reader, wire)
    else if (field === 8) span.endNanos = readFixed64(reader, wire)
    else if (field === 9) readAttribute(context, enter(reader, wire), span.attributes)
    else if (field === 15) span.isError = readStatus(reader, enter(reader, wire))
    else reader.skipType(wire)
  })
  return span
}

/** STATUS_CODE_ERROR of opentelemetry.proto.trace.v1. */
const STATUS_ERROR = 2

/** Whether a status is an error; its message may quote what was asked, and is not read. */
function readStatus(reader: protobuf.Reader, end: number): boolean {
  let code = 0
  readFields(reader, end, (field, wire) => {
    if (field === 3) code = expect(wire, VARINT) && reader.int32()
    else reader.skipType(wire)
  })
  return code === STATUS_ERROR
}

function readAttribute({ reader, request, keep }: Context, end: number, attributes: Attributes): void {
  let key = ''
  let value: AttributeValue | null = null
  readFields(reader, end, (field, wire) => {
    if (field === 1) key = readString(reader, wire)
    // Writers put the key first; should one not, the value is read in vain at worst.
    else if (field === 2 && (key === '' || keep(key))) value = readValue(reader, enter(reader, wire), 0)
    else reader.skipType(wire)
  })
  if (value === null || !keep(key)) return
  if (attributes.size >= ATTRIBUTES_MAX && !attributes.has(key)) request.ignoredAttributes++
  else attributes.set(key, value)
}

function readValue(reader: protobuf.Reader, end: number, depth: number): AttributeValue | null {
  let value: AttributeValue | null = null
  readFields(reader, end, (field, wire) => {
    if (field === 1) value = readString(reader, wire)
    else if (field === 2) value = expect(wire, VARINT) && reader.bool()
    else if (field === 3) value = readInt64(reader, wire)
    else if (field === 4) value = expect(wire, FIXED64) && reader.double()
    else if (field === 7) value = readBytes(reader, wire).subarray(0, STRING_LENGTH_MAX).toString('base64')
    else if ((field === 5 || field === 6) && depth < VALUE_DEPTH_MAX) {
      const inner = enter(reader, wire)
      value = field === 5 ? readArray(reader, inner, depth + 1) : readKeyValues(reader, inner, depth + 1)
    } else reader.skipType(wire)
  })
  return value
}

function readArray(reader: protobuf.Reader, end: number, depth: number): AttributeValue[] {
  const values: AttributeValue[] = []
  readFields(reader, end, (field, wire) => {
    if (field !== 1 || values.length >= ATTRIBUTES_MAX) return reader.skipType(wire)
    const value = readValue(reader, enter(reader, wire), depth)
    if (value !== null) values.push(value)
  })
  return values
}

function readKeyValues(reader: protobuf.Reader, end: number, depth: number): { [key: string]: AttributeValue } {
  const entries = new Map<string, AttributeValue>()
  readFields(reader, end, (field, wire) => {
    if (field !== 1 || entries.size >= ATTRIBUTES_MAX) return reader.skipType(wire)
    let key = ''
    let value: AttributeValue | null = null
    readFields(reader, enter(reader, wire), (innerField, innerWire) => {
      if (innerField === 1) key = readString(reader, innerWire)
      else if (innerField === 2) value = readValue(reader, enter(reader, innerWire), depth)
      else reader.skipType(innerWire)
    })
    if (value !== null) entries.set(key, value)
  })
  return Object.fromEntries(entries)
}

/** Calls `read` for each field up to `end`; whatever it reads must end there too. */
function readFields(reader: protobuf.Reader, end: number, read: (field: number, wire: number) => unknown): void {
  while (reader.pos < end) {
    const tag = reader.uint32()
    read(tag >>> 3, tag & 7)
  }
  if (reader.pos !== end) throw new RangeError('a field is longer than its message')
}

/** The end of the message that begins here; beyond the body, reading on fails by itself. */
function enter(reader: protobuf.Reader, wire: number): number {
  expect(wire, BYTES)
  return reader.uint32() + reader.pos
}

function readBytes(reader: protobuf.Reader, wire: number): Buffer {
  expect(wire, BYTES)
  const bytes = reader.bytes()
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function readString(reader: protobuf.Reader, wire: number): string {
  const bytes = readBytes(reader, wire)
  // A unit of UTF-16 takes at most three bytes of UTF-8: more than that need not be decoded only to be cut off.
  return storableText(bytes.subarray(0, STRING_LENGTH_MAX * 3).toString('utf8'), STRING_LENGTH_MAX)
}

function readInt64(reader: protobuf.Reader, wire: number): number | string {
  expect(wire, VARINT)
  const value = BigInt.asIntN(64, toBigInt(reader.int64()))
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

function readFixed64(reader: protobuf.Reader, wire: number): bigint {
  expect(wire, FIXED64)
  return BigInt.asUintN(64, toBigInt(reader.fixed64()))
}

/** protobufjs gives its 64-bit integers as two halves, or as a number where the package `long` is missing. */
function toBigInt(value: protobuf.Long | number): bigint {
  if (typeof value === 'number') return BigInt(value)
  return (BigInt(value.high) << 32n) | BigInt(value.low >>> 0)
}

function expect(wire: number, expected: number): true {
  if (wire !== expected) throw new TypeError(`wire type ${wire} where ${expected} belongs`)
  return true
}

function tooManySpans(): OtlpDecodeError {
  return new OtlpDecodeError('TOO_MANY_SPANS', `The request has more than ${SPANS_MAX} spans; send fewer at a time.`)
}
