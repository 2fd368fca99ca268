import { NIL_UUID } from '@outlay/domain/rollup/grain'
import type { Prepared } from './tenant-sql.ts'

/**
 * What a month's allocation is made from, as it was at the snapshot: events count when they were recorded before it, whenever they are
 * read. $1 is the tenant; where events are read, $2 and $3 are the instants of the month `[start, end)` and $4 is the snapshot.
 */

const NIL = `'${NIL_UUID}'::uuid`

/** The events of the month that the snapshot has seen. */
const IN_MONTH = `i.tenant_id = $1::uuid AND i.occurred_at >= $2::timestamptz AND i.occurred_at < $3::timestamptz AND i.ingested_at < $4::timestamptz`

/** An agent's own leaf usage (law L20): what is shared, and reports of it, are nobody's. */
const OWN = `i.billing IN ('DIRECT', 'WRAPPER') AND i.agent_id IS NOT NULL`

const tokensOfLines = (lines: number) =>
  Array.from(
    { length: lines },
    (_, n) => `CASE WHEN i.meters[${n + 1}] LIKE '%\\_tokens' THEN i.quantities[${n + 1}] ELSE 0 END`,
  ).join(' + ')

// To unnest the lines of a million events takes longer than everything else together; nearly all have two or three.
const TOKENS = `CASE WHEN cardinality(i.meters) <= 3 THEN ${tokensOfLines(3)}
  WHEN cardinality(i.meters) <= 6 THEN ${tokensOfLines(6)}
  ELSE (SELECT coalesce(sum(l.quantity), 0) FROM unnest(i.meters, i.quantities) AS l(meter, quantity) WHERE l.meter LIKE '%\\_tokens') END`

const PLACE = `i.agent_id AS "agentId", coalesce(i.task_id, ${NIL}) AS "taskId", coalesce(i.client_id, ${NIL}) AS "clientId",
  coalesce(i.project_id, ${NIL}) AS "projectId"`

/** What one agent used in one place. Numbers are texts. */
export interface UsageRow {
  agentId: string
  taskId: string
  clientId: string
  projectId: string
  invocations: string
  tokens: string
  direct: string
  /** Microseconds. */
  compute: string
}

/** One scan of the month, added up by hashing. */
export const USAGE: Prepared = {
  name: 'allocation_usage',
  text: `SELECT "agentId", "taskId", "clientId", "projectId", count(*)::text AS invocations, sum(tokens)::text AS tokens,
      sum(cost)::text AS direct, '0' AS compute
    FROM (SELECT ${PLACE}, ${TOKENS} AS tokens, coalesce(i.cost, 0) AS cost FROM invocation i WHERE ${IN_MONTH} AND ${OWN}) e
    GROUP BY 1, 2, 3, 4`,
}

const micros = (interval: string) => `(extract(epoch FROM ${interval}) * 1000000)::bigint`

/** When an event without a stated end ended: its `seconds` later, when it tells them. */
const ENDED = `greatest(i.occurred_at, coalesce(i.ended_at, i.occurred_at + coalesce((SELECT sum(l.quantity)
  FROM unnest(i.meters, i.quantities) AS l(meter, quantity) WHERE l.meter = 'seconds'), 0) * interval '1 second'))`

const KEY = '"agentId", trace_id, "taskId", "clientId", "projectId"'

/**
 * The same with compute time: within an agent and a trace, each instant counts once. Where all of an agent's events of a trace are of one
 * place, as nearly always, that is the length of the union of their intervals, which needs no sort of the month. Where they are of several,
 * an event counts for what it adds beyond all that began before it, so that the places sum to the union.
 */
