import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { importCatalogue } from './import-catalogue.ts'
import { loadCatalogue, readShippedCatalogue } from './load-catalogue.ts'

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

it('keeps the content with its date, and completes a version that was imported without', async () => {
  const { version } = await loadCatalogue()
  const client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  const read = async () =>
    (await client.query('SELECT version, source, published_on::text AS on, content FROM catalogue_version')).rows
  const whole = [
    {
      version,
      source: '@pydantic/genai-prices',
      on: '2026-09-23',
      content: JSON.parse(await readShippedCatalogue()) as unknown,
    },
  ]
  expect(await read()).toEqual(whole)
  await client.query('UPDATE catalogue_version SET content = NULL, published_on = NULL')
  expect(await importCatalogue({ url: database.ownerUrl })).toEqual({ version, imported: true })
  expect(await read()).toEqual(whole)
  await client.end()
})

it('refuses a catalogue that is not one, and stores nothing of it', async () => {
  const text = JSON.stringify({ ...(JSON.parse(await readShippedCatalogue()) as object), version: '1', currency: 5 })
  await expect(importCatalogue({ url: database.ownerUrl, text })).rejects.toThrow(/currency/)
})
