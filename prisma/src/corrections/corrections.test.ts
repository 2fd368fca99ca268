import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { upsertTask } from '../ingest/upsert-task.ts'
import { rebuildRollups, verifyRollups } from '../ingest/verify-rollups.ts'
import { readRecentInvocations } from '../sql/read-recent.ts'
import { readSpanTags } from '../sql/read-span-tags.ts'
import { readUnpriced } from '../sql/read-unpriced.ts'
import { readLatestOccurrence } from '../sql/read-fleet.ts'
import { readAgentCosts } from '../sql/read-agents.ts'
import { tenantSql } from '../sql/tenant-sql.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { Corrections } from './correct-invocation.ts'
import type { StatedFields } from './correction.ts'

const NOW = Date.UTC(2026, 10, 23, 14, 5) * 1_000
const NOVEMBER = { from: '2026-11-01', to: '2026-12-01' }

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

/** A tenant with a price of 0.015 per 1,000 input tokens of `large` (0.03 from 15 November), and 0.001 a call of `search`. */
async function tenant() {
  const tenantId = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', 'Europe/London')`,
    [tenantId],
  )
  const rate = (resource: string, meter: string, amount: string, per: string, effectiveFrom: string) => ({
    provider: 'acme',
    resource,
    meter,
    price: { amount, currency: 'GBP' },
    per,
    effectiveFrom,
  })
  const rates = [
    rate('large', 'input_tokens', '0.015', '1000', '2026-01-01T00:00:00Z'),
    rate('search', 'requests', '0.001', '1', '2026-01-01T00:00:00Z'),
  ]
  expect((await publishRates({ pool }, tenantId, rates)).userErrors).toEqual([])
  const later = [rate('large', 'input_tokens', '0.03', '1000', '2026-11-15T00:00:00Z')]
  expect((await publishRates({ pool }, tenantId, later)).userErrors).toEqual([])
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs, clock: () => NOW })
  const corrections = new Corrections({ pool, configs, clock: () => NOW })
  const by = 'finance@example.test'
  return {
    tenantId,
    db: tenantSql(pool, tenantId),
    corrections,
    record: async (...items: object[]) => {
      const outcome = await ingestor.record({ tenantId, items })
      expect(outcome.rejected).toEqual([])
      return outcome
    },
    send: (...items: object[]) => ingestor.record({ tenantId, items }),
    voids: (id: string, reason = 'sent twice') => corrections.voidInvocation(tenantId, { id, reason, by }),
    replace: (id: string, replacement: StatedFields, reason = 'wrong count') =>
      corrections.replaceInvocation(tenantId, { id, reason, by, replacement }),
    task: (input: Parameters<typeof upsertTask>[2]) => upsertTask({ pool, configs, now: NOW }, tenantId, input),
    sql: async (text: string) =>
      (await owner.query<Record<string, string | null>>(text.replaceAll('$T', `'${tenantId}'`))).rows,
    /** `id billing` of every event, in order of id; replacements by the id they replace. */
    billing: async () =>
      (
        await owner.query<{ said: string }>(
          `SELECT coalesce(c.invocation_id || '''', i.id) || ' ' || i.billing AS said FROM invocation i
           LEFT JOIN invocation_correction c ON c.tenant_id = i.tenant_id AND c.replacement_id = i.id
           WHERE i.tenant_id = $1 ORDER BY 1`,
          [tenantId],
        )
      ).rows.map((row) => row.said),
    total: async () =>
      (
        await owner.query<Record<string, string>>(
          `SELECT trim_scale(sum(cost_direct))::text AS direct, trim_scale(sum(cost_shared))::text AS shared,
             sum(invocations)::text AS invocations, trim_scale(sum(tokens))::text AS tokens, sum(unpriced)::text AS unpriced
           FROM rollup_day WHERE tenant_id = $1 AND grain = 0`,
          [tenantId],
        )
      ).rows[0],
    verified: () => verifyRollups(pool, tenantId),
  }
}

