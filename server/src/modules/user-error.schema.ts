import { builder } from '../graphql/builder.ts'

/** Something in the input that its sender can mend. */
export interface UserErrorSource {
  code: string
  message: string
  /** Path within `input`, e.g. `['rates', '0', 'price']`. */
  field: string[] | null
}

export const UserError = builder.objectRef<UserErrorSource>('UserError').implement({
  description: 'What was wrong with the input, so that a user can mend it',
  fields: (t) => ({
    code: t.exposeString('code'),
    message: t.exposeString('message'),
    field: t.exposeStringList('field', { nullable: true, description: 'Where in the input' }),
  }),
})
