import { isKnownAttribute } from './alias-table.ts'
import { decodeJson } from './decode-json.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import type { KeepAttribute, OtlpTraceRequest } from './otlp-request.ts'

export type OtlpEncoding = 'json' | 'protobuf'

/**
 * Decodes the (already decompressed) body of `POST /v1/traces`. Only attributes that the alias table knows are kept, unless `keep` says
 * otherwise.
 *
 * Throws OtlpDecodeError (`MALFORMED`, `TOO_MANY_SPANS`) and nothing else, whatever the bytes.
 */
export function decodeOtlpTraces(
  body: Uint8Array,
  encoding: OtlpEncoding,
  keep: KeepAttribute = isKnownAttribute,
): OtlpTraceRequest {
  return encoding === 'protobuf' ? decodeProtobuf(body, keep) : decodeJson(body, keep)
}
