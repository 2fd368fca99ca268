import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { facts, wish, type Used } from '../billing/billing-test-kit.ts'
import { chargeMonths } from '../billing/charge-months.ts'
import { checkTerms, type TermsWish } from '../billing/check-terms.ts'
import { formatFixed18, parseFixed18 } from '../money/fixed18.ts'
import { clientViewSchema, type ClientView } from './client-view.ts'
import { showClient, type ChargedEngagement, type WorkedTask } from './show-client.ts'

/** June 2026: T1 cost 7319.17, T2 1.01, and 2.02 in no task; all three canaries. */
const USED: Used = {
  costs: { T1: '7319.17', T2: '1.01', '': '2.02' },
  tokens: '918273',
  invocations: 645n,
  completed: ['T1', 'T2'],
  reversed: [['T0', '2026-05-30', '2026-06-02']],
  agents: [['Canary Agent', '2026-06-21']],
  intervals: [['T1', 0, 31]],
}

/** 7322.20, as the month. */
const DAY_COST = { direct: 7322_200000000000000000n, shared: 0n }

function engagement(terms: TermsWish, over: Partial<ChargedEngagement> = {}, ...before: Used[]): ChargedEngagement {
  const checked = checkTerms(terms, 'GBP')
  const charge = chargeMonths(checked, [...before, USED].map(facts), 2).at(-1)
  if (charge === undefined) throw new Error('no month')
  return {
    ...{ projectId: null, projectName: null, startsOn: '2026-01-01', terms: checked, charge, hasUnpriced: true },
    days: [{ day: '2026-06-03', ...DAY_COST, tokens: 918_273_000_000n, invocations: 645n }],
    completed: ['2026-06-03', '2026-06-20'],
    ...over,
  }
}

const TASKS: WorkedTask[] = [task('T1', '2026-06-03'), task('T2', '2026-06-20')]

function task(taskId: string, completedOn: string | null, over: Partial<WorkedTask> = {}): WorkedTask {
  const place = { projectId: null, projectName: null }
  return { taskId, title: `Title of ${taskId}`, ...place, completedOn, invocations: 12n, agents: 2, ...over }
}

function show(engagements: readonly ChargedEngagement[], tasks: readonly WorkedTask[] = TASKS): ClientView {
  return showClient({
    ...{
      firm: 'Fernhill',
      brand: null,
      client: 'Northwind',
      month: '2026-06-01',
      today: '2026-07-09',
      currency: 'GBP',
    },
    ...{ timeZone: 'Europe/London', engagements, tasks, tasksMax: 100 },
  })
}

function written(terms: TermsWish): string[] {
  const [agreement] = show([engagement(terms)]).agreements
  return (agreement?.lines ?? []).map(({ what, quantity, unit, unitPrice, amount }) =>
    [what, quantity, unit, unitPrice, amount].map((part) => part ?? '-').join(' | '),
  )
}

const price = { unit: 'TOKENS', mode: 'GRADUATED', steps: [{ above: '0', price: '0.001', per: '1' }] } as const

const MODELS: TermsWish[] = [
  wish({ model: 'PASS_THROUGH' }),
  wish({ model: 'COST_PLUS', markup: '0.15', markupFloor: '1200' }),
  wish({ model: 'RATE_CARD', prices: [price] }),
  wish({ model: 'PER_TASK', price: '50' }),
  wish({ model: 'RETAINER', price: '1000', unit: 'TASKS', allowance: '1', overagePrice: '80', carryOverMonths: 0 }),
  wish({ model: 'PER_AGENT', price: '30', isProrated: true }),
  wish({ model: 'OUTCOME', price: '9', reversalDays: 30 }),
  wish({ model: 'TIME', price: '90', incrementMinutes: 6 }),
]

