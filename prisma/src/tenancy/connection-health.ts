import type pg from 'pg'

/** pg 8.23 knows it; its types do not yet. */
interface WithTransactionStatus {
  getTransactionStatus(): 'I' | 'T' | 'E' | null
}

/** Whether the server says that the connection is between transactions. */
export function isIdle(client: pg.ClientBase): boolean {
  return (client as unknown as WithTransactionStatus).getTransactionStatus() === 'I'
}

/** Whether Postgres itself answered with this error: then the connection still works, otherwise nobody knows. */
export function isServerError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !connectionEnding.test(code)
}

// Class 08: connection exceptions. 57P01 to 57P05: the server ends the session.
const connectionEnding = /^(08...|57P0[1-5])$/
