import { INVOCATION_KINDS, kindUuid, NIL_UUID } from '@outlay/domain/rollup/grain'
import { withDayBefore } from '../sql/client-activity.ts'

/**
 * The roll-ups said a second time, as SQL over what is stored: the events, and what of closed months is counted elsewhere. Where ingest
 * adds in memory as events arrive, these statements add up from scratch; both must agree to the last decimal at any time.
 */

const NIL = `'${NIL_UUID}'::uuid`

const KIND_UUIDS = `(VALUES ${INVOCATION_KINDS.map((kind) => `('${kind}', '${kindUuid(kind)}'::uuid)`).join(', ')})`

const SUMS = ['cost_direct', 'cost_shared', 'invocations', 'tokens', 'unpriced', 'unconverted']

const BUCKETS = ['bucket', 'day', 'kind', 'agent_id', 'client_id', 'project_id', 'resource_id', 'task_id']

function events(where: string): string {
  return `
  SELECT to_timestamp(floor(extract(epoch FROM i.occurred_at) / $3::int) * $3::int) AS bucket,
    (i.occurred_at AT TIME ZONE $2::text)::date AS day, i.kind,
    CASE WHEN i.billing = 'SHARED' THEN ${NIL} ELSE coalesce(i.agent_id, ${NIL}) END AS agent_id,
    coalesce(CASE WHEN i.billing = 'SHARED' THEN t.client_id END, i.client_id, ${NIL}) AS client_id,
    coalesce(CASE WHEN i.billing = 'SHARED' THEN t.project_id END, i.project_id, ${NIL}) AS project_id,
    coalesce(i.resource_id, ${NIL}) AS resource_id, coalesce(i.task_id, ${NIL}) AS task_id,
    CASE WHEN i.billing = 'SHARED' THEN 0 ELSE coalesce(i.cost, 0) END AS cost_direct,
    CASE WHEN i.billing = 'SHARED' THEN coalesce(i.cost, 0) ELSE 0 END AS cost_shared, 1::bigint AS invocations,
    (SELECT coalesce(sum(l.quantity), 0) FROM unnest(i.meters, i.quantities) AS l(meter, quantity) WHERE l.meter LIKE '%\\_tokens') AS tokens,
    (i.status = 'UNPRICED')::int AS unpriced, (i.status = 'UNCONVERTED')::int AS unconverted
  FROM invocation i LEFT JOIN task t ON t.tenant_id = i.tenant_id AND t.id = i.task_id
  WHERE i.tenant_id = $1::uuid AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED')${where}`
}

function correctionLeg(at: 'usage' | 'posted', sign: '' | '-', from: string): string {
  const measures = SUMS.map((measure) => `${sign}k.${measure}`).join(', ')
  return `
  SELECT k.${at}_bucket, k.${at}_day, k.kind, k.agent_id, k.client_id, k.project_id, k.resource_id, k.task_id, ${measures}
  FROM ${from}`
}

const STANDING = 'period_correction k WHERE k.tenant_id = $1::uuid AND k.returned_at IS NULL'

/**
 * `counted`: what counts, by bucket and every dimension, one row an event. An event of a closed month that was changed afterwards is
 * taken from its own bucket and added to the one it was posted to, by exactly what its correction says (law L23).
 *
 * $1 tenant, $2 time zone, $3 bucket in seconds.
 */
export const COUNTED = `counted AS (${events('')}
  UNION ALL ${correctionLeg('usage', '-', STANDING)}
  UNION ALL ${correctionLeg('posted', '', STANDING)}
)`

