import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { day } from './anomaly-test-kit.ts'
import { agentFanout, chainShape, isNewResource } from './structural.ts'

const past = (agents: string[], days = 28) => new Map(Array.from({ length: days }, (_, n) => [day(n), agents]))
const fanout = (today: string[], usual: string[], lastSeen: Record<string, string> = {}, days = 28) =>
  agentFanout({ today, past: past(usual, days), lastSeen: new Map(Object.entries(lastSeen)), day: day(28) })

describe('agentFanout', () => {
  it('tells a project with one agent that suddenly uses four', () => {
    expect(fanout(['D', 'A', 'B', 'C'], ['A'])).toEqual({ agents: 4, usual: 1, unseen: ['B', 'C', 'D'] })
  })

  it.each([
    ['one new agent beside one', ['A', 'B'], ['A'], null],
    ['one new agent instead of another', ['B'], ['A'], null],
    ['two new agents at once', ['B', 'C'], ['A'], { agents: 2, usual: 1, unseen: ['B', 'C'] }],
    ['its usual four', ['A', 'B', 'C', 'D'], ['A', 'B', 'C', 'D'], null],
    ['nobody', [], ['A'], null],
  ])('judges %s', (_, today, usual, expected) => {
    expect(fanout(today, usual)).toEqual(expected)
  })

  it('tells twice as many agents with one unseen among them', () => {
    const lastSeen = { B: day(2), C: day(3) }
    expect(fanout(['A', 'B', 'C', 'D'], ['A'], lastSeen)).toEqual({ agents: 4, usual: 1, unseen: ['D'] })
    expect(fanout(['A', 'B', 'C'], ['A'], lastSeen)).toBe(null)
  })

  it('does not tell an agent that joins on the day another returns', () => {
    expect(fanout(['B', 'C'], ['A'], { B: day(-5) })).toBe(null)
    expect(fanout(['A', 'B', 'C'], ['A'], { B: day(-5) })).toMatchObject({ unseen: ['B', 'C'] })
  })

  it('does not tell the fullest of days, where the usual one is nearly empty', () => {
    const all = ['A', 'B', 'C', 'D']
    const input = { lastSeen: new Map<string, string>(), day: day(28) }
    const past = new Map<string, string[]>()
    for (let n = 0; n < 27; n += 1) past.set(day(n), ['A'])
    past.set(day(27), all)
    expect(agentFanout({ ...input, past, today: ['A', 'B', 'C', 'E'] })).toBe(null)
    expect(agentFanout({ ...input, past, today: [...all, 'E'] })).toBe(null)
  })

  it('counts an agent as unseen that was away for more than 28 days', () => {
    expect(fanout(['A', 'B', 'C'], ['A'], { B: day(0), C: day(0) })).toBe(null)
    expect(fanout(['A', 'B'], ['A'], { A: day(-1), B: day(-1) })).toBe(null)
    expect(fanout(['A', 'B', 'C'], ['A'], { B: day(-1), C: day(-1) })).toMatchObject({ unseen: ['B', 'C'] })
  })

  it('says nothing of a project in its first two weeks, or of one that hardly runs', () => {
    const since = (first: number) => new Map(Array.from({ length: 28 - first }, (_, n) => [day(first + n), ['A']]))
    const input = { today: ['B', 'C'], lastSeen: new Map<string, string>(), day: day(28) }
    expect(agentFanout({ ...input, past: since(15) })).toBe(null)
    expect(agentFanout({ ...input, past: since(14) })).toMatchObject({ agents: 2 })
    expect(fanout(['B', 'C'], ['A'], {}, 1)).toBe(null)
    expect(fanout(['B', 'C'], ['A'], {}, 2)).toMatchObject({ agents: 2 })
  })
})

describe('isNewResource', () => {
  const input = { day: day(30), firstSeen: day(29), watchedSince: day(0), costSince: parseFixed18('5') }
  const told = (change: Partial<typeof input>) => isNewResource({ ...input, ...change, minExcess: parseFixed18('5') })

  it('is told once it costs something, in its first week, by a tenant that was watched before', () => {
    expect(told({})).toBe(true)
    expect(told({ costSince: parseFixed18('4.99') })).toBe(false)
    expect(told({ firstSeen: day(24) })).toBe(true)
    expect(told({ firstSeen: day(23) })).toBe(false)
    expect(told({ watchedSince: day(15) })).toBe(true)
    expect(told({ watchedSince: day(16) })).toBe(false)
  })
})

describe('chainShape', () => {
  const usual = { depths: [10n, 10n, 9n, 1n], fanouts: [20n, 10n] }
  const deepest = (depth: number) => ({ depths: Array.from({ length: depth }, () => 1n), fanouts: [1n] })

  it('tells a trace more than two deeper than the past', () => {
    const past = Array.from({ length: 5 }, () => usual)
    expect(chainShape({ today: deepest(6), past })).toBe(null)
    expect(chainShape({ today: deepest(7), past })).toEqual({ what: 'DEPTH', value: 7, p99: 4 })
    expect(chainShape({ today: { depths: [1n], fanouts: [0n, 0n, 0n, 0n, 3n, 0n] }, past })).toEqual({
      what: 'FANOUT',
      value: 5,
      p99: 2,
    })
  })

  it('says nothing with fewer than a hundred traces, or without traces today', () => {
    expect(chainShape({ today: deepest(20), past: [usual, usual, usual] })).toBe(null)
    expect(chainShape({ today: { depths: [], fanouts: [] }, past: [usual, usual, usual, usual] })).toBe(null)
  })
})
