import type { AlertKind } from '@outlay/domain/alerts/alert'
import { DEFAULT_DETECTOR, type DetectorSettings } from '@outlay/domain/anomaly/judge-series'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import type { AlertScope } from '../alerts/alert-row.ts'
import { instantText } from '../sql/cell-sums.ts'
import type { Prepared, TenantSql } from '../sql/tenant-sql.ts'

/** How the tenant wants its past to be judged. */
export interface Detector {
  isEnabled: boolean
  /** Kinds that are not raised. */
  disabledKinds: readonly AlertKind[]
  settings: Pick<DetectorSettings, 'minExcess' | 'coldExcess'>
  escalateAfterMinutes: number | null
  updatedBy: string | null
  updatedAt: string | null
}

const DETECTOR: Prepared = {
  name: 'read_detector',
  text: `SELECT is_enabled AS "isEnabled", disabled_kinds AS "disabledKinds", min_excess::text AS "minExcess",
      cold_excess::text AS "coldExcess", escalate_after_minutes AS "escalateAfterMinutes", updated_by AS "updatedBy",
      ${instantText('updated_at')} AS "updatedAt"
    FROM detector_setting WHERE tenant_id = $1::uuid`,
}

interface DetectorRow extends Omit<Detector, 'settings'> {
  minExcess: string | null
  coldExcess: string | null
}

/** The settings of the tenant; what it has not said is as domain/src/anomaly has it. */
export async function readDetector(db: TenantSql): Promise<Detector> {
  const [row] = await db.query<DetectorRow>(DETECTOR)
  const { minExcess, coldExcess } = DEFAULT_DETECTOR
  if (row === undefined) {
    const settings = { minExcess, coldExcess }
    return {
      isEnabled: true,
      disabledKinds: [],
      settings,
      escalateAfterMinutes: null,
      updatedBy: null,
      updatedAt: null,
    }
  }
  return {
    isEnabled: row.isEnabled,
    disabledKinds: row.disabledKinds,
    settings: {
      minExcess: row.minExcess === null ? minExcess : parseFixed18(row.minExcess),
      coldExcess: row.coldExcess === null ? coldExcess : parseFixed18(row.coldExcess),
    },
    escalateAfterMinutes: row.escalateAfterMinutes,
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt,
  }
}

const RESETS: Prepared = {
  name: 'read_resets',
  text: `SELECT day::text AS day FROM annotation WHERE tenant_id = $1::uuid AND scope = $2 AND member_id = $3::uuid AND ended_at IS NULL
    ORDER BY day`,
}

/** The days from which on the past of a scope says nothing. */
export async function readResets(
  db: TenantSql,
  { scope, memberId }: { scope: AlertScope; memberId: string },
): Promise<CalendarDate[]> {
  const rows = await db.query<{ day: string }>(RESETS, [scope, memberId])
  return rows.map(({ day }) => day)
}

/** A day that somebody explained. */
export interface AnnotationRow {
  id: string
  scope: AlertScope
  memberId: string
  /** Of the agent, client or project. */
  key: string | null
  label: string
  day: CalendarDate
  note: string
  createdBy: string
  createdAt: string
}

const ANNOTATIONS: Prepared = {
  name: 'read_annotations',
  text: `SELECT n.id, n.scope, n.member_id AS "memberId", coalesce(a.key, c.key, p.key) AS key, coalesce(a.name, c.name, p.name, 'Fleet') AS label,
      n.day::text AS day, n.note, n.created_by AS "createdBy", ${instantText('n.created_at')} AS "createdAt"
    FROM annotation n
    LEFT JOIN agent a ON n.scope = 'AGENT' AND a.tenant_id = n.tenant_id AND a.id = n.member_id
    LEFT JOIN client c ON n.scope = 'CLIENT' AND c.tenant_id = n.tenant_id AND c.id = n.member_id
    LEFT JOIN project p ON n.scope = 'PROJECT' AND p.tenant_id = n.tenant_id AND p.id = n.member_id
    WHERE n.tenant_id = $1::uuid AND ($2::uuid IS NOT NULL OR n.ended_at IS NULL) AND ($2::uuid IS NULL OR n.id = $2::uuid)
      AND ($3::text IS NULL OR n.scope = $3::text) AND ($4::uuid IS NULL OR n.member_id = $4::uuid)
    ORDER BY n.day DESC, n.id DESC LIMIT 1000`,
}

/** What people have said of days, the latest day first; of one scope or of all. At most 1,000. */
export async function readAnnotations(
  db: TenantSql,
  of: { scope: AlertScope | null; memberId: string | null },
): Promise<AnnotationRow[]> {
  return db.query<AnnotationRow>(ANNOTATIONS, [null, of.scope, of.memberId])
}

/** One of them by its id, also when it has been taken back. */
export async function readAnnotation(db: TenantSql, id: string): Promise<AnnotationRow | null> {
  const rows = await db.query<AnnotationRow>(ANNOTATIONS, [id, null, null])
  return rows[0] ?? null
}
