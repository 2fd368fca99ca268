import type { PersonRecord } from '../../auth/people.ts'
import type { SessionRecord } from '../../auth/sessions.ts'
import type { Context, Principal } from '../../graphql/context.ts'
import { apiError } from '../../graphql/errors.ts'
import { textIdOf } from '../../graphql/ids.ts'
import type { UserErrorSource } from '../user-error.schema.ts'

export interface AccountSource {
  person: PersonRecord
  sessions: () => Promise<SessionSource[]>
}

export interface SessionSource extends SessionRecord {
  isCurrent: boolean
}

/** The account of who asks. */
export async function readAccount(context: Context): Promise<AccountSource> {
  const { services } = context
  const { userId, sessionId } = personOf(context)
  const person = (await services.people.read([userId])).get(userId)
  if (person === undefined) throw apiError('UNAUTHENTICATED', 'Sign in first.')
  const sessions = async () =>
    (await services.sessions.list(userId)).map((session) => ({ ...session, isCurrent: session.id === sessionId }))
  return { person, sessions }
}

export async function revokeSession(context: Context, id: string): Promise<{ userErrors: UserErrorSource[] }> {
  const { userId } = personOf(context)
  const isEnded = await context.services.sessions.end(userId, textIdOf('Session', id, 'id'))
  const gone = { code: 'NOT_FOUND', message: 'This session does not exist, or has ended.', field: ['id'] }
  return { userErrors: isEnded ? [] : [gone] }
}

export async function revokeOtherSessions(context: Context): Promise<{ userErrors: UserErrorSource[] }> {
  const { userId, sessionId } = personOf(context)
  await context.services.sessions.endOthers(userId, sessionId)
  return { userErrors: [] }
}

/** The policy table lets no key get here; it has neither sessions nor a password. */
function personOf({ principal }: Context): Extract<Principal, { kind: 'user' }> {
  if (principal.kind === 'user') return principal
  throw apiError('FORBIDDEN', 'An API key has no account.')
}
