// Deadlock, serialisation failure, and a partition that another process was attaching.
const TRANSIENT = new Set(['40P01', '40001', '55P03'])

/** Whether the same transaction may succeed when it is tried again. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(sqlState(error) ?? '')
}

/** Whether the database refused a content: a text or a number that does not fit, or a fact that a constraint forbids. */
export function isContentError(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? '')
}

/** The SQLSTATE of an error, or the code of a socket error; null when it has none. */
export function sqlState(error: unknown): string | null {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null
}
