import type { ObjectRef } from '@pothos/core'
import { builder } from './builder.ts'
import type { FullSchemaTypes } from './builder-type.ts'
import type { Page } from './page.ts'
import { PAGE_SIZE_DEFAULT } from './page.ts'

interface PageInfoSource {
  hasNextPage: boolean
  hasPreviousPage: boolean
  startCursor: string | null
  endCursor: string | null
}

const PageInfo = builder.objectRef<PageInfoSource>('PageInfo').implement({
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage'),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage'),
    startCursor: t.exposeString('startCursor', { nullable: true }),
    endCursor: t.exposeString('endCursor', { nullable: true }),
  }),
})

/** The connection type of a list that can grow: `nodes`, `edges`, `pageInfo`, and `totalCount` for who asks. */
export function connectionOf<Item>(name: string, item: ObjectRef<FullSchemaTypes, Item, Item>) {
  const Edge = builder.objectRef<{ node: Item; cursor: string }>(`${name}Edge`).implement({
    fields: (t) => ({
      node: t.field({ type: item as never, resolve: (edge) => edge.node as never }),
      cursor: t.exposeString('cursor'),
    }),
  })
  return builder.objectRef<Page<Item>>(`${name}Connection`).implement({
    fields: (t) => ({
      nodes: t.field({ type: [item] as never, resolve: (page) => page.edges.map((edge) => edge.node) as never }),
      edges: t.field({ type: [Edge], resolve: (page) => page.edges }),
      pageInfo: t.field({
        type: PageInfo,
        resolve: (page) => ({
          hasNextPage: page.hasNextPage,
          hasPreviousPage: page.hasPreviousPage,
          startCursor: page.edges.at(0)?.cursor ?? null,
          endCursor: page.edges.at(-1)?.cursor ?? null,
        }),
      }),
      totalCount: t.int({
        description: 'All rows of the list, counted only when asked for',
        resolve: (page) => page.totalCount(),
      }),
    }),
  })
}

export const FIRST = { defaultValue: PAGE_SIZE_DEFAULT, description: 'How many to answer with, 1 to 100' } as const
export const AFTER = { description: 'The endCursor of the page before' } as const
