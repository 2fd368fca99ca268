import type { PoolClient } from 'pg'
import { plainArray, textArray } from '../sql/pg-array.ts'

/** Keys of what to keep, as the API takes them; all lists must match, and an absent list keeps everything. */
export interface CostFilter {
  agents?: readonly string[]
  clients?: readonly string[]
  projects?: readonly string[]
  tasks?: readonly string[]
  providers?: readonly string[]
  resources?: readonly string[]
  kinds?: readonly string[]
}

/** A condition on `invocation i` and its parameters. */
export interface EventCondition {
  sql: string
  values: readonly string[]
}

// A shared use has no agent, and the client and project of its task (law L13).
export const CLIENT_OF_EVENT = placeOf('client_id')
export const PROJECT_OF_EVENT = placeOf('project_id')

function placeOf(column: string): string {
  const ofTask = `(SELECT t.${column} FROM task t WHERE t.tenant_id = i.tenant_id AND t.id = i.task_id)`
  return `CASE WHEN i.billing = 'SHARED' THEN coalesce(${ofTask}, i.${column}) ELSE i.${column} END`
}

const BY_KEY = 'x.key = ANY ($2::text[])'

/** By name of the list: what the event is compared with, and how a record of the table is found by the keys. */
const LISTS = [
  { list: 'agents', column: `CASE WHEN i.billing <> 'SHARED' THEN i.agent_id END`, table: 'agent', match: BY_KEY },
  { list: 'clients', column: CLIENT_OF_EVENT, table: 'client', match: BY_KEY },
  { list: 'projects', column: PROJECT_OF_EVENT, table: 'project', match: BY_KEY },
  { list: 'tasks', column: 'i.task_id', table: 'task', match: BY_KEY },
  { list: 'providers', column: 'i.resource_id', table: 'resource', match: 'x.provider = ANY ($2::text[])' },
  {
    list: 'resources',
    column: 'i.resource_id',
    table: 'resource',
    match: `(x.name = ANY ($2::text[]) OR x.provider || '/' || x.name = ANY ($2::text[]))`,
  },
] as const

/**
 * The condition of a filter, with its keys looked up once: the events it keeps are those that the same filter keeps in a roll-up.
 * `firstParameter` is the number of the first parameter it may use.
 */
export async function eventCondition(
  client: PoolClient,
  { tenantId, filter, firstParameter }: { tenantId: string; filter: CostFilter | null; firstParameter: number },
): Promise<EventCondition> {
  const conditions: string[] = []
  const values: string[] = []
  const param = (value: string) => `$${firstParameter + values.push(value) - 1}`
  for (const { list, column, table, match } of LISTS) {
    const keys = filter?.[list]
    if (keys === undefined) continue
    const found = await client.query<{ id: string }>(
      `SELECT x.id FROM ${table} x WHERE x.tenant_id = $1::uuid AND ${match}`,
      [tenantId, textArray(keys)],
    )
    conditions.push(`${column} = ANY (${param(plainArray(found.rows.map(({ id }) => id)))}::uuid[])`)
  }
  if (filter?.kinds !== undefined) conditions.push(`i.kind = ANY (${param(textArray(filter.kinds))}::text[])`)
  return { sql: conditions.map((condition) => ` AND ${condition}`).join(''), values }
}