const model = (id: string, tokens: number, more: object = {}) => ({
  id,
  provider: 'acme',
  resource: 'large',
  occurredAt: '2026-11-10T10:00:00Z',
  usage: [{ meter: 'input_tokens', quantity: tokens }],
  ...more,
})

const use = (id: string, agent: string, more: object = {}) => ({
  id,
  kind: 'RETRIEVAL',
  provider: 'acme',
  resource: 'search',
  occurredAt: '2026-11-10T10:00:00Z',
  usage: [{ meter: 'requests', quantity: 1 }],
  trace: 'tr',
  sharedKey: 'index',
  task: 'T1',
  agent,
  ...more,
})

const NOTHING = { direct: '0', shared: '0', invocations: '0', tokens: '0', unpriced: '0' }

describe('voiding', () => {
  it('takes an event out of every sum, keeps it with who, when and why, and its retry stays a duplicate', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000, { agent: 'research', client: 'northwind', task: 'T1' }))
    const { correction } = await t.voids('a', '  sent twice ')
    expect(correction).toEqual({
      kind: 'VOID',
      invocationId: 'a',
      replacementId: null,
      reason: 'sent twice',
      correctedBy: 'finance@example.test',
      correctedAt: expect.stringMatching(/^20.*Z$/),
    })
    expect(await t.total()).toEqual(NOTHING)
    expect(await t.verified()).toEqual([])
    expect(
      await t.sql('SELECT billing, status, trim_scale(cost)::text AS cost FROM invocation WHERE tenant_id = $T'),
    ).toEqual([{ billing: 'VOID', status: 'RATED', cost: '0.015' }])
    expect(await t.sql('SELECT billing_before FROM invocation_correction WHERE tenant_id = $T')).toEqual([
      { billing_before: 'DIRECT' },
    ])
    expect(await t.record(model('a', 1_000, { agent: 'research', client: 'northwind', task: 'T1' }))).toMatchObject({
      accepted: 0,
      duplicates: 1,
    })
    expect(await t.total()).toEqual(NOTHING)
    await rebuildRollups(pool, t.tenantId)
    expect(await t.verified()).toEqual([])
  })

  it('refuses a second void, an unknown id and an empty reason, and changes nothing', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000), model('b', 1_000))
    await t.voids('a')
    const refused = async (outcome: ReturnType<typeof t.voids>) => {
      const { correction, userErrors } = await outcome
      expect(correction).toBeNull()
      return userErrors.map(({ code, field }) => [code, field?.join('.')])
    }
    expect(await refused(t.voids('a'))).toEqual([['ALREADY_CORRECTED', 'input.id']])
    expect(await refused(t.replace('a', { usage: [] }))).toEqual([['ALREADY_CORRECTED', 'input.id']])
    expect(await refused(t.voids('nobody'))).toEqual([['NOT_FOUND', 'input.id']])
    expect(await refused(t.voids('no\u0000body'))).toEqual([['NOT_FOUND', 'input.id']])
    expect(await refused(t.replace('nobody', { usage: [] }))).toEqual([['NOT_FOUND', 'input.id']])
    expect(await refused(t.voids('b', ' \n '))).toEqual([['MISSING_FIELD', 'input.reason']])
    expect(await refused(t.voids('b', 'x'.repeat(1_001)))).toEqual([['INVALID_FIELD', 'input.reason']])
    expect(await refused(t.voids('b', 'a\u0000b'))).toEqual([['INVALID_FIELD', 'input.reason']])
    expect(await t.total()).toMatchObject({ direct: '0.015', invocations: '1' })
    expect(await t.sql('SELECT count(*)::text AS n FROM invocation_correction WHERE tenant_id = $T')).toEqual([
      { n: '1' },
    ])
  })

  it('makes exactly one correction of twenty at once', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000), model('b', 500))
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => t.voids('a')))
    expect(outcomes.filter((outcome) => outcome.correction !== null)).toHaveLength(1)
    expect(outcomes.flatMap((outcome) => outcome.userErrors.map((error) => error.code))).toEqual(
      Array.from({ length: 19 }, () => 'ALREADY_CORRECTED'),
    )
    expect(await t.total()).toMatchObject({ direct: '0.0075', invocations: '1' })
    expect(await t.verified()).toEqual([])
  })

  it('agrees with the events when a trace is recorded and voided at the same time', async () => {
    const t = await tenant()
    const wrapper = model('w', 1_000, { kind: 'AGENT', trace: 'tr', span: 'w', task: 'T1', agent: 'lead' })
    const leaf = (n: number) =>
      model(`l${n}`, 10 * n, { trace: 'tr', span: `l${n}`, parentSpan: 'w', task: 'T1', agent: `a${n % 3}` })
    await t.record(wrapper)
    const numbers = Array.from({ length: 24 }, (_, n) => n + 1)
    const voided = numbers.map(async (n) => {
      await t.record(leaf(n), use(`u${n}`, `a${n % 3}`))
      await Promise.all([t.voids(`u${n}`), ...(n % 2 === 0 ? [t.voids(`l${n}`)] : [])])
    })
    await Promise.all(voided)
    // 1 + 3 + … + 23 = 144, times 10 tokens; the wrapper claims while a leaf stands.
    expect(await t.total()).toEqual({ direct: '0.0216', shared: '0', invocations: '12', tokens: '1440', unpriced: '0' })
    expect(await t.verified()).toEqual([])
    await Promise.all(numbers.filter((n) => n % 2 === 1).map((n) => t.voids(`l${n}`)))
    expect(await t.total()).toEqual({ direct: '0.015', shared: '0', invocations: '1', tokens: '1000', unpriced: '0' })
    expect(await t.verified()).toEqual([])
    expect(await t.sql('SELECT trace_id FROM shared_use WHERE tenant_id = $T')).toEqual([])
  })

  it('leaves the unpriced queue, the latest arrivals and dataThrough without the voided', async () => {
    const t = await tenant()
    const at = (id: string, more: object) => model(id, 1, { occurredAt: '2026-11-20T10:00:00Z', ...more })
    await t.record(model('a', 1), at('b', { resource: 'unheard-of' }))
    await t.voids('b')
    const november = { start: '2026-11-01T00:00:00Z', end: '2026-12-01T00:00:00Z' }
    expect(await readUnpriced(t.db, november)).toEqual([])
    expect(await readLatestOccurrence(t.db, '2026-12-01T00:00:00Z')).toBe('2026-11-10T10:00:00.000000Z')
    const recent = await readRecentInvocations(t.db, { since: '2026-11-01T00:00:00Z', limit: 10 })
    expect(recent.map((row) => row.id)).toEqual(['a'])
    expect(await t.total()).toMatchObject({ unpriced: '0', invocations: '1' })
  })
})

