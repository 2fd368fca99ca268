import { expect } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { BudgetWish } from '@outlay/domain/budgets/check-budget'
import { addDays, firstOfMonth, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds, today } from '@outlay/domain/periods/local-day'
import { endBudget, setBudget, type BudgetOutcome } from '../budgets/set-budget.ts'
import { channelChanges } from '../channels/channels.ts'
import { hookPolicy } from '../channels/hook-policy.ts'
import { sealer } from '../channels/seal.ts'
import { Corrections } from '../corrections/correct-invocation.ts'
import { createTestDatabase, testSecret, type TestDatabase } from '../embedded/test-database.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { applyRerating } from '../rerating/apply-rerating.ts'
import { previewRerating } from '../rerating/preview-rerating.ts'
import { requestApply } from '../rerating/request-apply.ts'
import { requestPreview } from '../rerating/request-preview.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import type { ActOutcome } from './act-on-alert.ts'
import { actOnAlert } from './act-on-alert.ts'
import { evaluateLimits } from './evaluate-limits.ts'

export const ADA = 'ada@example.com'

export interface LimitsWorld {
  database: TestDatabase
  pool: TenantPool
  owner: pg.Pool
  tenant: (options?: { timeZone?: string }) => Promise<LimitsTenant>
  close: () => Promise<void>
}

export async function openLimitsWorld(): Promise<LimitsWorld> {
  const database = await createTestDatabase()
  const pool = new TenantPool({ url: database.appUrl, max: 40 })
  const owner = new pg.Pool({ connectionString: database.ownerUrl })
  return {
    database,
    pool,
    owner,
    tenant: (options) => makeTenant({ pool, owner }, options),
    close: async () => {
      await pool.end()
      await owner.end()
      await database.drop()
    },
  }
}

/** An event that costs `cost` pounds, by default of today. */
export interface SpentEvent {
  id?: string
  cost: string
  agent?: string
  client?: string | null
  project?: string | null
  day?: CalendarDate
}

/** An alert as tests speak of it. */
export interface AlertSaid {
  threshold: string | null
  state: string
  severity: string
  actual: string | null
  impact: string | null
  firstDay: string
}

export type LimitsTenant = Awaited<ReturnType<typeof makeTenant>>

