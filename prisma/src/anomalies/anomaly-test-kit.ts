import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { addDays, daysBetween, type CalendarDate } from '@outlay/domain/periods/calendar-date'
import { dayBounds, today } from '@outlay/domain/periods/local-day'
import { evaluateLimits, together, type Watched } from '../alerts/evaluate-limits.ts'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { Corrections } from '../corrections/correct-invocation.ts'
import { Ingestor } from '../ingest/ingestor.ts'
import { publishRates } from '../ingest/publish-rates.ts'
import { TenantConfigs } from '../ingest/tenant-config.ts'
import { tenantSql, type TenantSql } from '../sql/tenant-sql.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { lookAtToday } from './check-today.ts'
import { attendTenant } from './attend-tenant.ts'
import { judgeTenant, type JudgementControl } from './judge-tenant.ts'
import { requestDueJudgement } from './judgement-run.ts'

/** Usage on a day that costs so many pounds. */
export interface Spend {
  agent?: string
  client?: string
  project?: string
  resource?: string
  day: CalendarDate
  amount: number
  /** Invocations that it is spread over. */
  calls?: number
  /** Minutes after local midnight of the first. */
  minute?: number
  /** Where its first invocation is in a trace. */
  at?: { trace: string; span: string; parentSpan?: string }
}

export interface AlertLine {
  series: string
  kind: string
  severity: string
  state: string
  firstDay: string
  lastDay: string
  expected: string | null
  actual: string | null
  impact: string | null
  suppressed: boolean
  rule: string | null
  revision: number
}

export interface AnomalyTenant {
  id: string
  db: TenantSql
  /** A local day that is half over: what tests call today. */
  today: CalendarDate
  spend: (...spends: readonly Spend[]) => Promise<string[]>
  /** £`amount` on each of the `days` before today, a little more or less. */
  past: (spend: Omit<Spend, 'day'>, days?: number) => Promise<void>
  void: (...ids: readonly string[]) => Promise<void>
  /** What the watch does after every commit. */
  look: (nowMs?: number) => Promise<Watched>
  /** What the clock does each minute. */
  attend: (nowMs?: number) => Promise<Watched>
  /** Judges on the morning of a day, as the schedule and its job do; again when it was done. */
  judge: (day: CalendarDate, control?: Partial<JudgementControl>) => Promise<string>
  alerts: () => Promise<AlertLine[]>
  /** Every stored byte of alerts and expectations, without the instants at which they were stored. */
  bytes: () => Promise<string>
  idOf: (table: 'agent' | 'client' | 'project' | 'resource', key: string) => Promise<string>
}

export interface AnomalyWorld {
  database: TestDatabase
  owner: pg.Pool
  pool: TenantPool
  tenant: () => Promise<AnomalyTenant>
  close: () => Promise<void>
}

/** A database, and tenants that are ingested, watched and judged in this process by the functions of production. */
export async function openAnomalyWorld(): Promise<AnomalyWorld> {
  const database = await createTestDatabase()
  const pool = new TenantPool({ url: database.appUrl })
  const owner = new pg.Pool({ connectionString: database.ownerUrl })
  return {
    database,
    owner,
    pool,
    tenant: () => makeTenant({ owner, pool }),
    close: async () => {
      await pool.end()
      await owner.end()
      await database.drop()
    },
  }
}

/** A zone in which it is about noon now, so that today has hours on both sides. */
function zoneOfNoon(nowMs: number): string {
  const ahead = 12 - new Date(nowMs).getUTCHours()
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}

const RESOURCES = ['small-1', 'large-1']

