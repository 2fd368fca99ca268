import { readClientView } from '@outlay/db/audience/client-view'
import { clientOwnSql, tenantSql } from '@outlay/db/sql/tenant-sql'
import type { ClientAgreement, ClientView } from '@outlay/domain/audience/client-view'
import { formatFixed18, parseFixed18 } from '@outlay/domain/money/fixed18'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { allocateHundred, charges, complete, london, send, set, type Sent } from '../billing/billing-api-kit.ts'

jest.setTimeout(60_000)

const OCTOBER = '2026-10-01'
const NOVEMBER_9 = Date.parse('2026-11-09T09:00:00Z')

/** Work of northwind in two projects and in none, some of it tagged with a project of halden; and work of halden. */
const EVENTS: Sent[] = [
  [
    '2026-10-02T10:00:00Z',
    '1234.567',
    { agent: 'writer', client: 'northwind', project: 'launch', task: 'L1', endedAt: '2026-10-02T10:40:00Z' },
  ],
  ['2026-10-09T10:00:00Z', '777.001', { agent: 'coder', client: 'northwind', project: 'launch', task: 'L2' }],
  ['2026-10-12T10:00:00Z', '4000.009', { agent: 'writer', client: 'northwind', project: 'launch' }],
  [
    '2026-10-14T10:00:00Z',
    '2000',
    { agent: 'coder', client: 'northwind', project: 'audit', task: 'A1', endedAt: '2026-10-14T10:40:00Z' },
  ],
  [
    '2026-10-15T10:00:00Z',
    '300.25',
    { agent: 'writer', client: 'northwind', task: 'N1', endedAt: '2026-10-15T10:40:00Z' },
  ],
  [
    '2026-10-17T10:00:00Z',
    '5000',
    { agent: 'secret', client: 'halden', project: 'merger', task: 'H1', endedAt: '2026-10-17T10:40:00Z' },
  ],
  ['2026-10-18T10:00:00Z', '600', { agent: 'writer', client: 'northwind', project: 'merger' }],
]

const MODELS = [
  { model: 'PASS_THROUGH' },
  { model: 'COST_PLUS', markup: '0.15' },
  { model: 'RATE_CARD', prices: [{ unit: 'TOKENS', mode: 'GRADUATED', steps: [{ above: '0', price: '0.003' }] }] },
  { model: 'PER_TASK', price: '50' },
  { model: 'RETAINER', price: '1000', unit: 'TASKS', allowance: '1', overagePrice: '80', carryOverMonths: 0 },
  { model: 'PER_AGENT', price: '30', isProrated: true },
  { model: 'OUTCOME', price: '9' },
  { model: 'TIME', price: '90', incrementMinutes: 15 },
]

/** What the days of an agreement come to, with what is of no single day. */
function inDays({ daily }: ClientAgreement): string[] {
  return daily.map(({ values, rest }) => {
    expect(values).toHaveLength(31)
    return formatFixed18([...values, rest ?? '0'].reduce((sum, value) => sum + parseFixed18(value), 0n))
  })
}

/** The same by the lines of the charge: amounts, or the quantities that the model counts by day. */
function charged31({ model, total, lines }: ClientAgreement): string[] {
  // Both are of the month.
  if (model === 'PER_AGENT' || model === 'TIME') return []
  // With shares of pools, which the default basis has, the rest would tell them.
  if (model === 'COST_PLUS') return []
  if (model === 'PASS_THROUGH') return [formatFixed18(parseFixed18(total))]
  const quantities = lines.flatMap(({ quantity }) => (quantity === null ? [] : [parseFixed18(quantity)]))
  return [formatFixed18(quantities.reduce((sum, quantity) => sum + quantity, 0n))]
}

let world: TestServer
let tenant: TestTenant
const ids: Record<string, string> = {}

