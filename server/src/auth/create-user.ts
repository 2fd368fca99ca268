import { randomBytes } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import type pg from 'pg'

/**
 * Makes a person who can sign in with the password, and answers the id. A person of that e-mail who exists keeps name and password; `pool`
 * is of outlay_auth.
 */
export async function createUser(
  pool: pg.Pool,
  person: { email: string; password: string; name: string },
): Promise<string> {
  const email = person.email.trim().toLowerCase()
  const known = await pool.query<{ id: string }>('SELECT id FROM app_user WHERE email = $1', [email])
  const [user] = known.rows
  if (user !== undefined) return user.id
  const id = randomBytes(24).toString('base64url')
  const password = await hashPassword(person.password)
  // One statement, so that no person exists without a way to sign in; two starts at once make one person.
  const made = await pool.query<{ id: string }>(
    `WITH made AS (
       INSERT INTO app_user (id, name, email, email_verified) VALUES ($1, $2, $3, true) ON CONFLICT (email) DO NOTHING RETURNING id
     )
     INSERT INTO account (id, user_id, account_id, provider_id, password) SELECT $4, m.id, m.id, 'credential', $5 FROM made m RETURNING user_id AS id`,
    [id, person.name, email, randomBytes(24).toString('base64url'), password],
  )
  return made.rows[0]?.id ?? createUser(pool, person)
}
