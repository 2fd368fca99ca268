import { readApiKey } from '@outlay/db/sql/read-api-keys'
import type { Context } from './context.ts'

/** Who asks, as records remember it for ever: the person's e-mail address, or `API key <name>`. */
export async function actorOf({ principal, db }: Pick<Context, 'principal' | 'db'>): Promise<string> {
  if (principal.kind === 'user') return principal.email
  const key = await readApiKey(db, principal.keyId)
  return `API key ${key?.name ?? principal.keyId}`
}
