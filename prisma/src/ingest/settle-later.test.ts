import { afterAll, beforeAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { bucketStart } from '@outlay/domain/periods/bucket'
import { microsToMs, parseInstant } from '@outlay/domain/periods/instant'
import { localDay } from '@outlay/domain/periods/local-day'
import { ladderUses } from '@outlay/domain/rating/ladder-positions'
import { CellDeltas } from '@outlay/domain/rollup/cells'
import { parseQuantity } from '@outlay/domain/usage/quantity'
import { createTestDatabase, type TestDatabase } from '../embedded/test-database.ts'
import { TenantPool } from '../tenancy/tenant-pool.ts'
import { tenantTransaction } from '../tenancy/tenant-transaction.ts'
import { linesToStore, storedRating } from './candidate.ts'
import { Ingestor } from './ingestor.ts'
import { rewriteRatings, type NewRating, type Place } from './ladder-events.ts'
import { LadderDeltas, readLadderPositions, writeLadderDeltas } from './ladder-usage.ts'
import { publishRates } from './publish-rates.ts'
import { settleLaterEvents } from './settle-later.ts'
import { countedEvent, loadStoredEvents } from './stored-event.ts'
import { TenantConfigs } from './tenant-config.ts'
import { lockTenant } from './tenant-lock.ts'
import { verifyRollups } from './verify-rollups.ts'
import { writeSums } from './write-sums.ts'

let database: TestDatabase
let pool: TenantPool
let owner: pg.Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = new TenantPool({ url: database.appUrl })
  owner = new pg.Pool({ connectionString: database.ownerUrl })
}, 120_000)

afterAll(async () => {
  await pool.end()
  await owner.end()
  await database.drop()
})

const rate = (amount: string, aboveMonthlyQuantity: string | null) => ({
  provider: 'acme',
  resource: 'large',
  meter: 'pages',
  price: { amount, currency: 'GBP' },
  effectiveFrom: '2026-01-01T00:00:00Z',
  aboveMonthlyQuantity,
})

const event = (id: string, occurredAt: string) => ({
  id,
  occurredAt,
  provider: 'acme',
  resource: 'large',
  usage: [{ meter: 'pages', quantity: '60' }],
})

async function sqlLines(tenantId: string) {
  const result = await owner.query<{ id: string; lines: string }>(
    `SELECT i.id, (SELECT string_agg(trim_scale(l.quantity) || '@' || trim_scale(r.unit_price), ' ' ORDER BY l.n)
       FROM unnest(i.quantities, i.rate_ids) WITH ORDINALITY AS l(quantity, rate_id, n) JOIN rate r ON r.id = l.rate_id) AS lines
     FROM invocation i WHERE i.tenant_id = $1 ORDER BY i.occurred_at`,
    [tenantId],
  )
  return Object.fromEntries(result.rows.map((row) => [row.id, row.lines]))
}

/**
 * A graduated price comes to be in force for a month that was half recorded under a plain one. Rating the first half again moves the
 * places of the second, which is owed its settlement; page by page, each in a transaction of its own.
 */
it('lets the days after a range of re-rated events follow, page by page, and the next late event finds all of it', async () => {
  const tenantId = uuidv7()
  await owner.query(
    `INSERT INTO tenant (id, key, name, currency, time_zone) VALUES ($1::uuid, $1::text, 'Test', 'GBP', 'Europe/London')`,
    [tenantId],
  )
  const configs = new TenantConfigs({ pool, catalogue: null })
  const ingestor = new Ingestor({ pool, configs, clock: () => parseInstant('2026-04-20T12:00:00Z') })
  const record = async (...items: object[]) =>
    expect(await ingestor.record({ tenantId, items })).toMatchObject({ accepted: items.length })
  const publish = async (...rates: Parameters<typeof publishRates>[2]) =>
    expect((await publishRates({ pool }, tenantId, rates)).userErrors).toEqual([])

  await publish(rate('1', null))
  const firstHalf = [event('a', '2026-03-02T10:00:00Z'), event('b', '2026-03-03T10:00:00Z')]
  await record(...firstHalf)
  await publish(rate('5', '0'), rate('4', '100'), rate('3', '200'))
  const secondHalf = ['c', 'd', 'e', 'f'].map((id, index) => event(id, `2026-03-2${index}T10:00:00Z`))
  await record(...secondHalf, event('april', '2026-04-01T10:00:00Z'))
  expect(await sqlLines(tenantId)).toEqual({
    a: '60@1',
    b: '60@1',
    // What was recorded under the plain price is no part of the ladder until it is rated again.
    c: '60@5',
    d: '40@5 20@4',
    e: '60@4',
    f: '20@4 40@3',
    april: '60@5',
  })

  const config = await configs.reload(tenantId)
  await tenantTransaction(pool, tenantId, async (client) => {
    await lockTenant(client, tenantId)
    const range = { micros: parseInstant('2026-03-01T00:00:00Z'), id: '' }
    const positions = await readLadderPositions(client, { tenantId, config, upTo: range })
    const usage = new LadderDeltas()
    const deltas = new CellDeltas()
    const ratings: NewRating[] = []
    for (const count of await loadStoredEvents(client, { tenantId, ids: ['a', 'b'] })) {
      const ms = microsToMs(count.occurredAtMicros)
      const toRate = {
        provider: 'acme',
        resource: 'large',
        kind: count.kind,
        occurredAtMicros: count.occurredAtMicros,
        usage: [{ meter: 'pages', quantity: parseQuantity('60') }],
        qualifiers: {},
      }
      const place = { day: localDay(ms, config.timeZone), isCounted: true }
      const result = positions.rate(config.rateBook, toRate, place)
      const rating = storedRating(linesToStore(toRate.usage, result), result)
      ratings.push({ id: count.id, occurredAtMicros: count.occurredAtMicros, rating })
      for (const use of ladderUses(result.lines)) usage.add({ ...use, bucket: bucketStart(ms, config.bucketMinutes) })
      const before = countedEvent(count, config)
      deltas.add(before, -1)
      deltas.add({ ...before, status: result.status, cost: result.cost })
    }
    await rewriteRatings(client, tenantId, ratings)
    await writeLadderDeltas(client, tenantId, usage)
    await writeSums(client, tenantId, { carriers: [], participants: [], deltas })
  })
  expect(await verifyRollups(pool, tenantId)).toEqual([])

  let pages = 0
  let after: Place | null = { micros: parseInstant('2026-03-04T00:00:00Z'), id: '' }
  while (after !== null) {
    const from: Place = after
    after = await tenantTransaction(pool, tenantId, async (client) => {
      await lockTenant(client, tenantId)
      const deltas = new CellDeltas()
      const next = await settleLaterEvents(client, { tenantId, config, deltas, after: from, limit: 3 })
      await writeSums(client, tenantId, { carriers: [], participants: [], deltas })
      return next
    })
    pages += 1
  }
  expect(pages).toBe(2)
  const settled = { a: '60@5', b: '40@5 20@4', c: '60@4', d: '20@4 40@3', e: '60@3', f: '60@3', april: '60@5' }
  expect(await sqlLines(tenantId)).toEqual(settled)
  expect(await verifyRollups(pool, tenantId)).toEqual([])

  await record(event('late', '2026-03-03T09:00:00Z'))
  expect(await sqlLines(tenantId)).toEqual({
    ...settled,
    late: '40@5 20@4',
    b: '60@4',
    c: '20@4 40@3',
    d: '60@3',
  })
  expect(await verifyRollups(pool, tenantId)).toEqual([])
})
