import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { upsertTask } from '../ingest/upsert-task.ts'
import { addUpPricedDays } from '../ingest/priced-days.ts'
import { verifyRollups } from '../ingest/verify-rollups.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { Corrections } from './correct-invocation.ts'

/**
 * Random traces are recorded, voided and replaced in random order; afterwards the database must hold what the events that still stand
 * make, by a second reckoning that is written from the laws and knows nothing of how ingest and corrections do it.
 */

const NOW = Date.UTC(2026, 10, 23, 14, 5) * 1_000
const LEAVES = ['MODEL', 'EMBEDDING', 'TOOL', 'RETRIEVAL']

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

/** Where an event stands. Parents have smaller numbers than their children, so no cycle is generated. */
interface Place {
  trace: string | null
  span: string | null
  parentSpan: string | null
  sharedKey: string | null
}

interface Tags {
  agent: string | null
  task: string | null
  client: string | null
}

interface Consumption {
  kind: string
  resource: string
  usage: { meter: string; quantity: number }[]
}

type Facts = Place & Tags & Consumption & { occurredAt: string }

// Few spans, so that wrappers, leaves and replacements meet.
const spanNumber = fc.option(fc.nat(2), { freq: 6 })
const place: fc.Arbitrary<Place> = fc
  .tuple(
    fc.constantFrom('t1', 't1', 't1', 't1', 't2', null),
    spanNumber,
    spanNumber,
    fc.constantFrom(null, null, 'k1', 'k1', 'k2'),
  )
  .map(([trace, span, above, sharedKey]) => ({
    trace,
    span: span === null ? null : `s${span}`,
    parentSpan: above === null || (span !== null && above >= span) ? null : `s${above}`,
    sharedKey: trace === null ? null : sharedKey,
  }))
const tags: fc.Arbitrary<Tags> = fc.record({
  agent: fc.constantFrom(null, 'a', 'b'),
  task: fc.constantFrom(null, 'T1', 'T1', 'T2'),
  client: fc.constantFrom(null, null, 'x', 'y'),
})
const consumption: fc.Arbitrary<Consumption> = fc.record({
  kind: fc.constantFrom('MODEL', 'TOOL', 'RETRIEVAL', 'AGENT', 'AGENT', 'OTHER'),
  resource: fc.constantFrom('large', 'large', 'large', 'large', 'unheard-of'),
  usage: fc.constantFrom(
    ...[[], [0], [3], [5], [70], [900]].map((amounts) =>
      amounts.map((quantity) => ({ meter: 'input_tokens', quantity })),
    ),
  ),
})
const occurredAt = fc.constantFrom('2026-10-31T23:30:00Z', '2026-11-10T10:00:00Z', '2026-11-10T10:20:00Z')
const event: fc.Arbitrary<Facts> = fc
  .tuple(place, tags, consumption, occurredAt)
  .map(([stands, tagged, consumed, at]) => ({ ...stands, ...tagged, ...consumed, occurredAt: at }))
const unchanged = { weight: 2, arbitrary: fc.constant({}) }
const change: fc.Arbitrary<Partial<Facts>> = fc
  .tuple(
    fc.oneof({ weight: 1, arbitrary: place }, unchanged),
    fc.oneof({ weight: 1, arbitrary: tags }, unchanged),
    fc.oneof({ weight: 2, arbitrary: consumption }, unchanged),
    fc.oneof({ weight: 1, arbitrary: fc.record({ occurredAt }) }, unchanged),
  )
  .map((parts) => Object.assign({}, ...parts) as Partial<Facts>)

type Step =
  | { do: 'record'; events: Facts[] }
  | { do: 'void'; pick: number }
  | { do: 'replace'; pick: number; change: Partial<Facts> }
  | { do: 'complete'; task: string }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      events: fc.array(event, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('void' as const), pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('replace' as const), pick: fc.nat(), change }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('complete' as const), task: fc.constantFrom('T1', 'T2') }) },
)

/** An event in the order of recording. */
interface Row {
  id: string
  facts: Facts
  isVoid: boolean
  original: Row | null
  replacement: Row | null
}

describe('random corrections among random arrivals', () => {
  it('leave what the events that stand make, whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24, size: 'max' }), async (steps) => {
        const t = await tenant()
        const rows: Row[] = []
        for (const one of steps) {
          // Days that still hold after a step must be what their events make.
          await addUpPricedDays(
            { pool, nowMs: Date.parse('2028-01-01'), signal: new AbortController().signal },
            t.tenantId,
          )
          await take(t, rows, one)
          // Later arrivals would settle what a correction left behind.
          if (one.do === 'void' || one.do === 'replace')
            expect(await storedBilling(t.tenantId)).toEqual(reckoned(rows).billing)
        }
        expect(await stored(t.tenantId)).toEqual(reckoned(rows))
        expect(await verifyRollups(pool, t.tenantId)).toEqual([])
      }),
      // A failure is made small for three minutes at most.
      { numRuns: 60, interruptAfterTimeLimit: 200_000, markInterruptAsFailure: false },
    )
  }, 300_000)
})

type Tenant = Awaited<ReturnType<typeof tenant>>