describe('a shared use whose carrier is voided', () => {
  it('is carried by the earliest report that was recorded, for the client of its task', async () => {
    const t = await tenant()
    await t.task({ key: 'T2', client: 'meridian' })
    // Recorded in this order, in one batch; they occurred in another.
    const times = ['10:03', '10:02', '10:01'].map((time) => `2026-11-10T${time}:00Z`)
    await t.record(
      use('a', 'research', { occurredAt: times[0], client: 'northwind' }),
      use('b', 'coding', { occurredAt: times[1], task: 'T2', client: 'northwind' }),
      use('c', 'campaign', { occurredAt: times[2] }),
    )
    await t.voids('a')
    expect(await t.billing()).toEqual(['a VOID', 'b SHARED', 'c REPORT'])
    expect(await t.sql('SELECT invocation_id FROM shared_use WHERE tenant_id = $T')).toEqual([{ invocation_id: 'b' }])
    expect(await t.total()).toMatchObject({ shared: '0.001', invocations: '1' })
    expect(
      await t.sql(`SELECT c.key, trim_scale(d.cost_shared)::text AS cost FROM rollup_day d JOIN client c ON c.id = d.a
        WHERE d.tenant_id = $T AND d.grain = 2 AND d.invocations <> 0`),
    ).toEqual([{ key: 'meridian', cost: '0.001' }])
    expect(await t.verified()).toEqual([])
    await t.record(use('d', 'research'))
    expect(await t.billing()).toEqual(['a VOID', 'b SHARED', 'c REPORT', 'd REPORT'])
  })

  it('ends without another report, and the next one carries it', async () => {
    const t = await tenant()
    await t.record(use('a', 'research'))
    await t.voids('a')
    expect(await t.sql('SELECT invocation_id FROM shared_use WHERE tenant_id = $T')).toEqual([])
    await t.record(use('b', 'coding'), use('c', 'coding'))
    expect(await t.billing()).toEqual(['a VOID', 'b SHARED', 'c REPORT'])
    expect(await t.total()).toMatchObject({ shared: '0.001', invocations: '1' })
    expect(await t.verified()).toEqual([])
  })

  it('stays with its carrier when another report is voided', async () => {
    const t = await tenant()
    await t.record(use('a', 'research'), use('b', 'coding'))
    await t.voids('b')
    expect(await t.billing()).toEqual(['a SHARED', 'b VOID'])
    expect(await t.verified()).toEqual([])
  })

  it('is carried by the replacement in its place, whether or not others reported it first', async () => {
    const twice = { usage: [{ meter: 'requests', quantity: '2' }] }
    const before = await tenant()
    await before.record(use('a', 'research'), use('b', 'coding'))
    await before.replace('a', twice)
    const after = await tenant()
    await after.record(use('a', 'research'))
    await after.replace('a', twice)
    await after.record(use('b', 'coding'))
    for (const t of [before, after]) {
      expect(await t.billing()).toEqual(['a VOID', "a' SHARED", 'b REPORT'])
      expect(await t.total()).toMatchObject({ shared: '0.002', invocations: '1' })
      expect(await t.verified()).toEqual([])
    }
  })

  it('passes to the report whose original was the earliest, also when that was replaced', async () => {
    const t = await tenant()
    await t.record(use('a', 'research'), use('b', 'coding'), use('c', 'campaign'))
    await t.replace('b', { usage: [{ meter: 'requests', quantity: '3' }] })
    await t.voids('a')
    expect(await t.billing()).toEqual(['a VOID', 'b VOID', "b' SHARED", 'c REPORT'])
    expect(await t.total()).toMatchObject({ shared: '0.003' })
    expect(await t.verified()).toEqual([])
  })

  it('passes on when the replacement reports another use', async () => {
    const t = await tenant()
    await t.record(use('a', 'research'), use('b', 'coding'))
    await t.replace('a', { sharedKey: 'other' })
    expect(await t.billing()).toEqual(['a VOID', "a' SHARED", 'b SHARED'])
    expect(await t.total()).toMatchObject({ shared: '0.002', invocations: '2' })
    expect(await t.verified()).toEqual([])
  })
})

