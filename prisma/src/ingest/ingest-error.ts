/** Why one item of a batch was refused; the others are kept (law L2). */
export interface Refusal {
  index: number
  id: string | null
  code: string
  message: string
}

/** What became of the items of one request, as the contract answers it. */
export interface RecordOutcome {
  accepted: number
  duplicates: number
  unpriced: number
  rejected: Refusal[]
}

/** The service cannot take events now (too many wait, or the database does not answer); the sender should try again. */
export class IngestUnavailableError extends Error {
  override readonly name = 'IngestUnavailableError'
  readonly retryAfterSeconds: number

  constructor(message: string, { retryAfterSeconds, cause }: { retryAfterSeconds: number; cause?: unknown }) {
    super(message, { cause })
    this.retryAfterSeconds = retryAfterSeconds
  }
}
