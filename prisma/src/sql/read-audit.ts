import { v7 as uuidv7 } from 'uuid'
import type { Json } from '@outlay/domain/audience/audited-facts'
import { storableJson, storableText } from '../ingest/storable-json.ts'
import { plainArray } from './pg-array.ts'
import { instantText } from './cell-sums.ts'
import { PLANNED_EACH_TIME, type Prepared, type TenantSql } from './tenant-sql.ts'

export type AuditActorKind = 'USER' | 'KEY'

/** Something that somebody did. */
export interface AuditRecord {
  id: string
  at: string
  actorKind: AuditActorKind
  /** As the API names the person or key. */
  actorId: string
  /** As it was called then. */
  actorLabel: string
  /** Name of the mutation, or of what was done outside of GraphQL. */
  action: string
  subject: string | null
  facts: Record<string, unknown>
}

const INSERT: Prepared = {
  name: 'insert_audit_event',
  text: `INSERT INTO audit_event (tenant_id, id, actor_kind, actor_id, actor_label, action, subject, facts)
    VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8::jsonb)`,
}

/** Adds to the log. What jsonb and text cannot hold becomes U+FFFD. */
export async function insertAuditEvent(
  db: TenantSql,
  event: Omit<AuditRecord, 'id' | 'at' | 'facts'> & { facts: Json },
): Promise<void> {
  const { actorKind, actorId, actorLabel, action, subject, facts } = event
  await db.query(INSERT, [
    uuidv7(),
    actorKind,
    actorId,
    storableText(actorLabel),
    action,
    subject === null ? null : storableText(subject),
    storableJson(facts),
  ])
}

/** Which events are asked for; null: all. */
export interface AuditFilter {
  action: string | null
  actor: string | null
}

const WHERE = `tenant_id = $1::uuid AND ($2::text IS NULL OR action = $2::text) AND ($3::text IS NULL OR actor_label = $3::text)`

const PAGE: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT id, ${instantText('at')} AS at, actor_kind AS "actorKind", actor_id AS "actorId", actor_label AS "actorLabel", action,
      subject, facts FROM audit_event WHERE ${WHERE} AND ($4::timestamptz IS NULL OR (at, id) < ($4::timestamptz, $5::uuid))
    ORDER BY at DESC, id DESC LIMIT $6`,
}

/** A page of the log, the newest first, after a position: at and id. */
export function readAuditEvents(
  db: TenantSql,
  { filter, after, limit }: { filter: AuditFilter; after: readonly string[] | null; limit: number },
): Promise<AuditRecord[]> {
  return db.query(PAGE, [filter.action, filter.actor, after?.[0] ?? null, after?.[1] ?? null, limit])
}

const OF_DAYS: Prepared = {
  name: 'read_audit_of_days',
  text: `SELECT id, ${instantText('at')} AS at, actor_kind AS "actorKind", actor_id AS "actorId", actor_label AS "actorLabel", action,
      subject, facts FROM audit_event
    WHERE tenant_id = $1::uuid AND at >= $2::timestamptz AND at < $3::timestamptz AND action = ANY ($4::text[])
    ORDER BY at DESC, id DESC LIMIT $5`,
}

/** What of some actions was done between two instants, the latest first. */
export function readAuditOfDays(
  db: TenantSql,
  { start, end, actions, limit }: { start: string; end: string; actions: readonly string[]; limit: number },
): Promise<AuditRecord[]> {
  return db.query(OF_DAYS, [start, end, plainArray(actions), limit])
}

const COUNT: Prepared = {
  name: PLANNED_EACH_TIME,
  text: `SELECT count(*)::int AS count FROM audit_event WHERE ${WHERE}`,
}

export async function countAuditEvents(db: TenantSql, filter: AuditFilter): Promise<number> {
  const rows = await db.query<{ count: number }>(COUNT, [filter.action, filter.actor])
  return rows[0]?.count ?? 0
}

const FACETS: Prepared = {
  name: 'read_audit_facets',
  text: `SELECT coalesce((SELECT array_agg(action ORDER BY action) FROM (SELECT DISTINCT action FROM audit_event WHERE tenant_id = $1::uuid
      ORDER BY action LIMIT 200) a), '{}') AS actions,
    coalesce((SELECT array_agg(actor_label ORDER BY actor_label) FROM (SELECT DISTINCT actor_label FROM audit_event WHERE tenant_id = $1::uuid
      ORDER BY actor_label LIMIT 200) b), '{}') AS actors`,
}

/** What the log can be filtered by: the actions and actors in it, at most 200 of each. */
export async function readAuditFacets(db: TenantSql): Promise<{ actions: string[]; actors: string[] }> {
  const rows = await db.query<{ actions: string[]; actors: string[] }>(FACETS)
  return rows[0] ?? { actions: [], actors: [] }
}