beforeAll(async () => {
  world = await startTestServer()
  tenant = await london(world)
  await send(tenant, EVENTS)
  await complete(tenant, 'L1', '2026-10-04T10:00:00Z')
  await complete(tenant, 'A1', '2026-10-20T09:00:00Z')
  await complete(tenant, 'N1', '2026-10-21T09:00:00Z')
  await complete(tenant, 'H1', '2026-10-21T09:00:00Z')
  await allocateHundred(world, tenant)
  await set(tenant, { projectKey: 'merger', effectiveFrom: '2026-10-10', terms: { model: 'PASS_THROUGH' } })
  const { rows } = await world.owner.query<{ key: string; id: string }>(
    'SELECT key, id FROM client WHERE tenant_id = $1',
    [tenant.id],
  )
  for (const { key, id } of rows) ids[key] = id
}, 120_000)

afterAll(() => world.close())

async function view(clientKey: string, month = OCTOBER): Promise<ClientView> {
  const asked = { tenantId: tenant.id, clientId: ids[clientKey] ?? '', month, now: NOVEMBER_9 }
  const shown = await readClientView(world.server.pool, asked)
  if (shown === null) throw new Error('no such client')
  return shown
}

describe('the view of a client', () => {
  it.each(MODELS)('says what is charged by $model, as the charges say it', async (terms) => {
    for (const projectKey of ['launch', 'audit']) await set(tenant, { projectKey, effectiveFrom: OCTOBER, terms })
    await set(tenant, { clientKey: 'northwind', effectiveFrom: OCTOBER, terms })
    const charged = await charges(tenant, OCTOBER, { clientKey: 'northwind' })
    const shown = await view('northwind')
    expect(shown.agreements).toHaveLength(3)
    expect(shown.total).toBe(charged.total.amount)
    expect(shown.agreements.map(({ total }) => total)).toEqual(charged.charges.map(({ total }) => total.amount))
    for (const agreement of shown.agreements) expect(inDays(agreement)).toEqual(charged31(agreement))
    expect(shown.tasks.filter(({ deliveredOn }) => deliveredOn !== null).map(({ title }) => title)).toEqual([
      'N1',
      'A1',
      'L1',
    ])
    expect(JSON.stringify(shown)).not.toMatch(/halden|merger|H1|secret/)
  })

  it('has the quantities of each day where they are counted, and nothing of work under the terms of another client', async () => {
    await set(tenant, { projectKey: 'launch', effectiveFrom: OCTOBER, terms: { model: 'PER_TASK', price: '50' } })
    await set(tenant, { projectKey: 'audit', effectiveFrom: OCTOBER, terms: { model: 'PER_TASK', price: '50' } })
    await set(tenant, { clientKey: 'northwind', effectiveFrom: OCTOBER, terms: { model: 'PASS_THROUGH' } })
    const { days } = await view('northwind')
    expect(days).toHaveLength(31)
    expect(days.filter(({ tokens, delivered }) => tokens !== '0' || delivered > 0)).toEqual([
      { day: '2026-10-04', delivered: 1, tokens: '0', invocations: '0' },
      { day: '2026-10-15', delivered: 0, tokens: '300.25', invocations: '1' },
      { day: '2026-10-20', delivered: 1, tokens: '0', invocations: '0' },
      { day: '2026-10-21', delivered: 1, tokens: '0', invocations: '0' },
    ])
  })

  it('of a month without terms has its tasks and no charge', async () => {
    const shown = await view('northwind', '2026-09-01')
    expect(shown).toMatchObject({ total: '0.00', agreements: [], tasks: [], isSoFar: false })
    expect(await readClientView(world.server.pool, asked('0190a000-0000-7000-8000-000000000000'))).toBeNull()
  })

  function asked(clientId: string) {
    return { tenantId: tenant.id, clientId, month: OCTOBER, now: NOVEMBER_9 }
  }
})