/** The same of one month, by bucket and every dimension: $4 and $5 its days, $6 and $7 its instants. One pass over the events. */
const COUNTED_OF_MONTH = `counted AS MATERIALIZED (
  SELECT ${BUCKETS.join(', ')}, ${SUMS.map((sum) => `sum(${sum}) AS ${sum}`).join(', ')}
  FROM (${events(' AND i.occurred_at >= $6::timestamptz AND i.occurred_at < $7::timestamptz')}
  UNION ALL ${correctionLeg('usage', '-', `${STANDING} AND k.usage_day >= $4::date AND k.usage_day < $5::date`)}
  UNION ALL ${correctionLeg('posted', '', `${STANDING} AND k.posted_day >= $4::date AND k.posted_day < $5::date`)}
  ) one GROUP BY ${BUCKETS.join(', ')}
)`

/** `counted` of rows that go home: out of where they were posted, into where they were used. `rows` names the CTE that holds them. */
function countedGoingHome(rows: string): string {
  return `counted (${[...BUCKETS, ...SUMS].join(', ')}) AS (${correctionLeg('usage', '', `${rows} k`)}
  UNION ALL ${correctionLeg('posted', '-', `${rows} k`)}
)`
}

const COUNTS = ['invocations', 'unpriced', 'unconverted']
const MEASURES = SUMS.map((sum) => `sum(${sum})${COUNTS.includes(sum) ? '::bigint' : ''} AS ${sum}`).join(', ')
const IS_SOMETHING = `HAVING ${SUMS.map((sum) => `sum(${sum}) <> 0`).join(' OR ')}`

/** A table that is made of `counted`, and of tasks: its key, what it sums, and the CTEs' SELECT of both. */
export interface MadeTable {
  table: string
  key: readonly string[]
  sums: readonly string[]
  rebuilt: string
}

/** A table of cells: one of every measure. */
export interface RollupTable extends MadeTable {
  /** What keeps the cells of a month: $4 and $5 its days, $6 and $7 its instants. */
  ofMonth: string
}

const OF_DAYS = 'day >= $4::date AND day < $5::date'

export const ROLLUP_TABLES: readonly RollupTable[] = [
  {
    table: 'rollup_fine',
    key: ['bucket', 'agent_id', 'client_id', 'project_id', 'resource_id', 'kind'],
    sums: SUMS,
    rebuilt: `SELECT bucket, agent_id, client_id, project_id, resource_id, kind, ${MEASURES} FROM counted GROUP BY 1, 2, 3, 4, 5, 6 ${IS_SOMETHING}`,
    ofMonth: 'bucket >= $6::timestamptz AND bucket < $7::timestamptz',
  },
  {
    table: 'rollup_day',
    key: ['grain', 'day', 'a', 'b'],
    sums: SUMS,
    rebuilt: `SELECT g.grain, day, g.a, g.b, ${MEASURES} FROM counted c
      JOIN ${KIND_UUIDS} AS k(kind, id) ON k.kind = c.kind
      CROSS JOIN LATERAL (VALUES (0::smallint, ${NIL}, ${NIL}), (1::smallint, agent_id, ${NIL}), (2::smallint, client_id, ${NIL}),
        (3::smallint, project_id, ${NIL}), (4::smallint, resource_id, ${NIL}), (5::smallint, k.id, ${NIL}),
        (6::smallint, agent_id, resource_id), (7::smallint, client_id, agent_id),
        (8::smallint, client_id, resource_id), (9::smallint, project_id, agent_id), (10::smallint, client_id, project_id)) AS g(grain, a, b)
      GROUP BY 1, 2, 3, 4 ${IS_SOMETHING}`,
    ofMonth: OF_DAYS,
  },
  {
    table: 'rollup_task',
    key: ['task_id', 'day', 'agent_id'],
    sums: SUMS,
    rebuilt: `SELECT task_id, day, agent_id, ${MEASURES} FROM counted GROUP BY 1, 2, 3 ${IS_SOMETHING}`,
    ofMonth: OF_DAYS,
  },
]

// A day counts for a member when its invocations there add up to anything, whatever cells they stand in.
const ACTIVE_DAYS = (member: string, is: string) =>
  `SELECT ${member}, day FROM counted WHERE ${is} GROUP BY ${member}, day HAVING sum(invocations) <> 0`

