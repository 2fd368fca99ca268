import { POLICY } from '@outlay/domain/audience/policy'
import type { GraphQLSchema } from 'graphql'
import { factsOf } from '../../graphql/apply-policy.ts'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { RoleEnum } from '../tenant/tenant.schema.ts'

interface ApiOperationSource {
  kind: 'QUERY' | 'MUTATION' | 'SUBSCRIPTION'
  name: string
  rule: (typeof POLICY)[keyof typeof POLICY]
}

const ApiOperationKind = builder.enumType('ApiOperationKind', {
  values: ['QUERY', 'MUTATION', 'SUBSCRIPTION'] as const,
})

const ApiOperation = builder.objectRef<ApiOperationSource>('ApiOperation').implement({
  description: 'A field to begin with, and who may use it: a person by the role, a machine by a scope of its key.',
  fields: (t) => ({
    kind: t.field({ type: ApiOperationKind, resolve: (operation) => operation.kind }),
    name: t.exposeString('name'),
    may: t.string({ description: 'What its users may do, in words', resolve: ({ rule }) => rule.may }),
    roles: t.field({ type: [RoleEnum], resolve: ({ rule }) => [...rule.roles] }),
    scopes: t.stringList({
      description: 'One of them is enough; none: for people only',
      resolve: ({ rule }) => [...rule.scopes],
    }),
  }),
})

builder.queryField('apiOperations', (t) =>
  t.field({
    description: 'Every query, mutation and subscription, with who may use it',
    type: [ApiOperation],
    ...facts({ action: 'schema.read', size: 200 }),
    resolve: (_root, _args, _context, { schema }) => operationsOf(schema),
  }),
)

function operationsOf(schema: GraphQLSchema): ApiOperationSource[] {
  const roots = [
    ['QUERY', schema.getQueryType()],
    ['MUTATION', schema.getMutationType()],
    ['SUBSCRIPTION', schema.getSubscriptionType()],
  ] as const
  return roots.flatMap(([kind, type]) =>
    Object.values(type?.getFields() ?? {}).flatMap((field) => {
      const { action } = factsOf(field)
      return action === undefined ? [] : [{ kind, name: field.name, rule: POLICY[action] }]
    }),
  )
}
