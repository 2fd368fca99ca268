import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { formatFixed18 } from '@outlay/domain/money/fixed18'
import { addDays, type DateRange } from '@outlay/domain/periods/calendar-date'
import { Corrections } from '../corrections/correct-invocation.ts'
import { insertTasks } from '../demo/insert-records.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { lockTenant } from '../ingest/tenant-lock.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { upsertTask, type UpsertTaskInput } from '../ingest/upsert-task.ts'
import { rebuildRollups, verifyRollups } from '../ingest/verify-rollups.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { readEarningTerms } from '../revenue/earning-terms.ts'
import { readClientRevenue, sumOfRevenue } from '../revenue/read-revenue.ts'
import { totalRevenue, type Revenue } from '../revenue/revenue.ts'
import { readActiveTasks, readAgentsUsed } from './read-clients.ts'
import { readCompletedCount } from './read-fleet.ts'
import { countTasksWithCost } from './read-tasks.ts'
import { tenantSql } from './tenant-sql.ts'

const NOW = Date.UTC(2026, 10, 23, 14, 5) * 1_000
const FIRST_DAY = '2026-10-22'
/** Over the change of clocks of 2026-10-25. */
const DAYS = 6
const CLIENTS = ['x', 'y', 'z']

let database: TestDatabase
let pool: TenantPool
let owner: pg.Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new TenantPool({ url: database.appUrl })
  owner = new pg.Pool({ connectionString: database.ownerUrl })
}, 120_000)

afterAll(async () => {
  await pool.end()
  await owner.end()
  await database.drop()
})

async function tenant() {
  const tenantId = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', 'Europe/London')`,
    [tenantId],
  )
  const configs = new TenantConfigs({ pool, catalogue: null })
  const corrections = new Corrections({ pool, configs, clock: () => NOW })
  return {
    tenantId,
    ingestor: new Ingestor({ pool, configs, clock: () => NOW }),
    void: (id: string) => corrections.voidInvocation(tenantId, { id, reason: 'at random', by: 'a test' }),
    task: (input: UpsertTaskInput) => upsertTask({ pool, configs, now: NOW }, tenantId, input),
  }
}

type Tenant = Awaited<ReturnType<typeof tenant>>

interface Sent {
  day: number
  hour: number
  task: string | null
  agent: string | null
  client: string | null
  sharedKey: string | null
}

const sent: fc.Arbitrary<Sent> = fc.record({
  day: fc.nat(DAYS - 1),
  // 23:30 UTC is the next local day until the clocks change.
  hour: fc.constantFrom(0, 12, 23),
  task: fc.constantFrom(null, 'T1', 'T2', 'T3', 'T4'),
  agent: fc.constantFrom(null, 'a', 'b'),
  client: fc.constantFrom(null, ...CLIENTS),
  sharedKey: fc.constantFrom(null, null, 'k'),
})

const change: fc.Arbitrary<UpsertTaskInput> = fc.record(
  {
    key: fc.constantFrom('T1', 'T2', 'T3', 'T5'),
    client: fc.constantFrom(null, ...CLIENTS),
    status: fc.constantFrom('OPEN' as const, 'COMPLETED' as const, 'FAILED' as const),
    completedAt: fc.nat(DAYS - 1).map((day) => `${addDays(FIRST_DAY, day)}T23:30:00Z`),
    billed: fc.constantFrom(
      null,
      { amount: '50', currency: 'GBP' },
      { amount: '0.000000000000000001', currency: 'GBP' },
      { amount: '7', currency: 'USD' },
    ),
  },
  { requiredKeys: ['key'] },
)

type Step = { do: 'record'; events: Sent[] } | { do: 'void'; pick: number } | { do: 'task'; change: UpsertTaskInput }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('record' as const), events: fc.array(sent, { minLength: 1 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('void' as const), pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('task' as const), change }) },
)