describe('what a client is shown of its charges', () => {
  it('is the cost where cost is passed on', () => {
    expect(written(wish({ model: 'PASS_THROUGH' }))).toEqual([
      'Work on tasks | 2 | tasks | - | 7320.18',
      'Work outside tasks | - | - | - | 2.02',
    ])
  })

  it('is one sum of cost and markup, and neither of them', () => {
    expect(written(wish({ model: 'COST_PLUS', markup: '0.15' }))).toEqual([
      'Work on tasks | 2 | tasks | - | 8418.21',
      'Work outside tasks | - | - | - | 2.32',
    ])
    const view = show([engagement(wish({ model: 'COST_PLUS', markup: '0.15' }))])
    expect(view.tasks.map(({ charge }) => charge)).toEqual(['1.16', '8417.05'])
  })

  it('is one sum without its tasks where the markup has a least or a most, because the rest would tell the cost', () => {
    // 7,322.20 and the least markup, 1,200.00.
    const bounded = wish({ model: 'COST_PLUS', markup: '0.15', markupFloor: '1200' })
    expect(written(bounded)).toEqual(['The work, and what the agreement adds for the month | - | - | - | 8522.20'])
    const view = show([engagement(bounded)])
    expect(view.tasks.map(({ charge, why }) => [charge, why])).toEqual([
      [null, 'Charged by the work that went into it.'],
      [null, 'Charged by the work that went into it.'],
    ])
    expect(written(wish({ model: 'COST_PLUS', markup: '0.15', markupCap: '5000' }))).toHaveLength(1)
  })

  it('is quantity and price of a price list', () => {
    expect(written(wish({ model: 'RATE_CARD', prices: [price] }))).toEqual([
      'Price of tokens | 918273 | tokens | 0.001 | 918.27',
    ])
  })

  it('is tasks at their price', () => {
    expect(written(wish({ model: 'PER_TASK', price: '50' }))).toEqual(['Completed tasks | 2 | tasks | 50.00 | 100.00'])
  })

  it('is fee, allowance and what went beyond it, with what was carried over', () => {
    const terms = { model: 'RETAINER', price: '1000', unit: 'TASKS', allowance: '1', overagePrice: '80' } as const
    expect(written(wish({ ...terms, carryOverMonths: 0 }))).toEqual([
      'Retainer | - | - | - | 1000.00',
      'Used within the allowance of the retainer | 1 | completed tasks | - | 0.00',
      'Used beyond the allowance of the retainer | 1 | completed tasks | 80.00 | 80.00',
    ])
    const carrying = engagement(wish({ ...terms, allowance: '2', carryOverMonths: 1 }), {}, { month: '2026-05-01' })
    const [agreement] = show([carrying]).agreements
    expect(agreement?.allowance).toEqual({ unit: 'completed tasks', included: '4', used: '2', left: '2' })
  })

  it('names the agents that are subscribed to', () => {
    expect(written(wish({ model: 'PER_AGENT', price: '30', isProrated: true }))).toEqual([
      'Subscription of agent Canary Agent (10 of 30 days) | 0.333333333333333333 | month | 30.00 | 10.00',
    ])
  })

  it('is outcomes, less those taken back', () => {
    expect(written(wish({ model: 'OUTCOME', price: '9', reversalDays: 30 }))).toEqual([
      'Outcomes | 2 | outcomes | 9.00 | 18.00',
      'Outcomes taken back | -1 | outcomes | 9.00 | -9.00',
    ])
  })

  it('is hours', () => {
    expect(written(wish({ model: 'TIME', price: '90', incrementMinutes: 6 }))).toEqual([
      'Time on tasks | 0.6 | hours | 90.00 | 54.00',
    ])
  })

  it('ends with what the agreement takes off and adds', () => {
    expect(written(wish({ model: 'PER_TASK', price: '50', discount: '0.1', minimum: '200', credit: '30' }))).toEqual([
      'Completed tasks | 2 | tasks | 50.00 | 100.00',
      'Discount of 10 % | - | - | - | -10.00',
      'Up to the minimum commitment of a month | - | - | - | 110.00',
      'Credit set against this month | - | - | - | -30.00',
    ])
  })
})

