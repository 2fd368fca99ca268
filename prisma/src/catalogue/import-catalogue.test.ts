import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { importCatalogue } from './import-catalogue.ts'
import { loadCatalogue } from './load-catalogue.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
}, 120_000)
afterAll(() => database.drop())

it('stores every rate of the shipped catalogue once, however often it is imported', async () => {
  const { rates, version } = await loadCatalogue()
  const client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  // A migrated database holds it already: the first start imports it.
  await client.query('DELETE FROM catalogue_version')
  await client.query('DELETE FROM catalogue_rate')
  expect(await importCatalogue({ url: database.ownerUrl })).toEqual({ version, imported: true })
  expect(await importCatalogue({ url: database.ownerUrl })).toEqual({ version, imported: false })
  const stored = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM catalogue_rate')
  expect(stored.rows[0]?.count).toBe(rates.length)
  expect(rates.length).toBeGreaterThan(1_000)
  await client.end()
})
