import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'

/**
 * The rows of an edition and the text that its hash is of. Both are SQL, so that a month of a hundred thousand tasks is written and
 * proven where it is stored.
 */

const NIL = `'${NIL_UUID}'::uuid`

const GRAINS = `(${[Grain.FLEET, Grain.AGENT, Grain.CLIENT, Grain.PROJECT].join(', ')})`

const DIMENSION = `CASE c.grain WHEN ${Grain.FLEET} THEN 'FLEET' WHEN ${Grain.AGENT} THEN 'AGENT' WHEN ${Grain.CLIENT} THEN 'CLIENT' ELSE 'PROJECT' END`

const MEASURES =
  'c.cost_direct, c.cost_shared, 0::numeric, NULL::numeric, c.invocations, c.tokens, c.unpriced, c.unconverted'

const OF_DAYS = 'c.tenant_id = $1::uuid AND c.day >= $2::date AND c.day < $3::date'

/** The columns of a row, beside where it belongs. */
export const ROW_COLUMNS = `dimension, member_id, cost_direct, cost_shared, cost_allocated, revenue, invocations, tokens, unpriced, unconverted`

/**
 * `made`: the rows of a month as its cells make them now. $1 tenant, $2 the month, $3 the first day after it, $4 the reporting currency.
 * A row for the fleet is always there; others only where they hold something. Revenue is Σ billed of the tasks recognised in the month.
 */
export const MADE_ROWS = `made AS MATERIALIZED (
  SELECT dimension, member_id, sum(cost_direct) AS cost_direct, sum(cost_shared) AS cost_shared, sum(cost_allocated) AS cost_allocated,
    sum(revenue) AS revenue, sum(invocations)::bigint AS invocations, sum(tokens) AS tokens, sum(unpriced)::bigint AS unpriced,
    sum(unconverted)::bigint AS unconverted
  FROM (
    SELECT 'FLEET', ${NIL}, 0::numeric, 0::numeric, 0::numeric, NULL::numeric, 0::bigint, 0::numeric, 0::bigint, 0::bigint
    UNION ALL SELECT ${DIMENSION}, c.a, ${MEASURES} FROM rollup_day c WHERE ${OF_DAYS} AND c.grain IN ${GRAINS}
    UNION ALL SELECT 'TASK', c.task_id, ${MEASURES} FROM rollup_task c WHERE ${OF_DAYS}
    UNION ALL SELECT ${DIMENSION}, c.a, 0, 0, c.amount, NULL, 0, 0, 0, 0 FROM allocated_month c
      WHERE c.tenant_id = $1::uuid AND c.month = $2::date AND c.grain IN ${GRAINS}
    UNION ALL SELECT 'TASK', c.task_id, 0, 0, c.amount, NULL, 0, 0, 0, 0 FROM allocated_place c
      WHERE c.tenant_id = $1::uuid AND c.month = $2::date
    UNION ALL SELECT d.dimension, d.member_id, 0, 0, 0, t.billed_amount, 0, 0, 0, 0 FROM task t
      CROSS JOIN LATERAL (VALUES ('FLEET', ${NIL}), ('TASK', t.id), ('CLIENT', coalesce(t.client_id, ${NIL})),
        ('PROJECT', coalesce(t.project_id, ${NIL}))) AS d(dimension, member_id)
      WHERE t.tenant_id = $1::uuid AND t.completed_on >= $2::date AND t.completed_on < $3::date AND t.billed_amount IS NOT NULL
        AND t.billed_currency = $4
  ) AS part(${ROW_COLUMNS}) GROUP BY 1, 2
  HAVING dimension = 'FLEET' OR sum(revenue) IS NOT NULL OR sum(cost_direct) <> 0 OR sum(cost_shared) <> 0 OR sum(cost_allocated) <> 0
    OR sum(invocations) <> 0 OR sum(tokens) <> 0 OR sum(unpriced) <> 0 OR sum(unconverted) <> 0
)`

/** Of a row, one line: its fields without trailing zeros, between bars, `-` for no revenue. */
const LINE = `concat_ws('|', r.dimension, r.member_id, trim_scale(r.cost_direct), trim_scale(r.cost_shared), trim_scale(r.cost_allocated),
  coalesce(trim_scale(r.revenue)::text, '-'), r.invocations, trim_scale(r.tokens), r.unpriced, r.unconverted)`

/**
 * The hash of an edition, sha256 in hex: over the month, the edition, its content as jsonb prints it, and a line for each row in the order
 * of dimension and member, joined by line feeds. What is stored says the same, so anybody can make it again.
 */
export function hashSql(of: { month: string; edition: string; content: string; rows: string }): string {
  return `encode(sha256(convert_to(concat_ws(E'\\n', 'outlay month 1', ${of.month}::text, ${of.edition}::text, (${of.content})::text,
    (SELECT string_agg(${LINE}, E'\\n' ORDER BY r.dimension COLLATE "C", r.member_id) FROM ${of.rows})), 'UTF8')), 'hex')`
}
