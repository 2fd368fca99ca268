import type { PoolClient } from 'pg'
import { reportsConsumption } from '../sql/event-facts.ts'

const WITHDRAW = `
WITH gone AS (
  DELETE FROM task_agent p WHERE p.tenant_id = $1::uuid AND p.task_id = $2::uuid AND p.agent_id = $3::uuid AND NOT EXISTS (
    SELECT 1 FROM invocation i WHERE i.tenant_id = $1::uuid AND i.task_id = $2::uuid AND i.agent_id = $3::uuid
      AND ${reportsConsumption('i')})
  RETURNING p.task_id, p.agent_id
)
UPDATE completed_cell c SET tasks = c.tasks - 1 FROM gone g JOIN task t ON t.tenant_id = $1::uuid AND t.id = g.task_id
WHERE c.tenant_id = $1::uuid AND c.day = t.completed_on AND c.agent_id = g.agent_id`

/** Takes an agent out of a task, and the task out of what the agent completed, when nothing it reported for the task stands any more. */
export async function withdrawParticipation(
  client: PoolClient,
  tenantId: string,
  { taskId, agentId }: { taskId: string; agentId: string },
): Promise<void> {
  await client.query({ name: 'withdraw_participation', text: WITHDRAW, values: [tenantId, taskId, agentId] })
}