/** A tenant in pounds; an event's cost is its count of `credits`, each a pound. Its clock is the real one, and steps forward when told. */
async function makeTenant(
  { pool, owner }: { pool: TenantPool; owner: pg.Pool },
  { timeZone = 'Europe/London' }: { timeZone?: string } = {},
) {
  const id = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', $2)`,
    [id, timeZone],
  )
  const publish = async (amount: string, effectiveFrom = '2020-01-01T00:00:00Z') => {
    const rate = { provider: 'acme', resource: 'tool', meter: 'requests', per: '1', effectiveFrom }
    const { userErrors } = await publishRates({ pool }, id, [{ ...rate, price: { amount, currency: 'GBP' } }])
    expect(userErrors).toEqual([])
  }
  await publish('1')
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs })
  const corrections = new Corrections({ pool, configs })
  const channels = channelChanges({ pool, sealer: sealer(testSecret), hooks: hookPolicy('127.0.0.1') })
  let steppedMs = 0
  let events = 0
  const nowMs = () => Date.now() + steppedMs
  const thisDay = () => today(Date.now(), timeZone)
  const rows = async <Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await owner.query<Row>(sql, [id, ...values])).rows

  const item = ({ id: eventId, cost, agent = 'research', client, project, day }: SpentEvent) => {
    events += 1
    const occurredMs = day === undefined ? Date.now() - 1 : dayBounds(day, timeZone).start + 1_000
    return {
      id: eventId ?? `event-${events}`,
      agent,
      ...(client === null ? {} : { client: client ?? 'northwind' }),
      ...(project === null ? {} : { project: project ?? 'site' }),
      kind: 'TOOL',
      provider: 'acme',
      resource: 'tool',
      occurredAt: new Date(occurredMs).toISOString(),
      usage: [{ meter: 'requests', quantity: cost }],
    }
  }

  const tenant = {
    id,
    configs,
    channels,
    publish,
    rows,
    today: thisDay,
    yesterday: () => addDays(thisDay(), -1),
    month: () => firstOfMonth(thisDay()),
    /** Lets the clock of whoever looks at limits run ahead. */
    step: (ms: number) => {
      steppedMs += ms
    },
    spend: async (...spent: SpentEvent[]) => {
      const items = spent.map(item)
      const { rejected } = await ingestor.record({ tenantId: id, items })
      expect(rejected).toEqual([])
      return items.map((one) => one.id)
    },
    voids: async (event: string) => {
      const { userErrors } = await corrections.voidInvocation(id, { id: event, reason: 'sent twice', by: ADA })
      expect(userErrors).toEqual([])
    },
    /** Answers the id of what counts instead. */
    replace: async (event: string, replacement: Record<string, unknown>) => {
      const input = { id: event, reason: 'wrong count', by: ADA, replacement }
      const { correction, userErrors } = await corrections.replaceInvocation(id, input)
      expect(userErrors).toEqual([])
      return correction?.replacementId ?? ''
    },
    rerate: async (range: { from: string; to: string }) => {
      const { reratingId } = await requestPreview({ pool }, id, { range, filter: null, whatIf: null, requestedBy: ADA })
      const ref = { tenantId: id, reratingId: reratingId ?? '' }
      const control = { signal: new AbortController().signal, publish: () => {} }
      await previewRerating({ pool, configs }, ref, control)
      const { userErrors } = await requestApply({ pool }, ref, { reason: 'The prices were wrong.', appliedBy: ADA })
      expect(userErrors).toEqual([])
      await applyRerating({ pool, configs }, ref, control)
    },
    trySet: (wish: Partial<BudgetWish> = {}): Promise<BudgetOutcome> =>
      setBudget({ pool, nowMs: nowMs() }, id, { wish: budgetWish(wish), by: ADA }),
    set: async (wish: Partial<BudgetWish> = {}): Promise<string> => {
      const { budgetId, userErrors } = await tenant.trySet(wish)
      expect(userErrors).toEqual([])
      return budgetId ?? ''
    },
    end: (budgetId: string) => endBudget({ pool, nowMs: nowMs() }, id, { budgetId, by: ADA }),
    look: () => evaluateLimits({ pool, nowMs: nowMs() }, id),
    act: (alertId: string, action: Parameters<typeof actOnAlert>[2]['action']): Promise<ActOutcome> =>
      actOnAlert({ pool }, id, { alertId, action, by: ADA, nowMs: nowMs(), clientIds: null }),
    /** In the order in which they were raised. */
    alerts: () =>
      rows<AlertSaid & { id: string }>(
        `SELECT id, trim_scale(threshold)::text AS threshold, state, severity, trim_scale(actual)::text AS actual,
           trim_scale(impact)::text AS impact, first_day::text AS "firstDay"
         FROM alert WHERE tenant_id = $1 ORDER BY raised_at, id`,
      ),
    said: async (): Promise<string[]> =>
      (await tenant.alerts()).map(({ threshold, state, actual }) => `${threshold} ${state} ${actual}`),
    /** `version windowStart threshold`. */
    crossings: async (): Promise<string[]> =>
      (
        await rows<{ said: string }>(
          `SELECT 'v' || version || ' ' || window_start || ' ' || trim_scale(threshold) AS said FROM budget_crossing
           WHERE tenant_id = $1 ORDER BY version, window_start, threshold`,
        )
      ).map(({ said }) => said),
    /** `purpose of threshold to channel`. */
    deliveries: async (): Promise<string[]> =>
      (
        await rows<{ said: string }>(
          `SELECT d.purpose || ' of ' || trim_scale(a.threshold) || ' to ' || c.name AS said FROM alert_delivery d
           JOIN alert a ON a.tenant_id = d.tenant_id AND a.id = d.alert_id
           JOIN channel c ON c.tenant_id = d.tenant_id AND c.id = d.channel_id
           WHERE d.tenant_id = $1 ORDER BY d.created_at, c.name`,
        )
      ).map(({ said }) => said),
    channel: async (name: string, fields: object = {}) => {
      const input = {
        ...{ name, kind: 'EMAIL' as const, target: 'ops@example.com', kinds: [], minSeverity: 'INFO' as const },
        ...{ scopes: [], digest: 'NONE' as const, digestHour: null, quietFrom: null, quietTo: null },
        ...{ criticalBreaksQuiet: true },
        ...fields,
      }
      const { userErrors } = await channels.create(id, { input, by: ADA })
      expect(userErrors).toEqual([])
    },
  }
  return tenant
}

/** A budget of 100 pounds for the fleet's month, unless it says otherwise. */
export function budgetWish(fields: Partial<BudgetWish> = {}): BudgetWish {
  return {
    scope: 'FLEET',
    key: null,
    window: 'MONTH',
    amount: { amount: '100', currency: 'GBP' },
    thresholds: null,
    forecastThresholds: null,
    period: null,
    startsOn: null,
    learn: false,
    note: null,
    ...fields,
  }
}
