import type pg from 'pg'
import { instantText } from '@outlay/db/sql/cell-sums'

/** A browser in which somebody is signed in. Its token stays where it is. */
export interface SessionRecord {
  id: string
  userAgent: string | null
  address: string | null
  createdAt: string
  /** To about a minute; null before it was used again. */
  lastUsedAt: string | null
}

const LIST = {
  name: 'list_sessions',
  text: `SELECT id, user_agent AS "userAgent", ip_address AS address, ${instantText('created_at')} AS "createdAt",
      ${instantText('last_used_at')} AS "lastUsedAt"
    FROM session WHERE user_id = $1 AND expires_at > clock_timestamp() ORDER BY coalesce(last_used_at, created_at) DESC, id LIMIT 100`,
}

/** The live sessions of a person, the last used first; at most 100. `pool` is of outlay_auth. */
export async function listSessions(pool: pg.Pool, userId: string): Promise<SessionRecord[]> {
  const { rows } = await pool.query<SessionRecord>({ ...LIST, values: [userId] })
  return rows
}

/** Ends a session of a person; false when they have no such session. */
export async function endSession(pool: pg.Pool, { userId, id }: { userId: string; id: string }): Promise<boolean> {
  const { rowCount } = await pool.query('DELETE FROM session WHERE user_id = $1 AND id = $2', [userId, id])
  return rowCount === 1
}

/** Ends all sessions of a person but one. */
export async function endOtherSessions(pool: pg.Pool, { userId, but }: { userId: string; but: string }): Promise<void> {
  await pool.query('DELETE FROM session WHERE user_id = $1 AND id <> $2', [userId, but])
}
