import { decodeOtlpTraces } from './decode-otlp.ts'
import type { OtlpTraceRequest } from './otlp-request.ts'
import { type OtlpConversion, spansToInvocations } from './spans-to-invocations.ts'

export const TRACE = '5b8aa5a2d2c872e8321cf37308d69df2'
/** 2026-03-02T09:00:00.123456Z. */
const START = 1_772_442_000_123_456_789n

export interface TestSpan {
  /** A short number or name; becomes a 16-digit hex id. */
  id: string
  parent?: string
  name?: string
  attributes?: Record<string, unknown>
  startNanos?: bigint | number | string
  scope?: string
  resource?: Record<string, unknown>
  trace?: string
  status?: { code: number }
}

/** A span id from a short name: its letters as hex. */
export function spanId(name: string): string {
  return Buffer.from(name).toString('hex').padStart(16, '0').slice(-16)
}

/** An export as OTLP/JSON, one resource and scope per span. */
export function exportBody(spans: readonly TestSpan[]): Buffer {
  return Buffer.from(JSON.stringify({ resourceSpans: spans.map(resourceSpans) }))
}

export function decode(spans: readonly TestSpan[]): OtlpTraceRequest {
  return decodeOtlpTraces(exportBody(spans), 'json')
}

export function convert(...spans: TestSpan[]): OtlpConversion {
  return spansToInvocations(decode(spans))
}

/** `{ meter: quantity }` of the only item, or of the one with this span name. */
export function metersOf(conversion: OtlpConversion, id?: string): Record<string, string> {
  const item = conversion.items.find(({ invocation }) => id === undefined || invocation.span === spanId(id))
  if (item === undefined) throw new Error(`no item: ${JSON.stringify(conversion)}`)
  return Object.fromEntries(item.invocation.usage.map(({ meter, quantity }) => [meter, quantity]))
}

function resourceSpans({ id, parent, name, attributes, startNanos, scope, resource, trace, status }: TestSpan) {
  const start = String(startNanos ?? START)
  return {
    resource: { attributes: keyValues(resource ?? {}) },
    scopeSpans: [
      {
        scope: { name: scope ?? 'test' },
        spans: [
          {
            traceId: trace ?? TRACE,
            spanId: spanId(id),
            ...(parent === undefined ? {} : { parentSpanId: spanId(parent) }),
            name: name ?? id,
            startTimeUnixNano: start,
            endTimeUnixNano: /^[0-9]+$/.test(start) ? String(BigInt(start) + 1_000_000_000n) : start,
            attributes: keyValues(attributes ?? {}),
            ...(status === undefined ? {} : { status }),
          },
        ],
      },
    ],
  }
}

function keyValues(attributes: Record<string, unknown>) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: unknown): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: value.toString() }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: value } : { doubleValue: String(value) === 'NaN' ? 'NaN' : value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return value
}
