import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { strFromU8, unzipSync } from 'fflate'
import pg from 'pg'
import { extractText, getDocumentProxy } from 'unpdf'
import { buildReport, type ReportWish } from '@outlay/db/reports/build-report'
import { TenantPool } from '@outlay/db/tenancy/tenant-pool'
import { tenantTransaction } from '@outlay/db/tenancy/tenant-transaction'
import { formatFixed18, parseFixed18, roundHalfEven } from '@outlay/domain/money/fixed18'
import { decimalText } from '@outlay/domain/money/decimal-text'
import type { ReportDocument, ReportTable } from '@outlay/domain/reports/document'
import { renderReport } from '@outlay/workers/reports/render'
import { recordInvocations } from '../support/deliver.ts'
import { item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'
import type { TenantClient } from '../support/tenant-client.ts'
import { writePools, writeRuns } from '../support/write-allocation.ts'

jest.setTimeout(300_000)

const october = { from: '2026-10-01', to: '2026-11-01' }
const mark = { editionId: 'rpe_test', hash: '0123456789abcdef'.repeat(4) }
const AGENTS = ['research', 'coding', 'campaign']
const CLIENTS = ['northwind', 'halden', null]

let outlay: Outlay
let tenant: TenantClient
let owner: pg.Pool
let pool: TenantPool
let lines: string[]
let pages: string[]

beforeAll(async () => {
  outlay = await startOutlay()
  owner = new pg.Pool({ connectionString: outlay.database.ownerUrl })
  pool = new TenantPool({ url: outlay.database.appUrl })
  tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
  await seed()
  const bytes = await renderReport(await made('FINANCE_PACK'), 'PDF', mark)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: false })
  pages = text
  lines = text.flatMap((page) => page.split('\n'))
}, 240_000)

afterAll(async () => {
  await pool?.end()
  await owner?.end()
  await outlay?.stop()
})

/** Four months of usage of three agents for two clients and nobody, tasks, a budget, and a pool of which a tenth is not allocated. */
async function seed(): Promise<void> {
  const mutate = (text: string, variables: Record<string, unknown>) => tenant.gql(text, variables)
  await mutate('mutation ($input: PublishRatesInput!) { publishRates(input: $input) { userErrors { message } } }', {
    input: { rates: [plainRate('GBP')] },
  })
  const events = ['2026-07', '2026-08', '2026-09', '2026-10'].flatMap((month, m) =>
    Array.from({ length: 60 }, (_, i) =>
      item(`${month}-${i}`, {
        agent: i === 7 ? null : AGENTS[i % 3],
        client: CLIENTS[i % 3],
        project: i % 3 === 2 ? null : `project-${i % 2}`,
        task: i % 10 === 9 ? null : `task-${month}-${i % 20}`,
        trace: `t-${month}-${i % 20}`,
        occurredAt: `${month}-${String(1 + (i % 28)).padStart(2, '0')}T10:00:00Z`,
        usage: [{ meter: i === 3 ? 'images' : 'input_tokens', quantity: String(1_000 + 137 * i * (m + 1)) }],
      }),
    ),
  )
  expect(await recordInvocations(tenant, events)).toMatchObject({ accepted: events.length })
  for (let i = 0; i < 8; i += 1) {
    const input = {
      key: `task-2026-10-${i}`,
      status: i === 7 ? 'FAILED' : 'COMPLETED',
      ...(i === 7
        ? {}
        : { completedAt: `2026-10-2${i}T12:00:00Z`, billed: { amount: `${40 + i}.5`, currency: 'GBP' } }),
    }
    await mutate('mutation ($input: UpsertTaskInput!) { upsertTask(input: $input) { userErrors { message } } }', {
      input,
    })
  }
  const budget = { scope: 'FLEET', window: 'MONTH', amount: { amount: '1000', currency: 'GBP' } }
  await mutate('mutation ($input: BudgetInput!) { setBudget(input: $input) { userErrors { message } } }', {
    input: budget,
  })
  const tenantId = outlay.tenantId(tenant)
  const pools = await writePools(owner, tenantId, [
    {
      ...{ name: 'Hosting', currency: 'GBP', method: 'EQUAL', firstMonth: '2026-10-01', lastMonth: '2026-10-01' },
      amounts: [{ fromMonth: '2026-10-01', amount: '100' }],
    },
  ])
  const { rows } = await owner.query<{ id: string }>(`SELECT id FROM agent WHERE tenant_id = $1 AND key = 'coding'`, [
    tenantId,
  ])
  const places = [{ agent: rows[0]?.id ?? '', task: null, client: null, project: null, minor: 9_000n }]
  const run = {
    pool: pools.get('Hosting') ?? '',
    month: '2026-10-01',
    poolAmount: 10_000n,
    unallocated: 1_000n,
    underAbsorbed: 0n,
  }
  await writeRuns(owner, { tenantId, runs: [{ ...run, places }], decimals: 2 })
}

