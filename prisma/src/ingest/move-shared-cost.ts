import type { PoolClient } from 'pg'
import type { CellDeltas } from '@outlay/domain/rollup/cells'
import type { MovedTask } from './resolve-dimensions.ts'
import { countedEvent, loadSharedUsesOfTasks, type StoredCount } from './stored-event.ts'
import type { TenantConfig } from './tenant-config.ts'

/**
 * Lets the shared uses of tasks follow their task to its new client and project (law L13): takes them out of the cells of the old place
 * and puts them into those of the new one. Call it after the task rows have changed, in the same transaction.
 */
export async function moveSharedCost(
  client: PoolClient,
  change: { tenantId: string; moves: readonly MovedTask[]; deltas: CellDeltas; config: TenantConfig },
): Promise<void> {
  const { tenantId, moves, deltas, config } = change
  if (moves.length === 0) return
  const from = new Map(moves.map((move) => [move.taskId, move.from]))
  const uses = await loadSharedUsesOfTasks(client, { tenantId, taskIds: [...from.keys()] })
  for (const { use, own } of uses) {
    const old = use.taskId === null ? undefined : from.get(use.taskId)
    if (old === undefined) continue
    // Before it had a place, the task's shared uses counted for their own tags.
    const before: StoredCount = {
      ...use,
      clientId: old.clientId ?? own.clientId,
      projectId: old.projectId ?? own.projectId,
    }
    deltas.add(countedEvent(before, config), -1, 'TASK_MOVED')
    deltas.add(countedEvent(use, config), 1, 'TASK_MOVED')
  }
}
