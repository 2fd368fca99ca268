import protobuf from 'protobufjs/minimal.js'
import type { OtlpEncoding } from './decode-otlp.ts'

/**
 * The answer to an export: ExportTraceServiceResponse, in the encoding of the request as OTLP demands. With nothing refused and nothing
 * to say, partial_success is left out, which is how OTLP says that all went well.
 */
export function encodePartialSuccess(
  { rejectedSpans, errorMessage }: { rejectedSpans: number; errorMessage: string },
  encoding: OtlpEncoding,
): Buffer {
  const isFullSuccess = rejectedSpans === 0 && errorMessage === ''
  if (encoding === 'json') {
    // proto3 JSON writes an int64 as a string.
    const answer = isFullSuccess ? {} : { partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } }
    return Buffer.from(JSON.stringify(answer))
  }
  const writer = protobuf.Writer.create()
  if (!isFullSuccess) {
    writer.uint32(tag(1, 2)).fork()
    if (rejectedSpans !== 0) writer.uint32(tag(1, 0)).int64(rejectedSpans)
    if (errorMessage !== '') writer.uint32(tag(2, 2)).string(errorMessage)
    writer.ldelim()
  }
  return Buffer.from(writer.finish())
}

function tag(field: number, wire: number): number {
  return (field << 3) | wire
}
