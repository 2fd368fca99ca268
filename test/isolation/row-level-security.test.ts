import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import pg from 'pg'
import { deliver } from '../support/deliver.ts'
import { item, plainRate } from '../support/items.ts'
import { type Outlay, startOutlay } from '../support/outlay.ts'

jest.setTimeout(300_000)

/** What the counters of graduated prices, corrections and re-ratings leave behind, one row each; $1 is the tenant. */
const WRITTEN_BY_RATING = [
  `INSERT INTO graduated_usage (tenant_id, ladder, bucket, quantity) VALUES ($1::uuid, $1::uuid, '2026-10-10', 1)`,
  `INSERT INTO invocation_correction (tenant_id, id, invocation_id, occurred_at, kind, billing_before, reason, corrected_by)
   VALUES ($1::uuid, $1::uuid, 'event', '2026-10-10', 'VOID', 'DIRECT', 'wrong', 'API key test')`,
  `INSERT INTO rerating (tenant_id, id, kind, state, range_from, range_to, requested_by)
   VALUES ($1::uuid, $1::uuid, 'RERATING', 'PREVIEWED', '2026-10-01', '2026-11-01', 'API key test')`,
  `INSERT INTO rerating_difference (tenant_id, rerating_id, dimension, member_id, invocations, changed, cost_before, cost_after,
     unpriced_before, unpriced_after, unconverted_before, unconverted_after)
   VALUES ($1::uuid, $1::uuid, 'FLEET', $1::uuid, 1, 1, 0, 1, 1, 0, 0, 0)`,
  `INSERT INTO superseded_rating (tenant_id, invocation_id, rerating_id, occurred_at, status, cost_basis)
   VALUES ($1::uuid, 'event', $1::uuid, '2026-10-10', 'UNPRICED', 'RATES')`,
]

/** What pools, their allocation and closed months leave behind, one row each; $1 is the tenant. */
const WRITTEN_BY_ALLOCATION = [
  `INSERT INTO cost_pool (tenant_id, id, name, category, recurrence, first_month, last_month, currency, created_by)
   VALUES ($1::uuid, $1::uuid, 'pool', 'OTHER', 'ONCE', '2026-10-01', '2026-10-01', 'GBP', 'API key test')`,
  `INSERT INTO cost_pool_amount (tenant_id, pool_id, from_month, revision, amount, set_by)
   VALUES ($1::uuid, $1::uuid, '2026-10-01', 1, 1, 'API key test')`,
  `INSERT INTO allocation_policy (tenant_id, id, pool_id, version, state, effective_from, method, review_due_on, created_by)
   VALUES ($1::uuid, $1::uuid, $1::uuid, 1, 'DRAFT', '2026-10-01', 'EQUAL', '2027-01-01', 'API key test')`,
  `INSERT INTO allocation_policy_event (tenant_id, id, policy_id, action, acted_by)
   VALUES ($1::uuid, $1::uuid, $1::uuid, 'CREATED', 'API key test')`,
  `INSERT INTO allocation_job (tenant_id, id, month, cause, state, requested_by)
   VALUES ($1::uuid, $1::uuid, '2026-10-01', 'REQUESTED', 'DONE', 'API key test')`,
  `INSERT INTO allocation_run (tenant_id, id, job_id, pool_id, month, policy_id, method, state, pool_amount, received, passed_on, total,
     allocated, unallocated, idle, under_absorbed, inputs_hash, snapshot)
   VALUES ($1::uuid, $1::uuid, $1::uuid, $1::uuid, '2026-10-01', $1::uuid, 'EQUAL', 'CURRENT', 1, 0, 0, 1, 1, 0, 0, 0, '', now())`,
  `INSERT INTO allocation_share (tenant_id, run_id, agent_id, weight, amount, task_ids, client_ids, project_ids, amounts)
   VALUES ($1::uuid, $1::uuid, $1::uuid, 1, 1, '{}', '{}', '{}', '{}')`,
  `INSERT INTO allocated_place (tenant_id, month, task_id, agent_id, client_id, project_id, amount)
   VALUES ($1::uuid, '2026-10-01', $1::uuid, $1::uuid, $1::uuid, $1::uuid, 1)`,
  `INSERT INTO allocated_month (tenant_id, grain, month, a, b, amount) VALUES ($1::uuid, 0, '2026-10-01', $1::uuid, $1::uuid, 1)`,
  `INSERT INTO period (tenant_id, month, state, edition) VALUES ($1::uuid, '2026-09-01', 'OPEN', 1)`,
  `INSERT INTO period_event (tenant_id, id, month, action, acted_by) VALUES ($1::uuid, $1::uuid, '2026-09-01', 'CLOSED', 'API key test')`,
  `INSERT INTO period_snapshot (tenant_id, month, edition, hash, content, closed_by)
   VALUES ($1::uuid, '2026-09-01', 1, '', '{}', 'API key test')`,
  `INSERT INTO period_snapshot_row (tenant_id, month, edition, dimension, member_id, cost_direct, cost_shared, cost_allocated, invocations,
     tokens, unpriced, unconverted)
   VALUES ($1::uuid, '2026-09-01', 1, 'AGENT', $1::uuid, 1, 0, 0, 1, 1, 0, 0)`,
  `INSERT INTO period_task_time (tenant_id, month, edition, task_id, day, client_id, project_id, micros)
   VALUES ($1::uuid, '2026-09-01', 1, $1::uuid, '2026-09-10', $1::uuid, $1::uuid, 1)`,
  `INSERT INTO period_correction (tenant_id, id, cause, usage_bucket, usage_day, posted_bucket, posted_day, agent_id, client_id, project_id,
     task_id, resource_id, kind, cost_direct, cost_shared, invocations, tokens, unpriced, unconverted)
   VALUES ($1::uuid, $1::uuid, 'LATE_EVENT', '2026-09-10', '2026-09-10', '2026-10-10', '2026-10-10', $1::uuid, $1::uuid, $1::uuid, $1::uuid,
     $1::uuid, 'MODEL', 1, 0, 1, 1, 0, 0)`,
]

