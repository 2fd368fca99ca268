import { isServerError } from '@outlay/db/tenancy/connection-health'
import { ConnectionClosedError } from 'bullmq'

/**
 * BullMQ waits and tries again when a backend throws ConnectionClosedError; of Postgres it recognises only a refused connection. A session
 * that the server ended would count as a failure of the job that was being finished, and the next fetch would follow at once, and the next.
 * This translates.
 */
export function tellLostConnections<Backend extends object>(backend: Backend, onLost: (error: Error) => void): Backend {
  const translate = (error: unknown): never => {
    if (error instanceof ConnectionClosedError || !isLostConnection(error)) throw error
    onLost(error)
    throw new ConnectionClosedError(error.message, error)
  }
  return new Proxy(backend, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => {
        const answer: unknown = value.apply(target, given)
        return answer instanceof Promise ? answer.catch(translate) : answer
      }
    },
  })
}

/** Whether it is the home that is away: nobody knows if the statement was executed, or there was no way to the server. */
export function isLostConnection(error: unknown): error is Error {
  if (error instanceof ConnectionClosedError) return true
  if (isServerError(error)) return false
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  // An errno of Node.js or a closing SQLSTATE; pg's own errors carry no code.
  return typeof code === 'string' || (code === undefined && /connection|timeout/i.test(String(message)))
}