async function tenant() {
  const tenantId = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', 'Europe/London')`,
    [tenantId],
  )
  const price = { amount: '1', currency: 'GBP' }
  const rate = {
    provider: 'acme',
    resource: 'large',
    meter: 'input_tokens',
    price,
    effectiveFrom: '2026-01-01T00:00:00Z',
  }
  expect((await publishRates({ pool }, tenantId, [rate])).userErrors).toEqual([])
  const configs = new TenantConfigs({ pool, catalogue: null })
  return {
    tenantId,
    configs,
    ingestor: new Ingestor({ pool, configs, clock: () => NOW }),
    corrections: new Corrections({ pool, configs, clock: () => NOW }),
  }
}

/** Does a step to the database and notes it. */
async function take(t: Tenant, rows: Row[], one: Step): Promise<void> {
  const { tenantId } = t
  if (one.do === 'record') {
    const fresh = one.events.map((facts, n) => ({
      id: `e${rows.length + n}`,
      facts,
      isVoid: false,
      original: null,
      replacement: null,
    }))
    const items = fresh.map(({ id, facts }) => ({ id, provider: 'acme', ...facts }))
    expect(await t.ingestor.record({ tenantId, items })).toMatchObject({ accepted: items.length, rejected: [] })
    rows.push(...fresh)
    return
  }
  if (one.do === 'complete') {
    const input = { key: one.task, completedAt: '2026-11-12T12:00:00Z' }
    expect((await upsertTask({ pool, configs: t.configs, now: NOW }, tenantId, input)).userErrors).toEqual([])
    return
  }
  // Mostly one that stands; now and then any, to be refused.
  const open = one.pick % 8 === 0 ? rows : rows.filter((row) => !row.isVoid)
  const row = open[one.pick % Math.max(open.length, 1)]
  if (row === undefined) return
  const asked = { id: row.id, reason: 'at random', by: 'a test' }
  const outcome =
    one.do === 'void'
      ? await t.corrections.voidInvocation(tenantId, asked)
      : await t.corrections.replaceInvocation(tenantId, { ...asked, replacement: { ...one.change } })
  const facts = one.do === 'void' ? row.facts : { ...row.facts, ...one.change }
  const isNoChange = one.do === 'replace' && JSON.stringify(inOrder(facts)) === JSON.stringify(inOrder(row.facts))
  if (row.isVoid || isNoChange) {
    // Of two reasons the one about the input is told first.
    expect(outcome.userErrors.map((error) => error.code)).toEqual([isNoChange ? 'NO_CHANGE' : 'ALREADY_CORRECTED'])
    return
  }
  expect(outcome.userErrors).toEqual([])
  row.isVoid = true
  const id = outcome.correction?.replacementId ?? null
  if (id === null) return
  row.replacement = { id, facts, isVoid: false, original: row, replacement: null }
  rows.push(row.replacement)
}

function inOrder(facts: Facts): unknown[] {
  return Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1))
}

const isLeaf = ({ facts }: Row): boolean => LEAVES.includes(facts.kind)
const tokensOf = ({ facts }: Row): number => facts.usage.reduce((sum, line) => sum + line.quantity, 0)
const consumes = (row: Row): boolean => isLeaf(row) || tokensOf(row) > 0
const isSameUse = (a: Row, b: Row): boolean =>
  a.facts.trace === b.facts.trace && a.facts.sharedKey === b.facts.sharedKey
const reportsUse = (row: Row): boolean => isLeaf(row) && row.facts.sharedKey !== null && row.facts.trace !== null

/** When a report entered its use: a replacement stands where its original stood, while that reported the same use. */
function entered(row: Row, rows: readonly Row[]): number {
  let first = row
  while (first.original !== null && reportsUse(first.original) && isSameUse(first.original, row)) first = first.original
  return rows.indexOf(first)
}

/** How every event counts (laws L6 and L13). */
function billingOf(row: Row, rows: readonly Row[]): string {
  if (row.isVoid) return 'VOID'
  const standing = rows.filter((other) => !other.isVoid)
  if (reportsUse(row)) {
    const reports = standing.filter((other) => reportsUse(other) && isSameUse(other, row))
    return reports.some((other) => entered(other, rows) < entered(row, rows)) ? 'REPORT' : 'SHARED'
  }
  if (isLeaf(row)) return 'DIRECT'
  if (tokensOf(row) === 0) return 'CLAIMED'
  const { trace, span } = row.facts
  if (trace === null || span === null) return 'WRAPPER'
  const others = standing.filter((other) => other.facts.trace === trace && consumes(other))
  const isRepeated = others.some(
    (other) => (isLeaf(other) && other.facts.span === span) || isBelow(other.facts.parentSpan, { span, trace, rows }),
  )
  return isRepeated ? 'CLAIMED' : 'WRAPPER'
}

/** Whether the way up from a span leads through another. Voided events keep their places, unless replaced at the same span. */
function isBelow(from: string | null, at: { span: string; trace: string; rows: readonly Row[] }): boolean {
  if (from === null) return false
  if (from === at.span) return true
  const here = at.rows.filter(({ facts, isVoid, replacement }) => {
    const isReplacedHere =
      replacement !== null && replacement.facts.trace === facts.trace && replacement.facts.span === facts.span
    return facts.trace === at.trace && facts.span === from && !(isVoid && isReplacedHere)
  })
  return here.some(({ facts }) => isBelow(facts.parentSpan, at))
}