/** Does a step; `ids` are the events that stand. */
async function take(t: Tenant, ids: string[], one: Step): Promise<void> {
  if (one.do === 'record') {
    const items = one.events.map(({ day, hour, ...tags }) => ({
      ...tags,
      id: uuidv7(),
      trace: 'tr',
      kind: 'TOOL',
      occurredAt: `${addDays(FIRST_DAY, day)}T${String(hour).padStart(2, '0')}:30:00Z`,
      usage: [{ meter: 'requests', quantity: 1 }],
    }))
    expect(await t.ingestor.record({ tenantId: t.tenantId, items })).toMatchObject({ accepted: items.length })
    ids.push(...items.map(({ id }) => id))
  } else if (one.do === 'void') {
    const [id] = ids.length === 0 ? [] : ids.splice(one.pick % ids.length, 1)
    if (id !== undefined) expect((await t.void(id)).userErrors).toEqual([])
  } else {
    const isContradiction = one.change.completedAt !== undefined && (one.change.status ?? 'COMPLETED') !== 'COMPLETED'
    expect((await t.task(one.change)).userErrors).toHaveLength(isContradiction ? 1 : 0)
  }
}

/** Every range of the days. */
const RANGES: DateRange[] = Array.from({ length: DAYS + 1 }, (_, from) => from).flatMap((from) =>
  Array.from({ length: DAYS + 1 - from }, (_, length) => ({
    from: addDays(FIRST_DAY, from),
    to: addDays(FIRST_DAY, from + length + 1),
  })),
)

/** The same straight from events and tasks, as the superuser. $1 tenant, $2 and $3 the range, $4 currency. */
const COUNTED = `
SELECT l.key, count(DISTINCT e.task_id) FILTER (WHERE t.client_id = l.id)::int AS tasks,
  count(DISTINCT e.agent_id) FILTER (WHERE e.client_id = l.id AND e.billing <> 'SHARED')::int AS agents,
  (SELECT trim_scale(sum(w.billed_amount))::text FROM task w
   WHERE w.tenant_id = $1 AND w.client_id = l.id AND w.completed_on >= $2 AND w.completed_on < $3 AND w.billed_currency = $4) AS revenue
FROM client l
LEFT JOIN invocation e ON e.tenant_id = $1 AND e.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
  AND (e.occurred_at AT TIME ZONE 'Europe/London')::date >= $2 AND (e.occurred_at AT TIME ZONE 'Europe/London')::date < $3
LEFT JOIN task t ON t.tenant_id = $1 AND t.id = e.task_id
WHERE l.tenant_id = $1 GROUP BY l.id, l.key ORDER BY l.key`

const COUNTED_IN_ALL = `
SELECT (SELECT count(DISTINCT e.task_id) FROM invocation e WHERE e.tenant_id = $1 AND e.billing IN ('DIRECT', 'WRAPPER', 'SHARED')
    AND (e.occurred_at AT TIME ZONE 'Europe/London')::date >= $2 AND (e.occurred_at AT TIME ZONE 'Europe/London')::date < $3)::int AS tasks,
  (SELECT count(*) FROM task w WHERE w.tenant_id = $1 AND w.completed_on >= $2 AND w.completed_on < $3)::int AS completed,
  (SELECT trim_scale(sum(w.billed_amount))::text FROM task w
   WHERE w.tenant_id = $1 AND w.completed_on >= $2 AND w.completed_on < $3 AND w.billed_currency = $4) AS revenue`

interface ClientCounts {
  key: string
  tasks: number
  agents: number
  revenue: string | null
}

async function counted({ tenantId }: Tenant, { from, to }: DateRange, currency: string) {
  const values = [tenantId, from, to, currency]
  const clients = await owner.query<ClientCounts>(COUNTED, values)
  const all = await owner.query<{ tasks: number; completed: number; revenue: string | null }>(COUNTED_IN_ALL, values)
  return { clients: clients.rows, all: all.rows[0] }
}

