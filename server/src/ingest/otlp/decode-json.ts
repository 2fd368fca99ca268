import { OtlpDecodeError } from './otlp-decode-error.ts'
import {
  ATTRIBUTES_MAX,
  type Attributes,
  type AttributeValue,
  type KeepAttribute,
  type OtlpSpan,
  type OtlpTraceRequest,
  SPANS_MAX,
  STRING_LENGTH_MAX,
  VALUE_DEPTH_MAX,
} from './otlp-request.ts'
import { storableText } from './text.ts'

type JsonObject = Record<string, unknown>

/**
 * Reads an ExportTraceServiceRequest in OTLP/JSON: ids are hex, 64-bit integers strings or numbers, names lowerCamelCase; snake_case
 * names and base64 ids, which other proto3 JSON writers produce, are understood too. Unknown fields are ignored. Throws
 * OtlpDecodeError only.
 */
export function decodeJson(body: Uint8Array, keep: KeepAttribute): OtlpTraceRequest {
  const request: OtlpTraceRequest = { spans: [], ignoredAttributes: 0 }
  const root = asObject(parse(body), 'The request')
  for (const resourceSpans of list(root, 'resourceSpans')) {
    readResourceSpans(asObject(resourceSpans, 'An entry of resourceSpans'), request, keep)
  }
  return request
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) as unknown
  } catch {
    throw new OtlpDecodeError('MALFORMED', 'The body is not JSON.')
  }
}

function readResourceSpans(resourceSpans: JsonObject, request: OtlpTraceRequest, keep: KeepAttribute): void {
  const resourceValue = field(resourceSpans, 'resource')
  const resource = isObject(resourceValue) ? readAttributes(resourceValue, request, keep) : new Map()
  for (const entry of list(resourceSpans, 'scopeSpans')) {
    const scopeSpans = asObject(entry, 'An entry of scopeSpans')
    const scopeValue = field(scopeSpans, 'scope')
    const scope = isObject(scopeValue)
      ? { name: text(field(scopeValue, 'name')), version: text(field(scopeValue, 'version')) }
      : { name: '', version: '' }
    for (const span of list(scopeSpans, 'spans')) {
      if (request.spans.length === SPANS_MAX) {
        throw new OtlpDecodeError(
          'TOO_MANY_SPANS',
          `The request has more than ${SPANS_MAX} spans; send fewer at a time.`,
        )
      }
      const object = asObject(span, 'A span')
      request.spans.push({ ...readSpan(object), attributes: readAttributes(object, request, keep), scope, resource })
    }
  }
}

function readSpan(span: JsonObject): Omit<OtlpSpan, 'attributes' | 'scope' | 'resource'> {
  return {
    traceId: id(field(span, 'traceId'), 16),
    spanId: id(field(span, 'spanId'), 8),
    parentSpanId: id(field(span, 'parentSpanId'), 8) || null,
    name: text(field(span, 'name')),
    startNanos: nanos(field(span, 'startTimeUnixNano')),
    endNanos: nanos(field(span, 'endTimeUnixNano')),
    isError: isError(field(span, 'status')),
  }
}

/** Whether a status is an error, by the number of its code or its name; its message may quote what was asked, and is not read. */
function isError(status: unknown): boolean {
  const code = isObject(status) ? status['code'] : undefined
  return code === 2 || code === 'STATUS_CODE_ERROR'
}

/** Ids are hex in OTLP/JSON; plain proto3 JSON writes bytes in base64. What is neither comes back as it is and is refused by index. */
function id(value: unknown, bytes: number): string {
  const given = text(value)
  if (given.length === bytes * 2) return given.toLowerCase()
  const decoded = /^[A-Za-z0-9+/_-]+={0,2}$/.test(given) ? Buffer.from(given, 'base64') : null
  return decoded?.length === bytes && given.length >= bytes ? decoded.toString('hex') : given
}

