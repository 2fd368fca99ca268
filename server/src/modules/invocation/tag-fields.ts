import type { FullSchemaTypes } from '../../graphql/builder-type.ts'
import { Agent } from '../agent/agent.type.ts'
import { Client } from '../client/client.type.ts'
import { Project } from '../project/project.type.ts'
import { Task } from '../task/task.type.ts'

/** The records behind the tags of something that was used; null where it carries none. */
export interface TagIds {
  agentId: string | null
  taskId: string | null
  clientId: string | null
  projectId: string | null
}

/** The four tags as fields, the same wherever something that was used is shown. */
export function tagFields<Row extends TagIds>(t: PothosSchemaTypes.ObjectFieldBuilder<FullSchemaTypes, Row>) {
  return {
    agent: t.field({
      type: Agent,
      nullable: true,
      resolve: (row, _args, { loaders }) => (row.agentId === null ? null : loaders.agent.load(row.agentId)),
    }),
    task: t.field({
      type: Task,
      nullable: true,
      resolve: (row, _args, { loaders }) => (row.taskId === null ? null : loaders.task.load(row.taskId)),
    }),
    client: t.field({
      type: Client,
      nullable: true,
      resolve: (row, _args, { loaders }) => (row.clientId === null ? null : loaders.client.load(row.clientId)),
    }),
    project: t.field({
      type: Project,
      nullable: true,
      resolve: (row, _args, { loaders }) => (row.projectId === null ? null : loaders.project.load(row.projectId)),
    }),
  }
}
