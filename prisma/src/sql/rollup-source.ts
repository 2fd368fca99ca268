import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'

export type Dimension = 'AGENT' | 'CLIENT' | 'PROJECT' | 'TASK' | 'PROVIDER' | 'RESOURCE' | 'KIND'

/** What stands for "no provider" where a provider is text. */
export const NO_TEXT = ''

/** Cells that can answer a question: where they are and which column holds which dimension. Their alias is `c`. */
export interface RollupSource {
  /** Short and unique, for the names of statements. */
  name: string
  from: string
  /** Conditions beside tenant and time. */
  where: string[]
  /** The column of time: a local day, or an instant. */
  time: 'day' | 'bucket' | 'occurred_at'
  columns: Partial<Record<Dimension, string>>
  /** The columns that, with the local day, make a cell the only one; null where several cells may share all that is known of them. */
  cellKey: readonly string[] | null
  /** Columns to filter by where they differ: those that an index knows. */
  filterColumns?: Partial<Record<Dimension, string>>
  /** Daily cells keep a kind as a uuid. */
  kindIsUuid: boolean
}

const PROVIDER_JOIN = 'LEFT JOIN resource pr ON pr.tenant_id = c.tenant_id AND pr.id = '
const PROVIDER = `coalesce(pr.provider, '${NO_TEXT}')`

/** The daily grains from the smallest to the largest, by what they can tell apart. */
const DAILY: { grain: Grain; columns: Partial<Record<Dimension, string>>; resource?: string }[] = [
  { grain: Grain.KIND, columns: { KIND: 'c.a' } },
  { grain: Grain.AGENT, columns: { AGENT: 'c.a' } },
  { grain: Grain.CLIENT, columns: { CLIENT: 'c.a' } },
  { grain: Grain.PROJECT, columns: { PROJECT: 'c.a' } },
  { grain: Grain.RESOURCE, columns: { RESOURCE: 'c.a', PROVIDER }, resource: 'c.a' },
  // Not CLIENT_PROJECT: who is limited to clients reads none of its cells, and would see nothing where there is something.
  { grain: Grain.CLIENT_AGENT, columns: { CLIENT: 'c.a', AGENT: 'c.b' } },
  { grain: Grain.AGENT_RESOURCE, columns: { AGENT: 'c.a', RESOURCE: 'c.b', PROVIDER }, resource: 'c.b' },
  { grain: Grain.CLIENT_RESOURCE, columns: { CLIENT: 'c.a', RESOURCE: 'c.b', PROVIDER }, resource: 'c.b' },
  { grain: Grain.PROJECT_AGENT, columns: { PROJECT: 'c.a', AGENT: 'c.b' } },
]

/**
 * The smallest cells that know all the dimensions: daily cells of one or two dimensions, task cells, the fine cells, and where even they
 * do not tell apart (tasks by anything but agent, tasks by the hour) the events themselves.
 */
export function rollupSource({
  dimensions,
  isHourly,
}: {
  dimensions: ReadonlySet<Dimension>
  isHourly: boolean
}): RollupSource {
  const knows = (columns: Partial<Record<Dimension, string>>) =>
    [...dimensions].every((dimension) => columns[dimension] !== undefined)
  const needsProvider = dimensions.has('PROVIDER')
  if (!isHourly) {
    const daily = DAILY.find(({ columns }) => knows(columns))
    if (daily !== undefined) {
      const join = needsProvider && daily.resource !== undefined ? ` ${PROVIDER_JOIN}${daily.resource}` : ''
      const name = `d${daily.grain}`
      const where = [`c.grain = ${daily.grain}`]
      const columns = withResource(daily)
      const cellKey = [...new Set(Object.values(daily.columns))].filter((column) => column !== PROVIDER)
      return { name, from: `rollup_day c${join}`, where, time: 'day', columns, cellKey, kindIsUuid: true }
    }
    if (knows(TASK_COLUMNS)) {
      const cellKey = Object.values(TASK_COLUMNS)
      return {
        name: 't',
        from: 'rollup_task c',
        where: [],
        time: 'day',
        columns: TASK_COLUMNS,
        cellKey,
        kindIsUuid: false,
      }
    }
  }
  const join = needsProvider ? ` ${PROVIDER_JOIN}c.resource_id` : ''
  const isFine = knows(FINE_COLUMNS)
  return {
    name: isFine ? 'f' : 'l',
    from: `${isFine ? 'rollup_fine' : LEDGER} c${join}`,
    where: [],
    time: isFine ? 'bucket' : 'occurred_at',
    columns: isFine ? FINE_COLUMNS : LEDGER_COLUMNS,
    cellKey: null,
    ...(isFine ? {} : { filterColumns: { TASK: 'c.tagged_task_id' } }),
    kindIsUuid: false,
  }
}