describe('law L28', () => {
  /** What each model may not tell: `7319.17` and `1.01` are costs, `0.15` and `15 %` a markup, the others are quantities and a name. */
  const hidden: Record<string, string[]> = {
    PASS_THROUGH: ['Canary Agent'],
    COST_PLUS: ['7319.17', '7320.18', '1.01', '0.15', '15 %', '1200', '918273', '645', 'Canary Agent'],
    RATE_CARD: ['7319.17', '7320.18', '645', 'Canary Agent'],
    PER_TASK: ['7319.17', '7320.18', '918273', '645', 'Canary Agent'],
    RETAINER: ['7319.17', '7320.18', '918273', '645', 'Canary Agent'],
    PER_AGENT: ['7319.17', '7320.18', '918273', '645'],
    OUTCOME: ['7319.17', '7320.18', '918273', '645', 'Canary Agent'],
    TIME: ['7319.17', '7320.18', '918273', '645', 'Canary Agent'],
  }

  it.each(MODELS.map((terms) => [terms.model, terms] as const))('%s tells nothing else', (model, terms) => {
    const text = JSON.stringify(show([engagement(terms)]))
    expect(hidden[model]?.filter((canary) => text.includes(canary))).toEqual([])
    for (const taskId of ['"T1"', '"T2"', 'taskId']) expect(text).not.toContain(taskId)
  })

  it('takes no other field', () => {
    const view = show([engagement(wish({ model: 'PER_TASK', price: '50' }))])
    expect(clientViewSchema.parse(view)).toEqual(view)
    const [agreement] = view.agreements
    const more = [
      { ...view, cost: '1.00' },
      { ...view, agreements: [{ ...agreement, margin: '1.00' }] },
      { ...view, tasks: [{ ...view.tasks[0], prompt: 'say it' }] },
    ]
    for (const wider of more) expect(clientViewSchema.safeParse(wider).success).toBe(false)
  })

  it('does not mix what one agreement counts with what another hides', () => {
    const hiding = engagement(wish({ model: 'COST_PLUS', markup: '0.1' }), { projectId: 'P', projectName: 'Secret' })
    const telling = engagement(wish({ model: 'PASS_THROUGH' }), {
      days: [{ day: '2026-06-03', ...DAY_COST, tokens: 5_000_000n, invocations: 2n }],
    })
    const view = show([hiding, telling])
    expect(view.days.filter(({ invocations }) => invocations !== '0')).toEqual([
      { day: '2026-06-03', delivered: 1, tokens: '5', invocations: '2' },
    ])
    expect(show([hiding]).days[2]).toEqual({ day: '2026-06-03', delivered: 1, tokens: null, invocations: null })
  })
})

describe('the days', () => {
  const days = (terms: TermsWish, over: Partial<ChargedEngagement> = {}) =>
    (show([engagement(terms, over)]).agreements[0]?.daily ?? []).map(({ what, unit, values, rest }) => {
      expect(values).toHaveLength(30)
      return [what, unit, ...values.flatMap((value, i) => (/[1-9]/.test(value) ? [`${i + 1}: ${value}`] : [])), rest]
    })
  const twoDays = {
    days: [
      { day: '2026-06-03', direct: 7000_005000000000000000n, shared: 0n, tokens: 1_500_000n, invocations: 3n },
      { day: '2026-06-04', direct: 322_195000000000000000n, shared: 9n, tokens: 2_000_000n, invocations: 4n },
    ],
  }

  it('are amounts that sum to the charge where cost is passed on, with what is of no single day beside them', () => {
    expect(days(wish({ model: 'PASS_THROUGH', basis: 'DIRECT' }), twoDays)).toEqual([
      ['Charges by the day of the work', null, '3: 7000.01', '4: 322.19', '0.00'],
    ])
    expect(days(wish({ model: 'PASS_THROUGH', basis: 'DIRECT', minimum: '8000' }), twoDays)).toEqual([
      ['Charges by the day of the work', null, '3: 7000.01', '4: 322.19', '677.80'],
    ])
  })

  it('are cost and markup in one, and none where what is left of the total would tell them apart', () => {
    expect(days(wish({ model: 'COST_PLUS', markup: '0.15', basis: 'DIRECT' }), twoDays)).toEqual([
      ['Charges by the day of the work', null, '3: 8050.01', '4: 370.52', '0.00'],
    ])
    for (const over of [{ markupFloor: '1' }, { markupCap: '9999' }, { basis: 'FULLY_LOADED' } as const])
      expect(days(wish({ model: 'COST_PLUS', markup: '0.15', ...over }), twoDays)).toEqual([])
  })

  it('are what the terms count, and nothing where they count nothing by day', () => {
    const tasks = ['Tasks completed', 'completed tasks', '3: 1', '20: 1', null]
    expect(days(wish({ model: 'PER_TASK', price: '50' }), twoDays)).toEqual([tasks])
    expect(days(wish({ model: 'OUTCOME', price: '50' }), twoDays)).toEqual([
      ['Outcomes', 'outcomes', '3: 1', '20: 1', null],
    ])
    expect(days(wish({ model: 'RATE_CARD', prices: [price] }), twoDays)).toEqual([
      ['Tokens used', 'tokens', '3: 1.5', '4: 2', null],
    ])
    const retainer = {
      model: 'RETAINER',
      price: '1000',
      allowance: '1',
      overagePrice: '80',
      carryOverMonths: 0,
    } as const
    expect(days(wish({ ...retainer, unit: 'INVOCATIONS' }), twoDays)).toEqual([
      ['Calls made', 'invocations', '3: 3', '4: 4', null],
    ])
    expect(days(wish({ ...retainer, unit: 'TASKS' }), twoDays)).toEqual([tasks])
    expect(days(wish({ ...retainer, unit: 'HOURS' }), twoDays)).toEqual([])
    expect(days(wish({ model: 'PER_AGENT', price: '30', isProrated: true }), twoDays)).toEqual([])
    expect(days(wish({ model: 'TIME', price: '90', incrementMinutes: 6 }), twoDays)).toEqual([])
  })
})