/** What the database should hold. */
function reckoned(rows: readonly Row[]) {
  const clientOfTask = new Map<string, string>()
  for (const { facts } of rows) {
    if (facts.task !== null && facts.client !== null && !clientOfTask.has(facts.task))
      clientOfTask.set(facts.task, facts.client)
  }
  const sums = new Map<
    string,
    { direct: number; shared: number; invocations: number; tokens: number; unpriced: number }
  >()
  const into = (key: string, row: Row, billing: string) => {
    const cell = sums.get(key) ?? { direct: 0, shared: 0, invocations: 0, tokens: 0, unpriced: 0 }
    sums.set(key, cell)
    const isUnpriced = row.facts.usage.length === 0 || (row.facts.resource !== 'large' && tokensOf(row) > 0)
    const cost = isUnpriced || row.facts.resource !== 'large' ? 0 : tokensOf(row)
    if (billing === 'SHARED') cell.shared += cost
    else cell.direct += cost
    cell.invocations += 1
    cell.tokens += tokensOf(row)
    cell.unpriced += isUnpriced ? 1 : 0
  }
  const billing: string[] = []
  const carriers: string[] = []
  const participants = new Set<string>()
  for (const row of rows) {
    const counts = billingOf(row, rows)
    const { agent, task, client, trace, sharedKey } = row.facts
    billing.push(`${row.id} ${counts}`)
    if (!row.isVoid && consumes(row) && task !== null && agent !== null) participants.add(`${task} ${agent}`)
    if (counts === 'SHARED') carriers.push(`${trace} ${sharedKey} ${row.id}`)
    if (!['DIRECT', 'WRAPPER', 'SHARED'].includes(counts)) continue
    const isShared = counts === 'SHARED'
    const clientOfUse = task === null ? null : (clientOfTask.get(task) ?? null)
    into('fleet', row, counts)
    into(`agent ${isShared ? '-' : (agent ?? '-')}`, row, counts)
    into(`client ${(isShared ? (clientOfUse ?? client) : client) ?? '-'}`, row, counts)
    into(`task ${task ?? '-'} ${isShared ? '-' : (agent ?? '-')}`, row, counts)
  }
  return {
    billing: billing.sort(),
    carriers: carriers.sort(),
    participants: [...participants].sort(),
    sums: Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

const CELLS = `
SELECT key, sum(cost_direct)::float8 AS direct, sum(cost_shared)::float8 AS shared, sum(invocations)::int AS invocations,
  sum(tokens)::float8 AS tokens, sum(unpriced)::int AS unpriced
FROM (
  SELECT 'fleet' AS key, c.* FROM rollup_day c WHERE c.grain = 0 AND c.tenant_id = $1
  UNION ALL SELECT 'agent ' || coalesce(a.key, '-'), c.* FROM rollup_day c LEFT JOIN agent a ON a.id = c.a WHERE c.grain = 1 AND c.tenant_id = $1
  UNION ALL SELECT 'client ' || coalesce(l.key, '-'), c.* FROM rollup_day c LEFT JOIN client l ON l.id = c.a WHERE c.grain = 2 AND c.tenant_id = $1
) d GROUP BY key HAVING sum(invocations) <> 0
UNION ALL
SELECT 'task ' || coalesce(t.key, '-') || ' ' || coalesce(a.key, '-'), sum(cost_direct)::float8, sum(cost_shared)::float8, sum(invocations)::int,
  sum(tokens)::float8, sum(unpriced)::int
FROM rollup_task c LEFT JOIN task t ON t.id = c.task_id LEFT JOIN agent a ON a.id = c.agent_id
WHERE c.tenant_id = $1 GROUP BY 1 HAVING sum(invocations) <> 0`

async function texts(sql: string, tenantId: string): Promise<string[]> {
  const result = await owner.query<{ said: string }>(sql, [tenantId])
  return result.rows.map((row) => row.said).sort()
}

function storedBilling(tenantId: string): Promise<string[]> {
  return texts(`SELECT id || ' ' || billing AS said FROM invocation WHERE tenant_id = $1`, tenantId)
}

/** What the database holds. */
async function stored(tenantId: string) {
  const cells = await owner.query<{ key: string }>(CELLS, [tenantId])
  const sums = cells.rows.map(({ key, ...cell }): [string, object] => [key, cell])
  return {
    billing: await storedBilling(tenantId),
    carriers: await texts(
      `SELECT trace_id || ' ' || shared_key || ' ' || invocation_id AS said FROM shared_use WHERE tenant_id = $1`,
      tenantId,
    ),
    participants: await texts(
      `SELECT t.key || ' ' || a.key AS said FROM task_agent p JOIN task t ON t.id = p.task_id JOIN agent a ON a.id = p.agent_id WHERE p.tenant_id = $1`,
      tenantId,
    ),
    sums: Object.fromEntries(sums.sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}
