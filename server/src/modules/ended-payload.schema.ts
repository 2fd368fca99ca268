import { builder } from '../graphql/builder.ts'
import { UserError, type UserErrorSource } from './user-error.schema.ts'

export const EndedPayload = builder.objectRef<{ userErrors: UserErrorSource[] }>('EndedPayload').implement({
  description: 'Nothing is left to show of what was ended.',
  fields: (t) => ({
    userErrors: t.field({ type: [UserError], resolve: (payload) => payload.userErrors }),
  }),
})
