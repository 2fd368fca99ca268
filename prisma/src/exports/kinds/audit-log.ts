import { instant, text } from '../columns.ts'
import type { ExportKind } from '../export-kind.ts'

/** Who changed what in a period, the latest first. */
export const auditLog: ExportKind = {
  name: 'audit-log',
  label: 'Audit log',
  action: 'audit.read',
  isOfPeriod: true,
  columns: [
    instant('At', 'e.at'),
    text('Who', 'e.actor_label'),
    text('Kind of actor', 'e.actor_kind'),
    text('Action', 'e.action'),
    text('Of', 'e.subject'),
    text('Facts', 'e.facts'),
  ],
  from: 'audit_event e',
  where: 'e.tenant_id = $1::uuid AND e.at >= $2::timestamptz AND e.at < $3::timestamptz',
  orderBy: 'e.at DESC, e.id DESC',
  filters: { action: 'e.action = ANY (?)', actor: 'e.actor_label = ANY (?)' },
  about: [],
}
