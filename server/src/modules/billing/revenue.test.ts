import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { readCharges } from '@outlay/db/billing/charges'
import { verifyRollups } from '@outlay/db/ingest/verify-rollups'
import { readEarningTerms } from '@outlay/db/revenue/earning-terms'
import { tenantSql } from '@outlay/db/sql/tenant-sql'
import { addDays, daysBetween } from '@outlay/domain/periods/calendar-date'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { allocateHundred, charges, complete, london, ok, send, set, trySet } from './billing-api-kit.ts'

jest.setTimeout(120_000)

const OCTOBER = { from: '2026-10-01', to: '2026-11-01' }

interface Money {
  amount: string
}

interface Earned {
  revenue: Money | null
  margin: Money | null
  revenueParts: { charges: Money | null; billed: Money | null }
}

interface Dashboards {
  fleetCost: Omit<Earned, 'margin'>
  clientCosts: { totalCount: number; nodes: (Earned & { client: { key: string } })[] }
  projectCosts: { nodes: (Earned & { project: { key: string }; isChargedWithClient: boolean })[] }
}

const DASHBOARDS = `query ($range: DateRangeInput!) {
  fleetCost(range: $range) { revenue { amount } revenueParts { charges { amount } billed { amount } } }
  clientCosts(range: $range) { totalCount nodes {
    client { key } revenue { amount } margin(basis: DIRECT) { amount } revenueParts { charges { amount } billed { amount } } } }
  projectCosts(range: $range) { nodes {
    project { key } isChargedWithClient
    revenue { amount } margin(basis: DIRECT) { amount } revenueParts { charges { amount } billed { amount } } } }
}`

const CLIENTS_AND_PROJECTS = `query ($range: DateRangeInput!) {
  clientCosts(range: $range) { totalCount nodes { client { key } revenue { amount } } }
  projectCosts(range: $range) { totalCount nodes { project { key } revenue { amount } } }
}`

type Asking = Pick<TestTenant, 'ask'>

async function look(tenant: TestTenant, range: { from: string; to: string }) {
  const { fleetCost, clientCosts, projectCosts } = await ok<Dashboards>(tenant, DASHBOARDS, { range })
  const words = ({ revenue, revenueParts: { charges: charged, billed } }: Omit<Earned, 'margin'>) =>
    `${revenue?.amount ?? '-'} = ${charged?.amount ?? '-'} charged + ${billed?.amount ?? '-'} billed`
  const clients = clientCosts.nodes.map((row): [string, string] => [row.client.key, words(row)]).sort()
  const projects = projectCosts.nodes.map((row): [string, string] => [row.project.key, words(row)]).sort()
  return {
    fleet: words(fleetCost),
    clients: Object.fromEntries(clients),
    projects: Object.fromEntries(projects),
    clientCosts,
    projectCosts,
    fleetPennies: toPennies(fleetCost.revenue),
  }
}

function toPennies(money: Money | null): bigint {
  const [whole = '0', decimals = ''] = (money?.amount ?? '0').replace('-', '').split('.')
  const value = BigInt(whole + decimals.padEnd(2, '0'))
  return money?.amount.startsWith('-') === true ? -value : value
}

const billed = (amount: string) => ({ billed: { amount, currency: 'GBP' } })

