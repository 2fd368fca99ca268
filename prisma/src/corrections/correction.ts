import type { UserError } from '../ingest/user-error.ts'

export type CorrectionKind = 'VOID' | 'REPLACE'

/** What was done to an event, by whom, when and why. It is never changed. */
export interface CorrectionRecord {
  kind: CorrectionKind
  /** The event that counts nothing any more. */
  invocationId: string
  /** The event that took its place; null when none did. */
  replacementId: string | null
  reason: string
  correctedBy: string
  /** RFC 3339, microseconds. */
  correctedAt: string
}

export interface VoidInput {
  id: string
  reason: string
  /** Who asks: an e-mail address, or `API key <name>`. */
  by: string
}

/** Fields in the shape of `InvocationInput`, without id. A field that is absent keeps the original's value, null clears it. */
export type StatedFields = Readonly<Record<string, unknown>>

export interface ReplaceInput extends VoidInput {
  replacement: StatedFields
}

export type CorrectionOutcome =
  { correction: CorrectionRecord; userErrors: [] } | { correction: null; userErrors: UserError[] }

/** A correction that cannot be made; thrown inside the transaction, so that nothing of it stays. */
export class RefusedCorrection extends Error {
  override readonly name = 'RefusedCorrection'
  readonly userError: UserError

  /** `path`: where in the input. */
  constructor(code: string, message: string, path: readonly string[]) {
    super(message)
    this.userError = { code, message, field: ['input', ...path] }
  }
}