function nanos(value: unknown): bigint {
  if (value === undefined || value === null || value === '') return 0n
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 64) return BigInt(value)
  if (typeof value === 'string' && /^[0-9]{1,20}$/.test(value)) return BigInt(value)
  return -1n
}

function readAttributes(owner: JsonObject, request: OtlpTraceRequest, keep: KeepAttribute): Attributes {
  const attributes: Attributes = new Map()
  for (const entry of list(owner, 'attributes')) {
    if (!isObject(entry)) continue
    const key = text(entry['key'])
    if (!keep(key)) continue
    const value = readValue(entry['value'], 0)
    if (value === null) continue
    if (attributes.size >= ATTRIBUTES_MAX && !attributes.has(key)) request.ignoredAttributes++
    else attributes.set(key, value)
  }
  return attributes
}

function readValue(value: unknown, depth: number): AttributeValue | null {
  if (!isObject(value)) return null
  const stringValue = field(value, 'stringValue')
  if (typeof stringValue === 'string') return storableText(stringValue, STRING_LENGTH_MAX)
  const boolValue = field(value, 'boolValue')
  if (typeof boolValue === 'boolean') return boolValue
  const intValue = field(value, 'intValue')
  if (intValue !== undefined) return int(intValue)
  const doubleValue = field(value, 'doubleValue')
  if (doubleValue !== undefined) return double(doubleValue)
  const bytesValue = field(value, 'bytesValue')
  if (typeof bytesValue === 'string') return storableText(bytesValue, STRING_LENGTH_MAX)
  return depth < VALUE_DEPTH_MAX ? readNested(value, depth + 1) : null
}

function readNested(value: JsonObject, depth: number): AttributeValue | null {
  const arrayValue = field(value, 'arrayValue')
  if (isObject(arrayValue)) {
    return list(arrayValue, 'values')
      .slice(0, ATTRIBUTES_MAX)
      .map((entry) => readValue(entry, depth))
      .filter((entry) => entry !== null)
  }
  const kvlistValue = field(value, 'kvlistValue')
  if (!isObject(kvlistValue)) return null
  const entries = list(kvlistValue, 'values').slice(0, ATTRIBUTES_MAX).filter(isObject)
  return Object.fromEntries(
    entries
      .map((entry) => [text(entry['key']), readValue(entry['value'], depth)] as const)
      .filter((entry): entry is readonly [string, AttributeValue] => entry[1] !== null),
  )
}

/** An int64 as number where that is exact, else as its text; what is no integer stays as it is and is refused where it is used. */
function int(value: unknown): AttributeValue | null {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return null
  const number = Number(value)
  return /^-?[0-9]{1,16}$/.test(value) && Number.isSafeInteger(number) ? number : storableText(value, 64)
}

function double(value: unknown): number | null {
  if (typeof value === 'number') return value
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
  return typeof value === 'string' && /^-?[0-9.eE+-]{1,40}$/.test(value) ? Number(value) : null
}

function text(value: unknown): string {
  return typeof value === 'string' ? storableText(value, STRING_LENGTH_MAX) : ''
}

/** A field by its lowerCamelCase name, or by the snake_case name of the proto file. */
function field(object: JsonObject, name: string): unknown {
  const value = object[name]
  if (value !== undefined && value !== null) return value
  return object[SNAKE_CASE[name] ?? name] ?? undefined
}

const SNAKE_CASE: Record<string, string> = Object.fromEntries(
  [
    'resourceSpans',
    'scopeSpans',
    'traceId',
    'spanId',
    'parentSpanId',
    'startTimeUnixNano',
    'endTimeUnixNano',
    'stringValue',
    'boolValue',
    'intValue',
    'doubleValue',
    'bytesValue',
    'arrayValue',
    'kvlistValue',
  ].map((name) => [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]),
)

function list(object: JsonObject, name: string): unknown[] {
  const value = field(object, name)
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new OtlpDecodeError('MALFORMED', `${name} is not a list.`)
  return value as unknown[]
}

function asObject(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw new OtlpDecodeError('MALFORMED', `${what} is not an object.`)
  return value
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
