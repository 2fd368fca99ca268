/** How many sockets each principal holds; nobody holds more than the most. */
export class Seats {
  readonly #most: number
  readonly #taken = new Map<string, number>()

  constructor(most: number) {
    this.#most = most
  }

  /** Takes a seat and answers what gives it back, once; null when none is left. */
  take(who: string): (() => void) | null {
    const taken = this.#taken.get(who) ?? 0
    if (taken >= this.#most) return null
    this.#taken.set(who, taken + 1)
    let isGiven = false
    return () => {
      if (isGiven) return
      isGiven = true
      const left = (this.#taken.get(who) ?? 1) - 1
      if (left === 0) this.#taken.delete(who)
      else this.#taken.set(who, left)
    }
  }
}
