import type { ProjectRecord } from '@outlay/db/sql/read-dimensions'
import { builder } from '../../graphql/builder.ts'
import { mayDo } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Node, registerNode } from '../../graphql/node.ts'
import { Client } from '../client/client.type.ts'

export const Project = builder.objectRef<ProjectRecord>('Project').implement({
  description: 'An engagement for a client.',
  interfaces: [Node],
  isTypeOf: (source) => (source as ProjectRecord).nodeKind === 'Project',
  fields: (t) => ({
    id: t.id({ resolve: (project) => encodeId('Project', project.id) }),
    key: t.exposeString('key', { description: "The sender's own name for it" }),
    name: t.exposeString('name'),
    client: t.field({
      type: Client,
      nullable: true,
      resolve: (project, _args, { loaders }) =>
        project.clientId === null ? null : loaders.client.load(project.clientId),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

registerNode('Project', (uuid, context) =>
  mayDo(context, 'dimension.read') ? context.loaders.project.load(uuid) : Promise.resolve(null),
)
