import { readApiKey } from '@outlay/db/sql/read-api-keys'
import type { Context } from './context.ts'

/** Who asks, as it is written beside what they do: the e-mail address of a person, `API key <name>` of a machine. */
export async function actorName({ principal, db }: Pick<Context, 'principal' | 'db'>): Promise<string> {
  if (principal.kind === 'user') return principal.email
  const key = await readApiKey(db, principal.keyId)
  return `API key ${key?.name ?? principal.keyId}`
}
