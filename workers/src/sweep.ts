import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'

/**
 * Looks for rows that ask for a job and have waited for longer than it takes to put one in, and puts it in again: the process that wrote the
 * row ended before it could, or the queue was away or lost it. Such a row is its own outbox.
 */
export type Sweeper = () => Promise<void>

/** Runs the sweepers now and then every `everyMs`, one at a time; one that fails is logged and tried again. Answers how to stop. */
export function sweep(
  sweepers: readonly Sweeper[],
  { everyMs, log }: { everyMs: number; log: Logger },
): () => Promise<void> {
  const stopping = new AbortController()
  const keepSweeping = async () => {
    while (!stopping.signal.aborted) {
      for (const sweeper of sweepers) {
        await sweeper().catch((error: unknown) => log.warn({ err: error }, 'a sweep failed; it is tried again'))
      }
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const sweeping = keepSweeping()
  return async () => {
    stopping.abort()
    await sweeping
  }
}
