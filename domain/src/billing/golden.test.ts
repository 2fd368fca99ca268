import { describe, expect, it } from '@jest/globals'
import { formatFixed18 } from '../money/fixed18.ts'
import { charge, wish, written, type Used } from './billing-test-kit.ts'
import type { TermsWish } from './check-terms.ts'

/**
 * What each billing model charges, small enough to be checked by hand: the sums are in the comments. A case of several months lists them one
 * after the other, each with its lines and its total.
 */
interface Golden {
  name: string
  terms: TermsWish
  months: { used: Used; lines: string[]; total: string }[]
}

const CASES: Golden[] = [
  {
    // 10.004 + 20.004 + 0.004 = 30.012 → 30.01. Down to pennies: 10.00, 20.00, 0.00 = 30.00, remainders 0.4 p each: the penny that is left
    // goes to the largest amount of equal remainders, 20.004.
    name: 'passes costs through, the penny of rounding to the largest remainder, then the largest amount',
    terms: wish({ model: 'PASS_THROUGH' }),
    months: [
      {
        used: { costs: { T1: '10.004', T2: '20.004', '': '0.004' } },
        lines: ['COST 1 × 10.004 = 10.00', 'COST 1 × 20.004 = 20.01', 'COST 1 × 0.004 = 0.00'],
        total: '30.01',
      },
    ],
  },
  {
    // A correction of an earlier month takes 4.25 off.
    name: 'passes a cost below zero through as well',
    terms: wish({ model: 'PASS_THROUGH', basis: 'DIRECT' }),
    months: [
      {
        used: { costs: { T1: '10', T2: '-4.25', T3: '0' } },
        lines: ['COST 1 × 10.00 = 10.00', 'COST 1 × -4.25 = -4.25'],
        total: '5.75',
      },
    ],
  },
  {
    // 15 % of 100.00 is 15.00, of 40.10 is 6.015. 140.10 + 21.015 = 161.115, half to even: 161.12. The remainder of 6.015 is the only one.
    name: 'adds a markup of 15 % to each cost',
    terms: wish({ model: 'COST_PLUS', markup: '0.15' }),
    months: [
      {
        used: { costs: { T1: '100', T2: '40.10' } },
        lines: [
          'COST 1 × 100.00 = 100.00',
          'COST 1 × 40.10 = 40.10',
          'MARKUP 0.15 × 100.00 = 15.00',
          'MARKUP 0.15 × 40.10 = 6.02',
        ],
        total: '161.12',
      },
    ],
  },
  {
    // March from the 17th has 15 of 31 days: the floor of 62.00 is 30.00. The markup of 10 % is 10.00, so 20.00 are added.
    name: 'lifts the markup to its floor, of which part of a month has its part',
    terms: wish({ model: 'COST_PLUS', markup: '0.1', markupFloor: '62', markupCap: '310' }),
    months: [
      {
        used: { from: '2026-03-17', costs: { T1: '100' } },
        lines: ['COST 1 × 100.00 = 100.00', 'MARKUP 0.1 × 100.00 = 10.00', 'MARKUP 1 × 20.00 = 20.00'],
        total: '130.00',
      },
    ],
  },
  {
    // 10 % of 5,000.00 is 500.00, 190.00 above the cap of 310.00.
    name: 'lowers the markup to its cap',
    terms: wish({ model: 'COST_PLUS', markup: '0.1', markupFloor: '62', markupCap: '310' }),
    months: [
      {
        used: { costs: { T1: '5000' } },
        lines: ['COST 1 × 5000.00 = 5000.00', 'MARKUP 0.1 × 5000.00 = 500.00', 'MARKUP 1 × -190.00 = -190.00'],
        total: '5310.00',
      },
    ],
  },
  {
    // 1,500 invocations: 1,000 at 0.10 and 500 at 0.08 are 100.00 + 40.00. 2,000,000 tokens at 3.00 a million are 6.00.
    name: 'charges each part of a graduated price at its own step',
    terms: wish({
      model: 'RATE_CARD',
      prices: [
        {
          unit: 'INVOCATIONS',
          mode: 'GRADUATED',
          steps: [
            { above: '0', price: '0.10', per: '1' },
            { above: '1000', price: '0.08', per: '1' },
          ],
        },
        { unit: 'TOKENS', mode: 'GRADUATED', steps: [{ above: '0', price: '3', per: '1000000' }] },
      ],
    }),
    months: [
      {
        used: { invocations: 1_500n, tokens: '2000000' },
        lines: ['USAGE 1000 × 0.10 = 100.00', 'USAGE 500 × 0.08 = 40.00', 'USAGE 2000000 × 0.000003 = 6.00'],
        total: '146.00',
      },
      // The thousandth is the last of the first step; the next month begins at the first step again.
      { used: { month: '2026-07-01', invocations: 1_000n }, lines: ['USAGE 1000 × 0.10 = 100.00'], total: '100.00' },
    ],
  },
  {
    // All 1,500 at the step they reach: 120.00. Exactly 1,000 have not gone beyond it: 100.00.
    name: 'charges all of a volume price at the step that it reaches',
    terms: wish({
      model: 'RATE_CARD',
      prices: [
        {
          unit: 'INVOCATIONS',
          mode: 'VOLUME',
          steps: [
            { above: '0', price: '0.10', per: '1' },
            { above: '1000', price: '0.08', per: '1' },
          ],
        },
      ],
    }),
    months: [
      { used: { invocations: 1_500n }, lines: ['USAGE 1500 × 0.08 = 120.00'], total: '120.00' },
      { used: { month: '2026-07-01', invocations: 1_000n }, lines: ['USAGE 1000 × 0.10 = 100.00'], total: '100.00' },
      { used: { month: '2026-08-01' }, lines: [], total: '0.00' },
    ],
  },
  {
    // 3 × 50.00.
    name: 'charges a fixed fee for each completed task',
    terms: wish({ model: 'PER_TASK', price: '50' }),
    months: [
      {
        used: { completed: ['T1', 'T2', 'T3'], costs: { T1: '4.41', T4: '99' } },
        lines: ['TASK 1 × 50.00 = 50.00', 'TASK 1 × 50.00 = 50.00', 'TASK 1 × 50.00 = 50.00'],
        total: '150.00',
      },
    ],
  },
  {
    // 10 tasks a month, what is left may be used for one month more.
    // June: 6 of 10, 4 go on. July: 4 + 10 = 14 of 17, 3 beyond: 3 × 80.00 = 240.00. August: 2 of 10, 8 go on.
    // September: 0 of 8 + 10; the 8 of August lapse, 10 go on. October: 10 + 10 = 20 of 21, 1 beyond.
    name: 'takes the oldest allowance of a retainer first and lets it lapse after a month',
    terms: wish({
      ...{ model: 'RETAINER', price: '1000', unit: 'TASKS', allowance: '10', overagePrice: '80', carryOverMonths: 1 },
    }),
    months: [
      {
        used: { month: '2026-06-01', completed: names(6) },
        lines: ['FEE 1 × 1000.00 = 1000.00', 'ALLOWANCE 6 × 0.00 = 0.00'],
        total: '1000.00',
      },
      {
        used: { month: '2026-07-01', completed: names(17) },
        lines: ['FEE 1 × 1000.00 = 1000.00', 'ALLOWANCE 14 × 0.00 = 0.00', 'OVERAGE 3 × 80.00 = 240.00'],
        total: '1240.00',
      },
      {
        used: { month: '2026-08-01', completed: names(2) },
        lines: ['FEE 1 × 1000.00 = 1000.00', 'ALLOWANCE 2 × 0.00 = 0.00'],
        total: '1000.00',
      },
      { used: { month: '2026-09-01' }, lines: ['FEE 1 × 1000.00 = 1000.00'], total: '1000.00' },
      {
        used: { month: '2026-10-01', completed: names(21) },
        lines: ['FEE 1 × 1000.00 = 1000.00', 'ALLOWANCE 20 × 0.00 = 0.00', 'OVERAGE 1 × 80.00 = 80.00'],
        total: '1080.00',
      },
    ],
  },
  {
    // 16 of 30 days of June: 0.533… × 900.00 = 480.00 and 0.533… × 15 = 8 hours. 9.5 hours used (T1 6 h, T2 3.5 h), 1.5 × 60.00 = 90.00.
    // 5 go on at most: July leaves 15, of which 5 are for August, which uses 21: 1 beyond.
    name: 'gives part of a month its part of fee and allowance, and carries no more than the most',
    terms: wish({
      ...{ model: 'RETAINER', price: '900', unit: 'HOURS', allowance: '15', overagePrice: '60' },
      ...{ carryOverMonths: 3, carryOverMax: '5' },
    }),
    months: [
      {
        used: {
          from: '2026-06-15',
          intervals: [
            ['T1', 0, 360],
            ['T2', 100, 310],
          ],
        },
        lines: [
          'FEE 0.533333333333333333 × 900.00 = 480.00',
          'ALLOWANCE 8 × 0.00 = 0.00',
          'OVERAGE 1.5 × 60.00 = 90.00',
        ],
        total: '570.00',
      },
      { used: { month: '2026-07-01' }, lines: ['FEE 1 × 900.00 = 900.00'], total: '900.00' },
      {
        used: { month: '2026-08-01', intervals: [['T1', 0, 21 * 60]] },
        lines: ['FEE 1 × 900.00 = 900.00', 'ALLOWANCE 20 × 0.00 = 0.00', 'OVERAGE 1 × 60.00 = 60.00'],
        total: '960.00',
      },
    ],
  },
  {
    // 300.00 an agent. June has 30 days: one agent from before, one from the 21st (10 of 30 days: 100.00). In July both are whole.
    name: 'charges an agent from its first day on',
    terms: wish({ model: 'PER_AGENT', price: '300' }),
    months: [
      {
        used: {
          agents: [
            ['research', '2026-04-02'],
            ['coding', '2026-06-21'],
          ],
        },
        lines: ['AGENT 1 × 300.00 = 300.00', 'AGENT 0.333333333333333333 × 300.00 = 100.00'],
        total: '400.00',
      },
      {
        used: {
          month: '2026-07-01',
          agents: [
            ['research', '2026-04-02'],
            ['coding', '2026-06-21'],
          ],
        },
        lines: ['AGENT 1 × 300.00 = 300.00', 'AGENT 1 × 300.00 = 300.00'],
        total: '600.00',
      },
    ],
  },
  {
    name: 'charges an agent for all of its first month when it is not prorated',
    terms: wish({ model: 'PER_AGENT', price: '300', isProrated: false }),
    months: [{ used: { agents: [['coding', '2026-06-21']] }, lines: ['AGENT 1 × 300.00 = 300.00'], total: '300.00' }],
  },
  {
    // June: 2 × 120.00. July: one more; T1 of June is taken back after 20 days (−120.00), T2 after 41 days, which is too late.
    // August: only what T3 of July takes back: the month is below zero.
    name: 'takes an outcome back in the month its reversal comes in',
    terms: wish({ model: 'OUTCOME', price: '120', reversalDays: 30 }),
    months: [
      {
        used: { completed: ['T1', 'T2'] },
        lines: ['OUTCOME 1 × 120.00 = 120.00', 'OUTCOME 1 × 120.00 = 120.00'],
        total: '240.00',
      },
      {
        used: {
          ...{ month: '2026-07-01', completed: ['T3'] },
          reversed: [
            ['T1', '2026-06-15', '2026-07-05'],
            ['T2', '2026-06-15', '2026-07-26'],
          ],
        },
        lines: ['OUTCOME 1 × 120.00 = 120.00', 'REVERSAL -1 × 120.00 = -120.00'],
        total: '0.00',
      },
      {
        used: { month: '2026-08-01', reversed: [['T3', '2026-07-31', '2026-08-01']] },
        lines: ['REVERSAL -1 × 120.00 = -120.00'],
        total: '-120.00',
      },
    ],
  },
  {
    // T1: 0–20 and 10–31 are 31 minutes, rounded up to 36: 0.6 h × 90.00 = 54.00. T2 beside it, 5–11: 6 minutes are one step: 9.00.
    name: 'unites the overlapping time of a task and rounds it up to steps of six minutes',
    terms: wish({ model: 'TIME', price: '90', incrementMinutes: 6 }),
    months: [
      {
        used: {
          intervals: [
            ['T1', 10, 31],
            ['T2', 5, 11],
            ['T1', 0, 20],
            ['T3', 7, 7],
          ],
        },
        lines: ['TIME 0.6 × 90.00 = 54.00', 'TIME 0.1 × 90.00 = 9.00'],
        total: '63.00',
      },
    ],
  },
  {
    // T1: 20 minutes of July and 11 that came late for June are 31, rounded up once: 54.00. T2 is 31 minutes shorter in June: −36 minutes.
    // T3: 5 of July and 5 less are nothing, and are said.
    name: 'joins what a closed month became longer or shorter by to the time of the task',
    terms: wish({ model: 'TIME', price: '90', incrementMinutes: 6 }),
    months: [
      {
        used: {
          month: '2026-07-01',
          intervals: [
            ['T1', 0, 20],
            ['T3', 0, 5],
          ],
          late: { T1: 11, T2: -31, T3: -5 },
        },
        lines: ['TIME 0.6 × 90.00 = 54.00', 'TIME -0.6 × 90.00 = -54.00', 'TIME 0 × 90.00 = 0.00'],
        total: '0.00',
      },
    ],
  },
  {
    // 900.00 used, 10 % off: 810.00. Up to 1,000.00: +190.00. Credit of 1,250.00: −1,000.00, 250.00 are left.
    // July: 3,000.00 − 300.00 = 2,700.00; the minimum is reached; −250.00 and the credit is used up. August: none is left.
    name: 'takes usage, discount, minimum and credit in this order',
    terms: wish({ model: 'PER_TASK', price: '300', discount: '0.1', minimum: '1000', credit: '1250' }),
    months: [
      {
        used: { completed: names(3) },
        lines: [
          ...Array.from({ length: 3 }, () => 'TASK 1 × 300.00 = 300.00'),
          'DISCOUNT -0.1 × 900.00 = -90.00',
          'MINIMUM 1 × 190.00 = 190.00',
          'CREDIT 1 × -1000.00 = -1000.00',
        ],
        total: '0.00',
      },
      {
        used: { month: '2026-07-01', completed: names(10) },
        lines: [
          ...Array.from({ length: 10 }, () => 'TASK 1 × 300.00 = 300.00'),
          'DISCOUNT -0.1 × 3000.00 = -300.00',
          'CREDIT 1 × -250.00 = -250.00',
        ],
        total: '2450.00',
      },
      {
        used: { month: '2026-08-01', completed: names(4) },
        lines: [...Array.from({ length: 4 }, () => 'TASK 1 × 300.00 = 300.00'), 'DISCOUNT -0.1 × 1200.00 = -120.00'],
        total: '1080.00',
      },
    ],
  },
  {
    // 20 of 31 days: minimum 620.00 → 400.00, cap 1,240.00 → 800.00. March: 50.00 → 400.00; with 1,000.00 → 800.00.
    name: 'prorates minimum and cap by the days of a month in part',
    terms: wish({ model: 'PASS_THROUGH', minimum: '620', cap: '1240' }),
    months: [
      {
        used: { from: '2026-03-12', costs: { T1: '50' } },
        lines: ['COST 1 × 50.00 = 50.00', 'MINIMUM 1 × 350.00 = 350.00'],
        total: '400.00',
      },
      {
        used: { month: '2026-05-01', to: '2026-05-21', costs: { T1: '1000' } },
        lines: ['COST 1 × 1000.00 = 1000.00', 'CAP 1 × -200.00 = -200.00'],
        total: '800.00',
      },
    ],
  },
]

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `T${index + 1}`)
}

describe('billing models', () => {
  it.each(CASES)('$name', ({ terms, months }) => {
    const charges = charge(terms, ...months.map(({ used }) => used))
    const shown = charges.map((one) => ({ lines: written(one), total: formatFixed18(one.total, 2) }))
    expect(shown).toEqual(months.map(({ lines, total }) => ({ lines, total })))
  })

  it('says in words what each line is for', () => {
    const [month] = charge(
      wish({ model: 'COST_PLUS', markup: '0.15', markupFloor: '100', discount: '0.05', minimum: '500' }),
      { from: '2026-06-21', costs: { 'market-entry': '40', '': '2' } },
    )
    expect(month?.lines.map(({ description }) => description)).toEqual([
      'Cost of task market-entry',
      'Cost in no task',
      'Markup of 15 %: Cost of task market-entry',
      'Markup of 15 %: Cost in no task',
      'Up to the least markup of a month (10 of 30 days)',
      'Discount of 5 %',
      'Up to the minimum commitment of a month (10 of 30 days)',
    ])
  })
})