async function makeTenant({ owner, pool }: { owner: pg.Pool; pool: TenantPool }): Promise<AnomalyTenant> {
  const id = uuidv7()
  const startMs = Date.now()
  const timeZone = zoneOfNoon(startMs)
  const present = today(startMs, timeZone)
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', $2)`,
    [id, timeZone],
  )
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs })
  const rates = RESOURCES.map((resource) => ({
    ...{ provider: 'acme', resource, meter: 'input_tokens', per: '1000', effectiveFrom: '2020-01-01T00:00:00Z' },
    price: { amount: '1', currency: 'GBP' },
  }))
  const published = await publishRates({ pool }, id, rates)
  if (published.userErrors.length > 0) throw new Error(JSON.stringify(published.userErrors))

  const spend = async (...spends: readonly Spend[]): Promise<string[]> => {
    const items = spends.flatMap((one) => eventsOf(one, timeZone))
    for (let from = 0; from < items.length; from += 5_000) {
      const part = items.slice(from, from + 5_000)
      const { accepted, rejected } = await ingestor.record({ tenantId: id, items: part })
      if (accepted !== part.length) throw new Error(JSON.stringify(rejected.slice(0, 3)))
    }
    return items.map((item) => item.id)
  }

  return {
    id,
    db: tenantSql(pool, id),
    today: present,
    spend,
    past: async (one, days = 40) => {
      const spends = Array.from({ length: days }, (_, back) => {
        const day = addDays(present, -1 - back)
        return { ...one, day, amount: Math.round(one.amount * (1 + wobble(day)) * 100) / 100 }
      })
      await spend(...spends)
    },
    void: async (...ids) => {
      const corrections = new Corrections({ pool, configs })
      for (const event of ids) {
        const { userErrors } = await corrections.voidInvocation(id, {
          id: event,
          reason: 'Sent twice.',
          by: 'ada@example.test',
        })
        if (userErrors.length > 0) throw new Error(JSON.stringify(userErrors))
      }
    },
    look: async (nowMs = Date.now()) => {
      const limits = await evaluateLimits({ pool, nowMs }, id)
      return limits.isTodayChanged ? together([limits, await lookAtToday({ pool, nowMs }, id)]) : limits
    },
    attend: (nowMs = Date.now()) => attendTenant({ pool, nowMs }, id, null),
    judge: async (day, control = {}) => {
      const nowMs = dayBounds(day, timeZone).start + 6.5 * 3_600_000
      await requestDueJudgement(pool, id, nowMs)
      await owner.query(`UPDATE anomaly_run SET state = 'QUEUED' WHERE tenant_id = $1 AND day = $2`, [id, day])
      const { signal } = new AbortController()
      await judgeTenant({ pool }, { tenantId: id, day }, { signal, nowMs, told: () => {}, ...control })
      const { rows } = await owner.query<{ state: string }>(
        'SELECT state FROM anomaly_run WHERE tenant_id = $1 AND day = $2',
        [id, day],
      )
      return rows[0]?.state ?? ''
    },
    alerts: async () => {
      const { rows } = await owner.query<AlertLine>(
        `SELECT series, kind, severity, state, first_day::text AS "firstDay", last_day::text AS "lastDay", trim_scale(expected)::text AS expected,
           trim_scale(actual)::text AS actual, trim_scale(impact)::text AS impact, suppressed_by IS NOT NULL AS suppressed,
           evidence->>'rule' AS rule, revision
         FROM alert WHERE tenant_id = $1 ORDER BY series, raised_at`,
        [id],
      )
      return rows
    },
    bytes: async () => {
      const { rows } = await owner.query<{ line: string }>(
        `SELECT (to_jsonb(a) - '{id,raised_at,updated_at,suppressed_by,acknowledged_at,ended_at}'::text[])::text AS line FROM alert a
         WHERE tenant_id = $1
         UNION ALL SELECT (to_jsonb(e) - '{computed_at}'::text[])::text FROM series_expectation e WHERE tenant_id = $1
         UNION ALL SELECT jsonb_build_array(a.series, e.revision, e.action, e.actor, e.note)::text
         FROM alert_event e JOIN alert a ON a.tenant_id = e.tenant_id AND a.id = e.alert_id WHERE e.tenant_id = $1
         ORDER BY 1`,
        [id],
      )
      return rows.map(({ line }) => line).join('\n')
    },
    idOf: async (table, key) => {
      const column = table === 'resource' ? 'name' : 'key'
      const { rows } = await owner.query<{ id: string }>(
        `SELECT id FROM ${table} WHERE tenant_id = $1 AND ${column} = $2`,
        [id, key],
      )
      return rows[0]?.id ?? ''
    },
  }
}

/** Between −6 % and +6 %, the same for a day every time. */
function wobble(day: CalendarDate): number {
  return (((daysBetween('2026-01-01', day) * 7919) % 13) - 6) / 100
}

function eventsOf(
  { agent, client, project, resource = 'small-1', day, amount, calls = 1, minute = 1, at }: Spend,
  timeZone: string,
) {
  const { start } = dayBounds(day, timeZone)
  const tokens = Math.round((amount * 1000) / calls)
  return Array.from({ length: calls }, (_, index) => ({
    id: uuidv7(),
    ...{ agent, client, project },
    occurredAt: new Date(start + minute * 60_000 + index * 1_000).toISOString(),
    provider: 'acme',
    resource,
    usage: [{ meter: 'input_tokens', quantity: String(tokens) }],
    ...at,
  }))
}
