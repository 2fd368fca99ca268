import { builder } from './builder.ts'
import type { Context } from './context.ts'
import { decodeId, type IdKind } from './ids.ts'
import { facts } from './builder-type.ts'

interface NodeSource {
  readonly nodeKind: string
}

export const Node = builder.interfaceRef<NodeSource>('Node').implement({
  fields: (t) => ({ id: t.id({ resolve: () => '' }) }),
})

type LoadNode = (uuid: string, context: Context) => Promise<NodeSource | null>

const loaders = new Map<IdKind, LoadNode>()

/** Lets `node(id)` find records of a kind. Each kind decides itself what the asker may see of it. */
export function registerNode(kind: IdKind, load: LoadNode): void {
  loaders.set(kind, load)
}

builder.queryField('node', (t) =>
  t.field({
    description: 'Any record by its id; null for an id that is unknown, malformed or not yours to see',
    type: Node,
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    ...facts({ action: 'viewer.read' }),
    resolve: async (_root, args, context) => {
      const decoded = decodeId(args.id)
      const load = decoded === null ? undefined : loaders.get(decoded.kind)
      return decoded === null || load === undefined ? null : load(decoded.uuid, context)
    },
  }),
)