function made(kind: ReportWish['kind'], changes: Partial<ReportWish> = {}): Promise<ReportDocument> {
  const tenantId = outlay.tenantId(tenant)
  return tenantTransaction(pool, tenantId, async (holder) => {
    await holder.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return buildReport(holder, { tenantId, kind, range: october, client: null, ...changes })
  })
}

interface MoneyAnswer {
  amount: string
}
type CostAnswer = Record<'direct' | 'chainShared' | 'allocated' | 'total', MoneyAnswer> & { invocations: string }

const COST = 'cost { direct { amount } chainShared { amount } allocated { amount } total { amount } invocations }'
const pounds = ({ amount }: MoneyAnswer) => decimalText(amount, 2)

/** What a row of cost says in the PDF: its parts, its sum and its invocations. */
function costText({ direct, chainShared, allocated, total, invocations }: CostAnswer): string {
  return `${[direct, chainShared, allocated, total].map(pounds).join(' ')} ${decimalText(String(invocations), 0)}`
}

describe('the text of a finance pack as PDF', () => {
  it('says what the API says of the fleet', async () => {
    const { fleetCost: fleet } = await tenant.gql<{
      fleetCost: {
        cost: CostAnswer
        previous: CostAnswer
        revenue: MoneyAnswer
        costPerTask: MoneyAnswer
        unallocated: MoneyAnswer
      }
    }>(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) { ${COST} previous { total { amount } } revenue { amount } costPerTask { amount } unallocated { amount } } }`,
      { range: october },
    )
    expect(lines).toContain(`${pounds(fleet.cost.total)} GBP`)
    expect(lines).toContain(`${pounds(fleet.revenue)} GBP`)
    expect(lines).toContain(`${pounds(fleet.costPerTask)} GBP`)
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^Fully loaded ${pounds(fleet.cost.total)} ${pounds(fleet.previous.total)} `)),
    )
    expect(lines).toContainEqual(
      `Hosting Equal 100.00 0.00 0.00 ${pounds(fleet.cost.allocated)} ${pounds(fleet.unallocated)}`,
    )
  })

  it('has a row for every agent and client, with the numbers of the API', async () => {
    const { agentCosts, clientCosts } = await tenant.gql<{
      agentCosts: { nodes: { agent: { key: string; name: string }; cost: CostAnswer }[] }
      clientCosts: { nodes: { client: { key: string; name: string }; cost: CostAnswer; revenue: MoneyAnswer | null }[] }
    }>(
      `query ($range: DateRangeInput!) {
        agentCosts(range: $range) { nodes { agent { key name } ${COST} } }
        clientCosts(range: $range) { nodes { client { key name } ${COST} revenue { amount } } }
      }`,
      { range: october },
    )
    expect(agentCosts.nodes).toHaveLength(3)
    for (const { agent, cost } of agentCosts.nodes) {
      expect(lines).toContainEqual(expect.stringContaining(`${agent.name} ${agent.key} ${costText(cost)}`))
    }
    expect(clientCosts.nodes).toHaveLength(2)
    for (const { client, cost, revenue } of clientCosts.nodes) {
      const parts = [cost.direct, cost.chainShared, cost.allocated, cost.total].map(pounds).join(' ')
      const billed = revenue === null ? 'n/a' : pounds(revenue)
      expect(lines).toContainEqual(expect.stringContaining(`${client.name} ${client.key} ${parts} ${billed}`))
    }
  })

  it('has the checklist that closing the month asks', async () => {
    const { period } = await tenant.gql<{ period: { checklist: { title: string; state: string }[] } }>(
      '{ period(month: "2026-10-01") { checklist { title state } } }',
    )
    const outcomes = { PASS: 'Passed', WARN: 'Needs a reason', FAIL: 'Blocks the close' } as Record<string, string>
    for (const { title, state } of period.checklist) {
      expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${title} ${outcomes[state]} `)))
    }
  })

  it('says on every page which edition it is, and which page of how many', () => {
    expect(pages.length).toBeGreaterThan(5)
    for (const [i, page] of pages.entries()) {
      expect(page).toContain(`Edition ${mark.editionId} SHA-256 ${mark.hash} ${i + 1} of ${pages.length}`)
    }
  })

  it('tells what is not known instead of a zero', () => {
    expect(lines).toContainEqual(expect.stringContaining('acme small-1 images 1'))
    expect(lines).toContain("No provider's statement of these days is imported, so nothing is compared.")
    expect(lines).toContainEqual(expect.stringContaining('Nothing was recorded yet.'))
  })
})

function tableOf(document: ReportDocument, section: string, id: string): ReportTable {
  const blocks = document.sections.find((one) => one.id === section)?.blocks ?? []
  for (const block of blocks) if (block.kind === 'table' && block.table.id === id) return block.table
  throw new Error(`There is no table ${section}/${id}.`)
}

describe('a report', () => {
  it('leads from the budget to what was spent, to the last decimal', async () => {
    const { rows, total } = tableOf(await made('FINANCE_PACK'), 'budget-variance', 'bridge')
    expect(rows[0]?.[1]).toEqual({ kind: 'money', exact: '1000' })
    const { fleetCost } = await tenant.gql<{ fleetCost: { cost: CostAnswer } }>(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) { ${COST} } }`,
      { range: october },
    )
    // checkedDocument has added the steps up; nothing is chain-shared here.
    expect(total?.[1]).toEqual({ kind: 'money', exact: fleetCost.cost.direct.amount.replace(/\.?0+$/, '') })
  })

  it('books debits = credits = the fleet and what of its pools is not allocated', async () => {
    const { total } = tableOf(await made('FINANCE_PACK'), 'journal', 'journal')
    const { fleetCost } = await tenant.gql<{ fleetCost: { cost: CostAnswer } }>(
      `query ($range: DateRangeInput!) { fleetCost(range: $range) { ${COST} } }`,
      { range: october },
    )
    const whole = parseFixed18(fleetCost.cost.total.amount) + parseFixed18('10')
    const sum = { kind: 'money', exact: formatFixed18(roundHalfEven(whole, 2)) }
    expect(total?.slice(3, 5)).toEqual([sum, sum])
  })

  it('of a week tells projects, what a task cost, and what failed', async () => {
    const weekly = await made('PROJECT_WEEKLY')
    const projects = tableOf(weekly, 'projects', 'projects').rows.map((row) => row[0])
    expect(projects).toHaveLength(2)
    const tasks = tableOf(weekly, 'tasks', 'tasks')
    expect(tasks.total?.[5]).toEqual({ kind: 'quantity', exact: '1' })
    const ofOne = await made('PROJECT_WEEKLY', { client: 'halden' })
    expect(ofOne.title).toBe('Projects of halden')
    await expect(made('PROJECT_WEEKLY', { client: 'nobody' })).rejects.toThrow('There is no client "nobody".')
  })
})

