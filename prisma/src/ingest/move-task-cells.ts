import type { PoolClient } from 'pg'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { withDayBefore } from '../sql/client-activity.ts'
import { NO_CURRENCY } from '../sql/client-revenue.ts'
import { plainArray } from '../sql/pg-array.ts'

/** What of a task decides where the cells count it. */
export interface CountedTask {
  id: string
  client_id: string | null
  /** The local day of its completion. */
  completed_on: string | null
  billed_amount: string | null
  billed_currency: string | null
}

// What stays where it was adds up to 0 and is left out. Upserts in key order, the order in which every writer takes row locks.
const MOVE_TASK_CELLS = `
WITH moved AS (
  SELECT t.id, coalesce(b.client_id, '${NIL_UUID}') AS client_before, coalesce(t.client_id, '${NIL_UUID}') AS client_now,
    b.completed_on AS completed_before, t.completed_on AS completed_now,
    coalesce(b.billed_amount, 0) AS billed_before, coalesce(t.billed_amount, 0) AS billed_now,
    coalesce(b.billed_currency, '${NO_CURRENCY}') AS currency_before, coalesce(t.billed_currency, '${NO_CURRENCY}') AS currency_now
  FROM unnest($2::uuid[], $3::uuid[], $4::date[], $5::numeric[], $6::text[]) AS b(id, client_id, completed_on, billed_amount, billed_currency)
  JOIN task t ON t.tenant_id = $1::uuid AND t.id = b.id
), completed AS (
  INSERT INTO completed_cell AS c (tenant_id, day, agent_id, tasks)
  SELECT $1::uuid, d.day, p.agent_id, sum(d.change)
  FROM moved m CROSS JOIN LATERAL (VALUES (m.completed_before, -1), (m.completed_now, 1)) AS d(day, change)
  JOIN task_agent p ON p.tenant_id = $1::uuid AND p.task_id = m.id
  WHERE d.day IS NOT NULL GROUP BY 2, 3 HAVING sum(d.change) <> 0 ORDER BY 2, 3
  ON CONFLICT (tenant_id, day, agent_id) DO UPDATE SET tasks = c.tasks + EXCLUDED.tasks
), revenue AS (
  INSERT INTO client_revenue AS c (tenant_id, day, client_id, currency, tasks, billed)
  SELECT $1::uuid, d.day, d.client_id, d.currency, sum(d.change), sum(d.billed)
  FROM moved m CROSS JOIN LATERAL (VALUES (m.completed_before, m.client_before, m.currency_before, -1, -m.billed_before),
    (m.completed_now, m.client_now, m.currency_now, 1, m.billed_now)) AS d(day, client_id, currency, change, billed)
  WHERE d.day IS NOT NULL GROUP BY 2, 3, 4 HAVING sum(d.change) <> 0 OR sum(d.billed) <> 0 ORDER BY 2, 3, 4
  ON CONFLICT (tenant_id, day, client_id, currency) DO UPDATE SET tasks = c.tasks + EXCLUDED.tasks, billed = c.billed + EXCLUDED.billed
), activity AS (
  ${withDayBefore({
    member: 'id, client_before, client_now',
    days: `SELECT m.id, m.client_before, m.client_now, c.day FROM moved m
    JOIN rollup_task c ON c.tenant_id = $1::uuid AND c.task_id = m.id WHERE m.client_before <> m.client_now
    GROUP BY m.id, m.client_before, m.client_now, c.day HAVING sum(c.invocations) <> 0`,
  })}
)
INSERT INTO client_activity AS c (tenant_id, day, client_id, day_before, tasks, agents)
SELECT $1::uuid, y.day, d.client_id, y.day_before, sum(d.change), 0
FROM activity y CROSS JOIN LATERAL (VALUES (y.client_before, -1), (y.client_now, 1)) AS d(client_id, change)
GROUP BY 2, 3, 4 HAVING sum(d.change) <> 0 ORDER BY 2, 3, 4
ON CONFLICT (tenant_id, day, client_id, day_before) DO UPDATE SET tasks = c.tasks + EXCLUDED.tasks`

/**
 * Lets the cells follow tasks that got another client, completion or billed amount: what their agents completed, what their clients were
 * billed, and the days on which they were active for them. `before`: as the tasks were; their rows have changed since, in the same
 * transaction, and the cells of its events have not.
 */
export async function moveTaskCells(
  client: PoolClient,
  tenantId: string,
  before: readonly CountedTask[],
): Promise<void> {
  if (before.length === 0) return
  await client.query({
    name: 'move_task_cells',
    text: MOVE_TASK_CELLS,
    values: [
      tenantId,
      plainArray(before.map((task) => task.id)),
      plainArray(before.map((task) => task.client_id)),
      plainArray(before.map((task) => task.completed_on)),
      plainArray(before.map((task) => task.billed_amount)),
      plainArray(before.map((task) => task.billed_currency)),
    ],
  })
}
