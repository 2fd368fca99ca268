import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { change, dayAgo, daysAgo, publishPrices, spend, spendAll } from './budget-api-kit.ts'

jest.setTimeout(60_000)

let test: TestServer
let tenant: TestTenant

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ timeZone: 'UTC' })
  await publishPrices(tenant)
  await spend(tenant, 1, daysAgo(40))
}, 120_000)

afterAll(async () => {
  await test.close()
})

const pounds = (amount: string) => ({ amount, currency: 'GBP' })
const FLEET_MONTH = { scope: 'FLEET', window: 'MONTH', amount: pounds('100') }
const STATUS = `id scope key label window version amount { amount currency } givenAmount { amount currency } fxRate thresholds
  forecastThresholds isLearned note updatedBy spent { amount } remaining { amount } ratio reachesNobody recipients
  crossings { basis threshold alert { kind severity state } }`
const SET = `mutation ($input: BudgetInput!) { setBudget(input: $input) { budget { ${STATUS} } userErrors { code message field } } }`
const END = `mutation ($id: ID!) { endBudget(id: $id) { budget { id } userErrors { code field } } }`

const set = (input: object, by: TestTenant = tenant) => change(by, SET, { input })

describe('setting a budget', () => {
  it.each([
    ['an unknown key', { scope: 'AGENT', key: 'nobody', window: 'DAY' }, 'NOT_FOUND', 'key'],
    ['no key', { scope: 'CLIENT', window: 'MONTH' }, 'MISSING_FIELD', 'key'],
    ['a key of the fleet', { key: 'writer' }, 'INVALID_FIELD', 'key'],
    ['a negative amount', { amount: pounds('-1') }, 'INVALID_FIELD', 'amount.amount'],
    ['nothing as amount', { amount: pounds('0') }, 'INVALID_FIELD', 'amount.amount'],
    ['a fraction of a penny', { amount: pounds('1.001') }, 'INVALID_FIELD', 'amount.amount'],
    ['no number', { amount: pounds('1e5') }, 'INVALID_FIELD', 'amount.amount'],
    ['no currency', { amount: { amount: '1', currency: 'XXQ' } }, 'INVALID_FIELD', 'amount.currency'],
    [
      'a currency without an FX rate',
      { amount: { amount: '1', currency: 'EUR' } },
      'FX_RATE_MISSING',
      'amount.currency',
    ],
    ['a threshold of nothing', { thresholds: ['0.8', '0'] }, 'INVALID_FIELD', 'thresholds.1'],
    ['a threshold twice', { thresholds: ['0.8', '0.80'] }, 'INVALID_FIELD', 'thresholds'],
    ['no thresholds', { thresholds: [] }, 'MISSING_FIELD', 'thresholds'],
    [
      'eleven thresholds',
      { thresholds: Array.from({ length: 11 }, (_, i) => `0.${i + 1}1`) },
      'INVALID_FIELD',
      'thresholds',
    ],
    ['a forecast threshold above 100', { forecastThresholds: ['101'] }, 'INVALID_FIELD', 'forecastThresholds.0'],
    ['CUSTOM without its period', { window: 'CUSTOM' }, 'MISSING_FIELD', 'period'],
    ['a period of a month', { period: { from: '2026-01-01', to: '2026-02-01' } }, 'INVALID_FIELD', 'period'],
    [
      'a period that ends first',
      { window: 'CUSTOM', period: { from: '2026-02-01', to: '2026-02-01' } },
      'INVALID_FIELD',
      'period.to',
    ],
    ['a first day of a month', { startsOn: '2026-01-01' }, 'INVALID_FIELD', 'startsOn'],
    ['a month that learns', { learn: true }, 'INVALID_FIELD', 'learn'],
    ['a note without end', { note: 'x'.repeat(501) }, 'INVALID_FIELD', 'note'],
  ])('refuses %s, naming the field, and keeps nothing', async (_name, given, code, field) => {
    expect(await set({ ...FLEET_MONTH, ...given })).toEqual({
      budget: null,
      userErrors: [{ code, message: expect.any(String), field: ['input', ...field.split('.')] }],
    })
    expect((await tenant.ask('{ budgets { id } }')).data).toEqual({ budgets: [] })
  })

  it('creates it, changes it under a new version, and does nothing the second time', async () => {
    const own = await test.tenant({ timeZone: 'UTC' })
    const first = await set({ ...FLEET_MONTH, note: ' the ceiling ' }, own)
    const budget = {
      id: expect.stringMatching(/^bdg_[0-9a-z]{26}$/),
      scope: 'FLEET',
      key: null,
      label: 'Fleet',
      window: 'MONTH',
      version: 1,
      amount: pounds('100.00'),
      givenAmount: pounds('100.00'),
      fxRate: null,
      thresholds: ['0.8', '1'],
      forecastThresholds: [],
      isLearned: false,
      note: 'the ceiling',
      updatedBy: 'API key Test',
      spent: { amount: '0.00' },
      remaining: { amount: '100.00' },
      ratio: '0',
      recipients: 0,
      reachesNobody: true,
      crossings: [],
    }
    expect(first).toEqual({ budget, userErrors: [] })
    expect(await set({ ...FLEET_MONTH, note: 'the ceiling' }, own)).toEqual(first)
    const changed = await set({ ...FLEET_MONTH, amount: pounds('120'), thresholds: ['1', '0.5'] }, own)
    expect(changed['budget']).toMatchObject({ version: 2, amount: pounds('120.00'), thresholds: ['0.5', '1'] })
    expect(changed['budget']).toMatchObject({ id: (first['budget'] as unknown as { id: string }).id })
  })

  it('is told at once when it is crossed already: one alert for the highest threshold', async () => {
    await spend(tenant, 95, daysAgo(0, '00:00:01'))
    const { budget } = await set({ scope: 'CLIENT', key: 'northwind', window: 'TOTAL', amount: pounds('100') })
    const alert = { kind: 'CLIENT_BUDGET', severity: 'WARNING', state: 'OPEN' }
    expect(budget).toMatchObject({
      key: 'northwind',
      spent: { amount: '96.00' },
      remaining: { amount: '4.00' },
      ratio: '0.96',
      crossings: [
        { basis: 'ACTUAL', threshold: '0.8', alert },
        { basis: 'ACTUAL', threshold: '0.9', alert },
      ],
    })
    const { data } = await tenant.ask(
      '{ alerts(scope: CLIENT, key: "northwind") { totalCount nodes { threshold actual { amount } } } }',
    )
    expect(data).toEqual({ alerts: { totalCount: 1, nodes: [{ threshold: '0.9', actual: { amount: '96.00' } }] } })
    expect(await change(tenant, END, { id: (budget as unknown as { id: string }).id })).toMatchObject({
      userErrors: [],
    })
  })

  it('keeps an amount in another currency as it was given, converted at the rate of the day', async () => {
    const rates = [{ base: 'EUR', quote: 'GBP', date: dayAgo(0), rate: '0.85' }]
    await change(
      tenant,
      'mutation ($input: PublishFxRatesInput!) { publishFxRates(input: $input) { userErrors { message } } }',
      { input: { source: 'test', rates } },
    )
    const { budget } = await set({
      scope: 'PROJECT',
      key: 'launch',
      window: 'MONTH',
      amount: { amount: '200', currency: 'EUR' },
    })
    expect(budget).toMatchObject({
      amount: pounds('170.00'),
      givenAmount: { amount: '200.00', currency: 'EUR' },
      fxRate: '0.85',
    })
  })
})

