import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { CommandFailure } from './failure.ts'

const answerSchema = z.object({
  accepted: z.number().int(),
  duplicates: z.number().int(),
  unpriced: z.number().int(),
  rejected: z.array(z.object({ index: z.number().int(), code: z.string(), message: z.string() })),
})

/** What the server says about one batch; `rejected` names items by their place in it. */
export type BatchAnswer = z.infer<typeof answerSchema>

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
 * Sends batches to one server. An answer that may be different next time (too many requests, unavailable, a broken
 * connection) is asked for again: ids make a repetition harmless. A server that never answered is not waited for.
 */
export class Sender {
  readonly #destination: Destination
  #hasAnswered = false

  constructor(destination: Destination) {
    this.#destination = destination
  }

  async send(body: string): Promise<BatchAnswer> {
    let failure = ''
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const response = await this.#post(body)
      if (typeof response === 'string') {
        if (!this.#hasAnswered) throw new CommandFailure(this.#noServer(response))
        failure = response
        await sleep(this.#wait(attempt))
      } else {
        this.#hasAnswered = true
        const { status, text, retryAfter } = response
        if (!TRANSIENT.has(status)) return this.#read(status, text)
        failure = `it answers ${status}`
        await sleep(Math.max(retryAfter, this.#wait(attempt)))
      }
    }
    throw new CommandFailure(
      `${this.#destination.url} did not take the rows after ${ATTEMPTS_MAX} attempts (${failure}); ` +
        'run the same command again later, it goes on where it stopped.',
    )
  }

  /** The answer, or the reason why there is none. */
  async #post(body: string): Promise<{ status: number; text: string; retryAfter: number } | string> {
    try {
      const response = await fetch(endpoint(this.#destination.url), {
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

  #wait(attempt: number): number {
    const full = Math.min((this.#destination.firstWaitMs ?? 500) * 2 ** (attempt - 1), WAIT_MAX_MS)
    // Half of the wait is random, so that several importers do not come back together.
    return full / 2 + Math.random() * (full / 2)
  }

  #noServer(reason: string): string {
    return `No Outlay answers at ${this.#destination.url} (${reason}); start it with npm start, or name it with --url.`
  }

  #read(status: number, text: string): BatchAnswer {
    if (status === 200) {
      const answer = answerSchema.safeParse(parseJson(text))
      if (answer.success) return answer.data
      throw new CommandFailure(`${this.#destination.url} answered with something that is not Outlay's; check --url.`)
    }
    const said = serverMessage(text)
    if (status === 401) throw new CommandFailure(`The API key is not accepted${said}; give a valid one with --key.`)
    if (status === 403)
      throw new CommandFailure(`The API key may not record usage${said}; it needs the scope "ingest".`)
    throw new CommandFailure(`${endpoint(this.#destination.url).href} answered ${status}${said}.`)
  }
}

function endpoint(url: string): URL {
  return new URL('/v1/invocations', url)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const errorSchema = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) })

/** What the server says about the error, in brackets; nothing when it says nothing readable. */
function serverMessage(text: string): string {
  const parsed = errorSchema.safeParse(parseJson(text))
  if (!parsed.success) return ''
  const { error } = parsed.data
  return ` (${(typeof error === 'string' ? error : error.message).replace(/\.$/, '')})`
}