/** What budgets, alerts, channels, judgements and saved views leave behind, one row each; $1 is the tenant. */
const WRITTEN_BY_ALERTS = [
  `INSERT INTO sums_seen (tenant_id, day, generation) VALUES ($1::uuid, '2026-10-10', 1)`,
  `INSERT INTO priced_day (tenant_id, day, generation, resource_ids, meters, rate_ids, quantities, invocations)
   VALUES ($1::uuid, '2026-10-10', 1, '{}', '{}', '{}', '{}', '{}')`,
  `INSERT INTO budget (tenant_id, id, scope, member_id, window_kind, amount, currency, amount_base, thresholds, forecast_thresholds,
     created_by, updated_by)
   VALUES ($1::uuid, $1::uuid, 'CLIENT', $1::uuid, 'MONTH', 1, 'GBP', 1, '{1}', '{}', 'API key test', 'API key test')`,
  `INSERT INTO budget_expectation (tenant_id, budget_id, day, amount_base) VALUES ($1::uuid, $1::uuid, '2026-10-10', 1)`,
  `INSERT INTO alert (tenant_id, id, kind, severity, state, scope, member_id, series, dedupe_key, title, reason, first_day, last_day,
     window_start, window_end, raised_at, updated_at)
   VALUES ($1::uuid, $1::uuid, 'COST_SPIKE', 'WARNING', 'OPEN', 'CLIENT', $1::uuid, 's', 's', 't', 'r', '2026-10-10', '2026-10-10',
     '2026-10-10', '2026-10-11', now(), now())`,
  `INSERT INTO budget_crossing (tenant_id, budget_id, version, window_start, basis, threshold, alert_id)
   VALUES ($1::uuid, $1::uuid, 1, '2026-10-01', 'ACTUAL', 1, $1::uuid)`,
  `INSERT INTO alert_event (tenant_id, id, alert_id, revision, action, actor, at)
   VALUES ($1::uuid, $1::uuid, $1::uuid, 1, 'RAISED', 'Outlay', now())`,
  `INSERT INTO channel (tenant_id, id, name, kind, target, created_by, updated_by)
   VALUES ($1::uuid, $1::uuid, 'channel', 'EMAIL', 'a@example.com', 'API key test', 'API key test')`,
  `INSERT INTO alert_delivery (tenant_id, id, channel_id, event_id, alert_id, purpose, state, not_before)
   VALUES ($1::uuid, $1::uuid, $1::uuid, $1::uuid, $1::uuid, 'RAISED', 'SENT', now())`,
  `INSERT INTO delivery_attempt (tenant_id, id, delivery_id, attempt, at, ms) VALUES ($1::uuid, $1::uuid, $1::uuid, 1, now(), 1)`,
  `INSERT INTO detector_setting (tenant_id, updated_by) VALUES ($1::uuid, 'API key test')`,
  `INSERT INTO series_tuning (tenant_id, series, score_shift, updated_by) VALUES ($1::uuid, 's', 0.25, 'API key test')`,
  `INSERT INTO annotation (tenant_id, id, scope, member_id, day, note, created_by)
   VALUES ($1::uuid, $1::uuid, 'CLIENT', $1::uuid, '2026-10-10', 'launch', 'API key test')`,
  `INSERT INTO series_expectation (tenant_id, day, grain, a, b, status) VALUES ($1::uuid, '2026-10-10', 1, $1::uuid, $1::uuid, 'LEARNING')`,
  `INSERT INTO anomaly_run (tenant_id, day, state) VALUES ($1::uuid, '2026-10-10', 'DONE')`,
  `INSERT INTO saved_view (tenant_id, id, page, name, query, owner_id, owner_email, is_shared)
   VALUES ($1::uuid, $1::uuid, 'SPEND', 'view', '', 'owner', 'a@example.com', true)`,
  `INSERT INTO chain_shape (tenant_id, day, project_id, depths, fanouts) VALUES ($1::uuid, '2026-10-10', $1::uuid, '{1}', '{1}')`,
]

