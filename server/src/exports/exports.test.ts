import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parse } from 'csv-parse/sync'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'
import { hasFrozenHead, readWorkbook } from './workbook-test-kit.ts'

let test: TestServer
let tenant: TestTenant
let other: TestTenant

/** Names that a spreadsheet would run, break over, or take for something else. */
const NASTY = ['=HYPERLINK("http://x","y")', '+1', '-1', '@SUM(A1)', "'=1", 'a;b|c', 'Halden, "H" & Co', 'plain']
const RANGE = { from: '2026-03-01', to: '2026-04-01' }
const DAYS = 'period=custom&from=2026-03-01&to=2026-03-31'

function events(prefix: string) {
  return Array.from({ length: 260 }, (_, i) => ({
    id: `${prefix}${i}`,
    occurredAt: new Date(Date.UTC(2026, 2, 1 + (i % 30), 12)).toISOString(),
    ...(i % 7 === 0 ? {} : { agent: `${prefix}${NASTY[i % NASTY.length]}` }),
    ...(i % 5 === 0 ? {} : { client: `${NASTY[i % 3]}${prefix}` }),
    ...(i % 11 === 0 ? {} : { task: `${prefix}task ${i % 230}` }),
    ...(i % 6 === 0 ? {} : { project: `${prefix}P${i % 4}` }),
    trace: `trace-${i % 40}`,
    kind: i % 9 === 0 ? 'RETRIEVAL' : 'MODEL',
    provider: 'lab',
    resource: i % 4 === 0 ? 'large' : 'small',
    ...(i % 9 === 0 ? { sharedKey: `index-${i % 6}` } : {}),
    usage: [{ meter: 'input_tokens', quantity: String(1 + i * 37) }],
  }))
}

async function fill(of: TestTenant, prefix: string): Promise<void> {
  const rates = ['large', 'small'].map((resource) => ({
    provider: 'lab',
    resource,
    meter: 'input_tokens',
    price: { amount: resource === 'large' ? '98765.000123456789' : '0.000123456789', currency: 'GBP' },
    effectiveFrom: '2026-01-01T00:00:00Z',
  }))
  const published = await of.ask(
    'mutation ($rates: [RateInput!]!) { publishRates(input: { rates: $rates }) { userErrors { message } } }',
    { rates },
  )
  expect(published.data).toEqual({ publishRates: { userErrors: [] } })
  const recorded = await of.ask(
    'mutation ($events: [InvocationInput!]!) { recordInvocations(input: { invocations: $events }) { accepted rejected { message } } }',
    { events: events(prefix) },
  )
  expect(recorded.data).toEqual({ recordInvocations: { accepted: 260, rejected: [] } })
  const more = await of.ask(
    `mutation {
      recordInvocations(input: { invocations: [{ id: "${prefix}no price", occurredAt: "2026-03-02T10:00:00Z", kind: TOOL, provider: "lab",
        resource: "painter", usage: [{ meter: "images", quantity: "3" }] }] }) { accepted }
      setBudget(input: { scope: FLEET, window: MONTH, amount: { amount: "1000", currency: "GBP" } }) { userErrors { message } }
      createCostPool(input: { name: "Hosting", category: OTHER, month: "2026-03-01", method: USAGE, amount: { amount: "10", currency: "GBP" } }) { userErrors { message } }
    }`,
  )
  expect(more.errors).toEqual([])
  const completed = await of.ask(
    `mutation { upsertTask(input: { key: "${prefix}task 1", status: COMPLETED, completedAt: "2026-03-29T00:30:00Z", billed: { amount: "12.5", currency: "GBP" } }) { userErrors { message } } }`,
  )
  expect(completed.data).toEqual({ upsertTask: { userErrors: [] } })
}

beforeAll(async () => {
  test = await startTestServer()
  ;[tenant, other] = await Promise.all([test.tenant(), test.tenant()])
  await fill(tenant, '')
  await fill(other, 'foreign ')
}, 120_000)

afterAll(async () => {
  await test.close()
})

function get(
  path: string,
  headers: Record<string, string> = { authorization: `Bearer ${tenant.apiKey}` },
): Promise<Response> {
  return fetch(`${test.url}/v1/exports/${path}`, { headers })
}

type Line = Record<string, string>

