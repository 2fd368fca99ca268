import { plainArray, textArray } from './pg-array.ts'
import { instantText } from './cell-sums.ts'
import type { Prepared, TenantSql } from './tenant-sql.ts'

export interface AgentRecord {
  nodeKind: 'Agent'
  id: string
  key: string
  name: string
  createdAt: string
}

export interface ClientRecord {
  nodeKind: 'Client'
  id: string
  key: string
  name: string
  createdAt: string
}

export interface ProjectRecord {
  nodeKind: 'Project'
  id: string
  key: string
  name: string
  clientId: string | null
  createdAt: string
}

export type TaskStatus = 'OPEN' | 'COMPLETED' | 'FAILED' | 'CANCELLED'

export interface TaskRecord {
  nodeKind: 'Task'
  id: string
  key: string
  name: string
  status: TaskStatus
  clientId: string | null
  projectId: string | null
  billedAmount: string | null
  billedCurrency: string | null
  completedAt: string | null
  createdAt: string
}

export interface ResourceRecord {
  nodeKind: 'Resource'
  id: string
  provider: string
  name: string
}

interface Records {
  agent: AgentRecord
  client: ClientRecord
  project: ProjectRecord
  task: TaskRecord
  resource: ResourceRecord
}

/** A table of records with a key of the sender. */
export type KeyedTable = 'agent' | 'client' | 'project' | 'task'

const CREATED = `${instantText('created_at')} AS "createdAt"`

const COLUMNS: Record<keyof Records, string> = {
  agent: `'Agent' AS "nodeKind", id, key, name, ${CREATED}`,
  client: `'Client' AS "nodeKind", id, key, name, ${CREATED}`,
  project: `'Project' AS "nodeKind", id, key, name, client_id AS "clientId", ${CREATED}`,
  task: `'Task' AS "nodeKind", id, key, name, status, client_id AS "clientId", project_id AS "projectId",
    billed_amount::text AS "billedAmount", billed_currency AS "billedCurrency", ${instantText('completed_at')} AS "completedAt", ${CREATED}`,
  resource: `'Resource' AS "nodeKind", id, provider, name`,
}

/** Records by id, in one statement; an id of another tenant is not found. */
export function readByIds<Table extends keyof Records>(
  db: TenantSql,
  table: Table,
  ids: readonly string[],
): Promise<Records[Table][]> {
  const statement: Prepared = {
    name: `read_${table}_ids`,
    text: `SELECT ${COLUMNS[table]} FROM ${table} WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])`,
  }
  return db.query(statement, [plainArray(ids)])
}

/** The record of a key; null when there is none. */
export async function readByKey<Table extends KeyedTable>(
  db: TenantSql,
  table: Table,
  key: string,
): Promise<Records[Table] | null> {
  const statement: Prepared = {
    name: `read_${table}_key`,
    text: `SELECT ${COLUMNS[table]} FROM ${table} WHERE tenant_id = $1::uuid AND key = $2`,
  }
  const rows = await db.query<Records[Table]>(statement, [key])
  return rows[0] ?? null
}

/** The records of some keys, in no order; a key that nobody has is not found. */
export function readByKeys<Table extends KeyedTable>(
  db: TenantSql,
  table: Table,
  keys: readonly string[],
): Promise<Records[Table][]> {
  const statement: Prepared = {
    name: `read_${table}_keys`,
    text: `SELECT ${COLUMNS[table]} FROM ${table} WHERE tenant_id = $1::uuid AND key = ANY ($2::text[])`,
  }
  return db.query(statement, [textArray(keys)])
}

/** A page of records by key, beginning after `after`. */
export function readPage<Table extends KeyedTable>(
  db: TenantSql,
  table: Table,
  { after, limit }: { after: string | null; limit: number },
): Promise<Records[Table][]> {
  const statement: Prepared = {
    name: `read_${table}_page`,
    text: `SELECT ${COLUMNS[table]} FROM ${table} WHERE tenant_id = $1::uuid AND key > $2 ORDER BY key LIMIT $3`,
  }
  return db.query(statement, [after ?? '', limit])
}

export async function countRecords(db: TenantSql, table: KeyedTable): Promise<number> {
  const statement: Prepared = {
    name: `count_${table}`,
    text: `SELECT count(*)::int AS count FROM ${table} WHERE tenant_id = $1::uuid`,
  }
  const rows = await db.query<{ count: number }>(statement)
  return rows[0]?.count ?? 0
}

/** A page of the tasks of one client by key. */
export function readTaskPageOfClient(
  db: TenantSql,
  { clientId, after, limit }: { clientId: string; after: string | null; limit: number },
): Promise<TaskRecord[]> {
  const statement: Prepared = {
    name: 'read_task_page_client',
    text: `SELECT ${COLUMNS.task} FROM task WHERE tenant_id = $1::uuid AND client_id = $2::uuid AND key > $3 ORDER BY key LIMIT $4`,
  }
  return db.query(statement, [clientId, after ?? '', limit])
}

export async function countTasksOfClient(db: TenantSql, clientId: string): Promise<number> {
  const statement: Prepared = {
    name: 'count_task_client',
    text: 'SELECT count(*)::int AS count FROM task WHERE tenant_id = $1::uuid AND client_id = $2::uuid',
  }
  const rows = await db.query<{ count: number }>(statement, [clientId])
  return rows[0]?.count ?? 0
}