async function read({ tenantId }: Tenant, range: DateRange, currency: string) {
  const db = tenantSql(pool, tenantId)
  const { rows } = await owner.query<{ id: string; key: string }>(
    'SELECT id, key FROM client WHERE tenant_id = $1 ORDER BY key',
    [tenantId],
  )
  const ids = rows.map(({ id }) => id)
  const terms = await readEarningTerms(db, { range, currency, timeZone: 'Europe/London' })
  const [tasks, agents, earned] = await Promise.all([
    readActiveTasks(db, range, ids),
    readAgentsUsed(db, range, ids),
    readClientRevenue(db, { range, currency, terms }),
  ])
  const revenue = new Map([...earned].map(([id, of]) => [id, textOf(of)]))
  for (const { id, key } of rows) {
    const inClient = await countTasksWithCost(db, { range, clientId: id, projectId: null })
    expect([key, inClient]).toEqual([key, tasks.get(id) ?? 0])
  }
  return {
    clients: rows.map(({ id, key }) => ({
      key,
      tasks: tasks.get(id) ?? 0,
      agents: agents.get(id) ?? 0,
      revenue: revenue.get(id) ?? null,
    })),
    all: {
      tasks: await countTasksWithCost(db, { range, clientId: null, projectId: null }),
      completed: await readCompletedCount(db, range),
      revenue: textOf(sumOfRevenue(earned)),
    },
  }
}

function textOf(of: Revenue): string | null {
  const amount = totalRevenue(of)
  return amount === null ? null : formatFixed18(amount)
}

async function expectSame(t: Tenant): Promise<void> {
  for (const [i, range] of RANGES.entries()) {
    const currency = i % 2 === 0 ? 'GBP' : 'USD'
    expect([range, await read(t, range, currency)]).toEqual([range, await counted(t, range, currency)])
  }
}

describe('what clients are counted by', () => {
  it('is what events and tasks say in every range, whatever is recorded late, voided, moved, completed and reopened', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 20, size: 'max' }), async (steps) => {
        const t = await tenant()
        const ids: string[] = []
        for (const one of steps) await take(t, ids, one)
        expect(await verifyRollups(pool, t.tenantId)).toEqual([])
        await expectSame(t)
      }),
      { numRuns: 15, interruptAfterTimeLimit: 90_000, markInterruptAsFailure: false },
    )
  }, 200_000)

  it('includes tasks that were made in sets', async () => {
    const t = await tenant()
    await take(t, [], { do: 'task', change: { key: 'T0', client: 'x' } })
    const task = {
      key: 'T1',
      name: 'T1',
      client: 'x',
      status: 'COMPLETED',
      completedAt: '2026-10-23T12:00:00Z',
    } as const
    await tenantTransaction(pool, t.tenantId, async (client) => {
      await lockTenant(client, t.tenantId)
      const tasks = [
        { ...task, billed: { amount: '2.5', currency: 'GBP' } },
        { ...task, key: 'T2' },
        { ...task, key: 'T3', billed: { amount: '1', currency: 'GBP' } },
      ]
      await insertTasks(client, { tenantId: t.tenantId, timeZone: 'Europe/London', tasks })
      await insertTasks(client, { tenantId: t.tenantId, timeZone: 'Europe/London', tasks })
    })
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
    await expectSame(t)
  })

  it.each([
    ['client_activity', 'tasks'],
    ['client_activity', 'agents'],
    ['client_revenue', 'billed'],
  ])('is found wrong in %s and mended by a rebuild', async (table, column) => {
    const t = await tenant()
    const event = { day: 1, hour: 12, task: 'T1', agent: 'a', client: 'x', sharedKey: null }
    await take(t, [], { do: 'record', events: [event] })
    await take(t, [], {
      do: 'task',
      change: { key: 'T1', status: 'COMPLETED', billed: { amount: '1', currency: 'GBP' } },
    })
    await owner.query(`UPDATE ${table} SET ${column} = ${column} + 1 WHERE tenant_id = $1`, [t.tenantId])
    expect(await verifyRollups(pool, t.tenantId)).toEqual([{ table, cells: 1 }])
    await rebuildRollups(pool, t.tenantId)
    expect(await verifyRollups(pool, t.tenantId)).toEqual([])
  })
})