/** See src/sql/client-activity.ts. */
const CLIENT_ACTIVITY: MadeTable = {
  table: 'client_activity',
  key: ['day', 'client_id', 'day_before'],
  sums: ['tasks', 'agents'],
  rebuilt: `SELECT day, client_id, day_before, sum(tasks)::bigint AS tasks, sum(agents)::bigint AS agents FROM (
      SELECT y.day, coalesce(t.client_id, ${NIL}) AS client_id, y.day_before, 1 AS tasks, 0 AS agents
      FROM (${withDayBefore({ member: 'task_id', days: ACTIVE_DAYS('task_id', `task_id <> ${NIL}`) })}) y
      JOIN task t ON t.tenant_id = $1::uuid AND t.id = y.task_id
      UNION ALL SELECT y.day, y.client_id, y.day_before, 0, 1
      FROM (${withDayBefore({ member: 'client_id, agent_id', days: ACTIVE_DAYS('client_id, agent_id', `agent_id <> ${NIL}`) })}) y
    ) activity GROUP BY 1, 2, 3`,
}

/** Every table that a rebuild makes of `counted`. */
export const MADE_TABLES: readonly MadeTable[] = [...ROLLUP_TABLES, CLIENT_ACTIVITY]

function storedCells({ table, key, sums }: MadeTable, where = ''): string {
  const isZero = sums.map((column) => `${column} = 0`).join(' AND ')
  return `SELECT ${[...key, ...sums].join(', ')} FROM ${table} WHERE tenant_id = $1::uuid AND NOT (${isZero})${where}`
}

function countDifferent({ key, sums }: MadeTable, stored: string, rebuilt: string): string {
  return `SELECT count(*)::int AS cells FROM ${stored} s FULL JOIN ${rebuilt} r ON (${key.map((column) => `s.${column} = r.${column}`).join(' AND ')})
WHERE s.${key[0]} IS NULL OR r.${key[0]} IS NULL OR (${sums.map((column) => `s.${column} <> r.${column}`).join(' OR ')})`
}

/** How many cells of a table differ from what `counted` makes. A cell of zeros is the same as none. */
export function compareSql(rollup: MadeTable): string {
  return `WITH ${COUNTED}, rebuilt AS (${rollup.rebuilt}), stored AS (${storedCells(rollup)})
${countDifferent(rollup, 'stored', 'rebuilt')}`
}

/** How many cells of a month differ, of all tables together, from one pass over its events. Parameters as of COUNTED_OF_MONTH. */
export const COMPARE_MONTH = `WITH ${COUNTED_OF_MONTH}, ${ROLLUP_TABLES.map(
  (rollup) =>
    `${rollup.table}_rebuilt AS (${rollup.rebuilt}), ${rollup.table}_stored AS (${storedCells(rollup, ` AND ${rollup.ofMonth}`)})`,
).join(', ')}
SELECT sum(cells)::int AS cells FROM (${ROLLUP_TABLES.map((rollup) =>
  countDifferent(rollup, `${rollup.table}_stored`, `${rollup.table}_rebuilt`),
).join(' UNION ALL ')}) differences`

/** Moves what `rows` (a CTE of corrections) say from where it was posted to where it was used, in a table of cells. */
export function goHomeSql({ table, key, rebuilt }: RollupTable, rows: string): string {
  return `WITH home AS (${rows}), ${countedGoingHome('home')}, moved AS (${rebuilt})
INSERT INTO ${table} AS c (tenant_id, ${[...key, ...SUMS].join(', ')})
SELECT $1::uuid, ${[...key, ...SUMS].join(', ')} FROM moved ORDER BY ${key.join(', ')}
ON CONFLICT (tenant_id, ${key.join(', ')}) DO UPDATE SET ${SUMS.map((sum) => `${sum} = c.${sum} + EXCLUDED.${sum}`).join(', ')}`
}
