/** BullMQ's largest priority; the smallest that takes part in the order is 1. */
const TURN_MAX = 2_097_151
const TENANTS_MAX = 10_000

/** How fast a tenant's past is forgiven: as if one job a second were worked off. */
const FORGIVEN_PER_SECOND = 1

/**
 * The place in the line for a tenant's next job: its n-th of late gets n, and lower goes first. So the first job of a tenant passes the
 * hundred thousandth of another, whoever came earlier, and nobody is asked how long the line is.
 *
 * Each process that puts jobs in counts for itself, which is fair enough: the order is a courtesy, not a promise.
 */
export class FairTurns {
  readonly #now: () => number
  readonly #levels = new Map<string, { level: number; at: number }>()

  /** `now` in milliseconds; any clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  next(tenantId: string): number {
    const at = this.#now()
    const level = this.#levelOf(tenantId, at) + 1
    if (this.#levels.size >= TENANTS_MAX) this.#forget(at)
    this.#levels.set(tenantId, { level, at })
    return Math.min(Math.ceil(level), TURN_MAX)
  }

  #levelOf(tenantId: string, at: number): number {
    const before = this.#levels.get(tenantId)
    if (before === undefined) return 0
    return Math.max(0, before.level - ((at - before.at) / 1_000) * FORGIVEN_PER_SECOND)
  }

  #forget(at: number): void {
    for (const tenantId of this.#levels.keys()) {
      if (this.#levelOf(tenantId, at) === 0) this.#levels.delete(tenantId)
    }
    // All of them are busy: beginning anew is fair as well.
    if (this.#levels.size >= TENANTS_MAX) this.#levels.clear()
  }
}
