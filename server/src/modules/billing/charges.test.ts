import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { readCharges } from '@outlay/db/billing/charges'
import { tenantSql, type TenantSql } from '@outlay/db/sql/tenant-sql'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import {
  allocateHundred,
  charges,
  complete,
  london,
  ok,
  send,
  set,
  written,
  type Sent,
  type ShownCharge,
} from './billing-api-kit.ts'

jest.setTimeout(60_000)

let world: TestServer
let tenant: TestTenant

const OCTOBER = '2026-10-01'

/**
 * Three tasks of `launch` and one of `audit`, both projects of northwind; work of northwind in no project; a shared use; amounts with more
 * decimals than pennies; events just before and after midnight in London, on either side of the end of summer time.
 */
const EVENTS: Sent[] = [
  ['2026-09-30T22:59:59Z', '900', { agent: 'writer', client: 'northwind', project: 'launch', task: 'L1' }],
  ['2026-09-30T23:00:00Z', '1234.567', { agent: 'writer', client: 'northwind', project: 'launch', task: 'L1' }],
  ['2026-10-09T22:59:59Z', '777.001', { agent: 'coder', client: 'northwind', project: 'launch', task: 'L2' }],
  ['2026-10-09T23:00:00Z', '321.005', { agent: 'coder', client: 'northwind', project: 'launch', task: 'L2' }],
  ['2026-10-25T01:30:00Z', '55.555', { client: 'northwind', project: 'launch', task: 'L3' }],
  ['2026-10-31T23:59:59Z', '4000.009', { agent: 'writer', client: 'northwind', project: 'launch' }],
  ['2026-11-01T00:00:00Z', '66', { agent: 'writer', client: 'northwind', project: 'launch', task: 'L3' }],
  [
    '2026-10-12T10:00:00Z',
    '500.5',
    { agent: 'coder', client: 'northwind', project: 'launch', task: 'L2', trace: 't1', span: 's1', sharedKey: 'index' },
  ],
  ['2026-10-14T10:00:00Z', '2000', { agent: 'coder', client: 'northwind', project: 'audit', task: 'A1' }],
  ['2026-10-15T10:00:00Z', '300.25', { agent: 'writer', client: 'northwind', task: 'N1' }],
  ['2026-10-16T10:00:00Z', '100', { agent: 'writer', client: 'northwind' }],
  ['2026-10-17T10:00:00Z', '5000', { agent: 'writer', client: 'halden' }],
]

beforeAll(async () => {
  world = await startTestServer()
  tenant = await london(world)
  await send(tenant, EVENTS)
  // 1 October in London, though September in UTC; the last second of October; November.
  await complete(tenant, 'L1', '2026-09-30T23:30:00Z')
  await complete(tenant, 'L2', '2026-10-31T23:59:59Z')
  await complete(tenant, 'L3', '2026-11-01T00:00:00Z')
  await complete(tenant, 'A1', '2026-10-20T09:00:00Z')
  await allocateHundred(world, tenant)
}, 120_000)

afterAll(() => world.close())

interface Cost {
  task: string | null
  cost: string
}

/**
 * The second reckoning: from the events, not from the cells. A shared use counts where its task is; the allocated shares are those of whole months.
 */
async function eventCosts(
  where: { project?: string; from: string; to: string },
  { isLoaded = false } = {},
): Promise<Cost[]> {
  const { rows } = await world.owner.query<Cost>(
    `SELECT task, trim_scale(sum(cost))::text AS cost FROM (
       SELECT t.key AS task, i.cost FROM invocation i
       LEFT JOIN task t ON t.tenant_id = i.tenant_id AND t.id = i.task_id
       JOIN project p ON p.tenant_id = i.tenant_id AND p.id = coalesce(CASE WHEN i.billing = 'SHARED' THEN t.project_id END, i.project_id)
       WHERE i.tenant_id = $1 AND p.key = $2 AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
         AND (i.occurred_at AT TIME ZONE 'Europe/London')::date >= $3::date AND (i.occurred_at AT TIME ZONE 'Europe/London')::date < $4::date
       UNION ALL
       SELECT t.key, a.amount FROM allocation_run r JOIN allocated_place a ON a.tenant_id = r.tenant_id AND a.month = r.month
       JOIN project p ON p.tenant_id = a.tenant_id AND p.id = a.project_id LEFT JOIN task t ON t.tenant_id = a.tenant_id AND t.id = a.task_id
       WHERE $5 AND r.tenant_id = $1 AND p.key = $2 AND r.month >= $3::date AND r.month < $4::date
     ) c GROUP BY task ORDER BY task NULLS LAST`,
    [tenant.id, where.project ?? 'launch', where.from, where.to, isLoaded],
  )
  return rows
}