export const USAGE_WITH_COMPUTE: Prepared = {
  name: 'allocation_usage_compute',
  text: `WITH traced AS MATERIALIZED (
      SELECT ${KEY}, count(*) AS invocations, sum(tokens) AS tokens, sum(cost) AS cost,
        CASE WHEN trace_id IS NULL THEN sum(ended - began) END AS alone,
        CASE WHEN trace_id IS NOT NULL THEN range_agg(tstzrange(began, ended)) END AS busy
      FROM (SELECT ${PLACE}, ${TOKENS} AS tokens, coalesce(i.cost, 0) AS cost, i.trace_id, i.occurred_at AS began, ${ENDED} AS ended
        FROM invocation i WHERE ${IN_MONTH} AND ${OWN}) e
      GROUP BY ${KEY}
    ), scattered AS (
      SELECT "agentId", trace_id FROM traced WHERE trace_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1
    ), added AS (
      SELECT ${KEY}, sum(greatest(interval '0', ended - greatest(began, coalesce(covered, began)))) AS busy
      FROM (
        SELECT ${PLACE}, i.trace_id, i.occurred_at AS began, ${ENDED} AS ended,
          max(${ENDED}) OVER (PARTITION BY i.agent_id, i.trace_id ORDER BY i.occurred_at, i.id COLLATE "C"
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered
        FROM scattered s JOIN invocation i ON i.trace_id = s.trace_id AND i.agent_id = s."agentId"
        WHERE ${IN_MONTH} AND ${OWN}
      ) e
      GROUP BY ${KEY}
    )
    SELECT t."agentId", t."taskId", t."clientId", t."projectId", sum(t.invocations)::text AS invocations, sum(t.tokens)::text AS tokens,
      sum(t.cost)::text AS direct,
      sum(${micros(`coalesce(t.alone, a.busy, (SELECT sum(upper(r) - lower(r)) FROM unnest(t.busy) r), interval '0')`)})::text AS compute
    FROM traced t LEFT JOIN added a ON a."agentId" = t."agentId" AND a.trace_id = t.trace_id AND a."taskId" = t."taskId"
      AND a."clientId" = t."clientId" AND a."projectId" = t."projectId"
    GROUP BY 1, 2, 3, 4`,
}

/** A task completed in the month with a billed amount in the reporting currency. */
export interface BilledTaskRow {
  taskId: string
  clientId: string
  projectId: string
  billed: string
  /** Whether events of it may have occurred in other months: a sum of this month alone will not do. */
  isLonger: boolean
}

/**
 * $2 and $3 the dates of the month, $4 the reporting currency. What a closed month received later is in the cells of another day, so
 * its corrections are asked as well.
 */
export const BILLED_TASKS: Prepared = {
  name: 'allocation_billed_tasks',
  text: `SELECT t.id AS "taskId", coalesce(t.client_id, ${NIL}) AS "clientId", coalesce(t.project_id, ${NIL}) AS "projectId",
      t.billed_amount::text AS billed,
      EXISTS (SELECT 1 FROM rollup_task c WHERE c.tenant_id = $1::uuid AND c.task_id = t.id AND (c.day < $2::date OR c.day >= $3::date))
        OR EXISTS (SELECT 1 FROM period_correction p WHERE p.tenant_id = $1::uuid AND p.task_id = t.id) AS "isLonger"
    FROM task t
    WHERE t.tenant_id = $1::uuid AND t.completed_on >= $2::date AND t.completed_on < $3::date AND t.billed_currency = $4
      AND t.billed_amount > 0`,
}

export interface TaskAgentRow {
  taskId: string
  agentId: string
  direct: string
}

/** What agents cost in tasks outside the month: $5 the tasks. */
export const COST_OF_OTHER_MONTHS: Prepared = {
  name: 'allocation_cost_of_other_months',
  text: `SELECT i.task_id AS "taskId", i.agent_id AS "agentId", sum(coalesce(i.cost, 0))::text AS direct
    FROM invocation i
    WHERE i.tenant_id = $1::uuid AND i.task_id = ANY ($5::uuid[]) AND ${OWN} AND i.ingested_at < $4::timestamptz
      AND (i.occurred_at < $2::timestamptz OR i.occurred_at >= $3::timestamptz)
    GROUP BY 1, 2`,
}

/** An agent touched a resource in a chain. */
export interface ResourceUseRow {
  provider: string
  name: string
  chain: string
  agentId: string
  taskId: string
  clientId: string
  projectId: string
}

