import type { TaskRecord } from '@outlay/db/sql/read-dimensions'
import { parseFixed18 } from '@outlay/domain/money/fixed18'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { mayDo } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Node, registerNode } from '../../graphql/node.ts'
import { Client } from '../client/client.type.ts'
import { Money, type Amount } from '../money/money.schema.ts'
import { Project } from '../project/project.type.ts'

export const TaskStatus = builder.enumType('TaskStatus', {
  values: ['OPEN', 'COMPLETED', 'FAILED', 'CANCELLED'] as const,
})

export const Task = builder.objectRef<TaskRecord>('Task').implement({
  description: 'One unit of work for a client; may have a billed price.',
  interfaces: [Node],
  isTypeOf: (source) => (source as TaskRecord).nodeKind === 'Task',
  fields: (t) => ({
    id: t.id({ resolve: (task) => encodeId('Task', task.id) }),
    key: t.exposeString('key', { description: "The sender's own name for it" }),
    name: t.exposeString('name'),
    status: t.field({ type: TaskStatus, resolve: (task) => task.status }),
    client: t.field({
      type: Client,
      nullable: true,
      ...facts({ action: 'task.read' }),
      resolve: (task, _args, { loaders }) => (task.clientId === null ? null : loaders.client.load(task.clientId)),
    }),
    project: t.field({
      type: Project,
      nullable: true,
      ...facts({ action: 'task.read' }),
      resolve: (task, _args, { loaders }) => (task.projectId === null ? null : loaders.project.load(task.projectId)),
    }),
    billed: t.field({
      description: 'What the client was billed for it, in the currency it was stated in',
      type: Money,
      nullable: true,
      ...facts({ action: 'task.read' }),
      resolve: (task) => billedAmount(task),
    }),
    completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

export function billedAmount(task: TaskRecord): Amount | null {
  if (task.billedAmount === null || task.billedCurrency === null) return null
  return { amount: parseFixed18(task.billedAmount), currency: task.billedCurrency }
}

registerNode('Task', async (uuid, context) => {
  if (!mayDo(context, 'task.list')) return null
  const task = await context.loaders.task.load(uuid)
  const { principal } = context
  const isForeign = principal.kind === 'user' && principal.clientId !== null && task?.clientId !== principal.clientId
  return isForeign ? null : task
})
