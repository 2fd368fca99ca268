/** When a process that ended by itself is started again, and when not any more. */
export type CrashDecision = { kind: 'restart'; waitMs: number } | { kind: 'give-up' }

const WINDOW_MS = 60_000
const CRASHES_MAX = 5
const WAIT_FIRST_MS = 250

/**
 * Counts crashes within the last minute: the first is answered at once, then after 250 ms, 500 ms, 1 s; the fifth is the
 * last. An end by SIGKILL is somebody's doing (a person, the system short of memory), not a fault that repeats itself:
 * it is always answered by a new start.
 */
export class CrashLimit {
  #crashes: number[] = []

  decide({ nowMs, signal }: { nowMs: number; signal: string | null }): CrashDecision {
    if (signal === 'SIGKILL') return { kind: 'restart', waitMs: 0 }
    this.#crashes = [...this.#crashes.filter((at) => nowMs - at < WINDOW_MS), nowMs]
    const count = this.#crashes.length
    if (count >= CRASHES_MAX) return { kind: 'give-up' }
    return { kind: 'restart', waitMs: count === 1 ? 0 : WAIT_FIRST_MS * 2 ** (count - 2) }
  }
}