// What counts once: the task, else the trace, else the event by itself.
const CHAIN = `CASE WHEN i.task_id IS NOT NULL THEN i.task_id::text WHEN i.trace_id IS NOT NULL THEN 'trace:' || i.trace_id ELSE 'event:' || i.id END`

/**
 * Who used the resources of $5 (names) in which chain, once each, with the place of the chain: client and project of its task, else of
 * the event that touched it first. Reports of shared uses touch too.
 */
export const RESOURCE_USES: Prepared = {
  name: 'allocation_resource_uses',
  text: `WITH touched AS MATERIALIZED (
      SELECT r.provider, r.name, ${CHAIN} AS chain, i.agent_id, coalesce(i.task_id, ${NIL}) AS task_id,
        coalesce(t.client_id, i.client_id, ${NIL}) AS client_id, coalesce(t.project_id, i.project_id, ${NIL}) AS project_id,
        i.occurred_at, i.id
      FROM resource r
      JOIN invocation i ON i.tenant_id = $1::uuid AND i.resource_id = r.id
      LEFT JOIN task t ON t.tenant_id = $1::uuid AND t.id = i.task_id
      WHERE r.tenant_id = $1::uuid AND r.name = ANY ($5::text[]) AND ${IN_MONTH}
        AND i.billing IN ('DIRECT', 'WRAPPER', 'SHARED', 'REPORT') AND i.agent_id IS NOT NULL
    ), place AS (
      SELECT DISTINCT ON (chain) chain, task_id, client_id, project_id FROM touched ORDER BY chain, occurred_at, id COLLATE "C"
    )
    SELECT u.provider, u.name, u.chain, u.agent_id AS "agentId", p.task_id AS "taskId", p.client_id AS "clientId",
      p.project_id AS "projectId"
    FROM (SELECT DISTINCT provider, name, chain, agent_id FROM touched) u JOIN place p ON p.chain = u.chain`,
}

export interface ChainTokensRow {
  chain: string
  agentId: string
  tokens: string
}

/** The own tokens of agents in chains that are no task; those in tasks are in the usage already. */
export const TOKENS_WITHOUT_TASK: Prepared = {
  name: 'allocation_tokens_without_task',
  text: `SELECT ${CHAIN} AS chain, i.agent_id AS "agentId", sum(${TOKENS})::text AS tokens FROM invocation i
    WHERE ${IN_MONTH} AND ${OWN} AND i.task_id IS NULL GROUP BY 1, 2`,
}

export interface PriorWeightRow {
  poolId: string
  agentId: string
  weight: string
}

/**
 * The weights of the run that held at the snapshot for the month before: $2 that month's first day, $3 the pools, $4 the snapshot. What is
 * declared anew every month is found by its name.
 */
export const PRIOR_WEIGHTS: Prepared = {
  name: 'allocation_prior_weights',
  text: `SELECT p.id AS "poolId", s.agent_id AS "agentId", s.weight::text AS weight
    FROM cost_pool p
    JOIN cost_pool b ON b.tenant_id = $1::uuid AND (b.id = p.id OR (p.recurrence = 'ONCE' AND b.name = p.name))
      AND b.first_month <= $2::date AND (b.last_month IS NULL OR b.last_month >= $2::date)
    JOIN allocation_run r ON r.tenant_id = $1::uuid AND r.pool_id = b.id AND r.month = $2::date
      AND r.created_at < $4::timestamptz AND (r.superseded_at IS NULL OR r.superseded_at >= $4::timestamptz)
    JOIN allocation_share s ON s.tenant_id = $1::uuid AND s.run_id = r.id
    WHERE p.tenant_id = $1::uuid AND p.id = ANY ($3::uuid[]) AND s.weight > 0`,
}

/** $2 ids. */
export const AGENT_KEYS: Prepared = {
  name: 'allocation_agent_keys',
  text: 'SELECT id, key FROM agent WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])',
}

/** $2 ids. */
export const TASK_KEYS: Prepared = {
  name: 'allocation_task_keys',
  text: 'SELECT id, key FROM task WHERE tenant_id = $1::uuid AND id = ANY ($2::uuid[])',
}
