import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { OTHERWISE, otherCatalogue } from '@outlay/db/catalogue/catalogue-test-kit'
import { importCatalogue } from '@outlay/db/catalogue/import-catalogue'
import { loadCatalogue } from '@outlay/db/catalogue/load-catalogue'
import { DAY_MS } from '@outlay/domain/periods/calendar-date'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant
let shipped: string

const OTHER = '99.0.0'
const { dearer, gone, added } = OTHERWISE
const publishedOn = new Date(Date.now() - 10 * DAY_MS).toISOString().slice(0, 10)

beforeAll(async () => {
  test = await startTestServer()
  shipped = (await loadCatalogue()).version
  // The tenant is older than the other catalogue.
  tenant = await test.tenant({ currency: 'USD' })
  await importCatalogue({ url: test.database.ownerUrl, text: await otherCatalogue(OTHER, publishedOn) })
}, 120_000)

afterAll(() => test.close())

async function read<T>(query: string): Promise<T> {
  const answer = await tenant.ask(query)
  expect(answer.errors).toEqual([])
  return answer.data as T
}

async function record(id: string): Promise<void> {
  const item = {
    id,
    trace: id,
    occurredAt: '2026-03-02T10:00:00Z',
    provider: dearer.provider,
    resource: dearer.resource,
    usage: [{ meter: dearer.meter, quantity: '1000000' }],
  }
  const answer = await tenant.ask(
    'mutation R($i: [InvocationInput!]!) { recordInvocations(input: { invocations: $i }) { accepted unpriced } }',
    { i: [item] },
  )
  expect(answer.data).toEqual({ recordInvocations: { accepted: 1, unpriced: 0 } })
}

const line = (id: string) =>
  read<object>(`{ trace(traceId: "${id}") { spans { ratedLines { amount { amount } rate { source card } } } } }`)
const lineOf = (amount: string, version: string) => ({
  trace: {
    spans: [{ ratedLines: [{ amount: { amount }, rate: { source: 'CATALOGUE', card: `openai ${version}` } }] }],
  },
})

const difference = (args: string) =>
  read<{ catalogueDifference: { added: number; removed: number; changed: number; entries: { resource: string }[] } }>(
    `{ catalogueDifference(${args}) { from { version } to { version isAdopted } added removed changed
       entries { change provider resource meter effectiveFrom effectiveTo per before { amount currency } after { amount } ratio isUsed } } }`,
  ).then((data) => data.catalogueDifference)

const listedPrices = async () => {
  const { rateCards } = await read<{
    rateCards: { version: string; rates: { resource: string; meter: string; price: { amount: string } }[] }[]
  }>(`{ rateCards(provider: "${dearer.provider}") { version rates { resource meter price { amount } } } }`)
  return rateCards.map(({ version, rates }) => [
    version,
    rates
      .filter((each) => each.resource === dearer.resource && each.meter === dearer.meter)
      .map((each) => each.price.amount),
  ])
}

describe('a catalogue that has been imported', () => {
  it('is listed with its date and age, and is stale after 45 days', async () => {
    const { catalogues } = await read<{ catalogues: Record<string, unknown>[] }>(
      '{ catalogues { version publishedOn importedAt rates isAdopted ageDays isStale } }',
    )
    const { rates } = await loadCatalogue()
    expect(catalogues).toEqual([
      {
        version: OTHER,
        publishedOn,
        importedAt: expect.any(String),
        rates: expect.any(Number),
        isAdopted: false,
        ageDays: expect.any(Number),
        isStale: false,
      },
      {
        version: shipped,
        publishedOn: '2026-09-23',
        importedAt: expect.any(String),
        rates: rates.length,
        isAdopted: true,
        ageDays: expect.any(Number),
        isStale: expect.any(Boolean),
      },
    ])
    const old = await otherCatalogue('1.0.0', '2026-01-01')
    await importCatalogue({ url: test.database.ownerUrl, text: old })
    expect((await read<{ catalogues: object[] }>('{ catalogues { version isStale } }')).catalogues.at(-1)).toEqual({
      version: '1.0.0',
      isStale: true,
    })
  })

  it('prices, lists and shows as before until it is adopted', async () => {
    await record('before')
    expect(await line('before')).toEqual(lineOf('10.00', shipped))
    expect(await listedPrices()).toEqual([[shipped, ['10.00']]])
  })

  it('says what it would price otherwise: of what is used, or of everything', async () => {
    expect(await difference(`to: "${OTHER}"`)).toEqual({
      from: { version: shipped },
      to: { version: OTHER, isAdopted: false },
      added: 0,
      removed: 0,
      changed: 1,
      entries: [
        {
          change: 'CHANGED',
          provider: dearer.provider,
          resource: dearer.resource,
          meter: dearer.meter,
          effectiveFrom: null,
          effectiveTo: null,
          per: '1000000',
          before: { amount: '10.00', currency: 'USD' },
          after: { amount: '12.50' },
          ratio: '0.25',
          isUsed: true,
        },
      ],
    })
    const all = await difference(`to: "${OTHER}", usedOnly: false`)
    expect(all).toMatchObject({ added: 1, changed: 1 })
    expect(all.removed).toBeGreaterThan(0)
    expect(new Set(all.entries.map(({ resource }) => resource))).toEqual(
      new Set([gone.resource, added.resource, dearer.resource]),
    )
    expect(all.entries).toContainEqual(
      expect.objectContaining({ change: 'ADDED', before: null, after: { amount: '2.00' }, ratio: null, isUsed: false }),
    )
    expect(await difference(`to: "${shipped}"`)).toMatchObject({ added: 0, removed: 0, changed: 0, entries: [] })
  })

  it('is adopted by who may publish rates, and prices what comes after', async () => {
    const adopt =
      'mutation A($v: String!) { adoptCatalogue(input: { version: $v }) { catalogue { version isAdopted } userErrors { code field } } }'
    const asViewer = { cookie: await tenant.signedIn('VIEWER'), 'x-outlay-tenant': tenant.key }
    expect((await ask(test.url, asViewer, adopt, { v: OTHER })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ])
    expect((await tenant.ask(adopt, { v: OTHER })).data).toEqual({
      adoptCatalogue: { catalogue: { version: OTHER, isAdopted: true }, userErrors: [] },
    })
    await record('after')
    expect(await line('after')).toEqual(lineOf('12.50', OTHER))
    expect(await line('before')).toEqual(lineOf('10.00', shipped))
    expect(await listedPrices()).toEqual([[OTHER, ['12.50']]])
    expect(await difference(`to: "${shipped}"`)).toMatchObject({
      from: { version: OTHER },
      changed: 1,
      entries: [{ before: { amount: '12.50' }, after: { amount: '10.00' }, ratio: '-0.2' }],
    })
  })

  it('that is not there is not found', async () => {
    const missing = await tenant.ask('{ catalogueDifference(to: "0.0.0") { added } }')
    expect(missing.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }])
    const adopted = await tenant.ask(
      'mutation { adoptCatalogue(input: { version: "0.0.0" }) { catalogue { version } userErrors { code message field } } }',
    )
    expect(adopted.data).toEqual({
      adoptCatalogue: {
        catalogue: null,
        userErrors: [
          { code: 'NOT_FOUND', message: 'The catalogue "0.0.0" has not been imported.', field: ['input', 'version'] },
        ],
      },
    })
  })
})