describe('revenue', () => {
  let world: TestServer

  beforeAll(async () => {
    world = await startTestServer()
  }, 120_000)

  afterAll(() => world.close())

  /**
   * To be checked by hand. October has 31 days.
   *
   *     northwind   retainer of 620.00 a month from the 17th on, 15 of 31 days                300.00
   *                 launch, its project, at cost 80.00 and 25 %                               100.00
   *                 task N1, 40.00, completed on the 5th: before there were terms              40.00
   *                 task N2, 70.00, completed on the 20th: under the retainer                      -
   *                 task L1, 500.00, of launch, completed on the 10th: under its terms             -
   *     halden      task H1, 25.00; no terms                                                   25.00
   *     pilot       project of halden, its terms earn nothing; task P1, 60.00                      -
   *     no client   task X1, 3.00                                                               3.00
   */
  async function golden(): Promise<TestTenant> {
    const tenant = await london(world)
    await send(tenant, [
      ['2026-10-03T10:00:00Z', '80000', { agent: 'writer', client: 'northwind', project: 'launch', task: 'L1' }],
      ['2026-10-04T10:00:00Z', '10000', { agent: 'writer', client: 'northwind', task: 'N1' }],
      ['2026-10-20T10:00:00Z', '30000', { agent: 'writer', client: 'northwind', project: 'works', task: 'N2' }],
      ['2026-10-06T10:00:00Z', '5000', { agent: 'writer', client: 'halden', task: 'H1' }],
      ['2026-10-07T10:00:00Z', '2000', { agent: 'writer', client: 'halden', project: 'pilot', task: 'P1' }],
      ['2026-10-08T10:00:00Z', '1000', { agent: 'writer', task: 'X1' }],
    ])
    await complete(tenant, 'L1', '2026-10-10T10:00:00Z', billed('500'))
    await complete(tenant, 'N1', '2026-10-05T10:00:00Z', billed('40'))
    await complete(tenant, 'N2', '2026-10-20T12:00:00Z', billed('70'))
    await complete(tenant, 'H1', '2026-10-06T12:00:00Z', billed('25'))
    await complete(tenant, 'P1', '2026-10-07T12:00:00Z', billed('60'))
    await complete(tenant, 'X1', '2026-10-08T12:00:00Z', billed('3'))
    const retainer = { model: 'RETAINER', price: '620', unit: 'TASKS', allowance: '31', overagePrice: '50' }
    await set(tenant, { clientKey: 'northwind', effectiveFrom: '2026-10-17', terms: retainer })
    const plus = { model: 'COST_PLUS', basis: 'DIRECT', markup: '0.25' }
    await set(tenant, { projectKey: 'launch', effectiveFrom: OCTOBER.from, terms: plus, revenueSource: 'CHARGES' })
    const pilot = { model: 'PER_TASK', price: '9' }
    await set(tenant, { projectKey: 'pilot', effectiveFrom: OCTOBER.from, terms: pilot, revenueSource: 'NONE' })
    return tenant
  }

  it('is charges where terms say so, billed amounts elsewhere, and never both', async () => {
    const tenant = await golden()
    const october = await look(tenant, OCTOBER)
    expect(october.fleet).toBe('468.00 = 400.00 charged + 68.00 billed')
    expect(october.clients).toEqual({
      halden: '25.00 = - charged + 25.00 billed',
      northwind: '440.00 = 400.00 charged + 40.00 billed',
    })
    expect(october.projects).toEqual({
      launch: '100.00 = 100.00 charged + - billed',
      pilot: '- = - charged + - billed',
      works: '- = - charged + - billed',
    })
    // What the client's terms charge is in no project, and the project says so.
    expect(
      october.projectCosts.nodes.filter((row) => row.isChargedWithClient).map(({ project: { key } }) => key),
    ).toEqual(['works'])
    // 440.00 less 120.00 of cost; 100.00 less 80.00.
    expect(october.clientCosts.nodes.find(({ client }) => client.key === 'northwind')?.margin?.amount).toBe('320.00')
    expect(october.projectCosts.nodes.find(({ project }) => project.key === 'launch')?.margin?.amount).toBe('20.00')
    // What dashboards count is what the page of charges says, for the month.
    expect((await charges(tenant, OCTOBER.from, { clientKey: 'northwind' })).total.amount).toBe('400.00')
  })

  it('of days adds up to the month, and accrues a fee evenly', async () => {
    const tenant = await golden()
    // Five days of the retainer at 20.00; everything else is before them.
    expect((await look(tenant, { from: '2026-10-17', to: '2026-10-22' })).clients).toEqual({
      northwind: '100.00 = 100.00 charged + - billed',
    })
    // A client that only its fee makes active is on the list, and counted.
    const quiet = await look(tenant, { from: '2026-10-25', to: '2026-10-26' })
    expect([quiet.clients, quiet.clientCosts.totalCount]).toEqual([
      { northwind: '20.00 = 20.00 charged + - billed' },
      1,
    ])
    let sum = 0n
    for (let day = OCTOBER.from; day < OCTOBER.to; day = addDays(day, 1)) {
      const one = await look(tenant, { from: day, to: addDays(day, 1) })
      const clients = one.clientCosts.nodes.reduce((total, row) => total + toPennies(row.revenue), 0n)
      // What has no client is in the fleet alone.
      expect(one.fleetPennies).toBe(clients + (day === '2026-10-08' ? 300n : 0n))
      sum += one.fleetPennies
    }
    expect(sum).toBe(468_00n)
  })

  it('counts billed amounts again when the source is set back, and keeps the source when terms change', async () => {
    const tenant = await golden()
    const plus = { model: 'COST_PLUS', basis: 'DIRECT', markup: '0.25' }
    const of = { projectKey: 'launch', effectiveFrom: OCTOBER.from }
    await set(tenant, { ...of, terms: plus, revenueSource: 'BILLED' })
    expect((await look(tenant, OCTOBER)).projects).toMatchObject({ launch: '500.00 = - charged + 500.00 billed' })
    // Nothing is said of it: as under the terms that are replaced.
    const id = await set(tenant, { ...of, terms: { ...plus, markup: '0.5' } })
    expect((await look(tenant, OCTOBER)).projects).toMatchObject({ launch: '500.00 = - charged + 500.00 billed' })
    const { engagement } = await ok<{ engagement: object }>(
      tenant,
      '($id: ID!) { engagement(id: $id) { revenueSource } }'.replace('(', 'query ('),
      { id },
    )
    expect(engagement).toEqual({ revenueSource: 'BILLED' })
    // Said the same again, with the source or without, it changes nothing.
    expect((await trySet(tenant, { ...of, terms: { ...plus, markup: '0.5' } })).engagement?.id).toBe(id)
    const charging = await set(tenant, { ...of, terms: { ...plus, markup: '0.5' }, revenueSource: 'CHARGES' })
    expect(charging).not.toBe(id)
    expect((await look(tenant, OCTOBER)).projects).toMatchObject({ launch: '120.00 = 120.00 charged + - billed' })
  })

  it('is told to a manager who is limited to a client as to everybody, and nothing of another client', async () => {
    const tenant = await golden()
    // Work of launch that is tagged with a client of somebody else: its cost is in the charge all the same, 4.00 and 25 %.
    await send(tenant, [['2026-10-09T10:00:00Z', '4000', { agent: 'writer', client: 'halden', project: 'launch' }]])
    const cookie = await tenant.signedIn('PROJECT_MANAGER')
    const manager: Asking = {
      ask: (query, variables) => ask(world.url, { cookie, 'x-outlay-tenant': tenant.key }, query, variables),
    }
    const { data } = await manager.ask('{ viewer { id } }')
    const { id } = (data as never as { viewer: { id: string } }).viewer
    const limit =
      'mutation ($id: ID!, $to: [String!]!) { setMemberClients(id: $id, clients: $to) { userErrors { message } } }'
    const own = CLIENTS_AND_PROJECTS
    await ok(tenant, limit, { id, to: ['northwind'] })
    const seen = await manager.ask(own, { range: OCTOBER })
    expect(seen.errors).toEqual([])
    expect(seen.data).toEqual({
      clientCosts: { totalCount: 1, nodes: [{ client: { key: 'northwind' }, revenue: { amount: '445.00' } }] },
      projectCosts: {
        totalCount: 2,
        nodes: [
          { project: { key: 'launch' }, revenue: { amount: '105.00' } },
          { project: { key: 'works' }, revenue: null },
        ],
      },
    })
    // A day on which nothing but the other client's fee is earned.
    await ok(tenant, limit, { id, to: ['halden'] })
    const quiet = await manager.ask(own, { range: { from: '2026-10-25', to: '2026-10-26' } })
    expect(quiet.data).toEqual({
      clientCosts: { totalCount: 0, nodes: [] },
      projectCosts: { totalCount: 0, nodes: [] },
    })
  })

  it('of every model is the charge of the month to the penny, and its days add up to it', async () => {
    const tenant = await london(world)
    const places = ['pass', 'plus', 'card', 'tasks', 'retainer', 'agents', 'outcome', 'time']
    const days = ['2026-10-01T10:00:00Z', '2026-10-09T22:59:59Z', '2026-10-19T23:30:00Z', '2026-10-31T23:30:00Z']
    for (const [nr, place] of places.entries()) {
      await send(
        tenant,
        days.flatMap((at, index) => [
          [
            at,
            `${1234.567 + 333.333 * index + nr}`.slice(0, 8),
            { agent: `a${index}`, client: place, task: `${place}-${index}`, endedAt: later(at, 47) },
          ],
          [
            at,
            '777.777',
            {
              ...{ agent: 'b', client: place, project: `${place}-own`, task: `${place}-own-${index}` },
              endedAt: later(at, 7),
            },
          ],
          [at, '55.5', { agent: 'c', client: place, project: 'pass-own' }],
        ]),
      )
      for (const [index, at] of days.entries()) {
        await complete(tenant, `${place}-${index}`, at, billed('10'))
        await complete(tenant, `${place}-own-${index}`, at, billed('10'))
      }
    }
    await allocateHundred(world, tenant)
    const steps = [
      { above: '0', price: '0.003', per: '1' },
      { above: '2000', price: '0.001', per: '1' },
    ]
    const terms = [
      { model: 'PASS_THROUGH', cap: '20' },
      { model: 'COST_PLUS', markup: '0.123457', discount: '0.033333' },
      { model: 'RATE_CARD', prices: [{ unit: 'TOKENS', mode: 'VOLUME', steps }], minimum: '3.10' },
      { model: 'PER_TASK', price: '1.37', credit: '2' },
      { model: 'RETAINER', price: '310', unit: 'TASKS', allowance: '2', overagePrice: '3.33', carryOverMonths: 2 },
      { model: 'PER_AGENT', price: '31' },
      { model: 'OUTCOME', price: '4.5', reversalDays: 30 },
      { model: 'TIME', price: '93.1', incrementMinutes: 6 },
    ]
    for (const [nr, place] of places.entries()) {
      await set(tenant, {
        clientKey: place,
        effectiveFrom: nr % 2 === 0 ? '2026-10-01' : '2026-09-14',
        terms: terms[nr],
      })
      const other = terms[(nr + 3) % terms.length]
      await set(tenant, {
        projectKey: `${place}-own`,
        effectiveFrom: '2026-10-06',
        effectiveTo: '2026-10-29',
        terms: other,
      })
    }
    const db = tenantSql(world.server.pool, tenant.id)
    const zone = { timeZone: 'Europe/London' }
    const told = async (range: { from: string; to: string }) => {
      const { charged } = await readEarningTerms(db, { range, currency: 'GBP', ...zone })
      return new Map(charged.map(({ engagementId, amount }) => [engagementId, amount]))
    }
    const month = await readCharges(db, { month: OCTOBER.from, projectId: null, clientId: null, ...zone })
    expect(month).toHaveLength(2 * places.length)
    expect(month.filter(({ charge }) => charge.total === 0n)).toEqual([])
    const whole = await told(OCTOBER)
    expect(month.map(({ engagement, charge }) => [engagement.id, charge.total])).toEqual(
      month.map(({ engagement }) => [engagement.id, whole.get(engagement.id)]),
    )
    // By days, by unequal parts, and across the end of the month.
    const cuts = [OCTOBER.from, '2026-10-02', '2026-10-10', '2026-10-11', '2026-10-25', '2026-10-26', OCTOBER.to]
    const everyDay = Array.from({ length: daysBetween(OCTOBER.from, OCTOBER.to) + 1 }, (_, nr) =>
      addDays(OCTOBER.from, nr),
    )
    for (const list of [cuts, everyDay]) {
      const sums = new Map<string, bigint>()
      for (const [nr, from] of list.slice(0, -1).entries()) {
        for (const [id, amount] of await told({ from, to: list[nr + 1] ?? '' }))
          sums.set(id, (sums.get(id) ?? 0n) + amount)
      }
      expect(sums).toEqual(whole)
    }
    const [september, across] = await Promise.all([
      told({ from: '2026-09-20', to: '2026-10-01' }),
      told({ from: '2026-09-20', to: '2026-11-01' }),
    ])
    for (const [id, amount] of across) expect(amount).toBe((september.get(id) ?? 0n) + (whole.get(id) ?? 0n))
    // Every project's, what terms of clients charge, and what was billed for work in no project are the fleet's.
    const { fleetPennies, projectCosts } = await look(tenant, OCTOBER)
    const ofClients = month.filter(({ engagement }) => engagement.clientId !== null)
    const rest = ofClients.reduce((sum, { charge }) => sum + charge.total / 10n ** 16n, 0n)
    const ofProjects = projectCosts.nodes.reduce((sum, row) => sum + toPennies(row.revenue), 0n)
    expect(ofProjects + rest).toBe(fleetPennies)
    expect(await verifyRollups(world.server.pool, tenant.id)).toEqual([])
  })
})

function later(at: string, minutes: number): string {
  return new Date(Date.parse(at) + minutes * 60_000).toISOString()
}