describe('wrappers above a voided span', () => {
  const agent = (id: string, parentSpan: string | null = null, tokens = 100) =>
    model(id, tokens, { kind: 'AGENT', trace: 'tr', span: id, parentSpan })
  const leaf = (id: string, parentSpan: string | null, more: object = {}) =>
    model(id, 100, { trace: 'tr', span: id, parentSpan, ...more })

  it('are billed once nothing below them is, and claim again when a late leaf arrives', async () => {
    const t = await tenant()
    await t.record(agent('outer'), agent('inner', 'outer'), leaf('m', 'inner'))
    await t.voids('m')
    expect(await t.billing()).toEqual(['inner WRAPPER', 'm VOID', 'outer CLAIMED'])
    await t.record(leaf('n', 'inner'))
    expect(await t.billing()).toEqual(['inner CLAIMED', 'm VOID', 'n DIRECT', 'outer CLAIMED'])
    expect(await t.total()).toMatchObject({ direct: '0.0015', invocations: '1' })
    expect(await t.verified()).toEqual([])
  })

  it('stay claims when the voided span stood between them and a billed one: it keeps its place', async () => {
    const t = await tenant()
    await t.record(agent('w'), leaf('tool', 'w', { kind: 'TOOL' }), leaf('m', 'tool'))
    await t.voids('tool')
    expect(await t.billing()).toEqual(['m DIRECT', 'tool VOID', 'w CLAIMED'])
    await t.voids('m')
    expect(await t.billing()).toEqual(['m VOID', 'tool VOID', 'w WRAPPER'])
    await t.record(leaf('n', 'tool'))
    expect(await t.billing()).toEqual(['m VOID', 'n DIRECT', 'tool VOID', 'w CLAIMED'])
    expect(await t.verified()).toEqual([])
  })

  it('are settled by the parent of the replacement, not by the mistaken one', async () => {
    const t = await tenant()
    await t.record(agent('right'), agent('wrong'), leaf('m', 'wrong'))
    expect(await t.billing()).toEqual(['m DIRECT', 'right WRAPPER', 'wrong CLAIMED'])
    expect((await t.replace('m', { parentSpan: 'right' })).userErrors).toEqual([])
    expect(await t.billing()).toEqual(['m VOID', "m' DIRECT", 'right CLAIMED', 'wrong WRAPPER'])
    // Voided, the replacement goes on standing where it stood.
    await t.record(leaf('n', 'm'))
    await t.voids(
      (await t.sql(`SELECT replacement_id FROM invocation_correction WHERE tenant_id = $T`))[0]?.['replacement_id'] ??
        '',
    )
    expect(await t.billing()).toEqual(['m VOID', "m' VOID", 'n DIRECT', 'right CLAIMED', 'wrong WRAPPER'])
    expect(await t.verified()).toEqual([])
  })

  it('are not fooled by a voided edge that contradicts what came later, which is not refused as a cycle', async () => {
    const t = await tenant()
    await t.record(agent('x', 'y'))
    await t.voids('x')
    await t.record(agent('y', 'x'))
    expect(await t.billing()).toEqual(['x VOID', 'y WRAPPER'])
    await t.record(leaf('m', 'y'))
    expect(await t.billing()).toEqual(['m DIRECT', 'x VOID', 'y CLAIMED'])
    expect(await t.verified()).toEqual([])
  })

  it('hand their own tags to later spans after a void, and the corrected ones after a replacement', async () => {
    const t = await tenant()
    await t.record(leaf('m', null, { agent: 'research', client: 'northwind' }))
    const tags = async () =>
      (await readSpanTags(pool, { tenantId: t.tenantId, spans: [{ traceId: 'tr', spanId: 'm' }] })).map((row) => [
        row.agent,
        row.client,
      ])
    await t.replace('m', { client: 'meridian' })
    expect(await tags()).toEqual([['research', 'meridian']])
    await t.voids(
      (await t.sql('SELECT replacement_id FROM invocation_correction WHERE tenant_id = $T'))[0]?.['replacement_id'] ??
        '',
    )
    expect(await tags()).toEqual([['research', 'meridian']])
  })
})

