import type { InvocationKind } from '../rollup/grain.ts'

/** A call as one of several attempts may be told: where in which trace, whose, and of what. */
export interface Attempt {
  id: string
  trace: string | null
  parentSpan: string | null
  agent: string | null
  kind: InvocationKind
  resource: string | null
  /** Microseconds since 1970. */
  occurredAt: number
  endedAt: number | null
  hasFailed: boolean
}

/**
 * The ids of the failed attempts that were tried again. A failed call was tried again when another call followed it in the same trace, under
 * the same parent, of the same agent, kind and resource: one that began after it, and not before it had ended. What follows may have failed as
 * well. A call outside of a trace has nothing that follows it. Calls that run beside each other are no attempts of one another.
 *
 * Ids say nothing here: a repeated id is one event (law L1), and a call that is made again is a call of its own. The cost of these attempts is
 * the *retried cost*, a part of the *failed cost*, which is the cost of all calls that failed.
 *
 * @example
 * // a fails at 09:00:00 and ends at 09:00:05; b begins at 09:00:06 and succeeds
 * retriedAttempts([a, b]) // Set { 'a' }
 */
export function retriedAttempts(attempts: readonly Attempt[]): Set<string> {
  const latest = new Map<string, number>()
  for (const attempt of attempts) {
    const place = placeOf(attempt)
    latest.set(place, Math.max(latest.get(place) ?? attempt.occurredAt, attempt.occurredAt))
  }
  const isFollowed = (attempt: Attempt) => {
    // The last to begin is the one that follows, if any does.
    const last = latest.get(placeOf(attempt)) ?? attempt.occurredAt
    return last > attempt.occurredAt && last >= (attempt.endedAt ?? attempt.occurredAt)
  }
  const failed = attempts.filter(({ trace, hasFailed }) => trace !== null && hasFailed)
  return new Set(failed.filter(isFollowed).map(({ id }) => id))
}

function placeOf({ trace, parentSpan, agent, kind, resource }: Attempt): string {
  return JSON.stringify([trace, parentSpan, agent, kind, resource])
}
