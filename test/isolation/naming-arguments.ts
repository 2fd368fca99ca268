import {
  getNamedType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputObjectType,
  isScalarType,
} from 'graphql'

/**
 * Every place of the schema in which a caller writes text of its own, as `Type.field(argument.path)`: all of them could
 * name a record, so each needs a case or a reason why it names none.
 */
export function namingArguments(schema: GraphQLSchema): string[] {
  const places: string[] = []
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !('getFields' in type) || isInputObjectType(type)) continue
    for (const field of Object.values(type.getFields()) as GraphQLField<unknown, unknown>[])
      for (const argument of field.args)
        for (const path of textPaths(argument.name, argument.type)) places.push(`${type.name}.${field.name}(${path})`)
  }
  return places.sort()
}

const freeTextScalars = new Set(['ID', 'String', 'JSONObject', 'JSON'])

function textPaths(path: string, type: GraphQLInputType, seen: readonly string[] = []): string[] {
  const named = getNamedType(type)
  if (isScalarType(named)) return freeTextScalars.has(named.name) ? [path] : []
  if (!isInputObjectType(named) || seen.includes(named.name)) return []
  return Object.values(named.getFields()).flatMap((field) =>
    textPaths(`${path}.${field.name}`, field.type, [...seen, named.name]),
  )
}
