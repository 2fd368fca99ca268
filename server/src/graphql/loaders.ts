import type {
  AgentRecord,
  ClientRecord,
  ProjectRecord,
  ResourceRecord,
  TaskRecord,
} from '@outlay/db/sql/read-dimensions'
import { readByIds } from '@outlay/db/sql/read-dimensions'
import { readRatesByIds, type RateRecord } from '@outlay/db/sql/read-rates'
import { readTraceInvocations, type TraceInvocation } from '@outlay/db/sql/read-traces'
import type { TenantSql } from '@outlay/db/sql/tenant-sql'
import DataLoader from 'dataloader'
import { groupBy } from '@outlay/domain/group-by'

/** Everything that is read by id, gathered into one statement per kind. They live as long as one request of one asker. */
export interface Loaders {
  agent: DataLoader<string, AgentRecord | null>
  client: DataLoader<string, ClientRecord | null>
  project: DataLoader<string, ProjectRecord | null>
  task: DataLoader<string, TaskRecord | null>
  resource: DataLoader<string, ResourceRecord | null>
  rate: DataLoader<string, RateRecord | null>
  /** All invocations of a trace; empty for an unknown one. */
  trace: DataLoader<string, TraceInvocation[]>
  /** Loaders of one field over one range, made when the field is first asked for. */
  of: <Key, Value>(
    name: string,
    load: (keys: readonly Key[]) => Promise<Map<Key, Value>>,
    absent: Value,
  ) => DataLoader<Key, Value>
}

export function createLoaders(db: TenantSql): Loaders {
  const made = new Map<string, unknown>()
  return {
    agent: byId((ids) => readByIds(db, 'agent', ids)),
    client: byId((ids) => readByIds(db, 'client', ids)),
    project: byId((ids) => readByIds(db, 'project', ids)),
    task: byId((ids) => readByIds(db, 'task', ids)),
    resource: byId((ids) => readByIds(db, 'resource', ids)),
    rate: byId((ids) => readRatesByIds(db, ids)),
    trace: new DataLoader(async (traceIds) => {
      const groups = groupBy(await readTraceInvocations(db, traceIds), (row) => row.traceId)
      return traceIds.map((traceId) => groups.get(traceId) ?? [])
    }),
    of: <Key, Value>(name: string, load: (keys: readonly Key[]) => Promise<Map<Key, Value>>, absent: Value) => {
      const known = made.get(name) as DataLoader<Key, Value> | undefined
      if (known !== undefined) return known
      const loader = new DataLoader<Key, Value>(async (keys) => {
        const values = await load(keys)
        return keys.map((key) => values.get(key) ?? absent)
      })
      made.set(name, loader)
      return loader
    },
  }
}

function byId<Item extends { id: string }>(
  read: (ids: readonly string[]) => Promise<Item[]>,
): DataLoader<string, Item | null> {
  return new DataLoader<string, Item | null>(async (ids) => {
    const items = new Map((await read(ids)).map((item) => [item.id, item]))
    return ids.map((id) => items.get(id) ?? null)
  })
}
