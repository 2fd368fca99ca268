export type EmbeddedPostgresFault =
  | 'NO_BINARIES'
  | 'NO_ACCOUNT'
  | 'IN_USE'
  | 'UNREACHABLE'
  | 'CORRUPT'
  | 'WRONG_VERSION'
  | 'WRONG_OWNER'
  | 'WRONG_PASSWORD'
  | 'NOT_STARTED'

/** One sentence for the person at the terminal: it names the folder, the fact and what to do. */
export class EmbeddedPostgresError extends Error {
  readonly fault: EmbeddedPostgresFault

  constructor(fault: EmbeddedPostgresFault, message: string) {
    super(message)
    this.name = 'EmbeddedPostgresError'
    this.fault = fault
  }
}
