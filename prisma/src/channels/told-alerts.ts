import { parseFixed18, type Fixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { instantText } from '../sql/cell-sums.ts'
import type { DeliveryPurpose } from '../sql/read-channels.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'
import type { ChannelSeverity, ScopeInput } from './channel-input.ts'

/** What an alert says to who is told of it. Amounts are in the tenant's currency. */
export interface ToldAlert {
  /** What happened to it. */
  purpose: Exclude<DeliveryPurpose, 'DIGEST' | 'TEST'>
  /** When it happened. */
  at: string
  id: string
  kind: string
  severity: ChannelSeverity
  state: string
  scope: ScopeInput['scope']
  /** Of the agent, client or project; null for the fleet. */
  key: string | null
  label: string | null
  title: string
  reason: string
  expected: Fixed18 | null
  actual: Fixed18 | null
  impact: Fixed18 | null
  impactPerHour: Fixed18 | null
  threshold: string | null
  firstDay: CalendarDate
  lastDay: CalendarDate
  windowStart: string
  windowEnd: string
  raisedAt: string
  updatedAt: string
}

type Amounts = 'expected' | 'actual' | 'impact' | 'impactPerHour'
type Row = Omit<ToldAlert, Amounts> & Record<Amounts, string | null>

// What a delivery tells, and for a digest what the deliveries within it tell.
const TOLD: Prepared = {
  name: 'told_alerts',
  text: `SELECT d.purpose, ${instantText('coalesce(e.at, d.created_at)')} AS at, a.id, a.kind, a.severity, a.state, a.scope,
      coalesce(g.key, c.key, p.key) AS key, coalesce(g.name, c.name, p.name) AS label, a.title, a.reason, a.expected::text AS expected,
      a.actual::text AS actual, a.impact::text AS impact, a.impact_per_hour::text AS "impactPerHour",
      trim_scale(a.threshold)::text AS threshold, a.first_day::text AS "firstDay", a.last_day::text AS "lastDay",
      ${instantText('a.window_start')} AS "windowStart", ${instantText('a.window_end')} AS "windowEnd",
      ${instantText('a.raised_at')} AS "raisedAt", ${instantText('a.updated_at')} AS "updatedAt"
    FROM alert_delivery d
    JOIN alert a ON a.tenant_id = d.tenant_id AND a.id = d.alert_id
    LEFT JOIN alert_event e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
    LEFT JOIN agent g ON a.scope = 'AGENT' AND g.tenant_id = a.tenant_id AND g.id = a.member_id
    LEFT JOIN client c ON a.scope = 'CLIENT' AND c.tenant_id = a.tenant_id AND c.id = a.member_id
    LEFT JOIN project p ON a.scope = 'PROJECT' AND p.tenant_id = a.tenant_id AND p.id = a.member_id
    WHERE d.tenant_id = $1::uuid AND (d.id = $2::uuid OR d.digest_id = $2::uuid) ORDER BY at, d.created_at, d.id`,
}

/** What a delivery tells of: one alert, those of a digest in their order, or none for a test. */
export async function toldAlerts(db: TenantSql, deliveryId: string): Promise<ToldAlert[]> {
  const rows = await db.query<Row>(TOLD, [deliveryId])
  return rows.map((row) => ({
    ...row,
    expected: amountOf(row.expected),
    actual: amountOf(row.actual),
    impact: amountOf(row.impact),
    impactPerHour: amountOf(row.impactPerHour),
  }))
}

const amountOf = (text: string | null): Fixed18 | null => (text === null ? null : parseFixed18(text))