const MODELS = [
  { model: 'PASS_THROUGH' },
  { model: 'COST_PLUS', markup: '0.1537' },
  { model: 'RATE_CARD', prices: [{ unit: 'TOKENS', mode: 'GRADUATED', steps: [{ above: '0', price: '0.003' }] }] },
  { model: 'PER_TASK', price: '50' },
  { model: 'RETAINER', price: '1000', unit: 'TASKS', allowance: '1', overagePrice: '80', carryOverMonths: 0 },
  { model: 'PER_AGENT', price: '30', isProrated: true },
  { model: 'OUTCOME', price: '9' },
  { model: 'TIME', price: '90', incrementMinutes: 6 },
]

describe('the statement of a client', () => {
  it.each(MODELS)('by $model says what is charged, and no word or number of the firm in any file', async (terms) => {
    const input = { clientKey: 'northwind', effectiveFrom: october.from, terms }
    await tenant.gql(
      'mutation ($input: EngagementInput!) { setEngagement(input: $input) { userErrors { message } } }',
      { input },
    )
    const { charges, clientCosts } = await tenant.gql<{
      charges: { total: MoneyAnswer }
      clientCosts: { nodes: { client: { key: string }; cost: CostAnswer }[] }
    }>(
      `query ($range: DateRangeInput!) {
        charges(month: "2026-10-01", clientKey: "northwind") { total { amount } }
        clientCosts(range: $range) { nodes { client { key } ${COST} } }
      }`,
      { range: october },
    )
    const document = await made('CLIENT_STATEMENT', { client: 'northwind' })
    const pdf = await renderReport(document, 'PDF', mark)
    const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), { mergePages: true })
    // A style sheet has margins of its own.
    const page = Buffer.from(await renderReport(document, 'HTML', mark)).toString('utf8')
    const html = page.replace(/<style>.*<\/style>/s, '')
    expect(text).toContain(`${pounds(charges.total)} GBP`)
    const cost = clientCosts.nodes.find(({ client }) => client.key === 'northwind')?.cost
    const secrets = ['halden', '0.1537', '15.37', 'margin', 'markup']
    // Who subscribes to an agent knows its name.
    if (terms.model !== 'PER_AGENT') secrets.push(...AGENTS)
    if (terms.model !== 'PASS_THROUGH' && cost !== undefined) secrets.push(cost.total.amount, pounds(cost.total))
    // Both are archives. A style has margins of its own, and every part of a workbook says what its encoding is.
    const packed = await Promise.all((['XLSX', 'CSV'] as const).map((format) => renderReport(document, format, mark)))
    const parts = packed.flatMap((file) => Object.entries(unzipSync(file)))
    expect(parts.length).toBeGreaterThan(4)
    const texts = parts
      .filter(([name]) => name !== 'xl/styles.xml')
      .map(([name, part]) => name + strFromU8(part).replace(/^<\?xml[^>]*>/, ''))
    for (const form of [JSON.stringify(document), text, html, ...texts]) {
      for (const secret of secrets) expect(form.toLowerCase()).not.toContain(secret.toLowerCase())
    }
  })

  it('is of whole months and of one client', async () => {
    const range = { from: '2026-10-02', to: '2026-11-01' }
    await expect(made('CLIENT_STATEMENT', { client: 'northwind', range })).rejects.toThrow('whole months')
    await expect(made('CLIENT_STATEMENT')).rejects.toThrow('name it')
  })
})