describe('the tasks', () => {
  it('say what ran and how it is charged, the latest first, and what is not delivered last', () => {
    const tasks = [...TASKS, task('T3', null, { invocations: 0n, agents: 0 }), task('T4', '2026-05-02')]
    const view = show([engagement(wish({ model: 'PER_TASK', price: '50' }))], tasks)
    expect(
      view.tasks.map(({ title, deliveredOn, ran, why, charge }) => [title, deliveredOn, ran, why, charge]),
    ).toEqual([
      ['Title of T2', '2026-06-20', '12 steps by 2 agents.', 'Charged at the price of a completed task.', '50.00'],
      ['Title of T1', '2026-06-03', '12 steps by 2 agents.', 'Charged at the price of a completed task.', '50.00'],
    ])
    expect(view.delivered).toBe(2)
  })

  it('are shown before they are delivered where their work is charged', () => {
    const tasks = [task('T1', null), task('T2', '2026-06-20')]
    const view = show([engagement(wish({ model: 'PASS_THROUGH' }))], tasks)
    expect(view.tasks.map(({ title, deliveredOn, charge }) => [title, deliveredOn, charge])).toEqual([
      ['Title of T2', '2026-06-20', '1.01'],
      ['Title of T1', null, '7319.17'],
    ])
    expect([view.delivered, view.taskCount]).toEqual([1, 2])
  })

  it('without an agreement say so', () => {
    const view = show([])
    expect(view.tasks.map(({ why, charge }) => [why, charge])).toEqual([
      ['Not charged by an agreement.', null],
      ['Not charged by an agreement.', null],
    ])
    expect(view.total).toBe('0.00')
  })
})

describe('the sums', () => {
  const amount = fc.nat(1_000_000_00).map((pennies) => formatFixed18(BigInt(pennies) * 10n ** 16n))
  const costs = fc.dictionary(fc.constantFrom('T1', 'T2', 'T3', ''), amount)

  it('are those of the charges, whatever was used', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MODELS), costs, fc.nat(3), fc.boolean(), (terms, used, completed, isCapped) => {
        const adjusted = { ...terms, discount: isCapped ? '0.1' : null, cap: isCapped ? '2000' : null }
        const checked = checkTerms(adjusted, 'GBP')
        const month = facts({ ...USED, costs: used, completed: ['T1', 'T2', 'T3'].slice(0, completed) })
        const [charge] = chargeMonths(checked, [month], 2)
        if (charge === undefined) throw new Error('no month')
        const view = show([engagement(terms, { terms: checked, charge })])
        const [agreement] = view.agreements
        const lines = agreement?.lines.map((line) => parseFixed18(line.amount)) ?? []
        expect(clientViewSchema.parse(view)).toEqual(view)
        expect(agreement?.total).toBe(formatFixed18(charge.total, 2))
        expect(lines.reduce((sum, line) => sum + line, 0n)).toBe(charge.total)
        expect(view.total).toBe(agreement?.total)
        for (const { values, rest } of agreement?.daily ?? []) {
          const inDays = values.reduce((sum, value) => sum + parseFixed18(value), 0n)
          if (rest !== null) expect(inDays + parseFixed18(rest)).toBe(charge.total)
        }
      }),
    )
  })
})
