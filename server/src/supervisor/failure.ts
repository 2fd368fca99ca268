/** Something the person at the terminal can put right: the message is all that is printed, and the exit code is 1. */
export class StartFailure extends Error {}

/** Faults of the database packages that already are one sentence for a person. */
const SENTENCES = new Set(['EmbeddedPostgresError', 'MigrationError'])

/** What to print about an error: a sentence when it is an expected one, everything when it is a fault of ours. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof StartFailure || SENTENCES.has(error.name)) return error.message
  return error.stack ?? error.message
}
