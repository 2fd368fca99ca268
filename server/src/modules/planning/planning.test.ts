import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { addMonths, firstOfMonth } from '@outlay/domain/periods/calendar-date'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { change, publishPrices, spendAll } from '../budget/budget-api-kit.ts'

jest.setTimeout(120_000)

let test: TestServer
let tenant: TestTenant

const present = firstOfMonth(new Date().toISOString().slice(0, 10))
const next = addMonths(present, 1)
const PLAN = `id name status adoptedScenario from to currency basis { driverMonths history { month cost { amount } } accuracy { points coverage } }
  scenarios { position name total { amount } changes { driver percent client { key } } months { month amount { amount } }
    lines { month kind client { key } agent { key } unit measure volume use price amount { amount } } }`
const CREATE = `mutation ($input: CreatePlanInput!) { createPlan(input: $input) { plan { ${PLAN} } userErrors { code field message } } }`
const ADOPT = `mutation ($input: AdoptPlanInput!) { adoptPlan(input: $input) { made plan { id status }
  budgets { scope key month amount { amount } state present { amount } } userErrors { code message } } }`

/** Each of the last three months: £60 of writer for northwind in three tasks, £40 of reader for halden in two. */
beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant({ timeZone: 'UTC' })
  await publishPrices(tenant)
  await spendAll(
    tenant,
    [3, 2, 1].flatMap((ago) =>
      Array.from({ length: 5 }, (_, index) => ({
        pounds: 20,
        at: `${addMonths(present, -ago).slice(0, 8)}02T10:00:00Z`,
        tags: {
          ...(index < 3
            ? { agent: 'writer', client: 'northwind' }
            : { agent: 'reader', client: 'halden', project: 'other' }),
          task: `task ${ago} ${index}`,
        },
      })),
    ),
  )
}, 240_000)

afterAll(async () => {
  await test.close()
})

const scenario = (changes: object[]) => ({ name: 'Growth', changes })
const growth = { driver: 'VOLUME', pace: 'ONCE', percent: '50', from: next, clientKey: 'halden' }

interface Answered {
  plan: {
    id: string
    status: string
    basis: { driverMonths: number; history: object[]; accuracy: object | null }
    scenarios: {
      name: string
      total: { amount: string }
      months: { amount: { amount: string } }[]
      lines: {
        month: string
        client: { key: string } | null
        agent: { key: string } | null
        amount: { amount: string }
      }[]
    }[]
  }
  userErrors: { code: string; field: string[] }[]
}

const create = async (input: object) => (await change(tenant, CREATE, { input })) as unknown as Answered

