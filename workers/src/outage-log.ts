import type { Logger } from 'pino'

const QUIET_MS = 30_000

/**
 * Tells of an outage at once and then every half minute: as long as a home is away, every attempt to reach it is an error. The errors
 * themselves never end the process.
 */
export function outageLog(log: Logger, message: string): (error: Error) => void {
  let toldAt = -Infinity
  let untold = 0
  return (error) => {
    untold += 1
    const now = performance.now()
    if (now - toldAt < QUIET_MS) return
    log.warn({ reason: error.message || (error as NodeJS.ErrnoException).code, times: untold }, message)
    toldAt = now
    untold = 0
  }
}
