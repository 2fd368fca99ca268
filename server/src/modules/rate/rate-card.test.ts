import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ask, startTestServer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
}, 120_000)

afterAll(() => test.close())

interface Card {
  id: string
  status: string
  rates: { id: string; state: string }[]
}

type Payload = { rateCard: Card | null; userErrors: { code: string; message: string; field: string[] }[] }

const CARD = `{ id provider version source status note createdBy publishedAt retiredAt
  rates { id resource price { amount } effectiveFrom effectiveTo aboveMonthlyQuantity state source card } }`

async function change(tenant: TestTenant, name: string, type: string, input: object): Promise<Payload> {
  const answer = await tenant.ask(
    `mutation C($input: ${type}!) { ${name}(input: $input) { rateCard ${CARD} userErrors { code message field } } }`,
    { input },
  )
  expect(answer.errors).toEqual([])
  return (answer.data as unknown as Record<string, Payload>)[name] as Payload
}

const rate = (amount: string, fields: object = {}) => ({
  provider: 'acme',
  resource: 'large',
  meter: 'pages',
  price: { amount, currency: 'GBP' },
  effectiveFrom: '2026-01-01T00:00:00Z',
  ...fields,
})

const save = (tenant: TestTenant, input: object) =>
  change(tenant, 'saveRateCardDraft', 'RateCardDraftInput', { provider: 'acme', ...input })
const publish = (tenant: TestTenant, id: string) => change(tenant, 'publishRateCard', 'PublishRateCardInput', { id })
const retire = (tenant: TestTenant, input: object) => change(tenant, 'retireRateCard', 'RetireRateCardInput', input)

async function saved(tenant: TestTenant, input: object): Promise<Card> {
  const { rateCard, userErrors } = await save(tenant, input)
  expect(userErrors).toEqual([])
  return rateCard as Card
}

async function list(tenant: TestTenant, args = ''): Promise<object[]> {
  const answer = await tenant.ask(
    `{ rateCards${args} { provider version source status rates { price { amount } state } } }`,
  )
  expect(answer.errors).toEqual([])
  return (answer.data as unknown as { rateCards: object[] }).rateCards
}

