import type { Subscription } from '@outlay/workers/events'

/** Ids of changed alerts that are remembered between two readings; more say no more than that something changed. */
const IDS_MAX = 256

/**
 * Gathers hints while their reader is busy, so that a hundred changes are one reading and a reader that stands still holds nothing up:
 * what it missed it reads from the alerts themselves.
 */
export class ChangeHints {
  readonly #notices: Subscription
  #isChanged = false
  #isOver = false
  #ids = new Set<string>()
  #wake: () => void = () => {}

  constructor(notices: Subscription) {
    this.#notices = notices
    void this.#gather()
  }

  /** The ids that were named since the last call, as soon as anything has changed; null when nothing comes any more. */
  async next(): Promise<string[] | null> {
    if (!this.#isChanged && !this.#isOver) await new Promise<void>((resolve) => (this.#wake = resolve))
    if (this.#isOver) return null
    const ids = [...this.#ids]
    this.#isChanged = false
    this.#ids = new Set()
    return ids
  }

  end(): void {
    this.#notices.end()
    this.#over()
  }

  async #gather(): Promise<void> {
    for await (const notice of this.#notices) {
      this.#isChanged = true
      const alertId = notice.kind === 'event' ? notice.ids['alertId'] : undefined
      if (alertId !== undefined && this.#ids.size < IDS_MAX) this.#ids.add(alertId)
      this.#wake()
    }
    this.#over()
  }

  #over(): void {
    this.#isOver = true
    this.#wake()
  }
}