describe('the role that answers a client', () => {
  const of = (key: string) => clientOwnSql(world.server.pool, tenant.id, ids[key] ?? '')
  const rows = (key: string, text: string) => of(key).query({ name: '', text })

  it('sees the client and what is of it', async () => {
    expect(await rows('northwind', 'SELECT name FROM client WHERE tenant_id = $1')).toEqual([{ name: 'northwind' }])
    expect(await rows('northwind', 'SELECT name FROM project WHERE tenant_id = $1 ORDER BY 1')).toEqual([
      { name: 'audit' },
      { name: 'launch' },
    ])
    expect(await rows('halden', 'SELECT name FROM task WHERE tenant_id = $1')).toEqual([{ name: 'H1' }])
    expect(await rows('northwind', `SELECT name FROM agent WHERE tenant_id = $1 AND name = 'secret'`)).toEqual([])
    const cells = `SELECT DISTINCT client_id FROM rollup_fine WHERE tenant_id = $1`
    expect(await rows('halden', cells)).toEqual([{ client_id: ids.halden }])
  })

  it('reaches no other table, and no other column', async () => {
    const { rows: tables } = await world.owner.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
         AND NOT c.relispartition AND NOT has_any_column_privilege('outlay_client', c.oid, 'SELECT') ORDER BY 1`,
    )
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['app_user', 'client_link', 'invocation', 'membership', 'rate', 'resource', 'session']),
    )
    for (const { name } of tables)
      await expect(rows('northwind', `SELECT $1::uuid, * FROM "${name}" LIMIT 1`)).rejects.toThrow('permission denied')
    for (const [table, column] of [
      ['engagement', 'note'],
      ['engagement', 'created_by'],
      ['outcome_reversal', 'reason'],
      ['task', 'billed_amount'],
      ['rollup_fine', 'resource_id'],
      ['agent', 'key'],
    ] as const)
      await expect(rows('northwind', `SELECT $1::uuid, ${column} FROM ${table}`)).rejects.toThrow('permission denied')
  })

  it('may read the columns that are written down here, and none beside them', async () => {
    const { rows: granted } = await world.owner.query<{ column: string }>(
      `SELECT c.relname || '.' || a.attname AS column FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND NOT a.attisdropped
         AND a.attname <> 'tenant_id' AND has_column_privilege('outlay_client', c.oid, a.attnum, 'SELECT') ORDER BY 1`,
    )
    const columns = granted.map(({ column }) => column)
    const tables = new Set(columns.map((column) => column.split('.')[0]))
    expect([...tables]).toEqual([
      ...[
        'agent',
        'allocated_place',
        'client',
        'engagement',
        'outcome_reversal',
        'project',
        'rollup_day',
        'rollup_fine',
      ],
      ...['rollup_task', 'task', 'tenant'],
    ])
    expect(columns.filter((column) => /^(agent|client|engagement|project|task|tenant)\./.test(column))).toEqual([
      ...['agent.id', 'agent.name', 'client.id', 'client.name', 'engagement.client_id', 'engagement.currency'],
      ...['engagement.ends_on', 'engagement.id', 'engagement.model', 'engagement.project_id', 'engagement.starts_on'],
      ...['engagement.superseded_at', 'engagement.terms', 'project.client_id', 'project.id', 'project.name'],
      ...['task.client_id', 'task.completed_on', 'task.id', 'task.key', 'task.name', 'task.project_id'],
      ...['tenant.brand_dark', 'tenant.brand_light', 'tenant.currency', 'tenant.id', 'tenant.name', 'tenant.time_zone'],
    ])
  })

  it('writes nothing, and leaves nothing of itself on the connection', async () => {
    await expect(rows('northwind', `UPDATE task SET name = 'x' WHERE tenant_id = $1`)).rejects.toThrow(
      /read-only|permission/,
    )
    await expect(rows('northwind', 'CREATE TEMP TABLE t AS SELECT $1::uuid AS x')).rejects.toThrow(
      /read-only|permission/,
    )
    const firm = tenantSql(world.server.pool, tenant.id)
    for (let round = 0; round < 20; round += 1) {
      const [me] = await firm.query<{ me: string; readOnly: string }>({
        name: '',
        text: `SELECT current_user::text AS me, current_setting('transaction_read_only') AS "readOnly" WHERE $1::uuid IS NOT NULL`,
      })
      expect(me).toEqual({ me: 'outlay_app', readOnly: 'off' })
    }
  })
})
