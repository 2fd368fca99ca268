import { describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase } from './test-database.ts'

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

describe('createTestDatabase', () => {
  it('gives every caller a migrated database of its own with working roles', async () => {
    const databases = await Promise.all([createTestDatabase(), createTestDatabase(), createTestDatabase()])
    for (const db of databases) {
      expect(await ask(db.ownerUrl, 'SELECT count(*)::int AS n FROM tenant')).toEqual([{ n: 0 }])
      expect(await ask(db.appUrl, 'SELECT current_user::text AS me')).toEqual([{ me: 'outlay_app' }])
      expect(await ask(db.authUrl, 'SELECT current_user::text AS me')).toEqual([{ me: 'outlay_auth' }])
    }
    expect(new Set(databases.map((db) => db.name)).size).toBe(3)
    await Promise.all(databases.map((db) => db.drop()))
    await expect(ask(databases[0]?.ownerUrl ?? '', 'SELECT 1')).rejects.toThrow('does not exist')
  }, 120_000)
})
