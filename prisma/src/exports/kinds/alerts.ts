import { amount, CURRENCY, instant, ratio, text } from '../columns.ts'
import type { ExportKind } from '../export-kind.ts'

/** Every alert that there was, the latest first: what was expected, what was, and what people made of it. */
export const alerts: ExportKind = {
  name: 'alerts',
  label: 'Alerts',
  action: 'alert.read',
  isOfPeriod: false,
  columns: [
    instant('Raised', 'l.raised_at'),
    text('Kind', 'l.kind'),
    text('Severity', 'l.severity'),
    text('State', 'l.state'),
    text('Title', 'l.title'),
    text('Reason', 'l.reason'),
    text('Scope', 'l.scope'),
    text('Of', 'coalesce(a.name, c.name, p.name)'),
    text('Key', 'coalesce(a.key, c.key, p.key)'),
    text('First day', 'l.first_day'),
    text('Last day', 'l.last_day'),
    CURRENCY,
    amount('Expected', 'l.expected'),
    amount('Actual', 'l.actual'),
    amount('Impact', 'l.impact'),
    amount('Impact per hour', 'l.impact_per_hour'),
    ratio('Threshold', 'l.threshold'),
    text('Assignee', 'l.assignee'),
    text('Acknowledged by', 'l.acknowledged_by'),
    instant('Acknowledged', 'l.acknowledged_at'),
    text('Ended by', 'l.ended_by'),
    instant('Ended', 'l.ended_at'),
    text('Dismissed because', 'l.dismiss_reason'),
    text('Feedback', 'l.feedback'),
  ],
  from: `alert l
    LEFT JOIN agent a ON l.scope = 'AGENT' AND a.tenant_id = $1::uuid AND a.id = l.member_id
    LEFT JOIN client c ON l.scope = 'CLIENT' AND c.tenant_id = $1::uuid AND c.id = l.member_id
    LEFT JOIN project p ON l.scope = 'PROJECT' AND p.tenant_id = $1::uuid AND p.id = l.member_id`,
  where: 'l.tenant_id = $1::uuid',
  orderBy: 'l.raised_at DESC, l.id DESC',
  filters: { state: 'l.state = ANY (?)', severity: 'l.severity = ANY (?)', kind: 'l.kind = ANY (?)' },
  about: [],
}
