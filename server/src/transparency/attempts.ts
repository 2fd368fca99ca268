const REMEMBERED_MAX = 50_000

/**
 * Counts what somebody does within a minute, in this process: several processes let through so many times more. A name that is not
 * remembered any longer begins anew.
 */
export class Attempts {
  readonly #max: number
  readonly #windowMs: number
  readonly #now: () => number
  readonly #counts = new Map<string, { count: number; until: number }>()

  constructor({ max, windowMs = 60_000, now = Date.now }: { max: number; windowMs?: number; now?: () => number }) {
    this.#max = max
    this.#windowMs = windowMs
    this.#now = now
  }

  /** Counts one more; answers the seconds to wait when it is too many, else null. */
  tooMany(name: string): number | null {
    const now = this.#now()
    const known = this.#counts.get(name)
    if (known === undefined || known.until <= now) {
      this.#counts.delete(name)
      this.#counts.set(name, { count: 1, until: now + this.#windowMs })
      this.#forget(now)
      return null
    }
    known.count += 1
    return known.count > this.#max ? Math.ceil((known.until - now) / 1_000) : null
  }

  /** Windows are of one length and in the order they began: the oldest are first. */
  #forget(now: number): void {
    for (const [name, { until }] of this.#counts) {
      if (until > now && this.#counts.size <= REMEMBERED_MAX) return
      this.#counts.delete(name)
    }
  }
}
