import type pg from 'pg'
import { instantText } from '@outlay/db/sql/cell-sums'

/** Who somebody is, wherever they belong. */
export interface PersonRecord {
  userId: string
  name: string
  email: string
  hasTwoFactor: boolean
  /** To about a minute; null for somebody with no session now. */
  lastSeenAt: string | null
}

const PEOPLE = {
  name: 'read_people',
  text: `SELECT u.id AS "userId", u.name, u.email, u.two_factor_enabled AS "hasTwoFactor",
      ${instantText('(SELECT max(s.last_used_at) FROM session s WHERE s.user_id = u.id)')} AS "lastSeenAt"
    FROM app_user u WHERE u.id = ANY ($1::text[])`,
}

/** People by their ids. `pool` is of outlay_auth. */
export async function readPeople(pool: pg.Pool, userIds: readonly string[]): Promise<Map<string, PersonRecord>> {
  const { rows } = await pool.query<PersonRecord>({ ...PEOPLE, values: [userIds] })
  return new Map(rows.map((row) => [row.userId, row]))
}

/** The id of the person of an e-mail address; null when there is none. `pool` is of outlay_auth. */
export async function findPerson(pool: pg.Pool, email: string): Promise<string | null> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM app_user WHERE email = $1', [email.toLowerCase()])
  return rows[0]?.id ?? null
}
