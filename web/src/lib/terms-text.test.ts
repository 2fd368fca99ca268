import { describe, expect, it } from '@jest/globals'
import { termsSentence, type TermsFacts } from './terms-text.ts'

const facts = (model: TermsFacts['model'], terms: Partial<TermsFacts['terms']>): TermsFacts => ({
  ...{ model, currency: 'GBP' },
  terms: { prices: [], ...terms },
})

const STEPS = [
  { above: '0', price: '3', per: '1000000' },
  { above: '1000000', price: '2.5', per: '1000000' },
]

describe('the sentence of terms', () => {
  it.each<[string, TermsFacts]>([
    ['What the work costs (direct, shared and allocated).', facts('PASS_THROUGH', {})],
    ['What the work costs (direct only).', facts('PASS_THROUGH', { basis: 'DIRECT' })],
    [
      'What the work costs (direct and shared) and 15 % on it, the markup of a month at least £200.00 and at most £900.00.',
      facts('COST_PLUS', { basis: 'ATTRIBUTED', markup: '0.15', markupFloor: '200', markupCap: '900' }),
    ],
    ['What the work costs (direct, shared and allocated) and 12.5 % on it.', facts('COST_PLUS', { markup: '0.125' })],
    [
      '£3.00 for 1,000,000 tokens, £2.50 for 1,000,000 tokens beyond 1,000,000; £0.0125 for each invocation.',
      facts('RATE_CARD', {
        prices: [
          { unit: 'TOKENS', mode: 'GRADUATED', steps: STEPS },
          { unit: 'INVOCATIONS', mode: 'VOLUME', steps: [{ above: '0', price: '0.0125', per: '1' }] },
        ],
      }),
    ],
    [
      '£3.00 for 1,000,000 tokens, £2.50 for 1,000,000 tokens beyond 1,000,000 (all at the price that the month reaches).',
      facts('RATE_CARD', { prices: [{ unit: 'TOKENS', mode: 'VOLUME', steps: STEPS }] }),
    ],
    ['£50.00 for each completed task.', facts('PER_TASK', { price: '50' })],
    [
      '£1,000.00 a month for 10 completed tasks, £80.00 for each one beyond; what is left over may be used for 1 month more, at most 4.',
      facts('RETAINER', {
        ...{ price: '1000', unit: 'TASKS', allowance: '10', overagePrice: '80', carryOverMonths: 1, carryOverMax: '4' },
      }),
    ],
    ['£310.00 a month for each active agent, from its first day on.', facts('PER_AGENT', { price: '310' })],
    ['£310.00 a month for each active agent.', facts('PER_AGENT', { price: '310', isProrated: false })],
    [
      '£120.00 for each outcome, a completed task; it may be taken back within 30 days.',
      facts('OUTCOME', { price: '120', reversalDays: 30 }),
    ],
    [
      '£120.00 for each outcome, a completed task; it may be taken back however late.',
      facts('OUTCOME', { price: '120' }),
    ],
    [
      '£90.00 for each hour that a task was worked on, in a month rounded up to steps of 6 minutes.',
      facts('TIME', { price: '90', incrementMinutes: 6 }),
    ],
    [
      '£90.00 for each hour that a task was worked on, in a month rounded up to steps of 1 minute.',
      facts('TIME', { price: '90' }),
    ],
    [
      '£50.00 for each completed task; less 10 %; at least £1,000.00 and at most £5,000.00 a month; a credit of £250.00 is used up first.',
      facts('PER_TASK', { price: '50', discount: '0.1', minimum: '1000', cap: '5000', credit: '250' }),
    ],
  ])('is %s', (sentence, terms) => {
    expect(termsSentence(terms).replaceAll('\u00a0', ' ')).toBe(sentence)
  })
})