/** Tenths of pennies and the like as bigints of 10^-18, for sums that no float may hold. */
function exact(text: string): bigint {
  const [whole = '0', decimals = ''] = text.replace('-', '').split('.')
  const value = BigInt(whole + decimals.padEnd(18, '0'))
  return text.startsWith('-') ? -value : value
}

function sum(texts: readonly string[]): bigint {
  return texts.reduce((total, text) => total + exact(text), 0n)
}

/** Half to even, as a text of pounds. */
function pennies(value: bigint): string {
  const unit = 10n ** 16n
  const floor = value / unit
  const rest = (value % unit) * 2n
  const rounded = rest > unit || (rest === unit && floor % 2n === 1n) ? floor + 1n : floor
  return `${rounded / 100n}.${String(rounded % 100n).padStart(2, '0')}`
}

function onlyCharge({ charges: [one, ...others] }: { charges: ShownCharge[] }): ShownCharge {
  if (one === undefined || others.length > 0) throw new Error('not one charge')
  return one
}

const amountsOf = ({ lines }: ShownCharge) => lines.map(({ amount }) => amount.amount)

describe('charges of a month', () => {
  it('pass fully loaded cost through, each task as its events and shares say', async () => {
    const project = { projectKey: 'launch' }
    await set(tenant, {
      ...project,
      effectiveFrom: OCTOBER,
      effectiveTo: '2026-11-01',
      terms: { model: 'PASS_THROUGH' },
    })
    const shown = await charges(tenant, OCTOBER, project)
    const charge = onlyCharge(shown)
    const costs = await eventCosts({ from: OCTOBER, to: '2026-11-01' }, { isLoaded: true })
    const lines = charge.lines.map(({ task, exact: amount }) => ({
      task: task?.key ?? null,
      cost: exact(amount.amount),
    }))
    const byKey = (a: { task: string | null }, b: { task: string | null }) =>
      (a.task ?? '~') < (b.task ?? '~') ? -1 : 1
    expect(lines.sort(byKey)).toEqual(costs.map(({ task, cost }) => ({ task, cost: exact(cost) })).sort(byKey))
    expect(costs.map(({ task }) => task)).toEqual(['L1', 'L2', 'L3', null])
    const total = pennies(sum(costs.map(({ cost }) => cost)))
    expect(charge.total.amount).toBe(total)
    expect(sum(amountsOf(charge))).toBe(exact(total))
    expect(exact(charge.cost.total.amount)).toBe(sum(costs.map(({ cost }) => cost)))
    expect(exact(charge.cost.allocated.amount) > 0n).toBe(true)
    expect(shown.total.amount).toBe(total)
    expect(exact(charge.margin.amount)).toBe(exact(total) - sum(costs.map(({ cost }) => cost)))
  })

  it('add a markup to direct cost from the first day of the terms on', async () => {
    const project = { projectKey: 'launch' }
    await set(tenant, {
      ...{ ...project, effectiveFrom: '2026-10-10' },
      terms: { model: 'COST_PLUS', basis: 'ATTRIBUTED', markup: '0.15', discount: '0.05' },
    })
    const shown = await charges(tenant, OCTOBER, project)
    const [before, plus] = shown.charges
    if (before === undefined || plus === undefined) throw new Error('two charges')
    // The terms before end where these begin, and are charged for the days before.
    expect([before.engagement.model, before.from, before.to]).toEqual(['PASS_THROUGH', OCTOBER, '2026-10-10'])
    expect([plus.engagement.model, plus.from, plus.to]).toEqual(['COST_PLUS', '2026-10-10', '2026-11-01'])
    const cost = sum((await eventCosts({ from: '2026-10-10', to: '2026-11-01' })).map((one) => one.cost))
    const withMarkup = cost + (cost * 15n) / 100n
    expect(plus.total.amount).toBe(pennies(withMarkup - (withMarkup * 5n) / 100n))
    expect(sum(amountsOf(plus))).toBe(exact(plus.total.amount))
    // Both together cost what the month cost; 9 and 22 days of a month of 745 hours.
    const whole = sum(
      (await eventCosts({ from: OCTOBER, to: '2026-11-01' }, { isLoaded: true })).map((one) => one.cost),
    )
    expect(exact(before.cost.total.amount) + exact(plus.cost.total.amount)).toBe(whole)
  })

  it('charge a task on the local day of its completion', async () => {
    await endAll('launch')
    await set(tenant, { projectKey: 'launch', effectiveFrom: OCTOBER, terms: { model: 'PER_TASK', price: '50' } })
    const { rows } = await world.owner.query<{ key: string }>(
      `SELECT t.key FROM task t JOIN project p ON p.id = t.project_id AND p.tenant_id = t.tenant_id WHERE t.tenant_id = $1 AND p.key = 'launch'
         AND t.status = 'COMPLETED' AND to_char(t.completed_at AT TIME ZONE 'Europe/London', 'YYYY-MM') = '2026-10' ORDER BY t.completed_at`,
      [tenant.id],
    )
    const charge = onlyCharge(await charges(tenant, OCTOBER, { projectKey: 'launch' }))
    expect(charge.lines.map(({ task }) => task?.key)).toEqual(rows.map(({ key }) => key))
    expect(rows.map(({ key }) => key)).toEqual(['L1', 'L2'])
    expect(charge.total.amount).toBe('100.00')
  })

  it('carry the allowance of a retainer on from its first month', async () => {
    await endAll('launch')
    await set(tenant, {
      ...{ projectKey: 'launch', effectiveFrom: '2026-09-01' },
      terms: {
        ...{ model: 'RETAINER', price: '1000', unit: 'INVOCATIONS', allowance: '4', overagePrice: '80' },
        ...{ carryOverMonths: 1, minimum: '1200' },
      },
    })
    const { rows } = await world.owner.query<{ month: string; used: number }>(
      `SELECT to_char(i.occurred_at AT TIME ZONE 'Europe/London', 'YYYY-MM') AS month, count(*)::int AS used FROM invocation i
       JOIN project p ON p.id = i.project_id AND p.tenant_id = i.tenant_id WHERE i.tenant_id = $1 AND p.key = 'launch' GROUP BY 1 ORDER BY 1`,
      [tenant.id],
    )
    expect(rows).toEqual([
      { month: '2026-09', used: 1 },
      { month: '2026-10', used: 6 },
      { month: '2026-11', used: 1 },
    ])
    // September: 1 of 4, 3 go on. October: 3 + 4 for 6, 1 goes on. Without September's it would have been 2 beyond.
    const october = onlyCharge(await charges(tenant, OCTOBER, { projectKey: 'launch' }))
    expect(written(october)).toEqual([
      'FEE 1 × 1000.00 = 1000.00',
      'ALLOWANCE 6 × 0.00 = 0.00',
      'MINIMUM 1 × 200.00 = 200.00',
    ])
    const september = onlyCharge(await charges(tenant, '2026-09-01', { projectKey: 'launch' }))
    expect(september.total.amount).toBe('1200.00')
    expect(await charges(tenant, '2026-08-01', { projectKey: 'launch' })).toMatchObject({
      charges: [],
      total: { amount: '0.00' },
    })
  })

  it('charge a client for what no project with terms of its own has, and each project once', async () => {
    await endAll('launch')
    await set(tenant, {
      clientKey: 'northwind',
      effectiveFrom: OCTOBER,
      terms: { model: 'PASS_THROUGH', basis: 'ATTRIBUTED' },
    })
    await set(tenant, {
      projectKey: 'launch',
      effectiveFrom: '2026-10-10',
      terms: { model: 'PASS_THROUGH', basis: 'ATTRIBUTED' },
    })
    const shown = await charges(tenant, OCTOBER, { clientKey: 'northwind' })
    const cost = async (condition: string) => {
      const { rows } = await world.owner.query<{ cost: string }>(
        `SELECT coalesce(sum(i.cost), 0)::text AS cost FROM invocation i LEFT JOIN project p ON p.id = i.project_id AND p.tenant_id = i.tenant_id
         JOIN client c ON c.id = i.client_id AND c.tenant_id = i.tenant_id, LATERAL (SELECT (i.occurred_at AT TIME ZONE 'Europe/London')::date AS day) d
         WHERE i.tenant_id = $1 AND c.key = 'northwind' AND d.day >= '2026-10-01' AND d.day < '2026-11-01' AND ${condition}`,
        [tenant.id],
      )
      return exact(rows[0]?.cost ?? '0')
    }
    const isLaunch = `p.key IS NOT DISTINCT FROM 'launch' AND d.day >= '2026-10-10'`
    const totals = Object.fromEntries(
      shown.charges.map(({ engagement, total }) => [engagement.project?.key ?? engagement.client?.key, total.amount]),
    )
    expect(totals).toEqual({
      northwind: pennies(await cost(`NOT (${isLaunch})`)),
      launch: pennies(await cost(isLaunch)),
    })
    const ofClient = shown.charges.find(({ engagement }) => engagement.project === null)
    expect(ofClient?.lines.map(({ task }) => task?.key ?? null).sort()).toEqual(['A1', 'L1', 'L2', 'N1', null].sort())
    // All with terms, and a client without any.
    expect((await charges(tenant, OCTOBER)).total).toEqual(shown.total)
    expect((await charges(tenant, OCTOBER, { clientKey: 'halden' })).charges).toEqual([])
    expect((await charges(tenant, OCTOBER, { clientKey: 'nobody' })).charges).toEqual([])
  })

  it('charge units by their steps and agents from their first day', async () => {
    await endAll('launch')
    const steps = [
      { above: '0', price: '0.5' },
      { above: '4', price: '0.25' },
    ]
    const project = { projectKey: 'launch', effectiveFrom: OCTOBER }
    const rateCard = {
      model: 'RATE_CARD',
      prices: [
        { unit: 'INVOCATIONS', steps },
        { unit: 'TASKS', steps: [steps[0]] },
      ],
    }
    await set(tenant, { ...project, terms: rateCard })
    // 6 invocations: 4 × 0.50 + 2 × 0.25; 2 tasks × 0.50.
    expect(written(onlyCharge(await charges(tenant, OCTOBER, { projectKey: 'launch' })))).toEqual([
      'USAGE 4 × 0.50 = 2.00',
      'USAGE 2 × 0.25 = 0.50',
      'USAGE 2 × 0.50 = 1.00',
    ])
    // The same first day again: the terms before are superseded. writer is from 1 October, coder from the 9th (23 of 31 days).
    await set(tenant, { ...project, terms: { model: 'PER_AGENT', price: '310' } })
    const charge = onlyCharge(await charges(tenant, OCTOBER, { projectKey: 'launch' }))
    expect(charge.lines.map(({ description, amount }) => `${description}: ${amount.amount}`).sort()).toEqual([
      'Subscription of agent coder (23 of 31 days): 230.00',
      'Subscription of agent writer: 310.00',
    ])
  })

  it('propose the price that reaches a margin', async () => {
    const PROPOSAL = `query ($margin: Decimal!, $key: String!) { priceProposal(projectKey: $key, margin: $margin, basis: ATTRIBUTED,
      range: { from: "2026-10-01", to: "2026-11-01" }) { price { amount } pricePerTask { amount } costPerTask { amount } tasksCompleted markup } }`
    const cost = sum((await eventCosts({ from: OCTOBER, to: '2026-11-01' })).map((one) => one.cost))
    const { priceProposal } = await ok<{ priceProposal: { price: { amount: string } } }>(tenant, PROPOSAL, {
      margin: '0.4',
      key: 'launch',
    })
    expect(priceProposal).toMatchObject({ tasksCompleted: 2, markup: '0.666666666666666667' })
    const price = exact(priceProposal.price.amount)
    const penny = 10n ** 16n
    // 40 % of the price is left, and one penny less would not do.
    expect([(price - cost) * 10n >= price * 4n, (price - penny - cost) * 10n >= (price - penny) * 4n]).toEqual([
      true,
      false,
    ])
    expect(await ok(tenant, PROPOSAL, { margin: '0.4', key: 'nobody' })).toEqual({ priceProposal: null })
    const { errors } = await tenant.ask(PROPOSAL, { margin: '1', key: 'launch' })
    expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  it('propose the price of all that a client is tagged with, under whatever terms', async () => {
    const PROPOSAL = `query ($clientKey: String, $projectKey: String) { priceProposal(clientKey: $clientKey, projectKey: $projectKey, margin: "0.5",
      basis: ATTRIBUTED, range: { from: "2026-10-01", to: "2026-11-01" }) { client { key } project { key } price { amount } tasksCompleted } }`
    await set(tenant, { projectKey: 'audit', effectiveFrom: OCTOBER, terms: { model: 'PER_TASK', price: '1' } })
    const { rows } = await world.owner.query<{ cost: string }>(
      `SELECT sum(i.cost)::text AS cost FROM invocation i JOIN client c ON c.id = i.client_id AND c.tenant_id = i.tenant_id
       WHERE i.tenant_id = $1 AND c.key = 'northwind' AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
         AND (i.occurred_at AT TIME ZONE 'Europe/London')::date BETWEEN '2026-10-01' AND '2026-10-31'`,
      [tenant.id],
    )
    const { priceProposal } = await ok<{ priceProposal: { price: { amount: string } } }>(tenant, PROPOSAL, {
      clientKey: 'northwind',
    })
    expect(priceProposal).toMatchObject({ client: { key: 'northwind' }, project: null, tasksCompleted: 3 })
    // Half of the price is left: it is twice the cost, up to the next penny.
    const [price, cost] = [exact(priceProposal.price.amount), exact(rows[0]?.cost ?? '0')]
    expect(price - 2n * cost >= 0n && price - 2n * cost < 10n ** 16n).toBe(true)
    for (const keys of [{}, { clientKey: 'northwind', projectKey: 'launch' }]) {
      expect((await tenant.ask(PROPOSAL, keys)).errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
    }
  })

  it('of many places are what each is by itself, and are read by no more statements', async () => {
    await endAll('launch')
    await endAll('audit')
    await set(tenant, { clientKey: 'northwind', effectiveFrom: OCTOBER, terms: { model: 'COST_PLUS', markup: '0.1' } })
    const read = async (of: { projectId?: string; clientId?: string } = {}) => {
      let statements = 0
      const db = tenantSql(world.server.pool, tenant.id)
      const counting: TenantSql = {
        tenantId: db.tenantId,
        query: (...asked) => ((statements += 1), db.query(...asked)),
      }
      const place = { projectId: of.projectId ?? null, clientId: of.clientId ?? null }
      const found = await readCharges(counting, { ...place, month: OCTOBER, timeZone: 'Europe/London' })
      return { found, statements }
    }
    const one = await read()
    expect(one.found.map(({ engagement }) => engagement.model)).toEqual(['COST_PLUS'])
    const steps = [{ above: '0', price: '0.5' }]
    const others = [
      { projectKey: 'launch', terms: { model: 'PER_AGENT', price: '310' } },
      { projectKey: 'audit', effectiveTo: '2026-10-21', terms: { model: 'PASS_THROUGH' } },
      { projectKey: 'audit', effectiveFrom: '2026-10-21', terms: { model: 'OUTCOME', price: '5', credit: '3' } },
      { clientKey: 'halden', terms: { model: 'RATE_CARD', prices: [{ unit: 'TOKENS', steps }] } },
    ]
    for (const terms of others) await set(tenant, { effectiveFrom: OCTOBER, ...terms })
    const all = await read()
    expect(all.found).toHaveLength(5)
    // A statement for projects and one for clients where there was only a client: never one for each.
    expect(all.statements).toBeLessThanOrEqual(2 * one.statements + 2)
    const apart = []
    for (const { engagement } of all.found) {
      const { projectId, clientId } = engagement
      const { found } = await read(projectId === null ? { clientId: clientId ?? '' } : { projectId })
      apart.push(found.find((charge) => charge.engagement.id === engagement.id))
    }
    expect(apart).toEqual(all.found)
    const projects = new Set(all.found.flatMap(({ engagement }) => engagement.projectId ?? []))
    expect([projects.size, all.found.every(({ cost }) => cost.invocations > 0n || cost.allocated !== 0n)]).toEqual([
      2,
      true,
    ])
  })

  it('can be tried before the terms are set', async () => {
    const PREVIEW = `query ($input: EngagementInput!, $month: Date!) { chargePreview(input: $input, month: $month) {
      charge { engagement { id } from to total { amount } cost { total { amount } } lines { kind quantity unitPrice { amount } amount { amount } } }
      userErrors { code field } } }`
    type Preview = { charge: ShownCharge | null; userErrors: { code: string; field: string[] }[] }
    const preview = async (input: object) =>
      (await ok<{ chargePreview: Preview }>(tenant, PREVIEW, { input, month: OCTOBER })).chargePreview
    const before = await charges(tenant, OCTOBER)
    const terms = { model: 'PER_TASK', price: '50', minimum: '120' }
    // From a later day on, and over others that are there: it is what October would have been.
    const { charge, userErrors } = await preview({ projectKey: 'launch', effectiveFrom: '2026-12-15', terms })
    expect(userErrors).toEqual([])
    expect(charge).toMatchObject({ engagement: null, from: OCTOBER, to: '2026-11-01', total: { amount: '120.00' } })
    expect(written(charge!)).toEqual(['TASK 1 × 50.00 = 50.00', 'TASK 1 × 50.00 = 50.00', 'MINIMUM 1 × 20.00 = 20.00'])
    expect(await charges(tenant, OCTOBER)).toEqual(before)
    const own = { projectKey: 'launch', effectiveFrom: OCTOBER }
    for (const [input, code, field] of [
      [{ ...own, terms: { model: 'COST_PLUS' } }, 'MISSING_FIELD', 'input.terms.markup'],
      [{ ...own, terms, effectiveTo: OCTOBER }, 'INVALID_FIELD', 'input.effectiveTo'],
      [{ ...own, projectKey: 'nothing', terms }, 'NOT_FOUND', 'input.projectKey'],
    ] as const) {
      const refused = await preview(input)
      expect(refused.charge).toBeNull()
      expect(refused.userErrors.map((one) => [one.code, one.field.join('.')])).toEqual([[code, field]])
    }
  })
})

/** As if the project had never had terms. */
async function endAll(projectKey: string): Promise<void> {
  const { engagements } = await ok<{ engagements: { id: string; effectiveFrom: string }[] }>(
    tenant,
    'query ($projectKey: String) { engagements(projectKey: $projectKey) { id effectiveFrom } }',
    { projectKey },
  )
  for (const { id, effectiveFrom } of engagements) {
    await ok(tenant, 'mutation ($id: ID!, $on: Date!) { endEngagement(id: $id, on: $on) { userErrors { message } } }', {
      ...{ id, on: effectiveFrom },
    })
  }
}
