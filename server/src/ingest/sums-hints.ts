import type { Events } from '@outlay/workers/events'

/** A tenant's changes within this time are one hint. */
const GATHER_MS = 25

/**
 * Tells whoever watches limits that a tenant's sums have changed: at once for the first change, and then at most once in a while. Hints may
 * be lost; what they hint at is marked in the transaction of the change.
 */
export class SumsHints {
  readonly #events: Pick<Events, 'publish'>
  /** Tenants that were told of a moment ago, and whether something has changed since. */
  readonly #recent = new Map<string, { isChanged: boolean }>()
  #isClosed = false

  constructor(events: Pick<Events, 'publish'>) {
    this.#events = events
  }

  /** Says that something of a tenant has been committed. */
  note(tenantId: string): void {
    const recent = this.#recent.get(tenantId)
    if (recent !== undefined) {
      recent.isChanged = true
      return
    }
    this.#tell(tenantId)
  }

  close(): void {
    this.#isClosed = true
  }

  #tell(tenantId: string): void {
    if (this.#isClosed) return
    const recent = { isChanged: false }
    this.#recent.set(tenantId, recent)
    void this.#events.publish('sums', tenantId, { tenantId })
    setTimeout(() => {
      this.#recent.delete(tenantId)
      if (recent.isChanged) this.#tell(tenantId)
    }, GATHER_MS).unref()
  }
}
