/** A body that is not an OTLP trace request, or one beyond its limits; the whole request is refused. Retrying it is pointless. */
export class OtlpDecodeError extends Error {
  readonly code: 'MALFORMED' | 'TOO_MANY_SPANS'

  constructor(code: 'MALFORMED' | 'TOO_MANY_SPANS', message: string) {
    super(message)
    this.name = 'OtlpDecodeError'
    this.code = code
  }
}
