import type { PoolClient } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { localDay } from '@outlay/domain/periods/local-day'
import { NIL_UUID } from '@outlay/domain/rollup/grain'
import { NO_CURRENCY } from '../sql/client-revenue.ts'
import { plainArray, textArray } from '../sql/pg-array.ts'
import type { DemoTask } from './demo-fleet.ts'

/** What has a display name of its own, which a tag of an event cannot give it. */
export interface DemoNames {
  agents: readonly { key: string; name: string }[]
  clients: readonly { key: string; name: string; projects: readonly { key: string; name: string }[] }[]
}

/** Makes agents, clients and projects with their names. Known keys stay as they are. */
export async function insertNames(client: PoolClient, tenantId: string, names: DemoNames): Promise<void> {
  const projects = names.clients.flatMap((owner) =>
    owner.projects.map((project) => ({ ...project, client: owner.key })),
  )
  for (const [table, records] of [
    ['agent', names.agents],
    ['client', names.clients],
  ] as const) {
    await client.query(
      `INSERT INTO ${table} (tenant_id, id, key, name) SELECT $1::uuid, * FROM unnest($2::uuid[], $3::text[], $4::text[])
       ON CONFLICT (tenant_id, key) DO NOTHING`,
      [tenantId, newIds(records), textArray(records.map(({ key }) => key)), textArray(records.map(({ name }) => name))],
    )
  }
  await client.query(
    `INSERT INTO project (tenant_id, id, key, name, client_id)
     SELECT $1::uuid, p.id, p.key, p.name, c.id FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS p(id, key, name, client)
     JOIN client c ON c.tenant_id = $1::uuid AND c.key = p.client
     ON CONFLICT (tenant_id, key) DO NOTHING`,
    [
      tenantId,
      newIds(projects),
      textArray(projects.map(({ key }) => key)),
      textArray(projects.map(({ name }) => name)),
      textArray(projects.map((project) => project.client)),
    ],
  )
}

const TASKS_PER_STATEMENT = 5_000

const INSERT_TASKS = `
WITH made AS (
  INSERT INTO task (tenant_id, id, key, name, status, client_id, project_id, billed_amount, billed_currency, completed_at, completed_on)
  SELECT $1::uuid, t.id, t.key, t.name, t.status, c.id, p.id, t.amount, t.currency, t.completed_at, t.completed_on
  FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::text[], $10::timestamptz[], $11::date[])
    AS t(id, key, name, status, client, project, amount, currency, completed_at, completed_on)
  LEFT JOIN client c ON c.tenant_id = $1::uuid AND c.key = t.client
  LEFT JOIN project p ON p.tenant_id = $1::uuid AND p.key = t.project
  ON CONFLICT (tenant_id, key) DO NOTHING RETURNING client_id, completed_on, billed_amount, billed_currency
)
INSERT INTO client_revenue AS c (tenant_id, day, client_id, currency, tasks, billed)
SELECT $1::uuid, m.completed_on, coalesce(m.client_id, '${NIL_UUID}'), coalesce(m.billed_currency, '${NO_CURRENCY}'), count(*),
  sum(coalesce(m.billed_amount, 0))
FROM made m WHERE m.completed_on IS NOT NULL GROUP BY 2, 3, 4 ORDER BY 2, 3, 4
ON CONFLICT (tenant_id, day, client_id, currency) DO UPDATE SET tasks = c.tasks + EXCLUDED.tasks, billed = c.billed + EXCLUDED.billed`

/**
 * Makes tasks in sets of thousands, where a change of each by `upsertTask` would take a transaction a task. It is exact only for tasks
 * that no event names yet: nothing is summed under them, and the first event of an agent finds the task completed and counts it then.
 */
export async function insertTasks(
  client: PoolClient,
  { tenantId, timeZone, tasks }: { tenantId: string; timeZone: string; tasks: readonly DemoTask[] },
): Promise<void> {
  for (let start = 0; start < tasks.length; start += TASKS_PER_STATEMENT) {
    const chunk = tasks.slice(start, start + TASKS_PER_STATEMENT)
    await client.query(INSERT_TASKS, [
      tenantId,
      newIds(chunk),
      textArray(chunk.map(({ key }) => key)),
      textArray(chunk.map(({ name }) => name)),
      plainArray(chunk.map(({ status }) => status)),
      textArray(chunk.map((task) => task.client ?? null)),
      textArray(chunk.map((task) => task.project ?? null)),
      plainArray(chunk.map(({ billed }) => billed?.amount ?? null)),
      plainArray(chunk.map(({ billed }) => billed?.currency ?? null)),
      plainArray(chunk.map(({ completedAt }) => completedAt ?? null)),
      plainArray(
        chunk.map(({ completedAt }) =>
          completedAt === undefined ? null : localDay(Date.parse(completedAt), timeZone),
        ),
      ),
    ])
  }
}

function newIds(records: readonly unknown[]): string {
  return plainArray(records.map(() => uuidv7()))
}