describe('a plan', () => {
  it('begins from the forecast, by client and agent, with the arithmetic of each amount', async () => {
    const { plan } = await create({ name: '2027', scenarios: [scenario([growth])] })
    expect(plan.basis).toMatchObject({
      driverMonths: 3,
      history: [3, 2, 1].map((ago) => ({ month: addMonths(present, -ago), cost: { amount: '100.00' } })),
      accuracy: { points: 1, coverage: '1.0000' },
    })
    const [base, grown] = plan.scenarios
    expect([base?.total.amount, grown?.total.amount]).toEqual(['1200.00', '1440.00'])
    expect(base?.months).toHaveLength(12)
    const first = (lines: Answered['plan']['scenarios'][number]['lines'] = []) =>
      lines
        .filter(({ month }) => month === next)
        .sort((a, b) => (a.client?.key ?? '').localeCompare(b.client?.key ?? ''))
    expect(first(base?.lines)).toMatchObject([
      {
        client: { key: 'halden' },
        agent: { key: 'reader' },
        unit: 'TASKS',
        volume: '2',
        use: '20000',
        price: '0.001',
        amount: { amount: '40.00' },
      },
      {
        client: { key: 'northwind' },
        agent: { key: 'writer' },
        volume: '3',
        use: '20000',
        price: '0.001',
        amount: { amount: '60.00' },
      },
    ])
    expect(first(grown?.lines)).toMatchObject([
      { client: { key: 'halden' }, volume: '3', amount: { amount: '60.00' } },
      { client: { key: 'northwind' }, volume: '3', amount: { amount: '60.00' } },
    ])
  })

  it('is put together by client, by agent and by both, to the same total; and its lines are asked for by month', async () => {
    const { plan } = await create({ name: 'Grouped', scenarios: [scenario([growth])] })
    const group = 'kind client { key } agent { key } total { amount } months { month amount { amount } }'
    const { data, errors } = await tenant.ask(
      `query ($id: ID!, $month: Date!) { plan(id: $id) { scenario(position: 1) {
        byClient: groups { ${group} } byAgent: groups(by: AGENT) { ${group} } byLine: groups(by: LINE) { ${group} }
        lines(month: $month) { month client { key } amount { amount } } } } }`,
      { id: plan.id, month: next },
    )
    expect(errors).toEqual([])
    const year = (amount: string) =>
      Array.from({ length: 12 }, (_, index) => ({ month: addMonths(next, index), amount: { amount } }))
    const halden = { kind: 'WORK', client: { key: 'halden' }, total: { amount: '720.00' }, months: year('60.00') }
    const northwind = { ...halden, client: { key: 'northwind' } }
    const [reader, writer] = [{ key: 'reader' }, { key: 'writer' }]
    const both = expect.arrayContaining
    expect(data).toEqual({
      plan: {
        scenario: {
          byClient: both([
            { ...halden, agent: null },
            { ...northwind, agent: null },
          ]),
          byAgent: both([
            { ...halden, client: null, agent: reader },
            { ...northwind, client: null, agent: writer },
          ]),
          byLine: both([
            { ...halden, agent: reader },
            { ...northwind, agent: writer },
          ]),
          lines: both([
            { month: next, client: { key: 'halden' }, amount: { amount: '60.00' } },
            { month: next, client: { key: 'northwind' }, amount: { amount: '60.00' } },
          ]),
        },
      },
    })
    const { byClient, byAgent, byLine, lines } = (
      data as unknown as Record<'plan', { scenario: Record<string, object[]> }>
    ).plan.scenario
    expect([byClient, byAgent, byLine, lines].map((some) => some?.length)).toEqual([2, 2, 2, 2])
  })

  it('tells the dearest lines of a month, and what the others come to', async () => {
    const { plan } = await create({ name: 'Dearest' })
    const lines = (first: number) =>
      tenant.ask(
        `query ($id: ID!, $month: Date!, $first: Int!) { plan(id: $id) { scenario(position: 0) { dearestLines(month: $month, first: $first) {
          lines { client { key } amount { amount } } otherCount others { amount } total { amount } } } } }`,
        { id: plan.id, month: next, first },
      )
    const northwind = { client: { key: 'northwind' }, amount: { amount: '60.00' } }
    const halden = { client: { key: 'halden' }, amount: { amount: '40.00' } }
    const total = { amount: '100.00' }
    const answered = (dearestLines: object) => ({ errors: [], data: { plan: { scenario: { dearestLines } } } })
    expect(await lines(1)).toMatchObject(
      answered({ lines: [northwind], otherCount: 1, others: { amount: '40.00' }, total }),
    )
    expect(await lines(2)).toMatchObject(
      answered({ lines: [northwind, halden], otherCount: 0, others: { amount: '0.00' }, total }),
    )
    expect((await lines(10_001)).errors).toMatchObject([
      { message: 'first is from 0 to 10000, not 10001.', extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })

  it.each([
    [
      'an unknown client',
      { scenarios: [scenario([{ ...growth, clientKey: 'nobody' }])] },
      'NOT_FOUND',
      'scenarios.0.changes.0.clientKey',
    ],
    ['no name', { name: ' ' }, 'MISSING_FIELD', 'name'],
    ['a month that is over', { startsOn: addMonths(present, -1) }, 'INVALID_FIELD', 'startsOn'],
  ])('is refused with %s', async (_what, input, code, field) => {
    const { plan, userErrors } = await create({ name: 'Refused', ...input })
    expect(plan).toBeNull()
    expect(userErrors).toMatchObject([{ code, field: ['input', ...field.split('.')] }])
  })

  it('is refused without a whole month of cost', async () => {
    const fresh = await test.tenant({ timeZone: 'UTC' })
    const made = await change(fresh, CREATE, { input: { name: 'Too soon' } })
    expect(made).toMatchObject({ plan: null, userErrors: [{ code: 'NO_HISTORY' }] })
    const { data } = await fresh.ask(
      '{ planForecast { history { month } expected { month } accuracy { points } } plans { id } }',
      {},
    )
    expect(data).toEqual({ planForecast: { history: [], expected: [], accuracy: null }, plans: [] })
  })

  it('is changed while it is a draft', async () => {
    const { plan } = await create({ name: 'Draft', scenarios: [scenario([growth])] })
    const document = `mutation ($id: ID!, $input: ChangePlanInput!) { changePlan(id: $id, input: $input) { plan { ${PLAN} } userErrors { code } } }`
    const cut = { driver: 'PRICE', pace: 'ONCE', percent: '-10', from: next }
    const input = { name: 'Changed', scenarios: [{ name: 'Cheaper', changes: [cut] }] }
    const changed = await change(tenant, document, { id: plan.id, input })
    expect(changed).toMatchObject({
      plan: {
        name: 'Changed',
        scenarios: [
          { name: 'Base', total: { amount: '1200.00' } },
          { name: 'Cheaper', total: { amount: '1080.00' } },
        ],
      },
    })
    expect(await change(tenant, ADOPT, { input: { id: plan.id, scenario: 7 } })).toMatchObject({
      plan: null,
      userErrors: [{ code: 'NOT_FOUND' }],
    })
  })
})

describe('adopting a plan', () => {
  it('sets budgets once, shows what differs and asks, and then stands', async () => {
    const { plan } = await create({ name: 'Adopted', scenarios: [scenario([growth])] })
    const SET = 'mutation ($input: BudgetInput!) { setBudget(input: $input) { budget { id } userErrors { code } } }'
    const period = { from: next, to: addMonths(next, 1) }
    const mine = { scope: 'CLIENT', key: 'halden', window: 'CUSTOM', period, thresholds: ['0.5'], note: 'agreed' }
    await change(tenant, SET, { input: { ...mine, amount: { amount: '55', currency: 'GBP' } } })
    const input = { id: plan.id, scenario: 0, scopes: ['CLIENT'] }
    const refused = await change(tenant, ADOPT, { input })
    expect(refused).toMatchObject({ plan: null, made: 0, userErrors: [{ code: 'BUDGETS_DIFFER' }] })
    const { data } = await tenant.ask(
      `{ budgets { id } planAdoption(id: "${plan.id}", scenario: 0, scopes: [CLIENT]) { budgets { key month state present { amount } } newCount sameCount standingCount only: budgets(state: DIFFERENT) { key month } } }`,
      {},
    )
    expect(data?.budgets).toHaveLength(1)
    const different = { key: 'halden', month: next, state: 'DIFFERENT', present: { amount: '55.00' } }
    expect(data?.planAdoption).toMatchObject({
      budgets: expect.arrayContaining([different]) as object,
      ...{ newCount: 23, sameCount: 0, standingCount: 0, only: [{ key: 'halden', month: next }] },
    })
    expect(await change(tenant, ADOPT, { input: { ...input, replace: true } })).toMatchObject({
      made: 24,
      plan: { status: 'ADOPTED' },
      userErrors: [],
    })
    const again = (await change(tenant, ADOPT, { input })) as unknown as { made: number; budgets: { state: string }[] }
    expect(again.made).toBe(0)
    expect(again.budgets.every(({ state }) => state === 'SAME')).toBe(true)
    const after = await tenant.ask('{ budgets { key note thresholds window amount { amount } windowStart } }', {})
    expect(after.data?.budgets).toHaveLength(24)
    expect(after.data?.budgets).toContainEqual(
      expect.objectContaining({ key: 'halden', note: 'agreed', thresholds: ['0.5'], amount: { amount: '40.00' } }),
    )
    expect(await change(tenant, ADOPT, { input: { ...input, scenario: 1 } })).toMatchObject({
      userErrors: [{ code: 'ALREADY_ADOPTED' }],
    })
    const document =
      'mutation ($id: ID!, $input: ChangePlanInput!) { changePlan(id: $id, input: $input) { plan { id } userErrors { code } } }'
    expect(await change(tenant, document, { id: plan.id, input: { name: 'Other', scenarios: [] } })).toMatchObject({
      plan: null,
      userErrors: [{ code: 'ALREADY_ADOPTED' }],
    })
  })
})

describe('adopting a plan of many clients', () => {
  it('sets the budgets of 200 clients and twelve months in one transaction, or none of them', async () => {
    const many = await test.tenant({ timeZone: 'UTC' })
    await publishPrices(many)
    const clients = Array.from({ length: 200 }, (_, n) => `client-${n}`)
    for (const ago of [2, 1]) {
      const at = `${addMonths(present, -ago).slice(0, 8)}02T10:00:00Z`
      await spendAll(
        many,
        clients.map((client) => ({ pounds: 2, at, tags: { client, agent: 'writer', task: `${client} ${ago}` } })),
      )
    }
    const { plan } = (await change(many, CREATE, { input: { name: 'Large' } })) as unknown as Answered
    const input = { id: plan.id, scenario: 0, scopes: ['FLEET', 'CLIENT'] }
    await test.owner.query(
      `ALTER TABLE budget ADD CONSTRAINT refused CHECK (tenant_id <> '${many.id}' OR starts_on < '${addMonths(next, 11)}')`,
    )
    expect((await many.ask(ADOPT, { input })).errors).toHaveLength(1)
    const budgets = async () => {
      const { rows } = await test.owner.query<{ budgets: number; transactions: number; amount: string }>(
        `SELECT count(*)::int AS budgets, count(DISTINCT xmin::text)::int AS transactions,
           sum(amount) FILTER (WHERE scope = 'CLIENT')::text AS amount FROM budget WHERE tenant_id = $1`,
        [many.id],
      )
      return rows[0]
    }
    expect(await budgets()).toMatchObject({ budgets: 0 })
    await test.owner.query('ALTER TABLE budget DROP CONSTRAINT refused')
    const began = performance.now()
    expect(await change(many, ADOPT, { input })).toMatchObject({ made: 12 + 200 * 12, userErrors: [] })
    console.log(`2,412 budgets of a plan were set in ${((performance.now() - began) / 1_000).toFixed(1)} s.`)
    const { amount, ...counted } = (await budgets()) ?? {}
    expect([counted, Number(amount)]).toEqual([{ budgets: 2_412, transactions: 1 }, 200 * 2 * 12])
    expect(await change(many, ADOPT, { input })).toMatchObject({ made: 0, userErrors: [] })
  })
})

describe('the review of a month', () => {
  it('tells plan, actual and expected, and why they differ', async () => {
    const { plan } = await create({ name: 'Reviewed', startsOn: present })
    const at = `${present}T00:00:01Z`
    await spendAll(tenant, [
      { pounds: 30, at, tags: { task: 'now 1' } },
      { pounds: 50, at, tags: { task: 'now 2' } },
    ])
    const NOTE =
      'mutation ($input: NotePlanLineInput!) { notePlanLine(input: $input) { plan { id } userErrors { code field } } }'
    const note = { planId: plan.id, month: present, clientKey: 'northwind', text: 'Two large tasks' }
    expect(await change(tenant, NOTE, { input: note })).toMatchObject({ userErrors: [] })
    expect(await change(tenant, NOTE, { input: { ...note, month: addMonths(present, 12) } })).toMatchObject({
      userErrors: [{ code: 'INVALID_FIELD', field: ['input', 'month'] }],
    })
    const sums =
      'planned { amount } actual { amount } expected { amount } variance { amount } byVolume { amount } byUse { amount } byPrice { amount } byRest { amount } actualToDate { amount }'
    const { data, errors } = await tenant.ask(
      `{ planReview(id: "${plan.id}", month: "${present}") { isOver lines { client { key } sums { ${sums} } notes { text writtenBy } } total { ${sums} } } }`,
      {},
    )
    expect(errors).toEqual([])
    const amounts = (of: Record<string, string>) =>
      Object.fromEntries(Object.entries(of).map(([name, amount]) => [name, { amount }]))
    expect(data?.planReview).toMatchObject({
      isOver: false,
      lines: [
        {
          client: { key: 'northwind' },
          // Two of three tasks, £20 less; each used twice as much, £40 more.
          sums: amounts({
            planned: '60.00',
            actual: '80.00',
            expected: '60.00',
            variance: '20.00',
            byVolume: '-20.00',
            byUse: '40.00',
            byPrice: '0.00',
            byRest: '0.00',
          }),
          notes: [{ text: 'Two large tasks' }],
        },
        {
          client: { key: 'halden' },
          sums: amounts({ planned: '40.00', actual: '0.00', variance: '-40.00', byRest: '-40.00' }),
        },
      ],
      total: amounts({
        planned: '100.00',
        actual: '80.00',
        expected: '100.00',
        variance: '-20.00',
        actualToDate: '80.00',
      }),
    })
  })

  it('is not there for other tenants and roles', async () => {
    const { plan } = await create({ name: 'Own' })
    const other = await test.tenant({ timeZone: 'UTC' })
    const { data } = await other.ask(
      `{ plan(id: "${plan.id}") { id } planReview(id: "${plan.id}", month: "${next}") { month } }`,
      {},
    )
    expect(data).toEqual({ plan: null, planReview: null })
  })
})
