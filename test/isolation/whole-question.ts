import {
  getNamedType,
  getNullableType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql'

/**
 * A field with all that it can answer, `depth` levels deep, and `name` in every place that takes a text: in those it needs, and with
 * `isNamed` in those it may have.
 */
export function wholeQuestion(
  field: GraphQLField<unknown, unknown>,
  { name, depth, isNamed = false }: { name: string; depth: number; isNamed?: boolean },
): string {
  const takesName = (type: GraphQLInputType): boolean => ['String', 'ID'].includes(getNamedType(type).name)
  const given = field.args
    .filter(
      (argument) => isRequiredArgument(argument) || (isNamed && argument.name !== 'after' && takesName(argument.type)),
    )
    .map((argument) => `${argument.name}: ${literal(argument.type, name)}`)
  return `${field.name}${given.length === 0 ? '' : `(${given.join(', ')})`}${selection(field.type, depth)}`
}

function selection(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type)
  if (isInterfaceType(named)) return ' { __typename id }'
  if (!isObjectType(named)) return ''
  const inside = Object.values(named.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument)) return []
    const isComposite = isObjectType(getNamedType(field.type)) || isInterfaceType(getNamedType(field.type))
    return isComposite && depth <= 1 ? [] : [`${field.name}${selection(field.type, depth - 1)}`]
  })
  return ` { __typename ${inside.join(' ')} }`
}

const samples: Record<string, string> = {
  Date: '"2026-10-01"',
  DateTime: '"2026-10-01T00:00:00Z"',
  Decimal: '"1"',
  CurrencyCode: '"GBP"',
  Int: '1',
  Boolean: 'true',
  DateRangeInput: '{ from: "2026-10-01", to: "2026-11-01" }',
}

function literal(type: GraphQLInputType, name: string): string {
  const bare = getNullableType(type)
  if (isListType(bare)) return `[${literal(bare.ofType as GraphQLInputType, name)}]`
  if (isEnumType(bare)) return bare.getValues()[0]?.name ?? ''
  const sample = samples[getNamedType(bare).name]
  if (sample !== undefined) return sample
  if (!isInputObjectType(bare)) return JSON.stringify(name)
  const fields = Object.values(bare.getFields()).filter(isRequiredInputField)
  return `{ ${fields.map((field) => `${field.name}: ${literal(field.type, name)}`).join(', ')} }`
}
