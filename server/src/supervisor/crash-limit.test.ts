import { describe, expect, it } from '@jest/globals'
import { CrashLimit } from './crash-limit.ts'

describe('starting a crashed process again', () => {
  it('waits longer each time and gives up at the fifth crash within a minute', () => {
    const limit = new CrashLimit()
    const waits = [0, 1, 2, 3, 4].map((n) => limit.decide({ nowMs: n * 10_000, signal: null }))
    expect(waits).toEqual([
      { kind: 'restart', waitMs: 0 },
      { kind: 'restart', waitMs: 250 },
      { kind: 'restart', waitMs: 500 },
      { kind: 'restart', waitMs: 1_000 },
      { kind: 'give-up' },
    ])
  })

  it('forgets crashes after a minute', () => {
    const limit = new CrashLimit()
    const decisions = Array.from({ length: 50 }, (_, n) => limit.decide({ nowMs: n * 61_000, signal: 'SIGSEGV' }))
    expect(new Set(decisions.map((decision) => JSON.stringify(decision)))).toEqual(
      new Set(['{"kind":"restart","waitMs":0}']),
    )
  })

  it('always starts a process again that was killed from outside', () => {
    const limit = new CrashLimit()
    const kinds = Array.from({ length: 30 }, (_, n) => limit.decide({ nowMs: n * 2_000, signal: 'SIGKILL' }).kind)
    expect(new Set(kinds)).toEqual(new Set(['restart']))
  })
})