/** What exports leave behind, one row each; $1 is the tenant. */
const WRITTEN_BY_EXPORTS = [
  `INSERT INTO export_job (tenant_id, id, kind, format, asker_kind, asker_id, requested_by)
   VALUES ($1::uuid, $1::uuid, 'pools', 'CSV', 'KEY', 'key', 'API key test')`,
  `INSERT INTO export_piece (tenant_id, job_id, run, at_byte, content) VALUES ($1::uuid, $1::uuid, 1, 0, '\\x41')`,
]

/** What reports leave behind, one row each; $1 is the tenant. */
const WRITTEN_BY_REPORTS = [
  `INSERT INTO report (tenant_id, id, kind, period_from, period_to) VALUES ($1::uuid, $1::uuid, 'FINANCE_PACK', '2026-10-01', '2026-11-01')`,
  `INSERT INTO report_schedule (tenant_id, id, kind, cron, period_rule, recipients, state, asker_kind, asker_id, created_by, changed_by)
   VALUES ($1::uuid, $1::uuid, 'FINANCE_PACK', '0 7 1 * *', 'LAST_MONTH', '{}', 'PAUSED', 'KEY', 'key', 'API key test', 'API key test')`,
  `INSERT INTO report_subscriber (tenant_id, schedule_id, user_id, email) VALUES ($1::uuid, $1::uuid, 'owner', 'a@example.com')`,
  `INSERT INTO report_run (tenant_id, id, report_id, recipients, state, done_at, asker_kind, asker_id, requested_by)
   VALUES ($1::uuid, $1::uuid, $1::uuid, '{}', 'DONE', now(), 'KEY', 'key', 'API key test')`,
  `INSERT INTO report_tick (tenant_id, schedule_id, tick_at, run_id) VALUES ($1::uuid, $1::uuid, '2026-11-01T07:00:00Z', $1::uuid)`,
  `INSERT INTO report_edition (tenant_id, id, report_id, number, run_id, document, sha256, snapshot, snapshot_id, requested_by)
   VALUES ($1::uuid, $1::uuid, $1::uuid, 1, $1::uuid, '{}', encode(sha256('{}'), 'hex'), '{}', left(encode(sha256('{}'), 'hex'), 16), 'API key test')`,
  `INSERT INTO report_file (tenant_id, edition_id, format, bytes, sha256) VALUES ($1::uuid, $1::uuid, 'CSV', 1, encode(sha256('A'), 'hex'))`,
  `INSERT INTO report_file_piece (tenant_id, edition_id, format, at_byte, content) VALUES ($1::uuid, $1::uuid, 'CSV', 0, '\\x41')`,
  `INSERT INTO report_link (tenant_id, id, edition_id, secret_hash, expires_at)
   VALUES ($1::uuid, $1::uuid, $1::uuid, sha256(convert_to($1::text, 'UTF8')), now())`,
  `INSERT INTO report_link_view (tenant_id, id, link_id, what) VALUES ($1::uuid, $1::uuid, $1::uuid, 'PAGE')`,
  `INSERT INTO report_delivery (tenant_id, id, edition_id, recipient, link_id, requested_by)
   VALUES ($1::uuid, $1::uuid, $1::uuid, 'a@example.com', $1::uuid, 'API key test')`,
]

