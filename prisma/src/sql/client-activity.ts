import { Grain, NIL_UUID } from '@outlay/domain/rollup/grain'

/**
 * How many different tasks and agents were active for a client in a range of days, from cells that add up.
 *
 * A count of different members over a range is no sum of counts by day. It is one of cells that know, beside the day, the last active day
 * before it: each member active in `[from, to)` has exactly one day in it whose day before is not (its first one there), so
 * Σ count over `from <= day < to AND day_before < from` counts each once. T active on the 3rd and the 7th makes the cells
 * (3rd, -infinity) and (7th, 3rd): from the 1st or from the 5th it counts once. The cells of a range are as many as its days and clients
 * make, however many tasks there are.
 *
 * A task is active for the client it has now, on a day on which its invocations add up to anything; an agent for the client of the
 * invocation. What a closed month posts elsewhere may be less than none: such a day is active as well.
 */

/** The day before of a member's first active day: it lies before every range. */
const NEVER = `'-infinity'::date`

interface Members {
  /** Of the CTEs. */
  name: string
  /** Rows (a, b, day, invocations): by how much invocations change; `a` and `b` name a member. */
  changes: string
  /** The cells of the member of alias `m`, as alias `c`. */
  cells: string
}

const TASKS: Members = {
  name: 'task_activity',
  changes: `SELECT u.task_id AS a, '${NIL_UUID}'::uuid AS b, u.day, sum(u.invocations) AS invocations
    FROM unnest($30::uuid[], $31::date[], $35::bigint[]) AS u(task_id, day, invocations) WHERE u.task_id <> '${NIL_UUID}' GROUP BY 1, 3`,
  cells: `rollup_task c WHERE c.tenant_id = $1::uuid AND c.task_id = m.a`,
}

const AGENTS: Members = {
  name: 'agent_activity',
  changes: `SELECT u.a, u.b, u.day, u.invocations
    FROM unnest($20::smallint[], $21::date[], $22::uuid[], $23::uuid[], $26::bigint[]) AS u(grain, day, a, b, invocations)
    WHERE u.grain = ${Grain.CLIENT_AGENT} AND u.b <> '${NIL_UUID}'`,
  cells: `rollup_day c WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.CLIENT_AGENT} AND c.a = m.a AND c.b = m.b`,
}

/**
 * CTEs that tell how the active days of members change. `<name>_turned`: the days that begin or cease to count anything.
 * `<name>_known`: those of them that were active, and the active days next to them on either side; no other cell can change.
 * `<name>`: (a, b, day, day_before, change) with −1 for what was and 1 for what is; what stays the same adds up to 0.
 */
function activityChanges({ name, changes, cells }: Members): string {
  return `${name}_turned AS (
  SELECT m.a, m.b, m.day, stored.invocations = 0 AS is_active FROM (${changes}) m
  CROSS JOIN LATERAL (SELECT coalesce(sum(c.invocations), 0) AS invocations FROM ${cells} AND c.day = m.day) stored
  WHERE (stored.invocations = 0) <> (stored.invocations + m.invocations = 0)
), ${name}_known AS (
  SELECT DISTINCT m.a, m.b, near.day FROM ${name}_turned m CROSS JOIN LATERAL (
    SELECT m.day WHERE NOT m.is_active
    UNION ALL (SELECT c.day FROM ${cells} AND c.day < m.day GROUP BY c.day HAVING sum(c.invocations) <> 0 ORDER BY c.day DESC LIMIT 1)
    UNION ALL (SELECT c.day FROM ${cells} AND c.day > m.day GROUP BY c.day HAVING sum(c.invocations) <> 0 ORDER BY c.day LIMIT 1)
  ) near
), ${name} AS (
  SELECT d.a, d.b, d.day, coalesce(lag(d.day) OVER (PARTITION BY d.a, d.b, d.change ORDER BY d.day), ${NEVER}) AS day_before, d.change
  FROM (
    SELECT a, b, day, -1 AS change FROM ${name}_known
    UNION ALL SELECT k.a, k.b, k.day, 1 FROM ${name}_known k
      WHERE NOT EXISTS (SELECT 1 FROM ${name}_turned m WHERE m.a = k.a AND m.b = k.b AND m.day = k.day)
    UNION ALL SELECT a, b, day, 1 FROM ${name}_turned WHERE is_active
  ) d
)`
}