describe('ending a budget', () => {
  it('takes it from the list, keeps it by its id, and may be repeated', async () => {
    const own = await test.tenant({ timeZone: 'UTC' })
    const { budget } = await set(FLEET_MONTH, own)
    const { id } = budget as unknown as { id: string }
    for (let i = 0; i < 2; i += 1) expect(await change(own, END, { id })).toEqual({ budget: { id }, userErrors: [] })
    const { data } = await own.ask('query ($id: ID!) { budgets { id } budget(id: $id) { id } }', { id })
    expect(data).toEqual({ budgets: [], budget: { id } })
    // The same window is free for another one.
    expect((await set(FLEET_MONTH, own))['budget']).not.toMatchObject({ id })
  })

  it('says NOT_FOUND of one that is not there', async () => {
    const id = `bdg_${'0'.repeat(26)}`
    expect(await change(tenant, END, { id })).toMatchObject({ budget: null, userErrors: [{ code: 'NOT_FOUND' }] })
  })
})

describe('trying a budget out', () => {
  it('says when it would have alerted, with the arithmetic of the limits', async () => {
    const own = await test.tenant({ timeZone: 'UTC' })
    await publishPrices(own)
    await spendAll(own, [
      { pounds: 10, at: daysAgo(3) },
      { pounds: 16, at: daysAgo(2) },
      { pounds: 15, at: daysAgo(1) },
    ])
    const input = { scope: 'AGENT', key: 'writer', window: 'DAY', amount: pounds('10') }
    const { data } = await own.ask(
      `query ($input: BudgetInput!) { budgetBacktest(input: $input, days: 30) {
        from to sentence firings { day windowStart threshold spent { amount } amount { amount } } } }`,
      { input },
    )
    const firing = (days: number, spent: string) => ({
      day: dayAgo(days),
      windowStart: dayAgo(days),
      threshold: '1.5',
      spent: { amount: spent },
      amount: { amount: '10.00' },
    })
    expect(data).toEqual({
      budgetBacktest: {
        from: dayAgo(29),
        to: dayAgo(-1),
        sentence: expect.stringMatching(/^It would have alerted 2 times in the last 30 days: on /),
        firings: [firing(2, '16.00'), firing(1, '15.00')],
      },
    })
  })

  it('refuses what setting it would refuse', async () => {
    const input = { ...FLEET_MONTH, amount: pounds('-1') }
    const ask = (days: number, of: object) =>
      tenant.ask(
        'query ($input: BudgetInput!, $days: Int!) { budgetBacktest(input: $input, days: $days) { sentence } }',
        {
          input: of,
          days,
        },
      )
    for (const answer of [await ask(90, input), await ask(0, FLEET_MONTH), await ask(367, FLEET_MONTH)])
      expect(answer.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})

describe('costs of the fleet and of clients', () => {
  it('have the budget of the month they lie in, else the one that has all of their days, else none', async () => {
    const own = await test.tenant({ timeZone: 'UTC' })
    await publishPrices(own)
    await spend(own, 5, '2026-03-10T10:00:00Z')
    await set({ ...FLEET_MONTH, amount: pounds('50') }, own)
    const client = { scope: 'CLIENT', key: 'northwind' }
    await set(
      { ...client, window: 'CUSTOM', amount: pounds('60'), period: { from: '2026-03-01', to: '2026-06-01' } },
      own,
    )
    await set({ ...client, window: 'TOTAL', amount: pounds('70') }, own)
    const { data, errors } = await own.ask(
      `query ($month: DateRangeInput!, $two: DateRangeInput!, $all: DateRangeInput!) {
      month: fleetCost(range: $month) { budget { amount { amount } spent { amount } } }
      two: fleetCost(range: $two) { budget { id } }
      custom: clientCosts(range: $two) { nodes { budget { window amount { amount } } } }
      total: clientCosts(range: $all) { nodes { budget { window amount { amount } } } } }`,
      {
        month: { from: '2026-03-01', to: '2026-04-01' },
        two: { from: '2026-03-01', to: '2026-05-01' },
        all: { from: '2026-01-01', to: '2026-05-01' },
      },
    )
    expect(errors).toEqual([])
    expect(data).toEqual({
      month: { budget: { amount: { amount: '50.00' }, spent: { amount: '5.00' } } },
      two: { budget: null },
      custom: { nodes: [{ budget: { window: 'CUSTOM', amount: { amount: '60.00' } } }] },
      total: { nodes: [{ budget: { window: 'TOTAL', amount: { amount: '70.00' } } }] },
    })
  })
})

describe('who may set budgets', () => {
  it.each([
    ['OWNER', undefined],
    ['FINANCE', undefined],
    ['PROJECT_MANAGER', undefined],
    ['VIEWER', 'FORBIDDEN'],
    ['CLIENT', 'FORBIDDEN'],
  ] as const)('%s: %s', async (role, code) => {
    const cookie = await tenant.signedIn(role, role === 'CLIENT' ? 'northwind' : undefined)
    const { errors } = await ask(test.url, { cookie }, SET, { input: { ...FLEET_MONTH, key: 'none' } })
    expect(errors[0]?.extensions['code']).toBe(code)
    const read = await ask(test.url, { cookie }, '{ budgets { id } }')
    expect(read.errors[0]?.extensions['code']).toBe(role === 'CLIENT' ? 'NOT_FOUND' : undefined)
  })
})
