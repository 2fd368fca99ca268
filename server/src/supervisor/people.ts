import { randomUUID } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import type { Pool } from 'pg'

/**
 * Makes somebody who can sign in with e-mail and password, as better-auth stores them, and answers the user's id. A
 * person who is there already is left as they are, password included: it may have been changed since.
 */
export async function ensurePerson(
  auth: Pool,
  { email, name, password }: { email: string; name: string; password: string },
): Promise<string> {
  const address = email.toLowerCase()
  const known = await auth.query<{ id: string }>('SELECT id FROM app_user WHERE email = $1', [address])
  if (known.rows[0] !== undefined) return known.rows[0].id
  const id = randomUUID()
  // One statement: nobody is left without a password when this process is killed in between.
  await auth.query(
    `WITH made AS (
      INSERT INTO app_user (id, name, email, email_verified, created_at, updated_at)
      VALUES ($1, $2, $3, true, now(), now()) RETURNING id
    )
    INSERT INTO account (id, user_id, account_id, provider_id, password, created_at, updated_at)
    SELECT $4, made.id, made.id, 'credential', $5, now(), now() FROM made`,
    [id, name, address, randomUUID(), await hashPassword(password)],
  )
  return id
}
