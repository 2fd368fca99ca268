import { setTimeout as sleep } from 'node:timers/promises'
import { StartFailure } from './failure.ts'

/** Waits until the server says that it is ready. */
export async function waitUntilReady(
  url: string,
  { timeoutMs, isCancelled }: { timeoutMs: number; isCancelled: () => boolean },
): Promise<void> {
  const end = Date.now() + timeoutMs
  let last = 'it does not listen'
  while (Date.now() < end && !isCancelled()) {
    try {
      const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) })
      if (response.status === 200) return
      last = `/readyz answers ${response.status}: ${(await response.text()).slice(0, 200)}`
    } catch {
      // It does not listen yet.
    }
    await sleep(50)
  }
  if (!isCancelled()) throw new StartFailure(`The server did not become ready within ${timeoutMs / 1000} s (${last}).`)
}
