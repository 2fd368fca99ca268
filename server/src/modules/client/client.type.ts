import type { ClientRecord } from '@outlay/db/sql/read-dimensions'
import { builder } from '../../graphql/builder.ts'
import { mayDo } from '../../graphql/context.ts'
import { encodeId } from '../../graphql/ids.ts'
import { Node, registerNode } from '../../graphql/node.ts'

export const Client = builder.objectRef<ClientRecord>('Client').implement({
  description: "The tenant's own customer.",
  interfaces: [Node],
  isTypeOf: (source) => (source as ClientRecord).nodeKind === 'Client',
  fields: (t) => ({
    id: t.id({ resolve: (client) => encodeId('Client', client.id) }),
    key: t.exposeString('key', { description: "The sender's own name for it" }),
    name: t.exposeString('name'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

registerNode('Client', (uuid, context) =>
  mayDo(context, 'dimension.read') ? context.loaders.client.load(uuid) : Promise.resolve(null),
)