describe('who took part', () => {
  it('is withdrawn with the last report of an agent for the task, and with it the completed task', async () => {
    const t = await tenant()
    await t.record(
      model('a', 1, { task: 'T1', agent: 'research' }),
      model('b', 1, { task: 'T1', agent: 'research' }),
      model('c', 1, { task: 'T1', agent: 'coding' }),
    )
    await t.task({ key: 'T1', completedAt: '2026-11-12T12:00:00Z' })
    const completed = () =>
      t.sql(`SELECT a.key, c.tasks::text FROM completed_cell c JOIN agent a ON a.id = c.agent_id
        WHERE c.tenant_id = $T AND c.tasks <> 0 ORDER BY 1`)
    const one = (key: string) => ({ key, tasks: '1' })
    expect(await completed()).toEqual([one('coding'), one('research')])
    await t.voids('a')
    expect(await completed()).toEqual([one('coding'), one('research')])
    await t.voids('b')
    expect(await completed()).toEqual([one('coding')])
    expect(await t.verified()).toEqual([])
    const active = await readAgentCosts(t.db, { range: NOVEMBER, after: null, limit: 10 })
    expect(active).toHaveLength(1)
    await t.record(model('d', 1, { task: 'T1', agent: 'research' }))
    expect(await completed()).toEqual([one('coding'), one('research')])
    expect(await t.verified()).toEqual([])
  })
})