// A filter by provider is a condition on the resource.
function withResource({
  columns,
  resource,
}: {
  columns: Partial<Record<Dimension, string>>
  resource?: string
}): Partial<Record<Dimension, string>> {
  return resource === undefined ? columns : { ...columns, RESOURCE: resource }
}

const TASK_COLUMNS: Partial<Record<Dimension, string>> = { TASK: 'c.task_id', AGENT: 'c.agent_id' }

const FINE_COLUMNS: Partial<Record<Dimension, string>> = {
  AGENT: 'c.agent_id',
  CLIENT: 'c.client_id',
  PROJECT: 'c.project_id',
  RESOURCE: 'c.resource_id',
  PROVIDER,
  KIND: 'c.kind',
}

const LEDGER_COLUMNS: Partial<Record<Dimension, string>> = { ...FINE_COLUMNS, TASK: 'c.task_id' }

/** The tags that a billed event of alias `i` is counted under, with its task as `t`: a shared use has no agent, and the client and project of its task (law L13). */
const EVENT_TAGS = `i.tenant_id, i.occurred_at, i.task_id AS tagged_task_id, coalesce(i.task_id, '${NIL_UUID}') AS task_id,
    CASE WHEN i.billing = 'SHARED' THEN '${NIL_UUID}' ELSE coalesce(i.agent_id, '${NIL_UUID}') END AS agent_id,
    coalesce(CASE WHEN i.billing = 'SHARED' THEN t.client_id END, i.client_id, '${NIL_UUID}') AS client_id,
    coalesce(CASE WHEN i.billing = 'SHARED' THEN t.project_id END, i.project_id, '${NIL_UUID}') AS project_id,
    coalesce(i.resource_id, '${NIL_UUID}') AS resource_id, i.kind`

const BILLED_EVENTS = `FROM invocation i LEFT JOIN task t ON t.tenant_id = i.tenant_id AND t.id = i.task_id
  WHERE i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')`

/** The billed events themselves, under the tags they are counted under, with some more columns of the event of alias `i`. */
export function eventSource(columns: string): RollupSource {
  return {
    name: 'e',
    from: `(SELECT ${EVENT_TAGS}, ${columns} ${BILLED_EVENTS}) c`,
    where: [],
    time: 'occurred_at',
    columns: LEDGER_COLUMNS,
    cellKey: null,
    filterColumns: { TASK: 'c.tagged_task_id' },
    kindIsUuid: false,
  }
}

/** What happened to closed months, by its cells; `usage_bucket` is when it was used, `posted_bucket` when it counts (law L23). */
export const CORRECTION_SOURCE: RollupSource = {
  name: 'k',
  from: 'period_correction c',
  where: ['c.returned_at IS NULL'],
  time: 'bucket',
  columns: LEDGER_COLUMNS,
  cellKey: null,
  kindIsUuid: false,
}

// The events in the form of cells. What happened to closed months is taken from the time it was used at and counted at the time it was
// posted (law L23).
const LEDGER = `(
  SELECT ${EVENT_TAGS},
    CASE WHEN i.billing = 'SHARED' THEN 0 ELSE coalesce(i.cost, 0) END AS cost_direct,
    CASE WHEN i.billing = 'SHARED' THEN coalesce(i.cost, 0) ELSE 0 END AS cost_shared,
    1 AS invocations, (i.status = 'UNPRICED')::int AS unpriced, (i.status = 'UNCONVERTED')::int AS unconverted,
    (SELECT coalesce(sum(l.quantity), 0) FROM unnest(i.meters, i.quantities) AS l(meter, quantity) WHERE l.meter LIKE '%\\_tokens') AS tokens
  ${BILLED_EVENTS}
  UNION ALL
  SELECT k.tenant_id, l.bucket, nullif(k.task_id, '${NIL_UUID}'), k.task_id, k.agent_id, k.client_id, k.project_id, k.resource_id, k.kind,
    l.sign * k.cost_direct, l.sign * k.cost_shared, l.sign * k.invocations, l.sign * k.unpriced, l.sign * k.unconverted, l.sign * k.tokens
  FROM period_correction k CROSS JOIN LATERAL (VALUES (k.usage_bucket, -1), (k.posted_bucket, 1)) AS l(bucket, sign)
  WHERE k.returned_at IS NULL
)`
