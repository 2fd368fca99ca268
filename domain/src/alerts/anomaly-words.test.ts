import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { anomalyWords, type FoundAnomaly } from './anomaly-words.ts'

const SPIKE: FoundAnomaly & { kind: 'COST_SPIKE' | 'COST_SHIFT' } = {
  kind: 'COST_SPIKE',
  who: 'Research Agent',
  rule: 'POINT',
  firstDay: '2026-11-02',
  lastDay: '2026-11-02',
  days: 1,
  actual: parseFixed18('300'),
  expected: parseFixed18('50'),
  low: parseFixed18('40'),
  high: parseFixed18('62'),
  isToday: true,
  currency: 'GBP',
}
const BURN: FoundAnomaly & { kind: 'BURN_RATE' } = {
  kind: 'BURN_RATE',
  who: null,
  hours: 1,
  spent: parseFixed18('12.5'),
  projectedDay: parseFixed18('300'),
  expectedDay: parseFixed18('50'),
  currency: 'GBP',
}
const FANOUT: FoundAnomaly & { kind: 'AGENT_FANOUT' } = {
  kind: 'AGENT_FANOUT',
  who: 'Trial digest',
  day: '2026-11-02',
  agents: 4,
  usual: 1,
  unseen: ['Campaign Agent', 'Coding Agent', 'Research Agent'],
}
const UNPRICED: FoundAnomaly & { kind: 'UNPRICED_USAGE' } = {
  kind: 'UNPRICED_USAGE',
  who: 'gateway/large-2',
  day: '2026-11-02',
  invocations: 12n,
}
const CHAIN: FoundAnomaly & { kind: 'CHAIN_SHAPE' } = {
  kind: 'CHAIN_SHAPE',
  who: 'Trial digest',
  day: '2026-11-02',
  what: 'DEPTH',
  value: 9,
  p99: 4,
}

describe('anomalyWords', () => {
  it.each<[FoundAnomaly, string, string]>([
    [
      SPIKE,
      'Research Agent is running at 6× its usual Monday',
      '300.00 GBP so far on 2 November 2026; 50.00 GBP was expected, at most 62.00 GBP.',
    ],
    [
      { ...SPIKE, isToday: false, rule: 'BACKSTOP' },
      'Research Agent cost 6× its usual Monday',
      '300.00 GBP on 2 November 2026; 50.00 GBP was expected, at most 62.00 GBP. That is more than three times what three of four days cost.',
    ],
    [
      { ...SPIKE, rule: 'COLD_START', low: null, high: null },
      'Research Agent is running at 6× its usual Monday',
      '300.00 GBP so far on 2 November 2026; 50.00 GBP was expected. It is new, so there are only a few days to compare with.',
    ],
    [
      { ...SPIKE, who: null, lastDay: '2026-11-03', days: 2, isToday: false },
      'The fleet cost 6× its usual',
      '300.00 GBP from 2 November 2026 to 3 November 2026; 50.00 GBP was expected, at most 62.00 GBP.',
    ],
    [
      { ...SPIKE, expected: 0n, high: 0n },
      'Research Agent costs money where it usually costs nothing',
      '300.00 GBP so far on 2 November 2026; 0.00 GBP was expected.',
    ],
    [
      {
        ...SPIKE,
        kind: 'COST_SHIFT',
        rule: 'SHIFT',
        lastDay: '2026-11-05',
        days: 4,
        actual: parseFixed18('360'),
        expected: parseFixed18('200'),
        high: parseFixed18('248'),
        isToday: false,
      },
      'Research Agent costs 1.8× its usual since 2 November 2026',
      '360.00 GBP from 2 November 2026 to 5 November 2026; 200.00 GBP was expected, at most 248.00 GBP. No day of it need be unusual by itself: together they are.',
    ],
    [
      BURN,
      'The fleet is burning 6× its usual in the last hour',
      '12.50 GBP in the last hour is 300.00 GBP a day; 50.00 GBP is expected of today.',
    ],
    [
      { ...BURN, who: 'Coding Agent', hours: 6, spent: parseFixed18('25'), projectedDay: parseFixed18('100') },
      'Coding Agent is burning 2× its usual in the last six hours',
      '25.00 GBP in the last six hours is 100.00 GBP a day; 50.00 GBP is expected of today.',
    ],
    [
      FANOUT,
      'Trial digest used four agents, usually one',
      'On 2 November 2026 it used Campaign Agent, Coding Agent and Research Agent, not seen in it for 28 days.',
    ],
    [
      { ...FANOUT, agents: 14, usual: 1.5, unseen: ['A', 'B', 'C', 'D', 'E', 'F', 'G'] },
      'Trial digest used 14 agents, usually 1.5',
      'On 2 November 2026 it used A, B, C, D, E and two more, not seen in it for 28 days.',
    ],
    [
      {
        kind: 'NEW_RESOURCE',
        who: 'gateway/large-2',
        firstSeen: '2026-11-02',
        cost: parseFixed18('23.456'),
        currency: 'GBP',
      },
      'gateway/large-2 was used for the first time',
      'Nothing used it before 2 November 2026; it has cost 23.46 GBP since.',
    ],
    [
      UNPRICED,
      'gateway/large-2 has usage without a price',
      '12 invocations of 2 November 2026 have no price: they are in no cost, and no budget sees them.',
    ],
    [
      { ...UNPRICED, invocations: 1n },
      'gateway/large-2 has usage without a price',
      'One invocation of 2 November 2026 has no price: it is in no cost, and no budget sees it.',
    ],
    [
      CHAIN,
      'Trial digest ran a chain 9 levels deep, usually at most 4',
      'On 2 November 2026 a trace had a chain 9 levels deep; of those before, 99 in 100 had at most 4.',
    ],
    [
      { ...CHAIN, who: null, what: 'FANOUT', value: 40, p99: 6 },
      'The fleet ran a step with 40 children, usually at most 6',
      'On 2 November 2026 a trace had a step with 40 children; of those before, 99 in 100 had at most 6.',
    ],
  ])('%#: %s', (found, title, reason) => {
    expect(anomalyWords(found)).toEqual({ title, reason })
  })
})
