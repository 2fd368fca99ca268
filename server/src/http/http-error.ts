/** A request that cannot be served: the status, a stable code for machines and a sentence for people. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly statusCode: number
  readonly code: string
  /** For 429 and 503: when it is worth trying again. */
  readonly retryAfterSeconds: number | undefined

  constructor(statusCode: number, code: string, message: string, options: { retryAfterSeconds?: number } = {}) {
    super(message)
    this.statusCode = statusCode
    this.code = code
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}
