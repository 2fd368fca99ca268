import { invariant } from '@outlay/domain/errors'
import { defaultFieldResolver, isNonNullType, isObjectType, type GraphQLFieldConfig, type GraphQLSchema } from 'graphql'
import type { Action } from '@outlay/domain/audience/policy'
import type { FieldFacts } from './builder-type.ts'
import { mayDo, type Context } from './context.ts'
import { apiError, notFound } from './errors.ts'

/** The facts that a field was declared with. */
export function factsOf(field: { extensions?: Readonly<Record<string, unknown>> | null }): FieldFacts {
  return (field.extensions?.['outlay'] ?? {}) as FieldFacts
}

/**
 * Puts the policy table in front of the resolvers. A root field without an action is a bug and stops the start: nothing can be
 * forgotten. What the asker may not read does not exist for it (law L27): a query answers NOT_FOUND, a nullable field null.
 */
export function applyPolicy(schema: GraphQLSchema): GraphQLSchema {
  const roots = new Set([
    schema.getQueryType()?.name,
    schema.getMutationType()?.name,
    schema.getSubscriptionType()?.name,
  ])
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const { action } = factsOf(field)
      if (roots.has(type.name)) {
        invariant(
          action !== undefined,
          `${type.name}.${field.name} names no action of the policy table; add facts({ action: … })`,
        )
        guardRoot(field, { action, isMutation: type === schema.getMutationType() })
      } else if (action !== undefined) {
        invariant(!isNonNullType(field.type), `${type.name}.${field.name} has an action, so it must be nullable`)
        guardField(field, action)
      }
    }
  }
  return schema
}

type Field = Pick<GraphQLFieldConfig<unknown, Context>, 'resolve' | 'subscribe'> & { name: string }

function guardRoot(field: Field, { action, isMutation }: { action: Action; isMutation: boolean }): void {
  const refuse = (context: Context): void => {
    if (mayDo(context, action)) return
    if (context.principal.kind === 'key')
      throw apiError('FORBIDDEN', `${field.name} needs another scope than this key has.`)
    if (isMutation) throw apiError('FORBIDDEN', `Your role may not use ${field.name}.`)
    throw notFound(field.name)
  }
  const { subscribe } = field
  if (subscribe !== undefined) {
    field.subscribe = (source, args, context, info) => {
      refuse(context)
      return subscribe(source, args, context, info)
    }
  }
  const resolve = field.resolve ?? defaultFieldResolver
  field.resolve = (source, args, context, info) => {
    refuse(context)
    return resolve(source, args, context, info)
  }
}

function guardField(field: Field, action: Action): void {
  const resolve = field.resolve ?? defaultFieldResolver
  field.resolve = (source, args, context, info) =>
    mayDo(context, action) ? resolve(source, args, context, info) : null
}
