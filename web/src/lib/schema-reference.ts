import {
  buildSchema,
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql'

/** The parts of the reference, in the order in which they are read. */
export const PARTS = ['queries', 'mutations', 'subscriptions', 'objects', 'inputs', 'enums', 'scalars'] as const
export type Part = (typeof PARTS)[number]

/** A type as it is written, and where the named one is explained; null for the five that GraphQL brings. */
export interface TypeText {
  text: string
  named: string
  href: string | null
}

export interface Member {
  /** Unique on the page, and the same in every edition: `Query.fleetCost`. */
  anchor: string
  name: string
  type: TypeText | null
  description: string | null
  /** Why it should not be used any more. */
  deprecated: string | null
  /** What it is when it is left out. */
  fallback: string | null
  args: readonly Member[]
}

export interface Definition extends Member {
  part: Part
  /** Fields of an object or input, values of an enum. */
  members: readonly Member[]
  /** What it is besides: the interfaces of an object, the types of a union. */
  also: readonly TypeText[]
}

/** Every definition of a schema by part and, within it, in the order of the schema. */
export function schemaReference(source: string): Definition[] {
  const schema = buildSchema(source)
  const roots = [
    ['queries', schema.getQueryType()],
    ['mutations', schema.getMutationType()],
    ['subscriptions', schema.getSubscriptionType()],
  ] as const
  const fields = roots.flatMap(([part, type]) =>
    type == null ? [] : Object.values(type.getFields()).map((field) => rootField(schema, part, type.name, field)),
  )
  const rootTypes = new Set<GraphQLNamedType | null | undefined>(roots.map(([, type]) => type))
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !rootTypes.has(type) && !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .map((type) => typeDefinition(schema, type))
  return [...fields, ...types].sort((a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part))
}

function rootField(schema: GraphQLSchema, part: Part, root: string, field: GraphQLField<unknown, unknown>): Definition {
  return { part, ...fieldMember(schema, root, field), members: [], also: [] }
}

function typeDefinition(schema: GraphQLSchema, type: GraphQLNamedType): Definition {
  const common = {
    part: partOf(type),
    anchor: type.name,
    name: type.name,
    type: null,
    description: type.description ?? null,
    deprecated: null,
    fallback: null,
    args: [],
    members: [],
    also: [],
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    const members = Object.values(type.getFields()).map((field) => fieldMember(schema, type.name, field))
    return { ...common, members, also: type.getInterfaces().map((one) => typeText(schema, one.name, one.name)) }
  }
  if (isInputObjectType(type))
    return {
      ...common,
      members: Object.values(type.getFields()).map((field) => inputMember(schema, type.name, field)),
    }
  if (isUnionType(type)) return { ...common, also: type.getTypes().map((one) => typeText(schema, one.name, one.name)) }
  if (isEnumType(type)) {
    const members = type.getValues().map((value) => ({
      ...common,
      anchor: `${type.name}.${value.name}`,
      name: value.name,
      description: value.description ?? null,
      deprecated: value.deprecationReason ?? null,
    }))
    return { ...common, members }
  }
  return common
}

function partOf(type: GraphQLNamedType): Part {
  if (isInputObjectType(type)) return 'inputs'
  if (isEnumType(type)) return 'enums'
  return isScalarType(type) ? 'scalars' : 'objects'
}

function fieldMember(schema: GraphQLSchema, owner: string, field: GraphQLField<unknown, unknown>): Member {
  const anchor = `${owner}.${field.name}`
  return {
    anchor,
    name: field.name,
    type: typeText(schema, String(field.type), getNamedType(field.type).name),
    description: field.description ?? null,
    deprecated: field.deprecationReason ?? null,
    fallback: null,
    args: field.args.map((arg) => inputMember(schema, anchor, arg)),
  }
}

function inputMember(schema: GraphQLSchema, owner: string, input: GraphQLArgument | GraphQLInputField): Member {
  const { defaultValue } = input
  return {
    anchor: `${owner}.${input.name}`,
    name: input.name,
    type: typeText(schema, String(input.type), getNamedType(input.type).name),
    description: input.description ?? null,
    deprecated: input.deprecationReason ?? null,
    fallback: defaultValue === undefined ? null : fallbackText(defaultValue, isEnumType(getNamedType(input.type))),
    args: [],
  }
}

/** Where a type is explained. */
export function typeHref(name: string): string {
  return `/developers/schema?type=${name}`
}

function fallbackText(value: unknown, isEnum: boolean): string {
  const text = JSON.stringify(value) ?? ''
  return isEnum ? text.replaceAll('"', '') : text
}

function typeText(schema: GraphQLSchema, text: string, named: string): TypeText {
  const type = schema.getType(named)
  const isOurs = type !== undefined && !isSpecifiedScalarType(type)
  return { text, named, href: isOurs ? typeHref(named) : null }
}

/**
 * The definitions that hold every word of a question, in their names, those of their fields and arguments, types or descriptions; those whose
 * own name holds it come first.
 */
export function search(definitions: readonly Definition[], question: string): Definition[] {
  const words = wordsOf(question)
  const found = definitions.filter((definition) => {
    const text = textOf(definition).toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const isNamed = ({ name }: Definition) => words.every((word) => name.toLowerCase().includes(word))
  return [...found.filter(isNamed), ...found.filter((definition) => !isNamed(definition))]
}

/** A definition with only those of its parts that hold a word of the question: what was found in it. */
export function narrowed(definition: Definition, question: string): Definition {
  const words = wordsOf(question)
  const members = definition.members.filter((member) => {
    const text = textOf(member).toLowerCase()
    return words.some((word) => text.includes(word))
  })
  return { ...definition, members }
}

function wordsOf(question: string): string[] {
  return question.toLowerCase().split(/\s+/).filter(Boolean)
}

function textOf(member: Member & { members?: readonly Member[] }): string {
  const { name, type, description, args, members = [] } = member
  return [name, type?.text, description, ...[...args, ...members].map(textOf)].join(' ')
}
