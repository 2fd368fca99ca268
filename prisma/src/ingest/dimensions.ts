import type { PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { plainArray, textArray } from '../sql/pg-array.ts'

/** A record that is made on first sight of its key (law L3). */
export type KeyedDimension = 'agent' | 'client' | 'project' | 'task'

/** The links of a record that its first event states: a project's client, a task's client and project. */
export interface Links {
  clientId: string | null
  projectId: string | null
}

// How many keys of one kind are remembered for one tenant; beyond it the memory starts again empty.
const REMEMBERED_MAX = 100_000

/** What a process remembers of one tenant: ids never change and records are never deleted, so it cannot go stale. */
export class DimensionMemory {
  readonly ids: Record<KeyedDimension, Map<string, string>> = {
    agent: new Map(),
    client: new Map(),
    project: new Map(),
    task: new Map(),
  }
  /** By `resourceKey`. */
  readonly resources = new Map<string, string>()
  /** Projects and tasks known to have a client, tasks known to have a project: a link that is set is never unset. */
  readonly hasClient = new Set<string>()
  readonly hasProject = new Set<string>()

  /** Takes over what a committed transaction found. */
  learn(found: DimensionMemory): void {
    for (const dimension of ['agent', 'client', 'project', 'task'] as const) {
      learnInto(this.ids[dimension], found.ids[dimension])
    }
    learnInto(this.resources, found.resources)
    for (const name of ['hasClient', 'hasProject'] as const) {
      if (this[name].size > REMEMBERED_MAX) this[name].clear()
      for (const id of found[name]) this[name].add(id)
    }
  }
}

function learnInto(memory: Map<string, string>, found: ReadonlyMap<string, string>): void {
  if (memory.size + found.size > REMEMBERED_MAX) memory.clear()
  for (const [key, id] of found) memory.set(key, id)
}

// The existing rows come from the statement's snapshot, the new ones from RETURNING; the tenant's lock keeps others away.
const FIND_OR_CREATE: Record<KeyedDimension, string> = {
  agent: findOrCreateSql('agent', ''),
  client: findOrCreateSql('client', ''),
  project: findOrCreateSql('project', ', client_id'),
  task: findOrCreateSql('task', ', client_id, project_id'),
}

function findOrCreateSql(table: string, links: string): string {
  return `
WITH input AS (SELECT * FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::uuid[]) AS i(key, id, client_id, project_id)),
made AS (
  INSERT INTO ${table} (tenant_id, id, key, name${links}) SELECT $1::uuid, id, key, key${links} FROM input
  ON CONFLICT (tenant_id, key) DO NOTHING RETURNING key, id
)
SELECT key, id, true AS made FROM made UNION ALL
SELECT d.key, d.id, false FROM ${table} d WHERE d.tenant_id = $1::uuid AND d.key = ANY ($2::text[])`
}

export interface FoundRecord {
  id: string
  /** Whether this call made it. */
  isNew: boolean
}

/** The records of keys, making those that are new (display name = key, law L3). Runs under the tenant's lock. */
export async function findOrCreate(
  client: PoolClient,
  wanted: { tenantId: string; dimension: KeyedDimension; keys: ReadonlyMap<string, Links> },
): Promise<Map<string, FoundRecord>> {
  const { tenantId, dimension, keys } = wanted
  if (keys.size === 0) return new Map()
  const entries = [...keys].sort(([a], [b]) => (a < b ? -1 : 1))
  const result = await client.query<{ key: string; id: string; made: boolean }>({
    name: `find_or_create_${dimension}`,
    text: FIND_OR_CREATE[dimension],
    values: [
      tenantId,
      textArray(entries.map(([key]) => key)),
      plainArray(entries.map(() => uuidv7())),
      plainArray(entries.map(([, links]) => links.clientId)),
      plainArray(entries.map(([, links]) => links.projectId)),
    ],
  })
  return new Map(result.rows.map((row) => [row.key, { id: row.id, isNew: row.made }]))
}

const FIND_OR_CREATE_RESOURCES = `
WITH input AS (SELECT * FROM unnest($2::text[], $3::text[], $4::uuid[]) AS i(provider, name, id)),
made AS (
  INSERT INTO resource (tenant_id, id, provider, name) SELECT $1::uuid, id, provider, name FROM input
  ON CONFLICT (tenant_id, provider, name) DO NOTHING RETURNING provider, name, id
)
SELECT provider, name, id FROM made UNION ALL
SELECT r.provider, r.name, r.id FROM resource r JOIN input i ON i.provider = r.provider AND i.name = r.name
WHERE r.tenant_id = $1::uuid`

/** The key under which a resource is remembered. The separator cannot occur: control characters are refused at the edge. */
export function resourceKey(provider: string | null, name: string | null): string {
  return `${provider ?? ''}\u001f${name ?? ''}`
}

/** The ids of resources given as `resourceKey`, making the new ones. */
export async function findOrCreateResources(
  client: PoolClient,
  { tenantId, keys }: { tenantId: string; keys: readonly string[] },
): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map()
  const pairs = [...keys].sort().map((key) => key.split('\u001f') as [string, string])
  const result = await client.query<{ provider: string; name: string; id: string }>({
    name: 'find_or_create_resource',
    text: FIND_OR_CREATE_RESOURCES,
    values: [
      tenantId,
      textArray(pairs.map(([provider]) => provider)),
      textArray(pairs.map(([, name]) => name)),
      plainArray(pairs.map(() => uuidv7())),
    ],
  })
  return new Map(result.rows.map((row) => [resourceKey(row.provider, row.name), row.id]))
}
