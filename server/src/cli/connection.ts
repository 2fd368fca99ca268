import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { CommandFailure } from './failure.ts'

export type Destination = {
  url: string
  key: string
  /** First wait before a repeated attempt; it doubles up to 15 s. */
  firstWaitMs?: number
}

const ATTEMPTS_MAX = 8
const WAIT_MAX_MS = 15_000
const REQUEST_TIMEOUT_MS = 60_000
const TRANSIENT = new Set([429, 502, 503, 504])

/**
 * The way to one server. An answer that may be different next time (too many requests, unavailable, a broken connection) is asked for
 * again: what the commands send is harmless when repeated. A server that never answered is not waited for.
 */
export class Connection {
  readonly #destination: Destination
  #hasAnswered = false

  constructor(destination: Destination) {
    this.#destination = destination
  }

  /** Posts JSON and answers status and text; 401 is a failure. */
  async post(path: string, body: string): Promise<{ status: number; text: string }> {
    let failure = ''
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const response = await this.#attempt(path, body)
      if (typeof response === 'string') {
        if (!this.#hasAnswered) throw new CommandFailure(this.#noServer(response))
        failure = response
        await sleep(this.#wait(attempt))
      } else {
        this.#hasAnswered = true
        const { status, text, retryAfter } = response
        if (!TRANSIENT.has(status)) return this.#admitted(status, text)
        failure = `it answers ${status}`
        await sleep(Math.max(retryAfter, this.#wait(attempt)))
      }
    }
    throw new CommandFailure(
      `${this.#destination.url} did not take the rows after ${ATTEMPTS_MAX} attempts (${failure}); ` +
        'run the same command again later, it goes on where it stopped.',
    )
  }

  /** For an answer that nothing of Outlay's would give. */
  strange(): CommandFailure {
    return new CommandFailure(`${this.#destination.url} answered with something that is not Outlay's; check --url.`)
  }

  /** For an answer that no repetition makes better. */
  refused(path: string, status: number, text: string): CommandFailure {
    return new CommandFailure(`${new URL(path, this.#destination.url).href} answered ${status}${said(text)}.`)
  }

  /** The answer, or the reason why there is none. */
  async #attempt(path: string, body: string): Promise<{ status: number; text: string; retryAfter: number } | string> {
    try {
      const response = await fetch(new URL(path, this.#destination.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#destination.key}` },
        body,
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      })
      const seconds = /^\d{1,4}$/.exec(response.headers.get('retry-after') ?? '')?.[0] ?? '0'
      return { status: response.status, text: await response.text(), retryAfter: Number.parseInt(seconds, 10) * 1000 }
    } catch (error) {
      // fetch says "fetch failed"; what happened is in its cause.
      const { cause = error } = error as { cause?: unknown }
      return (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
    }
  }

  #admitted(status: number, text: string): { status: number; text: string } {
    if (status === 401)
      throw new CommandFailure(`The API key is not accepted${said(text)}; give a valid one with --key.`)
    return { status, text }
  }

  #wait(attempt: number): number {
    const full = Math.min((this.#destination.firstWaitMs ?? 500) * 2 ** (attempt - 1), WAIT_MAX_MS)
    // Half of the wait is random, so that several importers do not come back together.
    return full / 2 + Math.random() * (full / 2)
  }

  #noServer(reason: string): string {
    return `No Outlay answers at ${this.#destination.url} (${reason}); start it with npm start, or name it with --url.`
  }
}

/** The value of a JSON text; null when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const message = z.object({ message: z.string() })
const errorSchema = z.union([
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ error: message }).transform(({ error }) => error.message),
  z.object({ errors: z.tuple([message]).rest(message) }).transform(({ errors }) => errors[0].message),
])

/** What the server says about the error, in brackets; nothing when it says nothing readable. */
export function said(text: string): string {
  const parsed = errorSchema.safeParse(jsonOf(text))
  return parsed.success ? ` (${parsed.data.replace(/\.$/, '')})` : ''
}
