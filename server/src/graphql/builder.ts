import SchemaBuilder from '@pothos/core'
import type { Builder, SchemaTypes } from './builder-type.ts'
import { addScalars } from './scalars.ts'

/** The one schema builder. The database handle comes with the context of a request, so the builder never sees one. */
export const builder: Builder = new SchemaBuilder<SchemaTypes>({ defaultFieldNullability: false, plugins: [] })

addScalars(builder)
builder.queryType({})
builder.mutationType({})
builder.subscriptionType({})
