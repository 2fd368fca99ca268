import { isAllowed, POLICY, type Action, type Role, type Scope } from '@outlay/domain/audience/policy'
import { builder } from '../../graphql/builder.ts'
import { facts } from '../../graphql/builder-type.ts'
import { RoleEnum } from '../tenant/tenant.schema.ts'

interface RuleSource {
  action: Action
  may: string
  roles: readonly Role[]
  scopes: readonly Scope[]
  ofClients: boolean
}

const PolicyRule = builder.objectRef<RuleSource>('PolicyRule').implement({
  description: 'Who may do one thing: a person by the role, a machine by a scope of its key.',
  fields: (t) => ({
    action: t.exposeString('action'),
    may: t.exposeString('may', { description: 'What one may do, in words' }),
    roles: t.field({ type: [RoleEnum], resolve: ({ roles }) => [...roles] }),
    scopes: t.field({ type: ['String'], resolve: ({ scopes }) => [...scopes] }),
    ofClients: t.exposeBoolean('ofClients', {
      description: 'Whether a PROJECT_MANAGER who is limited to clients may do it, for these clients',
    }),
  }),
})

const RULES: readonly RuleSource[] = (Object.keys(POLICY) as Action[]).map((action) => ({
  action,
  ...POLICY[action],
  ofClients: isAllowed({ kind: 'user', role: 'PROJECT_MANAGER', isLimited: true }, action),
}))

builder.queryField('policy', (t) =>
  t.field({
    description: 'The table that every request is checked against, whole',
    type: [PolicyRule],
    ...facts({ action: 'policy.read', size: 40 }),
    resolve: () => [...RULES],
  }),
)
