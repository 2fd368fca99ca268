import { SEARCH_KINDS, type SearchHit } from '@outlay/db/sql/search-names'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { search } from './search.service.ts'

const SearchKindEnum = builder.enumType('SearchKind', {
  description: 'What can be found by its name or key.',
  values: SEARCH_KINDS,
})

const Hit = builder.objectRef<SearchHit>('SearchHit').implement({
  fields: (t) => ({
    kind: t.field({ type: SearchKindEnum, resolve: ({ kind }) => kind }),
    key: t.exposeString('key'),
    name: t.exposeString('name'),
  }),
})

builder.queryField('search', (t) =>
  t.field({
    description: `What is called by every word of a text, in any part of its name or key; the whole and the beginning first. A task that is
not among the latest 2,000 is found by its whole key.`,
    type: [Hit],
    args: {
      text: t.arg.string({ required: true, description: 'At most 200 characters; empty finds all' }),
      kinds: t.arg({ type: [SearchKindEnum], description: 'All when left out' }),
      first: t.arg.int({ defaultValue: 12, description: '1 to 100' }),
    },
    ...facts({ action: 'dimension.read', cost: 3, size: 12 }),
    resolve: (_root, args, context) => search(context, args),
  }),
)
