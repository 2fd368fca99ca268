import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'

/** The field with the fewest arguments that are valid, and `__typename` of what it answers. */
export function leastQuestion(field: GraphQLField<unknown, unknown>): string {
  const given = field.args.filter(isRequiredArgument).map((argument) => `${argument.name}: ${literal(argument.type)}`)
  const inside = isCompositeType(getNamedType(field.type)) ? ' { __typename }' : ''
  return `${field.name}${given.length === 0 ? '' : `(${given.join(', ')})`}${inside}`
}

const samples: Record<string, string> = {
  Date: '"2026-10-01"',
  DateTime: '"2026-10-01T00:00:00Z"',
  Decimal: '"1"',
  CurrencyCode: '"GBP"',
  Int: '1',
  Boolean: 'true',
}

function literal(type: GraphQLInputType): string {
  const bare = getNullableType(type)
  if (isListType(bare)) return `[${literal(bare.ofType as GraphQLInputType)}]`
  if (isEnumType(bare)) return bare.getValues()[0]?.name ?? ''
  if (!isInputObjectType(bare)) return samples[getNamedType(bare).name] ?? '"own"'
  const fields = Object.values(bare.getFields()).filter(isRequiredInputField)
  return `{ ${fields.map((field) => `${field.name}: ${literal(field.type)}`).join(', ')} }`
}