describe('a rate card', () => {
  it('goes from a draft through publication to its end, and says who made it and when', async () => {
    const tenant = await test.tenant()
    const draft = await saved(tenant, {
      source: 'CONTRACT',
      note: 'Framework agreement 2026',
      rates: [rate('2', { aboveMonthlyQuantity: '0' }), rate('1.5', { aboveMonthlyQuantity: '1000' })],
    })
    const common = { resource: 'large', effectiveFrom: '2026-01-01T00:00:00Z', source: 'CONTRACT', card: 'acme 1' }
    const step = (amount: string, above: string, effectiveTo: string | null, state: string) => ({
      ...common,
      id: expect.stringMatching(/^rat_/),
      price: { amount },
      aboveMonthlyQuantity: above,
      effectiveTo,
      state,
    })
    expect(draft).toEqual({
      id: expect.stringMatching(/^crd_/),
      provider: 'acme',
      version: '1',
      source: 'CONTRACT',
      status: 'DRAFT',
      note: 'Framework agreement 2026',
      createdBy: 'API key Test',
      publishedAt: null,
      retiredAt: null,
      rates: [step('2.00', '0', null, 'DRAFT'), step('1.50', '1000', null, 'DRAFT')],
    })
    expect(await publish(tenant, draft.id)).toEqual({
      rateCard: {
        ...draft,
        status: 'PUBLISHED',
        publishedAt: expect.any(String),
        rates: [step('2.00', '0', null, 'ACTIVE'), step('1.50', '1000', null, 'ACTIVE')],
      },
      userErrors: [],
    })
    expect(await retire(tenant, { id: draft.id, at: '2026-03-01T00:00:00Z' })).toMatchObject({
      rateCard: {
        status: 'RETIRED',
        retiredAt: '2026-03-01T00:00:00Z',
        rates: [{ effectiveTo: '2026-03-01T00:00:00Z', state: 'ACTIVE' }, { effectiveTo: '2026-03-01T00:00:00Z' }],
      },
    })
  })

  it('is listed with its kind: drafts only when asked for, withdrawn rates never as in force', async () => {
    const tenant = await test.tenant()
    const draft = await saved(tenant, { rates: [rate('9')] })
    const retired = await saved(tenant, { rates: [rate('1'), rate('2', { effectiveFrom: '2026-06-01T00:00:00Z' })] })
    await publish(tenant, retired.id)
    await retire(tenant, { id: retired.id, at: '2026-03-01T00:00:00Z' })
    const published = await saved(tenant, { source: 'CONTRACT', rates: [rate('3')] })
    await publish(tenant, published.id)

    const card = (version: string, source: string, status: string, ...rates: [string, string][]) => ({
      provider: 'acme',
      version,
      source,
      status,
      rates: rates.map(([amount, state]) => ({ price: { amount }, state })),
    })
    const cards = {
      draft: card('1', 'MANUAL', 'DRAFT', ['9.00', 'DRAFT']),
      retired: card('2', 'MANUAL', 'RETIRED', ['1.00', 'ACTIVE'], ['2.00', 'WITHDRAWN']),
      published: card('3', 'CONTRACT', 'PUBLISHED', ['3.00', 'ACTIVE']),
    }
    expect(await list(tenant)).toEqual([cards.published, cards.retired])
    expect(await list(tenant, '(status: PUBLISHED)')).toEqual([cards.published])
    expect(await list(tenant, '(status: RETIRED)')).toEqual([cards.retired])
    expect(await list(tenant, '(status: DRAFT)')).toEqual([cards.draft])
    expect(await list(tenant, '(at: "2026-07-01T00:00:00Z")')).toEqual([cards.published])
    expect(await list(tenant, '(at: "2026-02-01T00:00:00Z")')).toEqual([
      cards.published,
      card('2', 'MANUAL', 'RETIRED', ['1.00', 'ACTIVE']),
    ])
    const one = await tenant.ask(`{ rateCard(id: "${draft.id}") { version status } }`)
    expect(one.data).toEqual({ rateCard: { version: '1', status: 'DRAFT' } })
  })

  it('is discarded as a draft and answered as it was', async () => {
    const tenant = await test.tenant()
    const draft = await saved(tenant, { rates: [rate('9')] })
    const discarded = await change(tenant, 'discardRateCardDraft', 'DiscardRateCardDraftInput', { id: draft.id })
    expect(discarded).toEqual({ rateCard: draft, userErrors: [] })
    expect((await tenant.ask(`{ rateCard(id: "${draft.id}") { id } }`)).data).toEqual({ rateCard: null })
    const again = await change(tenant, 'discardRateCardDraft', 'DiscardRateCardDraftInput', { id: draft.id })
    expect(again).toMatchObject({ rateCard: null, userErrors: [{ code: 'NOT_FOUND' }] })
  })

  it('of a person carries the e-mail address', async () => {
    const tenant = await test.tenant()
    const cookie = await tenant.signedIn('FINANCE')
    const headers = { cookie, 'x-outlay-tenant': tenant.key }
    const answer = await ask(
      test.url,
      headers,
      'mutation C($input: RateCardDraftInput!) { saveRateCardDraft(input: $input) { rateCard { createdBy } userErrors { code } } }',
      { input: { provider: 'acme', rates: [rate('1')] } },
    )
    expect(answer.data).toEqual({
      saveRateCardDraft: {
        rateCard: { createdBy: expect.stringMatching(/^finance-.*@example\.test$/) },
        userErrors: [],
      },
    })
  })

  it('is not for a viewer or a reading key to change, and shows its prices to both', async () => {
    const tenant = await test.tenant()
    const mutation = `mutation { publishRateCard(input: { id: "crd_00000000000000000000000000" }) { userErrors { code } } }`
    const asViewer = { cookie: await tenant.signedIn('VIEWER'), 'x-outlay-tenant': tenant.key }
    const asReader = { authorization: `Bearer ${await tenant.keyWith('read')}` }
    for (const headers of [asViewer, asReader]) {
      expect((await ask(test.url, headers, mutation)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
      expect((await ask(test.url, headers, '{ rateCards { id } }')).errors).toEqual([])
    }
  })
})

describe('publishRates', () => {
  const send = (tenant: TestTenant, input: object) =>
    tenant.ask(
      'mutation P($input: PublishRatesInput!) { publishRates(input: $input) { rates { source card } userErrors { code message field } } }',
      { input },
    )

  it('publishes a contract beside what was entered by hand, with a note', async () => {
    const tenant = await test.tenant()
    await send(tenant, { rates: [rate('1')] })
    const answer = await send(tenant, { source: 'CONTRACT', note: 'Signed in March', rates: [rate('2')] })
    expect(answer.data).toEqual({ publishRates: { rates: [{ source: 'CONTRACT', card: 'acme 2' }], userErrors: [] } })
    expect((await tenant.ask('{ rateCards { source note createdBy } }')).data).toEqual({
      rateCards: [
        { source: 'CONTRACT', note: 'Signed in March', createdBy: 'API key Test' },
        { source: 'MANUAL', note: null, createdBy: 'API key Test' },
      ],
    })
  })

  it('refuses a note that cannot be kept, and a price by the prompt and by the month', async () => {
    const tenant = await test.tenant()
    const both = rate('1', { abovePromptTokens: '1', aboveMonthlyQuantity: '1' })
    expect((await send(tenant, { note: 'x'.repeat(1025), rates: [both] })).data).toEqual({
      publishRates: {
        rates: null,
        userErrors: [
          {
            code: 'INVALID_FIELD',
            message: 'A price depends on the size of the prompt or on the quantity of the month, not on both.',
            field: ['input', 'rates', '0', 'aboveMonthlyQuantity'],
          },
          {
            code: 'INVALID_FIELD',
            message: 'note has 1025 characters; the most is 1024.',
            field: ['input', 'note'],
          },
        ],
      },
    })
  })
})
