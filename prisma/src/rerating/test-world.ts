import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { DateRange } from '@outlay/domain/periods/calendar-date'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { publishFxRates, type PublishFxRatesInput } from '../ingest/publish-fx-rates.ts'
import type { RateInput } from '../ingest/parse-rates.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { verifyRollups } from '../ingest/verify-rollups.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { applyRerating } from './apply-rerating.ts'
import type { CostFilter } from './event-filter.ts'
import { previewRerating } from './preview-rerating.ts'
import { requestApply } from './request-apply.ts'
import { requestPreview } from './request-preview.ts'
import type { ReratingRef, WhatIf } from './rerating.ts'
import type { ReratingControl } from './work-on.ts'

/** Before and after of one member, amounts without the zeros of their columns. */
export interface DifferenceOf {
  invocations: number
  changed: number
  before: string
  after: string
  unpricedBefore: number
  unpricedAfter: number
  unconvertedBefore: number
  unconvertedAfter: number
}

/** By dimension and then by key; `-` is what has no tag, and the fleet's key is empty. */
export type DifferencesOf = Record<string, Record<string, DifferenceOf>>

export interface Previewed {
  id: string
  state: Record<string, string | null>
  differences: DifferencesOf
}

export interface ReratingWorld {
  database: TestDatabase
  owner: pg.Pool
  pool: TenantPool
  tenant: (options?: { timeZone?: string }) => Promise<ReratingTenant>
  /** Every row of every table as a checksum by table, but for those of re-ratings themselves. */
  dump: () => Promise<Record<string, string>>
  close: () => Promise<void>
}

export interface ReratingTenant {
  id: string
  configs: TenantConfigs
  record: (...items: object[]) => ReturnType<Ingestor['record']>
  publish: (...rates: RateInput[]) => Promise<string[]>
  publishFx: (...rates: PublishFxRatesInput['rates'][number][]) => Promise<void>
  request: (range: DateRange, more?: { filter?: CostFilter; whatIf?: WhatIf }) => Promise<string>
  preview: (range: DateRange, more?: { filter?: CostFilter; whatIf?: WhatIf }) => Promise<Previewed>
  askApply: (id: string, reason?: string) => Promise<string[]>
  apply: (id: string, reason?: string) => Promise<Record<string, string | null>>
  read: (id: string) => Promise<Previewed>
  ref: (id: string) => ReratingRef
  billing: () => Promise<Record<string, string>>
  /** The ratings of all events, as texts. */
  ratings: () => Promise<Record<string, unknown>>
  /** Costs summed from the events themselves, by the same members as the differences. */
  costs: () => Promise<Record<string, Record<string, string>>>
  verify: () => ReturnType<typeof verifyRollups>
}

export const quiet = (more: Partial<ReratingControl> = {}): ReratingControl => ({
  signal: new AbortController().signal,
  publish: () => {},
  ...more,
})

/** A database, and tenants that are rated again in this process: ingest, preview and apply are the ones of production. */
export async function openReratingWorld(): Promise<ReratingWorld> {
  const database = await createTestDatabase()
  const pool = new TenantPool({ url: database.appUrl })
  const owner = new pg.Pool({ connectionString: database.ownerUrl })
  return {
    database,
    owner,
    pool,
    tenant: (options) => makeTenant({ owner, pool }, options),
    dump: () => dump(owner),
    close: async () => {
      await pool.end()
      await owner.end()
      await database.drop()
    },
  }
}

async function makeTenant(
  { owner, pool }: { owner: pg.Pool; pool: TenantPool },
  { timeZone = 'Europe/London' }: { timeZone?: string } = {},
): Promise<ReratingTenant> {
  const id = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', $2)`,
    [id, timeZone],
  )
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs })
  const ref = (reratingId: string) => ({ tenantId: id, reratingId })
  const requested = async (range: DateRange, more: { filter?: CostFilter; whatIf?: WhatIf } = {}) => {
    const { filter = null, whatIf = null } = more
    const outcome = await requestPreview({ pool }, id, { range, filter, whatIf, requestedBy: 'ada@example.test' })
    if (outcome.reratingId === null) throw new Error(JSON.stringify(outcome.userErrors))
    return outcome.reratingId
  }
  const tenant: ReratingTenant = {
    id,
    configs,
    ref,
    record: (...items) => ingestor.record({ tenantId: id, items }),
    publish: async (...rates) => {
      const { rateIds, userErrors } = await publishRates({ pool }, id, rates)
      if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
      return rateIds
    },
    publishFx: async (...rates) => {
      const { userErrors } = await publishFxRates({ pool }, id, { rates })
      if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
    },
    request: requested,
    preview: async (range, more) => {
      const reratingId = await requested(range, more)
      await previewRerating({ pool, configs }, ref(reratingId), quiet({ pageSize: 3 }))
      return tenant.read(reratingId)
    },
    askApply: async (reratingId, reason = 'The supplier corrected its invoice.') => {
      const { userErrors } = await requestApply({ pool }, ref(reratingId), { reason, appliedBy: 'ada@example.test' })
      return userErrors.map(({ code }) => code)
    },
    apply: async (reratingId, reason) => {
      const errors = await tenant.askApply(reratingId, reason)
      if (errors.length > 0) throw new Error(errors.join())
      await applyRerating({ pool, configs }, ref(reratingId), quiet({ pageSize: 3 }))
      return (await tenant.read(reratingId)).state
    },
    read: (reratingId) => readRerating(owner, ref(reratingId)),
    billing: async () => {
      const { rows } = await owner.query<{ id: string; billing: string }>(
        'SELECT id, billing FROM invocation WHERE tenant_id = $1',
        [id],
      )
      return Object.fromEntries(rows.map((row) => [row.id, row.billing]))
    },
    ratings: async () => {
      const { rows } = await owner.query<{ id: string }>(
        `SELECT id, status, cost::text, meters, quantities::text, rate_ids::text, amounts::text, fx_rates::text, cost_basis
         FROM invocation WHERE tenant_id = $1`,
        [id],
      )
      return Object.fromEntries(rows.map(({ id: event, ...rating }) => [event, rating]))
    },
    costs: () => readCosts(owner, id),
    verify: () => verifyRollups(pool, id),
  }
  return tenant
}