describe('replacing', () => {
  it('keeps what is not stated, clears what is null, and rates at the time of the replacement', async () => {
    const t = await tenant()
    await t.record(
      model('a', 1_000, {
        agent: 'research',
        client: 'northwind',
        task: 'T1',
        project: 'P1',
        trace: 'tr',
        span: 's',
        parentSpan: 'p',
        name: 'Summarise',
        endedAt: '2026-11-10T10:00:01.000001Z',
        reportedCost: { amount: '0.02', currency: 'USD' },
        qualifiers: { tier: 'batch' },
      }),
    )
    const outcome = await t.replace('a', {
      usage: [{ meter: 'input_tokens', quantity: '2000' }],
      occurredAt: '2026-11-20T10:00:00Z',
      endedAt: null,
      client: null,
    })
    expect(outcome.userErrors).toEqual([])
    expect(outcome.correction).toMatchObject({ kind: 'REPLACE', invocationId: 'a' })
    const id = outcome.correction?.replacementId ?? ''
    expect(id).toMatch(/^cor_[0-9a-f]{8}-/)
    expect(
      await t.sql(`SELECT i.id, a.key AS agent, c.key AS client, t.key AS task, p.key AS project, trace_id, span_id, parent_span_id, i.name, ended_at::text,
        trim_scale(reported_amount)::text AS reported, reported_currency, qualifiers->>'tier' AS tier, trim_scale(cost)::text AS cost, billing
        FROM invocation i LEFT JOIN agent a ON a.id = agent_id LEFT JOIN client c ON c.id = i.client_id LEFT JOIN task t ON t.id = task_id
        LEFT JOIN project p ON p.id = i.project_id WHERE i.tenant_id = $T AND i.id <> 'a'`),
    ).toEqual([
      {
        id,
        agent: 'research',
        client: null,
        task: 'T1',
        project: 'P1',
        trace_id: 'tr',
        span_id: 's',
        parent_span_id: 'p',
        name: 'Summarise',
        ended_at: null,
        reported: '0.02',
        reported_currency: 'USD',
        tier: 'batch',
        cost: '0.06',
        billing: 'DIRECT',
      },
    ])
    expect(await t.total()).toEqual({ direct: '0.06', shared: '0', invocations: '1', tokens: '2000', unpriced: '0' })
    expect(await t.verified()).toEqual([])
  })

  it('can be corrected again, link by link, and only at the end of the chain', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000, { task: 'T1', agent: 'research' }))
    const tokens = (quantity: string) => ({ usage: [{ meter: 'input_tokens', quantity }] })
    const first = (await t.replace('a', tokens('2000'))).correction?.replacementId ?? ''
    const second = (await t.replace(first, { ...tokens('3000'), agent: 'coding' })).correction?.replacementId ?? ''
    expect(await t.total()).toMatchObject({ direct: '0.045', invocations: '1', tokens: '3000' })
    const { userErrors } = await t.replace(first, tokens('4'))
    expect(userErrors).toMatchObject([{ code: 'ALREADY_CORRECTED', message: expect.stringContaining(second) }])
    expect(
      await t.sql('SELECT a.key FROM task_agent p JOIN agent a ON a.id = p.agent_id WHERE p.tenant_id = $T'),
    ).toEqual([{ key: 'coding' }])
    await t.voids(second)
    expect(await t.total()).toEqual(NOTHING)
    expect(await t.verified()).toEqual([])
  })

  it('refuses what recording refuses, names the field, and leaves the original as it was', async () => {
    const t = await tenant()
    await t.record(
      model('a', 1_000, { trace: 'tr', span: 'a', endedAt: '2026-11-10T10:00:09Z' }),
      model('b', 1, { trace: 'tr', span: 'b', parentSpan: 'a' }),
    )
    const refused = async (stated: StatedFields) =>
      (await t.replace('a', stated)).userErrors.map(({ code, field }) => `${code} ${field?.join('.')}`)
    expect(await refused({ usage: [{ meter: 'input_tokens', quantity: '-1' }] })).toEqual([
      'NEGATIVE_DECIMAL input.replacement.usage.0.quantity',
    ])
    expect(await refused({ occurredAt: '2026-11-11T10:00:00Z' })).toEqual(['INVALID_FIELD input.replacement.endedAt'])
    expect(await refused({ occurredAt: null })).toEqual(['MISSING_FIELD input.replacement.occurredAt'])
    expect(await refused({ usage: null })).toEqual(['MISSING_FIELD input.replacement.usage'])
    expect(await refused({ kind: null })).toEqual(['MISSING_FIELD input.replacement.kind'])
    expect(await refused({ occurredAt: '2030-01-01T00:00:00Z', endedAt: null })).toEqual([
      'IN_THE_FUTURE input.replacement.occurredAt',
    ])
    expect(await refused({ parentSpan: 'b' })).toEqual(['CYCLE input.replacement.parentSpan'])
    expect(await refused({ colour: 'red' })).toEqual(['UNKNOWN_FIELD input.replacement.colour'])
    expect(await refused({})).toEqual(['NO_CHANGE input.replacement'])
    expect(await refused({ usage: [{ meter: 'input_tokens', quantity: '1000.0' }] })).toEqual([
      'NO_CHANGE input.replacement',
    ])
    expect(await t.billing()).toEqual(['a DIRECT', 'b DIRECT'])
    expect(await t.sql('SELECT count(*)::text AS n FROM invocation_correction WHERE tenant_id = $T')).toEqual([
      { n: '0' },
    ])
    expect(await t.verified()).toEqual([])
  })

  it('mends a wrong parent even where the right one would have been a cycle with it', async () => {
    const t = await tenant()
    const at = (id: string, parentSpan: string | null) =>
      model(id, 100, { kind: 'AGENT', trace: 'tr', span: id, parentSpan })
    await t.record(at('x', 'y'))
    expect((await t.replace('x', { parentSpan: null })).userErrors).toEqual([])
    await t.record(at('y', 'x'))
    expect(await t.billing()).toEqual(['x VOID', "x' CLAIMED", 'y WRAPPER'])
    expect(await t.verified()).toEqual([])
  })

  it('moves an event to another month, whose partition is made first', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000))
    expect((await t.replace('a', { occurredAt: '2026-02-10T10:00:00Z' })).userErrors).toEqual([])
    expect(
      await t.sql(
        `SELECT day::text, invocations::text AS n FROM rollup_day WHERE tenant_id = $T AND grain = 0 ORDER BY 1`,
      ),
    ).toEqual([
      { day: '2026-02-10', n: '1' },
      { day: '2026-11-10', n: '0' },
    ])
    expect(await t.verified()).toEqual([])
  })

  it('keeps its ids for itself: a sender who uses one is refused', async () => {
    const t = await tenant()
    const outcome = await t.send(model('cor_1', 1), model('corr', 1))
    expect(outcome).toMatchObject({ accepted: 1, rejected: [{ index: 0, id: 'cor_1', code: 'RESERVED_ID' }] })
  })

  it('stands under the prices of the moment when they change meanwhile', async () => {
    const t = await tenant()
    await t.record(model('a', 1_000))
    await publishRates({ pool }, t.tenantId, [
      {
        provider: 'acme',
        resource: 'large',
        meter: 'output_tokens',
        price: { amount: '1', currency: 'GBP' },
        per: '1000',
        effectiveFrom: '2026-01-01T00:00:00Z',
      },
    ])
    await t.replace('a', { usage: [{ meter: 'output_tokens', quantity: '5' }] })
    expect(await t.total()).toMatchObject({ direct: '0.005' })
    expect(await t.verified()).toEqual([])
  })
})
