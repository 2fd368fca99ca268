import { describe, expect, it } from '@jest/globals'
import { type Attempt, retriedAttempts } from './retried-attempts.ts'

const SECOND = 1_000_000

/** A call that takes five seconds. */
function call(id: string, atSecond: number, more: Partial<Attempt> = {}): Attempt {
  return {
    ...{ id, trace: 't', parentSpan: 'p', agent: 'research', kind: 'MODEL', resource: 'large', hasFailed: false },
    ...{ occurredAt: atSecond * SECOND, endedAt: (atSecond + 5) * SECOND },
    ...more,
  }
}

const failed = { hasFailed: true }

describe('retriedAttempts', () => {
  it.each<[string, Attempt[], string[]]>([
    ['nothing', [], []],
    ['a failed call by itself', [call('a', 0, failed)], []],
    ['a failed call and the next one', [call('a', 0, failed), call('b', 6)], ['a']],
    ['the same, told the other way round', [call('b', 6), call('a', 0, failed)], ['a']],
    ['one that begins as the failed one ends', [call('a', 0, failed), call('b', 5)], ['a']],
    ['one that ran beside it', [call('a', 0, failed), call('b', 4)], []],
    ['one that began with it, neither having an end', [call('a', 0, { ...failed, endedAt: null }), call('b', 0)], []],
    ['one that follows a call without an end', [call('a', 0, { ...failed, endedAt: null }), call('b', 1)], ['a']],
    ['two that failed and one that did not', [call('a', 0, failed), call('b', 6, failed), call('c', 12)], ['a', 'b']],
    ['attempts that all failed: the last was not tried again', [call('a', 0, failed), call('b', 6, failed)], ['a']],
    ['a call that succeeded, and another', [call('a', 0), call('b', 6)], []],
    ['another trace', [call('a', 0, failed), call('b', 6, { trace: 'u' })], []],
    ['another parent', [call('a', 0, failed), call('b', 6, { parentSpan: 'q' })], []],
    ['another agent', [call('a', 0, failed), call('b', 6, { agent: 'coding' })], []],
    ['another kind', [call('a', 0, failed), call('b', 6, { kind: 'EMBEDDING' })], []],
    ['another model', [call('a', 0, failed), call('b', 6, { resource: 'small' })], []],
    ['no trace', [call('a', 0, { ...failed, trace: null }), call('b', 6, { trace: null })], []],
    ['no parent', [call('a', 0, { ...failed, parentSpan: null }), call('b', 6, { parentSpan: null })], ['a']],
  ])('tells what was tried again: %s', (_case, attempts, expected) => {
    expect([...retriedAttempts(attempts)]).toEqual(expected)
  })
})