const MEMBER = `CASE WHEN d.dimension = 'FLEET' THEN '' ELSE coalesce(a.key, c.key, r.provider || '/' || r.name, '-') END`

async function readRerating(owner: pg.Pool, { tenantId, reratingId }: ReratingRef): Promise<Previewed> {
  const state = await owner.query<Record<string, string | null>>(
    `SELECT state, events_total::text, events_done::text, events_changed::text, error, reason, applied_by,
       (applied_at IS NOT NULL)::text AS is_applied FROM rerating WHERE tenant_id = $1 AND id = $2`,
    [tenantId, reratingId],
  )
  const { rows } = await owner.query<DifferenceOf & { dimension: string; member: string }>(
    `SELECT d.dimension, ${MEMBER} AS member, d.invocations::int, d.changed::int, trim_scale(cost_before)::text AS before,
       trim_scale(cost_after)::text AS after, unpriced_before::int AS "unpricedBefore", unpriced_after::int AS "unpricedAfter",
       unconverted_before::int AS "unconvertedBefore", unconverted_after::int AS "unconvertedAfter"
     FROM rerating_difference d
     LEFT JOIN agent a ON d.dimension = 'AGENT' AND a.id = d.member_id LEFT JOIN client c ON d.dimension = 'CLIENT' AND c.id = d.member_id
     LEFT JOIN resource r ON d.dimension = 'RESOURCE' AND r.id = d.member_id
     WHERE d.tenant_id = $1 AND d.rerating_id = $2`,
    [tenantId, reratingId],
  )
  const differences: DifferencesOf = {}
  for (const { dimension, member, ...difference } of rows) (differences[dimension] ??= {})[member] = difference
  return { id: reratingId, state: state.rows[0] ?? {}, differences }
}

async function readCosts(owner: pg.Pool, tenantId: string): Promise<Record<string, Record<string, string>>> {
  const { rows } = await owner.query<{ dimension: string; member: string; cost: string }>(
    `WITH counted AS (
       SELECT i.cost, CASE WHEN i.billing <> 'SHARED' THEN a.key END AS agent,
         CASE WHEN i.billing = 'SHARED' THEN tc.key ELSE c.key END AS client, r.provider || '/' || r.name AS resource
       FROM invocation i LEFT JOIN agent a ON a.id = i.agent_id LEFT JOIN client c ON c.id = i.client_id
       LEFT JOIN task t ON t.id = i.task_id LEFT JOIN client tc ON tc.id = t.client_id LEFT JOIN resource r ON r.id = i.resource_id
       WHERE i.tenant_id = $1 AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED'))
     SELECT d.dimension, d.member, trim_scale(coalesce(sum(cost), 0))::text AS cost
     FROM counted CROSS JOIN LATERAL (VALUES ('FLEET', ''), ('AGENT', coalesce(agent, '-')), ('CLIENT', coalesce(client, '-')),
       ('RESOURCE', coalesce(resource, '-'))) AS d(dimension, member) GROUP BY 1, 2`,
    [tenantId],
  )
  const costs: Record<string, Record<string, string>> = {}
  for (const { dimension, member, cost } of rows) (costs[dimension] ??= {})[member] = cost
  return costs
}

async function dump(owner: pg.Pool): Promise<Record<string, string>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
       AND c.relname NOT IN ('rerating', 'rerating_difference') ORDER BY 1`,
  )
  const sums: Record<string, string> = {}
  for (const { name } of tables) {
    const { rows } = await owner.query<{ sum: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') AS sum FROM ${name} t`,
    )
    sums[name] = rows[0]?.sum ?? ''
  }
  return sums
}
