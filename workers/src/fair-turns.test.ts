import { describe, expect, it } from '@jest/globals'
import { FairTurns } from './fair-turns.ts'

describe('fair turns', () => {
  it('lines the jobs of each tenant up behind one another, and those of all tenants beside one another', () => {
    const turns = new FairTurns(() => 0)
    expect(['a', 'a', 'b', 'a', 'b', 'c'].map((tenant) => turns.next(tenant))).toEqual([1, 2, 1, 3, 2, 1])
  })

  it('forgives one job a second', () => {
    let now = 0
    const turns = new FairTurns(() => now)
    for (let n = 1; n <= 10; n++) turns.next('a')
    now = 4_500
    expect(turns.next('a')).toBe(7)
    now = 60_000
    expect(turns.next('a')).toBe(1)
    now = 90_000
    expect(turns.next('a')).toBe(1)
  })

  it('stays within what BullMQ takes for a priority', () => {
    const turns = new FairTurns(() => 0)
    for (let n = 1; n < 2_097_151; n++) turns.next('a')
    expect([turns.next('a'), turns.next('a')]).toEqual([2_097_151, 2_097_151])
  })

  it('forgets who has been quiet, and everybody when all are busy', () => {
    let now = 0
    const turns = new FairTurns(() => now)
    turns.next('busy')
    turns.next('busy')
    for (let n = 1; n < 10_000; n++) turns.next(`tenant-${n}`)
    now = 1_000
    turns.next('one more')
    expect(turns.next('busy')).toBe(2)
    for (let n = 1; n < 10_000; n++) turns.next(`other-${n}`)
    expect(turns.next('busy')).toBe(1)
  })
})
