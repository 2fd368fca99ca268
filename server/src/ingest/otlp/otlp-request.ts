/** Most spans of one request. */
export const SPANS_MAX = 10_000
/** Most attributes that are kept of one span or resource; the rest is ignored and counted. */
export const ATTRIBUTES_MAX = 1_000
/** Longest string that is kept, in UTF-16 units; the rest of it is cut off. */
export const STRING_LENGTH_MAX = 65_536
/** How deep arrays and key-value lists may nest; deeper ones are ignored. */
export const VALUE_DEPTH_MAX = 8

/** Bytes are base64 text, an integer beyond 2^53 is its decimal text: nothing loses a digit. */
export type AttributeValue = string | boolean | number | AttributeValue[] | { [key: string]: AttributeValue }
export type Attributes = Map<string, AttributeValue>

/** A span as it came over the wire: checked for its shape only, its values may still be nonsense. */
export interface OtlpSpan {
  /** Lower-case hex. */
  traceId: string
  spanId: string
  /** null for a root. */
  parentSpanId: string | null
  name: string
  /** Nanoseconds since 1970; 0 when absent, -1 when it was no time at all. */
  startNanos: bigint
  endNanos: bigint
  /** Its status says that what it stands for failed. */
  isError: boolean
  attributes: Attributes
  scope: OtlpScope
  /** One object for all spans of the resource. */
  resource: Attributes
}

export interface OtlpScope {
  name: string
  version: string
}

export interface OtlpTraceRequest {
  /** In the order of the request; their positions are the indices that refusals name. */
  spans: OtlpSpan[]
  /** Attributes beyond ATTRIBUTES_MAX. */
  ignoredAttributes: number
}

/** Which attributes are worth decoding. Prompts and answers are the bulk of a request and never read here. */
export type KeepAttribute = (key: string) => boolean
