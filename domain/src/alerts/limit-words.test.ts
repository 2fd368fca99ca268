import { describe, expect, it } from '@jest/globals'
import { parseFixed18 } from '../money/fixed18.ts'
import { limitReason, limitTitle, type CrossedLimit } from './limit-words.ts'

const HALDEN: CrossedLimit = {
  scope: 'CLIENT',
  label: 'Halden & Co',
  window: 'MONTH',
  windowStart: '2026-11-01',
  windowEnd: '2026-12-01',
  amount: parseFixed18('12000'),
  spent: parseFixed18('10850.004'),
  threshold: '0.9',
  basis: 'ACTUAL',
  currency: 'GBP',
  isLearned: false,
}
const FLEET: Partial<CrossedLimit> = { scope: 'FLEET', label: 'Fleet' }
const RESEARCH: Partial<CrossedLimit> = {
  scope: 'AGENT',
  label: 'Research Agent',
  window: 'DAY',
  windowStart: '2026-11-02',
  windowEnd: '2026-11-03',
  amount: parseFixed18('50'),
  spent: parseFixed18('300'),
  threshold: '1.5',
}

describe('the words of a limit', () => {
  it.each<[Partial<CrossedLimit>, string, string]>([
    [
      {},
      'Halden & Co reached 90 % of its November budget',
      '10,850.00 GBP was spent from 1 November 2026 to 30 November 2026; 90 % of the budget of 12,000.00 GBP is 10,800.00 GBP.',
    ],
    [
      { threshold: '1', spent: parseFixed18('12000') },
      'Halden & Co reached 100 % of its November budget',
      '12,000.00 GBP was spent from 1 November 2026 to 30 November 2026, all of the budget of 12,000.00 GBP.',
    ],
    [
      { threshold: '1.000', spent: parseFixed18('13450.5') },
      'Halden & Co reached 100 % of its November budget',
      '13,450.50 GBP was spent from 1 November 2026 to 30 November 2026, more than the budget of 12,000.00 GBP.',
    ],
    [
      { ...FLEET, threshold: '0.8' },
      'The fleet reached 80 % of its November budget',
      '10,850.00 GBP was spent from 1 November 2026 to 30 November 2026; 80 % of the budget of 12,000.00 GBP is 9,600.00 GBP.',
    ],
    [
      { ...FLEET, basis: 'FORECAST', threshold: '1.05', spent: parseFixed18('12700') },
      'The fleet is expected to reach 105 % of its November budget',
      '12,700.00 GBP is expected to be spent from 1 November 2026 to 30 November 2026; 105 % of the budget of 12,000.00 GBP is 12,600.00 GBP.',
    ],
    [
      RESEARCH,
      'Research Agent reached 150 % of its daily budget',
      '300.00 GBP was spent on 2 November 2026; 150 % of the budget of 50.00 GBP is 75.00 GBP.',
    ],
    [
      { ...RESEARCH, isLearned: true },
      'Research Agent reached 150 % of its usual day',
      '300.00 GBP was spent on 2 November 2026; 150 % of the usual day’s 50.00 GBP is 75.00 GBP.',
    ],
    [
      { window: 'TOTAL', windowStart: null, windowEnd: null },
      'Halden & Co reached 90 % of its total budget',
      '10,850.00 GBP was spent since the beginning; 90 % of the budget of 12,000.00 GBP is 10,800.00 GBP.',
    ],
    [
      { window: 'TOTAL', windowStart: '2026-03-10', windowEnd: null, currency: 'JPY' },
      'Halden & Co reached 90 % of its total budget',
      '10,850 JPY was spent since 10 March 2026; 90 % of the budget of 12,000 JPY is 10,800 JPY.',
    ],
    [
      { window: 'CUSTOM', windowStart: '2026-03-10', windowEnd: '2026-04-01', threshold: '0.3333' },
      'Halden & Co reached 33.3 % of its budget',
      '10,850.00 GBP was spent from 10 March 2026 to 31 March 2026; 33.3 % of the budget of 12,000.00 GBP is 3,999.60 GBP.',
    ],
  ])('of %j', (limit, title, reason) => {
    const crossed = { ...HALDEN, ...limit }
    expect({ title: limitTitle(crossed), reason: limitReason(crossed) }).toEqual({ title, reason })
  })
})
