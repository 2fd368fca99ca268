import type { Brand } from '@outlay/domain/audience/brand'
import type { CalendarDate } from '@outlay/domain/periods/calendar-date'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { WorkedTask } from '@outlay/domain/audience/show-client'
import { brandOf, type BrandRow } from './read-brand.ts'
import { plainArray } from './pg-array.ts'
import type { ChargedTerms } from './read-engagements.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

/*
 * What is read to show a client its own work: statements for the role outlay_client, which may read these columns and no others.
 */

/** Who works for whom. */
export interface Firm {
  firm: string
  client: string
  brand: Brand | null
  currency: string
  timeZone: string
}

const FIRM: Prepared = {
  name: 'client_view_firm',
  text: `SELECT t.name AS firm, c.name AS client, t.brand_light AS light, t.brand_dark AS dark, t.currency, t.time_zone AS "timeZone" FROM tenant t
    JOIN client c ON c.tenant_id = t.id AND c.id = $2::uuid WHERE t.id = $1::uuid`,
}

/** null when there is no such client. */
export async function readFirm(db: TenantSql, clientId: string): Promise<Firm | null> {
  type Row = Omit<Firm, 'brand'> & BrandRow
  const [row] = await db.query<Row>(FIRM, [clientId])
  if (row === undefined) return null
  const { light, dark, ...firm } = row
  return { ...firm, brand: brandOf({ light, dark }) }
}

/** Terms of the client, or of one of its projects. */
export interface OwnTerms extends ChargedTerms {
  projectName: string | null
}

const TERMS: Prepared = {
  name: 'client_view_terms',
  text: `SELECT e.client_id AS "clientId", e.project_id AS "projectId", e.starts_on::text AS "startsOn", e.ends_on::text AS "endsOn",
      e.currency, e.terms, p.name AS "projectName"
    FROM engagement e LEFT JOIN project p ON p.tenant_id = e.tenant_id AND p.id = e.project_id
    WHERE e.tenant_id = $1::uuid AND e.superseded_at IS NULL AND e.starts_on < $4::date AND (e.ends_on IS NULL OR e.ends_on > $3::date)
      AND (e.client_id = $2::uuid OR p.client_id = $2::uuid)
    ORDER BY e.starts_on, e.id LIMIT 1000`,
}

/** What is in force on a day of `[from, to)`, the earliest first: what the charges of the client are made by. */
export function readTermsInForce(
  db: TenantSql,
  { clientId, from, to }: { clientId: string; from: CalendarDate; to: CalendarDate },
): Promise<OwnTerms[]> {
  return db.query(TERMS, [clientId, from, to])
}

// A task in a project of the client that somebody else's name is on is counted, and not named.
const TASKS: Prepared = {
  name: 'client_view_tasks',
  text: `SELECT t.id AS "taskId", CASE WHEN t.client_id IS NULL OR t.client_id = $2::uuid THEN t.name ELSE 'Work for this project' END AS title,
      p.id AS "projectId", p.name AS "projectName", t.completed_on::text AS "completedOn",
      coalesce(r.invocations, 0)::text AS invocations, coalesce(r.agents, 0)::int AS agents
    FROM task t
    LEFT JOIN project p ON p.tenant_id = t.tenant_id AND p.id = t.project_id
    LEFT JOIN LATERAL (SELECT sum(c.invocations) AS invocations,
        count(DISTINCT c.agent_id) FILTER (WHERE c.invocations > 0 AND c.agent_id <> '${NIL_UUID}') AS agents
      FROM rollup_task c WHERE c.tenant_id = $1::uuid AND c.task_id = t.id) r ON true
    WHERE t.tenant_id = $1::uuid AND (t.client_id = $2::uuid OR p.client_id = $2::uuid)
      AND (t.completed_on >= $3::date AND t.completed_on < $4::date OR t.id = ANY ($5::uuid[]))
    ORDER BY t.completed_on DESC NULLS LAST, t.key LIMIT 20000`,
}

/** The tasks completed in `[from, to)`, and others of a list. */
export async function readWorkedTasks(
  db: TenantSql,
  asked: { clientId: string; from: CalendarDate; to: CalendarDate; also: readonly string[] },
): Promise<WorkedTask[]> {
  const { clientId, from, to, also } = asked
  const rows = await db.query<Omit<WorkedTask, 'invocations'> & { invocations: string }>(TASKS, [
    ...[clientId, from, to],
    plainArray(also),
  ])
  return rows.map((row) => ({ ...row, invocations: BigInt(row.invocations) }))
}