/** What billing leaves behind, one row each; $1 is the tenant. */
const WRITTEN_BY_BILLING = [
  `INSERT INTO engagement (tenant_id, id, project_id, starts_on, model, terms, currency, created_by)
   SELECT $1::uuid, $1::uuid, p.id, '2026-10-01', 'PASS_THROUGH', '{"model": "PASS_THROUGH"}', 'GBP', 'API key test' FROM project p
   WHERE p.tenant_id = $1::uuid LIMIT 1`,
  `INSERT INTO outcome_reversal (tenant_id, task_id, completed_on, reversed_on, reason, reversed_by)
   SELECT $1::uuid, t.id, '2026-10-10', '2026-10-11', 'r', 'API key test' FROM task t WHERE t.tenant_id = $1::uuid LIMIT 1`,
]

/** What transparency pages leave behind, one row each; $1 is the tenant. */
const WRITTEN_BY_CLIENT_PAGES = [
  `INSERT INTO client_link (tenant_id, id, client_id, hash, label, first_month, created_by, expires_at)
   SELECT $1::uuid, $1::uuid, c.id, sha256($1::text::bytea), 'link', '2026-10-01', 'API key test', now() + interval '1 day' FROM client c
   WHERE c.tenant_id = $1::uuid LIMIT 1`,
  `INSERT INTO client_link_view (tenant_id, id, link_id, what) VALUES ($1::uuid, $1::uuid, $1::uuid, 'PAGE')`,
  `INSERT INTO client_question (tenant_id, id, client_id, link_id, month, body)
   SELECT $1::uuid, $1::uuid, l.client_id, l.id, '2026-10-01', 'why' FROM client_link l WHERE l.tenant_id = $1::uuid`,
]

/** What planning leaves behind, one row each; $1 is the tenant. */
const WRITTEN_BY_PLANNING = [
  `INSERT INTO plan (tenant_id, id, name, currency, starts_on, basis, created_by, updated_by)
   VALUES ($1::uuid, $1::uuid, '2027', 'GBP', '2027-01-01', '{}', 'API key test', 'API key test')`,
  `INSERT INTO plan_scenario (tenant_id, plan_id, position, name, changes) VALUES ($1::uuid, $1::uuid, 0, 'Base', '[]')`,
  `INSERT INTO plan_line (tenant_id, plan_id, position, line, month, kind, unit, measure, volume, use, amount)
   VALUES ($1::uuid, $1::uuid, 0, 1, '2027-01-01', 'WORK', 'TASKS', 'TOKENS', 1, 1, 1)`,
  `INSERT INTO plan_note (tenant_id, id, plan_id, month, text, written_by)
   VALUES ($1::uuid, $1::uuid, $1::uuid, '2027-01-01', 'n', 'API key test')`,
]

/** What reconciliation leaves behind, one row each; $1 is the tenant. */
const WRITTEN_BY_RECONCILIATION = [
  `INSERT INTO provider_statement (tenant_id, id, name, format, content_hash, first_day, last_day, providers, lines, imported_by)
   VALUES ($1::uuid, $1::uuid, 'October', 'CSV', sha256('text'), '2026-10-10', '2026-10-10', '{openai}', 1, 'API key test')`,
  `INSERT INTO provider_line (tenant_id, statement_id, number, reference, provider, day, amount, currency, kind)
   VALUES ($1::uuid, $1::uuid, 1, 'line 2', 'openai', '2026-10-10', 1, 'USD', 'USAGE')`,
  `INSERT INTO accepted_variance (tenant_id, provider, day, resource, cause, amount, reason, accepted_by)
   VALUES ($1::uuid, 'openai', '2026-10-10', '', 'CREDIT', 1, 'agreed', 'API key test')`,
]

