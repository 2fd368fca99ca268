/** What the live feed remembers of the frames it got, so that a connection that comes back goes on where it was. */

export interface Frame {
  id: string
  updatedAt: string
}

/**
 * Tells new frames from repeats. After a break the feed asks for all since the newest change it knows, and gets that change again: the
 * server's `since` includes its own instant, so that nothing between two changes of one instant is lost.
 */
export class FrameMemory {
  readonly #seen = new Map<string, string>()
  #since: string

  constructor(since: string) {
    this.#since = since
  }

  /** The instant to resume from. */
  get since(): string {
    return this.#since
  }

  /** Whether this change was not known yet; then it is. */
  isNew({ id, updatedAt }: Frame): boolean {
    if (this.#seen.get(id) === updatedAt) return false
    this.#seen.set(id, updatedAt)
    if (Date.parse(updatedAt) >= Date.parse(this.#since)) this.#since = updatedAt
    return true
  }
}
