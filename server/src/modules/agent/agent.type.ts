import type { AgentRecord } from '@outlay/db/sql/read-dimensions'
import { builder } from '../../graphql/builder.ts'
import { mayDo } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Node, registerNode } from '../../graphql/node.ts'

export const Agent = builder.objectRef<AgentRecord>('Agent').implement({
  description: 'A named AI worker of the tenant.',
  interfaces: [Node],
  isTypeOf: (source) => (source as AgentRecord).nodeKind === 'Agent',
  fields: (t) => ({
    id: t.id({ resolve: (agent) => encodeId('Agent', agent.id) }),
    key: t.exposeString('key', { description: "The sender's own name for it" }),
    name: t.exposeString('name'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

registerNode('Agent', (uuid, context) =>
  mayDo(context, 'dimension.read') ? context.loaders.agent.load(uuid) : Promise.resolve(null),
)
