import {
  countRecords,
  countTasksOfClient,
  readByKey,
  readPage,
  readTaskPageOfClient,
  type TaskRecord,
} from '@outlay/db/sql/read-dimensions'
import type { UpsertTaskInput } from '@outlay/db/ingest/upsert-task'
import { limitOf, type Context } from '../../graphql/context.ts'
import type { Page, PageArgs } from '../../graphql/page.ts'
import { pageByKey } from '../../reads/record-page.ts'
import { storableKey } from '../../reads/storable-key.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface TaskPayloadSource {
  task: TaskRecord | null
  userErrors: UserErrorSource[]
}

/** The client whose tasks alone the asker may see; null for staff and machines. */
function boundClient({ principal }: Context): string | null {
  return principal.kind === 'user' ? principal.clientId : null
}

export async function findTask(context: Context, key: string): Promise<TaskRecord | null> {
  if (!storableKey(key)) return null
  const task = await readByKey(context.db, 'task', key)
  const clientId = boundClient(context)
  return clientId === null || task?.clientId === clientId ? task : null
}

export function listTasks(context: Context, args: PageArgs): Promise<Page<TaskRecord>> {
  const { db } = context
  const clientId = boundClient(context)
  if (clientId === null)
    return pageByKey(
      'tasks',
      args,
      (position) => readPage(db, 'task', position),
      () => countRecords(db, 'task'),
    )
  return pageByKey(
    'tasks',
    args,
    (position) => readTaskPageOfClient(db, { clientId, ...position }),
    () => countTasksOfClient(db, clientId),
  )
}

export async function upsertTask(context: Context, input: UpsertTaskInput): Promise<TaskPayloadSource> {
  const { services, tenant, loaders } = context
  const outcome = await services.upsertTask(tenant.id, input, limitOf(context))
  if (outcome.taskId === null) return { task: null, userErrors: outcome.userErrors }
  return { task: await loaders.task.clear(outcome.taskId).load(outcome.taskId), userErrors: [] }
}