async function csv(path: string): Promise<Line[]> {
  const response = await get(path)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  return parse(await response.text(), { columns: true, bom: true })
}

function sum(lines: Line[], column: string): string {
  return formatFixed18(lines.reduce((total, line) => total + parseFixed18(line[column] || '0'), 0n))
}

interface Cost {
  direct: { amount: string }
  chainShared: { amount: string }
  allocated: { amount: string }
  total: { amount: string }
  invocations: string
}

const COST = 'direct { amount } chainShared { amount } allocated { amount } total { amount } invocations'
const range = `range: { from: "${RANGE.from}", to: "${RANGE.to}" }`

async function ofFleet(): Promise<Cost> {
  const { data } = await tenant.ask(`{ fleetCost(${range}) { cost { ${COST} } } }`)
  return (data as never as { fleetCost: { cost: Cost } }).fleetCost.cost
}

function partsOf({ direct, chainShared, allocated, total }: Cost): string[] {
  return [direct, chainShared, allocated, total].map(({ amount }) => formatFixed18(parseFixed18(amount)))
}

const PARTS = ['Direct', 'Chain-shared', 'Allocated', 'Fully loaded']

describe('an export', () => {
  it.each([
    'spend',
    'spend&by=client&then=agent',
    'spend&by=resource',
    'spend&by=kind&then=project',
    'agents',
    'clients',
    'projects',
    'tasks',
  ])('of %s adds up to the cost of the fleet, to the last decimal', async (asked) => {
    const [what, ...more] = asked.split('&')
    const lines = await csv(`${what}.csv?${[DAYS, ...more].join('&')}`)
    const fleet = await ofFleet()
    expect(PARTS.map((column) => sum(lines, column))).toEqual(partsOf(fleet))
    expect(new Set(lines.map((line) => line['Currency']))).toEqual(new Set(['GBP']))
  })

  it('of filtered spend adds up to what the API answers for the filter, on the basis asked for', async () => {
    const lines = await csv(
      `spend.csv?${DAYS}&by=agent&client=${encodeURIComponent('+1')}&client=-1&kind=MODEL&basis=direct`,
    )
    const { data } = await tenant.ask(
      `{ costRollup(${range}, groupBy: [AGENT], filter: { clients: ["+1", "-1"], kinds: [MODEL] }) { rows { keys { label key } cost { ${COST} } } total { ${COST} } } }`,
    )
    const { costRollup } = data as never as {
      costRollup: { rows: { keys: { label: string; key: string | null }[]; cost: Cost }[]; total: Cost }
    }
    expect(costRollup.rows.length).toBeGreaterThan(2)
    expect([...PARTS, 'Cost'].map((column) => sum(lines, column))).toEqual([
      ...partsOf(costRollup.total),
      formatFixed18(parseFixed18(costRollup.total.direct.amount)),
    ])
    expect(lines.map((line) => line['Invocations'])).toEqual(costRollup.rows.map(({ cost }) => cost.invocations))
  })

  it('of invocations adds up to the direct and chain-shared cost of the fleet, and has every event once', async () => {
    const lines = await csv(`invocations.csv?${DAYS}`)
    const [direct = '', shared = ''] = partsOf(await ofFleet())
    expect(sum(lines, 'Counted cost')).toBe(formatFixed18(parseFixed18(direct) + parseFixed18(shared)))
    expect(new Set(lines.map((line) => line['Id'])).size).toBe(261)
    expect(lines.find((line) => line['Id'] === '1')).toMatchObject({
      'Occurred, Europe/London': '2026-03-02 12:00:00 +00:00',
      'Occurred, UTC': '2026-03-02T12:00:00Z',
      'Agent key': "'+1",
      'Client key': "'+1",
      'Task key': 'task 1',
      Quantities: 'input_tokens=38',
      Amounts: 'input_tokens=0.004691357982',
      'Counted cost': '0.004691357982',
    })
    const shares = lines.filter((line) => line['Counts as'] === 'SHARED')
    expect([
      shares.length > 0,
      shares.every((line) => line['Agent key'] === '' && line['Used by agent'] !== undefined),
    ]).toEqual([true, true])
  })

  it('of invocations that are kept by filters adds up to what the API answers for the same filters', async () => {
    const lines = await csv(`invocations.csv?${DAYS}&client=${encodeURIComponent('+1')}&client=-1&kind=MODEL`)
    const { data } = await tenant.ask(
      `{ costRollup(${range}, groupBy: [AGENT], filter: { clients: ["+1", "-1"], kinds: [MODEL] }) { total { ${COST} } } }`,
    )
    const { costRollup } = data as never as { costRollup: { total: Cost } }
    expect(lines.length).toBeGreaterThan(10)
    expect(sum(lines, 'Counted cost')).toBe(formatFixed18(parseFixed18(costRollup.total.direct.amount)))
  })

  it.each([
    ['rates', ['Provider', 'lab']],
    ['pools', ['Pool', 'Hosting']],
    ['budgets', ['Budget', '1000']],
    ['unpriced', ['Meter', 'images']],
    ['audit-log', ['Action', 'publishRates']],
    ['allocation-shares', null],
    ['alerts', null],
    ['focus', ['x_AgentKey', "'+1"]],
    ['focus-origins', ['ChargeCategory', 'Usage']],
  ] as const)('of %s can be asked for, as CSV and as a workbook with the same rows', async (what, seen) => {
    const address = (format: string) => `${what}.${format}?${what === 'audit-log' ? '' : DAYS}`
    const response = await get(address('csv'))
    expect(response.status).toBe(200)
    const lines: Line[] = parse(await response.text(), { columns: true, bom: true })
    if (seen !== null) expect(lines.map((line) => line[seen[0]])).toContain(seen[1])
    const workbook = await get(address('xlsx'))
    const [, ...rows] = readWorkbook(new Uint8Array(await workbook.arrayBuffer())).get('Rows') ?? []
    // The audit log has an entry more: of the first of the two.
    expect(rows.length).toBe(lines.length + (what === 'audit-log' ? 1 : 0))
  })

  it('is in the audit log: who took which data out', async () => {
    await get(`invocations.csv?${DAYS}&status=UNPRICED`)
    const { data } = await tenant.ask(
      '{ auditLog(action: "downloadExport", first: 1) { edges { node { actor subject facts } } } }',
    )
    expect(JSON.stringify(data)).toContain('invocations.csv')
    expect(JSON.stringify(data)).toContain('UNPRICED')
  })

  it('of more tasks than a page has them all, in the order of the API, once', async () => {
    const lines = await csv(`tasks.csv?${DAYS}&order=cost`)
    const keys = lines.map((line) => line['Task key']).filter((key) => key !== '')
    expect(keys.length).toBeGreaterThan(200)
    expect(new Set(keys).size).toBe(keys.length)
    const costs = lines.slice(0, keys.length).map((line) => parseFixed18(line['Attributed'] ?? ''))
    expect(costs).toEqual([...costs].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)))
  })

  it('says times in the time zone of the tenant and in UTC, and what was billed in its currency', async () => {
    const [line] = (await csv(`tasks.csv?${DAYS}`)).filter((one) => one['Task key'] === 'task 1')
    expect(line).toMatchObject({
      'Completed, Europe/London': '2026-03-29 00:30:00 +00:00',
      'Completed, UTC': '2026-03-29T00:30:00Z',
      Billed: '12.5',
      'Billed currency': 'GBP',
    })
  })

  it('makes every name harmless, and loses none', async () => {
    const lines = await csv(`spend.csv?${DAYS}&by=agent`)
    const names = lines.map((line) => line['Agent key']).filter((key) => key !== '')
    const harmless = NASTY.map((name) => (/^[=+\-@]/.test(name) ? `'${name}` : name))
    expect([...names].sort()).toEqual(harmless.sort())
  })

  it('is a workbook of numbers where they are exact, with a frozen head and a sheet about itself', async () => {
    const address = `spend.xlsx?${DAYS}&by=agent&then=client&agent=${encodeURIComponent('+1')}&agent=plain`
    const response = await get(address)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="spend-2026-03-01-2026-03-31.xlsx"')
    const file = new Uint8Array(await response.arrayBuffer())
    expect(hasFrozenHead(file)).toBe(true)
    const sheets = readWorkbook(file)
    const [heads = [], ...rows] = sheets.get('Rows') ?? []
    const lines = await csv(address.replace('.xlsx', '.csv'))
    expect(rows.length).toBe(lines.length)
    for (const [i, row] of rows.entries()) {
      for (const [column, head] of heads.slice(0, -1).entries()) {
        const cell = row[column] ?? null
        const text = lines[i]?.[String(head)] ?? ''
        if (cell === null || typeof cell === 'string') expect(cell ?? '').toBe(text)
        else expect(formatFixed18(parseFixed18(Number(cell.number).toFixed(15)))).toBe(text)
      }
      expect(row.some((cell) => cell !== null && typeof cell !== 'string')).toBe(true)
    }
    const about = new Map(sheets.get('About')?.map(([name, value]) => [name, value]))
    expect(about.get('First day')).toBe('2026-03-01')
    expect(about.get('Last day')).toBe('2026-03-31')
    expect(about.get('Currency')).toBe('GBP')
    expect(about.get('Time zone of days')).toBe('Europe/London')
    expect(about.get('Only agents')).toBe("'+1, plain")
    expect(about.get('Request')).toContain(`/v1/exports/${address}`)
  })

  it('writes a number that a spreadsheet would round as text, and notes it', async () => {
    const response = await get(`agents.xlsx?${DAYS}`)
    const [heads = [], ...rows] = readWorkbook(new Uint8Array(await response.arrayBuffer())).get('Rows') ?? []
    const [direct, note] = [heads.indexOf('Direct'), heads.indexOf('Note')]
    const long = rows.filter((row) => typeof row[direct] === 'string')
    expect(long.length).toBeGreaterThan(0)
    for (const row of long) {
      expect(String(row[direct]).replace(/\D/g, '').replace(/^0+/, '').length).toBeGreaterThan(15)
      expect(row[note]).toMatch(/^As text, more than 15 digits: .*Direct/)
    }
  })

  it.each(['spend', 'agents', 'clients', 'projects', 'tasks', 'invocations'])(
    'of %s has nothing of another tenant',
    async (what) => {
      const foreign = `agent=${encodeURIComponent('foreign plain')}&client=${encodeURIComponent('+1foreign ')}`
      for (const asked of [DAYS, `${DAYS}&${foreign}`]) {
        const response = await get(`${what}.csv?${asked}`)
        expect(response.status).toBe(200)
        expect(await response.text()).not.toContain('foreign')
      }
      const theirs = await get(`${what}.csv?${DAYS}`, { authorization: `Bearer ${other.apiKey}` })
      expect(await theirs.text()).toContain('foreign')
    },
  )

  it.each([
    ...['spend.csv', 'spend.xlsx', 'agents.csv', 'clients.csv', 'tasks.csv'],
    ...['invocations.csv', 'pools.csv', 'audit-log.xlsx'],
  ])('%s is not there for a client, whose role sees no cost', async (file) => {
    const response = await get(`${file}?${DAYS}`, { cookie: await tenant.signedIn('CLIENT', '+1') })
    expect([response.status, await response.json()]).toEqual([
      404,
      { error: { code: 'NOT_FOUND', message: 'There is nothing here.', requestId: expect.any(String) } },
    ])
  })

  it('is there for a viewer by cookie, and for a key with the scope', async () => {
    const cookie = await tenant.signedIn('VIEWER')
    expect((await get(`spend.csv?${DAYS}`, { cookie })).status).toBe(200)
    const refused = await get(`spend.csv?${DAYS}`, { authorization: `Bearer ${await tenant.keyWith('ingest')}` })
    expect([refused.status, (await refused.json()) as object]).toMatchObject([403, { error: { code: 'FORBIDDEN' } }])
    expect((await get(`spend.csv?${DAYS}`, {})).status).toBe(401)
  })

  it.each([
    ['spend.csv?period=fortnight', 400],
    ['spend.csv?period=custom&from=2026-03-01', 400],
    ['spend.csv?from=2026-03-01&to=2026-03-02', 400],
    ['spend.csv?by=agents', 400],
    ['spend.csv?kind=MAGIC', 400],
    ['spend.csv?basis=full', 400],
    ['spend.pdf', 404],
    ['keys.csv', 404],
    ['constructor.csv', 404],
  ])('%s is answered %i with a sentence', async (path, status) => {
    const response = await get(path)
    const { error } = (await response.json()) as { error: { message: string } }
    expect([response.status, error.message.endsWith('.')]).toEqual([status, true])
  })
})