/** CTEs of WRITE_SUMS, whose parameters they read: what a batch changes in `client_activity`, in the statement that changes the cells. */
export const WRITE_CLIENT_ACTIVITY = `${activityChanges(TASKS)}, ${activityChanges(AGENTS)}, client_activity_cell AS (
  INSERT INTO client_activity AS c (tenant_id, day, client_id, day_before, tasks, agents)
  SELECT $1::uuid, d.day, d.client_id, d.day_before, sum(d.tasks), sum(d.agents) FROM (
    SELECT y.day, coalesce(t.client_id, '${NIL_UUID}') AS client_id, y.day_before, y.change AS tasks, 0 AS agents
    FROM task_activity y JOIN task t ON t.tenant_id = $1::uuid AND t.id = y.a
    UNION ALL SELECT y.day, y.a, y.day_before, 0, y.change FROM agent_activity y
  ) d
  GROUP BY 2, 3, 4 HAVING sum(d.tasks) <> 0 OR sum(d.agents) <> 0 ORDER BY 2, 3, 4
  ON CONFLICT (tenant_id, day, client_id, day_before) DO UPDATE SET tasks = c.tasks + EXCLUDED.tasks, agents = c.agents + EXCLUDED.agents
)`

/** Active days of members as rows (member columns…, day) with the active day before each. */
export function withDayBefore({ days, member }: { days: string; member: string }): string {
  return `SELECT ${member}, day, coalesce(lag(day) OVER (PARTITION BY ${member} ORDER BY day), ${NEVER}) AS day_before FROM (${days}) d`
}

/** What of `client_activity` some members make: tasks ($2) and pairs of client and agent ($3, $4). `sign` −1 takes it out, 1 puts it in. */
function membersActivity(sign: 1 | -1): string {
  return `
INSERT INTO client_activity AS c (tenant_id, day, client_id, day_before, tasks, agents)
SELECT $1::uuid, d.day, d.client_id, d.day_before, ${sign} * sum(d.tasks), ${sign} * sum(d.agents) FROM (
  SELECT y.day, coalesce(t.client_id, '${NIL_UUID}') AS client_id, y.day_before, 1 AS tasks, 0 AS agents
  FROM (${withDayBefore({
    member: 'task_id',
    days: `SELECT c.task_id, c.day FROM rollup_task c WHERE c.tenant_id = $1::uuid AND c.task_id = ANY ($2::uuid[])
    AND c.task_id <> '${NIL_UUID}' GROUP BY c.task_id, c.day HAVING sum(c.invocations) <> 0`,
  })}) y JOIN task t ON t.tenant_id = $1::uuid AND t.id = y.task_id
  UNION ALL SELECT y.day, y.a, y.day_before, 0, 1
  FROM (${withDayBefore({
    member: 'a, b',
    days: `SELECT c.a, c.b, c.day FROM rollup_day c JOIN (SELECT DISTINCT * FROM unnest($3::uuid[], $4::uuid[]) AS p(a, b)) p ON p.a = c.a AND p.b = c.b
    WHERE c.tenant_id = $1::uuid AND c.grain = ${Grain.CLIENT_AGENT} AND c.b <> '${NIL_UUID}' AND c.invocations <> 0`,
  })}) y
) d GROUP BY 2, 3, 4 ORDER BY 2, 3, 4
ON CONFLICT (tenant_id, day, client_id, day_before) DO UPDATE SET tasks = c.tasks + EXCLUDED.tasks, agents = c.agents + EXCLUDED.agents`
}

/** Before cells are changed by other means than WRITE_SUMS: takes out what some members make of them. */
export const TAKE_OUT_ACTIVITY = membersActivity(-1)

/** After that: puts in what they make of them now. */
export const PUT_IN_ACTIVITY = membersActivity(1)