/** What access leaves behind, one row each; $1 is the tenant. */
const WRITTEN_BY_ACCESS = [
  `INSERT INTO audit_event (tenant_id, id, actor_kind, actor_id, actor_label, action, facts)
   VALUES ($1::uuid, $1::uuid, 'KEY', 'key', 'API key test', 'setBudget', '{}')`,
  `INSERT INTO membership_client (tenant_id, user_id, client_id)
   SELECT m.tenant_id, m.user_id, (SELECT c.id FROM client c WHERE c.tenant_id = $1::uuid LIMIT 1) FROM membership m WHERE m.tenant_id = $1::uuid`,
  `INSERT INTO invitation (tenant_id, id, email, role, token_hash, invited_by, expires_at)
   VALUES ($1::uuid, $1::uuid, 'a@example.com', 'VIEWER', decode(replace($1::text, '-', ''), 'hex'), 'API key test', now())`,
  `INSERT INTO demo_data (tenant_id, demo_id, state, user_id, requested_by)
   VALUES ($1::uuid, gen_random_uuid(), 'QUEUED', 'owner', 'a@example.com')`,
]

/** What the database itself refuses, whatever a query of the application forgets: SQL as the application's own role. */
describe('row-level security', () => {
  let outlay: Outlay
  let app: pg.Client
  let owner: pg.Client
  let mine: string
  let foreign: string

  beforeAll(async () => {
    outlay = await startOutlay()
    const ids: string[] = []
    for (const number of [1, 2]) {
      const tenant = await outlay.createTenant({ currency: 'GBP', timeZone: 'Europe/London' })
      await deliver(tenant, { kind: 'rates', rates: [plainRate('GBP')] })
      await deliver(tenant, {
        kind: 'fxRates',
        rates: [{ base: 'USD', quote: 'GBP', date: '2026-10-10', rate: '0.8' }],
      })
      const use = { trace: 't', span: 's', task: 'T', project: 'P' }
      const answer = await tenant.post('/v1/invocations', [
        item(`event-${number}`, use),
        item(`use-${number}`, { ...use, span: 'u', sharedKey: 'k', kind: 'TOOL' }),
      ])
      expect(answer.body).toMatchObject({ accepted: 2 })
      const change = { key: 'T', status: 'COMPLETED', completedAt: '2026-10-10T12:00:00Z' } as const
      await deliver(tenant, { kind: 'task', change })
      await outlay.createMember(tenant, { role: 'VIEWER' })
      ids.push(outlay.tenantId(tenant))
    }
    ;[mine = '', foreign = ''] = ids
    app = await connect(outlay.database.appUrl)
    owner = await connect(outlay.database.ownerUrl)
    for (const id of ids)
      for (const insert of [
        ...WRITTEN_BY_RATING,
        ...WRITTEN_BY_ALLOCATION,
        ...WRITTEN_BY_ALERTS,
        ...WRITTEN_BY_EXPORTS,
        ...WRITTEN_BY_REPORTS,
        ...WRITTEN_BY_BILLING,
        ...WRITTEN_BY_CLIENT_PAGES,
        ...WRITTEN_BY_PLANNING,
        ...WRITTEN_BY_RECONCILIATION,
        ...WRITTEN_BY_ACCESS,
      ])
        await owner.query(insert, [id])
  })

  afterAll(async () => {
    await app?.end()
    await owner?.end()
    await outlay?.stop()
  })

  async function connect(connectionString: string): Promise<pg.Client> {
    const client = new pg.Client({ connectionString })
    await client.connect()
    return client
  }

  async function tenantTables(): Promise<{ table: string; column: string }[]> {
    const { rows } = await owner.query<{ table: string; column: string }>(
      `SELECT c.relname AS "table", a.attname AS "column" FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
       JOIN pg_attribute a ON a.attrelid = c.oid AND (a.attname = 'tenant_id' OR (c.relname = 'tenant' AND a.attname = 'id'))
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT a.attisdropped ORDER BY 1`,
    )
    return rows
  }

  async function asTenant<T>(tenantId: string | null, work: () => Promise<T>): Promise<T> {
    await app.query('BEGIN')
    try {
      if (tenantId !== null) await app.query(`SELECT set_config('app.tenant_id', $1, true)`, [tenantId])
      return await work()
    } finally {
      await app.query('ROLLBACK')
    }
  }

  async function failure(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'no error',
      (error: { code?: string }) => error.code ?? String(error),
    )
  }

  it('covers every table with a tenant, and each has rows of both tenants to lose', async () => {
    const tables = await tenantTables()
    const rows: [string, number][] = []
    for (const { table, column } of tables) {
      const found = await owner.query(`SELECT DISTINCT ${column} FROM ${pg.escapeIdentifier(table)}`)
      rows.push([table, found.rows.length])
    }
    const logical = rows.filter(([table]) => !/^invocation_(p|y)?\d{4}/.test(table))
    expect(logical.filter(([, count]) => count < 2)).toEqual([])
    expect(logical.length).toBeGreaterThanOrEqual(18)
  })

  it('forces a policy on every such table and partition', async () => {
    const { rows } = await owner.query<{ relname: string }>(
      `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
       WHERE c.relkind IN ('r', 'p') AND (NOT c.relrowsecurity OR NOT c.relforcerowsecurity
         OR NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))`,
    )
    expect(rows).toEqual([])
  })

  it('answers with an error where no tenant is set, never with rows', async () => {
    for (const { table } of await tenantTables()) {
      const code = await asTenant(null, () => failure(app.query(`SELECT * FROM ${pg.escapeIdentifier(table)}`)))
      // 42704: the setting is unknown; 22P02: it is '', as a pooled connection leaves it; 42501: no right to the table.
      expect([table, code]).toEqual([table, expect.stringMatching(/^(42704|22P02|42501)$/)])
    }
  })

  it('shows one tenant none of another’s rows, named or not', async () => {
    for (const { table, column } of await tenantTables()) {
      const quoted = pg.escapeIdentifier(table)
      const seen = await asTenant(mine, () =>
        app
          .query<{ tenant: string }>(`SELECT DISTINCT ${column}::text AS tenant FROM ${quoted}`)
          .then((result) => result.rows.map((row) => row.tenant))
          .catch((error: { code: string }) => error.code),
      )
      if (seen !== '42501') expect([[table], [table, mine]]).toContainEqual([table, ...seen])
      const named = await asTenant(mine, () =>
        app
          .query(`SELECT 1 FROM ${quoted} WHERE ${column} = $1`, [foreign])
          .then((result) => result.rowCount)
          .catch((error: { code: string }) => error.code),
      )
      expect([table, named === '42501' ? 0 : named]).toEqual([table, 0])
    }
  })

  it('lets one tenant neither change nor delete nor add a row of another', async () => {
    for (const { table, column } of await tenantTables()) {
      const quoted = pg.escapeIdentifier(table)
      const write = (sql: string, values: unknown[]): Promise<number | string | null> =>
        asTenant(mine, () =>
          app
            .query(sql, values)
            .then((result) => result.rowCount)
            .catch((error: { code: string }) => error.code),
        )
      const changed = await write(`UPDATE ${quoted} SET ${column} = ${column} WHERE ${column} = $1`, [foreign])
      expect([table, changed === '42501' ? 0 : changed]).toEqual([table, 0])
      const deleted = await write(`DELETE FROM ${quoted} WHERE ${column} = $1`, [foreign])
      expect([table, deleted === '42501' ? 0 : deleted]).toEqual([table, 0])
      const copied = await copyOfOwnRow(table, column)
      if (copied !== null) expect([table, await write(copied.sql, copied.values)]).toEqual([table, '42501'])
      const moved = await write(`UPDATE ${quoted} SET ${column} = $1`, [foreign])
      expect([table, moved]).toEqual([table, '42501'])
    }
  })

  /** An INSERT of the tenant's own first row with the other tenant's id in it. */
  async function copyOfOwnRow(table: string, column: string): Promise<{ sql: string; values: unknown[] } | null> {
    const quoted = pg.escapeIdentifier(table)
    const { rows } = await owner.query<{ row: Record<string, unknown> }>(
      `SELECT to_jsonb(t) AS row FROM ${quoted} t WHERE ${column} = $1 LIMIT 1`,
      [mine],
    )
    const [first] = rows
    if (first === undefined) return null
    const row = { ...first.row, [column]: foreign }
    return {
      sql: `INSERT INTO ${quoted} SELECT * FROM jsonb_populate_record(NULL::${quoted}, $1::jsonb)`,
      values: [JSON.stringify(row)],
    }
  }

  it('gives the application role nothing that lets it around the policies', async () => {
    const { rows } = await app.query<{ rolsuper: boolean; rolbypassrls: boolean; owns: string }>(
      `SELECT r.rolsuper, r.rolbypassrls, (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid)::text AS owns
       FROM pg_roles r WHERE r.rolname = current_user`,
    )
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, owns: '0' }])
    expect(await failure(app.query('SET ROLE postgres'))).not.toBe('no error')
    expect(await failure(app.query('ALTER TABLE invocation DISABLE ROW LEVEL SECURITY'))).toBe('42501')
    expect(await failure(app.query('SELECT * FROM session'))).toBe('42501')
  })
})
