// Deadlock, serialisation failure, and a partition that another process was attaching.
const TRANSIENT = new Set(['40P01', '40001', '55P03'])

// Classes of SQLSTATE that say "the database cannot serve now", and what the network says before there is an SQLSTATE.
const UNAVAILABLE = /^(?:08|53|57|58|25006|E[A-Z]+$)/

/** Whether the same transaction may succeed when it is tried again. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(sqlState(error) ?? '')
}

/** Whether the database refused a content: a text or a number that does not fit, or a fact that a constraint forbids. */
export function isContentError(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? '')
}

/** Whether a failure is of the moment and not of the work: the database was not there, or others were in the way. */
export function isPassing(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== null) return UNAVAILABLE.test(state) || TRANSIENT.has(state)
  return error instanceof Error && /connection|timeout|terminated/i.test(error.message)
}

/** The SQLSTATE of an error, or the code of a socket error; null when it has none. */
export function sqlState(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null
}
