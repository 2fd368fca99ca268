import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { addDays } from '@outlay/domain/periods/calendar-date'
import { ask, startTestServer, type Answer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'

let test: TestServer
let tenant: TestTenant

const DAYS = Array.from({ length: 31 }, (_, index) => addDays('2026-10-01', index))
const OCTOBER = 'from: "2026-10-01", to: "2026-11-01"'

/** What is used each day, at dollars per million; of the small model 97 % were recorded here. */
const USED = [
  {
    resource: 'large',
    meter: 'input_tokens',
    quantity: 1_000_000,
    recorded: 1_000_000,
    price: '15',
    cost: '15.00',
    billed: '16.50',
  },
  {
    resource: 'large',
    meter: 'output_tokens',
    quantity: 200_000,
    recorded: 200_000,
    price: '75',
    cost: '15.00',
    billed: '15.00',
  },
  {
    resource: 'small',
    meter: 'input_tokens',
    quantity: 10_000_000,
    recorded: 9_700_000,
    price: '0.8',
    cost: '8.00',
    billed: '8.00',
  },
  {
    resource: 'small',
    meter: 'output_tokens',
    quantity: 1_000_000,
    recorded: 970_000,
    price: '4',
    cost: '4.00',
    billed: '4.00',
  },
]

beforeAll(async () => {
  test = await startTestServer()
  tenant = await test.tenant()
  await record(tenant)
}, 120_000)

afterAll(() => test.close())

/** Asks and answers the one field's value. */
async function field<T>(query: string, variables: Record<string, unknown> = {}, asking = tenant.ask): Promise<T> {
  const answer = await asking(query, variables)
  expect(answer.errors).toEqual([])
  return Object.values(answer.data ?? {})[0] as T
}

/** A month of usage, a moment before each midnight UTC, which is the next day in London. */
async function record({ ask: asking, apiKey }: TestTenant): Promise<void> {
  const rates = USED.map(({ resource, meter, price }) => ({
    resource,
    meter,
    price: { amount: price, currency: 'USD' },
    per: '1000000',
    effectiveFrom: '2026-01-01T00:00:00Z',
  }))
  await field(
    'mutation ($input: PublishRatesInput!) { publishRates(input: $input) { userErrors { message } } }',
    { input: { rates: rates.map((rate) => ({ provider: 'anthropic', ...rate })) } },
    asking,
  )
  await field(
    'mutation ($rates: [FxRateInput!]!) { publishFxRates(input: { rates: $rates }) { userErrors { message } } }',
    { rates: DAYS.map((date) => ({ date, base: 'USD', quote: 'GBP', rate: '0.79' })) },
    asking,
  )
  const events = DAYS.flatMap((day) =>
    ['large', 'small'].map((resource) => ({
      id: `${day} ${resource}`,
      agent: 'research',
      kind: 'MODEL',
      provider: 'anthropic',
      resource,
      occurredAt: `${day}T23:59:00Z`,
      usage: USED.filter((used) => used.resource === resource).map(({ meter, recorded }) => ({
        meter,
        quantity: recorded,
      })),
    })),
  )
  const response = await fetch(`${test.url}/v1/invocations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(events),
  })
  expect(await response.json()).toMatchObject({ accepted: events.length, unpriced: 0, rejected: [] })
}

const HEADINGS = 'Date,Vendor,Model,Token type,Tokens,Cost,Currency,Kind,Exchange rate'

/** The invoice with its seeded faults: see each. */
function invoice(): string {
  const usage = (day: string) =>
    USED.map(
      ({ resource, meter, quantity, billed }) =>
        `${day},Anthropic,${resource},${meter},${quantity},${billed},USD,Usage,0.80`,
    )
  const rows = [
    ...DAYS.flatMap(usage),
    // The 17th is there twice.
    ...usage('2026-10-17'),
    '2026-10-31,Anthropic,,,,-100,USD,Credit,0.80',
  ]
  return [HEADINGS, ...rows].join('\n')
}

const IMPORT = `mutation ($input: ImportProviderStatementInput!) { importProviderStatement(input: $input) {
  statement { id name format firstDay lastDay providers lines importedBy } isRepeat lineCount repeatedCount refusedCount
  refused { reference reason } lines { reference provider day resource meter kind quantity amount { amount currency } }
  mapping { field column text } userErrors { code message field } } }`

interface Imported {
  statement: { id: string } | null
  isRepeat: boolean
  lineCount: number
  refused: object[]
  userErrors: { code: string; message: string; field: string[] | null }[]
}

const importCsv = (text: string, more: object = {}, asking = tenant.ask) =>
  field<Imported>(IMPORT, { input: { name: 'October', format: 'CSV', text, ...more } }, asking)

const SUMS = 'invoiced { amount } attributed { amount } gap { amount } captureRate causes { cause amount { amount } }'

interface Reconciled {
  invoiced: { amount: string }
  gap: { amount: string }
  accepted: { amount: string }
  rows: Record<string, unknown>[]
  [name: string]: unknown
}

const reconciled = (fields: string, asking = tenant.ask) =>
  field<Reconciled>(`{ reconciliation(${OCTOBER}) { ${fields} } }`, {}, asking)

const refuse = async (answer: Promise<Answer>) => (await answer).errors.map(({ extensions }) => extensions['code'])

describe('reconciling a generated month', () => {
  it('compares nothing before there is a statement, and says what it did not compare', async () => {
    expect(await reconciled(`${SUMS} uncompared { amount } rows { day }`)).toEqual({
      invoiced: { amount: '0.00' },
      attributed: { amount: '0.00' },
      gap: { amount: '0.00' },
      captureRate: null,
      causes: [],
      uncompared: { amount: '1019.7636' },
      rows: [],
    })
  })

  it('shows what an import would store, and stores nothing', async () => {
    expect(await importCsv(invoice(), { dryRun: true })).toMatchObject({
      statement: null,
      isRepeat: false,
      lineCount: 129,
      repeatedCount: 4,
      refusedCount: 0,
      userErrors: [],
      mapping: expect.arrayContaining([{ field: 'resource', column: 'Model', text: null }]),
    })
    expect(await field('{ providerStatements { id } }')).toEqual([])
  })

  it('names each seeded fault with its exact amount, and nothing is left', async () => {
    expect(await importCsv(invoice())).toMatchObject({
      statement: { firstDay: '2026-10-01', lastDay: '2026-10-31', providers: ['anthropic'], lines: 129 },
      userErrors: [],
    })
    const cause = (name: string, amount: string) => ({ cause: name, amount: { amount } })
    const result = await reconciled(
      `${SUMS} uncompared { amount } findings { cause resource meter days amount { amount } }`,
    )
    expect(result).toEqual({
      invoiced: { amount: '1033.60' },
      attributed: { amount: '1019.7636' },
      gap: { amount: '13.8364' },
      captureRate: '0.991724',
      causes: [
        cause('CREDIT', '-80.00'),
        cause('DUPLICATE', '34.80'),
        cause('FX', '13.485'),
        cause('COVERAGE', '8.8164'),
        cause('RATE', '36.735'),
      ],
      uncompared: { amount: '0.00' },
      findings: [
        { cause: 'CREDIT', resource: null, meter: null, days: 1, amount: { amount: '-80.00' } },
        { cause: 'RATE', resource: 'large', meter: 'input_tokens', days: 31, amount: { amount: '36.735' } },
        { cause: 'DUPLICATE', resource: null, meter: null, days: 1, amount: { amount: '34.80' } },
        { cause: 'FX', resource: null, meter: null, days: 31, amount: { amount: '13.485' } },
        { cause: 'COVERAGE', resource: 'small', meter: 'input_tokens', days: 31, amount: { amount: '5.8776' } },
        { cause: 'COVERAGE', resource: 'small', meter: 'output_tokens', days: 31, amount: { amount: '2.9388' } },
      ],
    })
  })

  it('attributes to the last decimal what the ledger of the same days holds', async () => {
    const rows = await test.owner.query<{ sum: string }>(
      `SELECT trim_scale(sum(cost))::text AS sum FROM invocation WHERE tenant_id = $1`,
      [tenant.id],
    )
    expect(rows.rows).toEqual([{ sum: '1019.7636' }])
  })

  it('has rows by day and resource, whose meters say the quantities', async () => {
    const { rows } = await reconciled(
      `rows { day resource ${SUMS} meters { meter invoicedQuantity attributedQuantity causes { cause } } }`,
    )
    expect(rows).toHaveLength(63)
    expect(rows[1]).toEqual({
      day: '2026-10-01',
      resource: 'small',
      invoiced: { amount: '9.60' },
      attributed: { amount: '9.1956' },
      gap: { amount: '0.4044' },
      captureRate: '0.97',
      causes: [
        { cause: 'FX', amount: { amount: '0.12' } },
        { cause: 'COVERAGE', amount: { amount: '0.2844' } },
      ],
      meters: [
        {
          meter: 'input_tokens',
          invoicedQuantity: '10000000',
          attributedQuantity: '9700000',
          causes: [{ cause: 'FX' }, { cause: 'COVERAGE' }],
        },
        {
          meter: 'output_tokens',
          invoicedQuantity: '1000000',
          attributedQuantity: '970000',
          causes: [{ cause: 'FX' }, { cause: 'COVERAGE' }],
        },
      ],
    })
  })

  it('tells a repeated import so, and changes nothing', async () => {
    const before = await reconciled(SUMS)
    expect(await importCsv(invoice(), { name: 'Again' })).toMatchObject({
      isRepeat: true,
      statement: { name: 'October' },
    })
    expect(await reconciled(SUMS)).toEqual(before)
    expect(await field('{ providerStatements { name lines } }')).toEqual([{ name: 'October', lines: 129 }])
  })

  it('asks for a day, and for a provider by any of its names', async () => {
    const of = (provider: string) =>
      field<Reconciled>(
        `{ reconciliation(from: "2026-10-17", to: "2026-10-18", provider: "${provider}") { invoiced { amount } } }`,
      )
    expect(await of('Anthropic')).toEqual({ invoiced: { amount: '69.60' } })
    expect(await of('openai')).toEqual({ invoiced: { amount: '0.00' } })
  })
})

describe('accepting a variance', () => {
  const accept = (input: object) =>
    field(
      `mutation ($input: AcceptVarianceInput!) { acceptVariance(input: $input) { accepted amount { amount } userErrors { code field } } }`,
      { input: { provider: 'anthropic', from: '2026-10-01', to: '2026-11-01', ...input } },
    )

  it('keeps who accepted it and why, row by row, and is open again when the amount changes', async () => {
    expect(await accept({ cause: 'RATE', resource: 'large', reason: 'New price agreed in September' })).toEqual({
      accepted: 31,
      amount: { amount: '36.735' },
      userErrors: [],
    })
    const accepted = 'accepted { cause isCurrent reason acceptedBy amount { amount } }'
    const { rows, ...total } = await reconciled(`accepted { amount } rows { day resource ${accepted} }`)
    expect(total).toEqual({ accepted: { amount: '36.735' } })
    expect(rows[0]).toMatchObject({
      accepted: [
        {
          cause: 'RATE',
          isCurrent: true,
          reason: 'New price agreed in September',
          acceptedBy: 'API key Test',
          amount: { amount: '1.185' },
        },
      ],
    })
    // A correction of the invoice makes the first day dearer by another dollar.
    const more = await importCsv(`${HEADINGS}\n2026-10-01,Anthropic,large,input_tokens,0,1,USD,Usage,0.80`)
    const again = await reconciled(`accepted { amount } rows { ${accepted} }`)
    expect(again.accepted).toEqual({ amount: '35.55' })
    expect(again.rows[0]).toMatchObject({ accepted: [{ isCurrent: false }] })
    expect(
      await field(`mutation { removeProviderStatement(id: "${more.statement?.id}") { userErrors { code } } }`),
    ).toEqual({ userErrors: [] })
    expect((await reconciled('accepted { amount }')).accepted).toEqual({ amount: '36.735' })
  })

  it('needs a reason, and a variance', async () => {
    expect(await accept({ cause: 'RATE', reason: ' ' })).toMatchObject({
      accepted: 0,
      userErrors: [{ code: 'MISSING_FIELD', field: ['input', 'reason'] }],
    })
    expect(await accept({ cause: 'TAX', reason: 'None' })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['input', 'cause'] }],
    })
  })
})

describe('what nothing explains', () => {
  const pool = (month: string) =>
    field(
      `mutation { poolUnattributed(input: { provider: "Anthropic", month: "${month}", method: EQUAL, note: "Seats" }) {
        costPool { name category month amount { amount currency } } userErrors { code field } } }`,
    )

  it('becomes a cost pool once, in whole minor units', async () => {
    expect(await pool('2026-10-01')).toMatchObject({ costPool: null, userErrors: [{ code: 'NOTHING_UNEXPLAINED' }] })
    await importCsv(`${HEADINGS}\n2026-10-20,Anthropic,Seats,,,12.345,GBP,Adjustment,`)
    expect(await pool('2026-10-01')).toEqual({
      costPool: {
        name: 'Unattributed: anthropic 2026-10',
        category: 'OTHER',
        month: '2026-10-01',
        amount: { amount: '12.34', currency: 'GBP' },
      },
      userErrors: [],
    })
    expect(await pool('2026-10-01')).toMatchObject({ costPool: null, userErrors: [{ code: 'CONFLICT' }] })
  })
})

describe('a statement', () => {
  it('is not stored with a line that cannot be read, unless the others are asked for alone', async () => {
    const text = `${HEADINGS}\n2026-09-01,Acme,m,input_tokens,1,1,USD,Usage,\n2026-09-01,Acme,m,input_tokens,x,1,USD,Usage,`
    const refused = [{ reference: 'line 3', reason: expect.stringContaining('"x"') }]
    expect(await importCsv(text)).toMatchObject({ statement: null, refused, userErrors: [{ code: 'REFUSED_LINES' }] })
    expect(await importCsv(text, { withoutRefused: true })).toMatchObject({
      statement: { lines: 1 },
      refused,
      userErrors: [],
    })
  })

  it.each([
    ['CSV', 'a,b', 'INVALID_MAP'],
    ['CSV', '', 'INVALID_CSV'],
    ['CSV', HEADINGS, 'NO_LINES'],
    ['FOCUS_CSV', 'a,b', 'UNKNOWN_SHAPE'],
    ['OPENAI_COSTS', '{', 'INVALID_JSON'],
    ['ANTHROPIC_USAGE', '{"data": [], "has_more": true}', 'INCOMPLETE'],
  ])('of %s is refused as a whole where it is %j', async (format, text, code) => {
    expect((await importCsv(text, { format })).userErrors.map((error) => error.code)).toEqual([code])
  })

  it('comes from an answer of a provider too', async () => {
    const text = JSON.stringify({
      data: [
        {
          start_time: Date.parse('2026-08-04T00:00:00Z') / 1000,
          end_time: Date.parse('2026-08-05T00:00:00Z') / 1000,
          results: [{ amount: { value: 0.06, currency: 'gbp' }, line_item: 'gpt-4o, input', project_id: null }],
        },
      ],
      has_more: false,
    })
    expect(await importCsv(text, { format: 'OPENAI_COSTS', name: 'Costs' })).toMatchObject({ userErrors: [] })
    expect(
      await field('{ reconciliation(from: "2026-08-01", to: "2026-09-01") { causes { cause amount { amount } } } }'),
    ).toEqual({ causes: [{ cause: 'COVERAGE', amount: { amount: '0.06' } }] })
  })

  it('names lines that no FX rate converts, and has them in no sum', async () => {
    await importCsv(`${HEADINGS}\n2026-07-01,Acme,m,input_tokens,1,2,EUR,Usage,`)
    const query =
      '{ reconciliation(from: "2026-07-01", to: "2026-08-01") { invoiced { amount } unconverted { day amount { amount currency } } } }'
    expect(await field(query)).toEqual({
      invoiced: { amount: '0.00' },
      unconverted: [{ day: '2026-07-01', amount: { amount: '2.00', currency: 'EUR' } }],
    })
  })

  it('is of its tenant alone', async () => {
    const other = await test.tenant()
    expect(await field('{ providerStatements { id } }', {}, other.ask)).toEqual([])
    expect((await reconciled('invoiced { amount } rows { day }', other.ask)).rows).toEqual([])
    const [statement] = await field<{ id: string }[]>('{ providerStatements { id } }')
    const remove = (id: string) =>
      field(`mutation { removeProviderStatement(id: "${id}") { userErrors { code message } } }`, {}, other.ask)
    const missing = await remove(`pst_${'0'.repeat(26)}`)
    expect(missing).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] })
    expect(await remove(statement?.id ?? '')).toEqual(missing)
    expect((await importCsv(invoice(), {}, other.ask)).isRepeat).toBe(false)
  })

  it('is read by a viewer, and not changed; a client’s people have none', async () => {
    await tenant.ask('mutation { upsertTask(input: { key: "t", client: "north" }) { userErrors { message } } }')
    const [viewer, client] = await Promise.all([tenant.signedIn('VIEWER'), tenant.signedIn('CLIENT', 'north')])
    const remove = `mutation { removeProviderStatement(id: "pst_${'0'.repeat(26)}") { userErrors { code } } }`
    const list = '{ providerStatements { name } }'
    expect(await refuse(ask(test.url, { cookie: viewer }, list))).toEqual([])
    expect(await refuse(ask(test.url, { cookie: viewer }, remove))).toEqual(['FORBIDDEN'])
    expect(await refuse(ask(test.url, { cookie: client }, list))).toEqual(['NOT_FOUND'])
  })

  it.each([
    ['2026-10-01', '2026-10-01'],
    ['2026-10-01', '2026-12-31'],
  ])('is not asked for %s to %s', async (from, to) => {
    expect(await refuse(tenant.ask(`{ reconciliation(from: "${from}", to: "${to}") { provider } }`))).toEqual([
      'BAD_USER_INPUT',
    ])
  })
})

describe('a cost that is reported without usage', () => {
  /** A tenant that takes the costs that its senders report. */
  async function reporting(): Promise<TestTenant> {
    const other = await test.tenant()
    const change = 'updateTenantSettings(input: { useReportedCost: true }) { userErrors { code } }'
    expect(await field(`mutation { ${change} }`, {}, other.ask)).toEqual({ userErrors: [] })
    return other
  }

  it('is attributed, and a statement of it leaves no gap', async () => {
    const other = await reporting()
    const event = { agent: 'research', kind: 'MODEL', provider: 'anthropic', occurredAt: '2026-10-05T12:00:00Z' }
    const cost = (amount: string) => ({ amount, currency: 'GBP' })
    const response = await fetch(`${test.url}/v1/invocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify([
        { ...event, id: 'bare', resource: 'large', usage: [], reportedCost: cost('5.25') },
        {
          ...{ ...event, id: 'with usage', resource: 'large', reportedCost: cost('1.50') },
          usage: [
            { meter: 'input_tokens', quantity: '10' },
            { meter: 'output_tokens', quantity: '2' },
          ],
        },
      ]),
    })
    expect(await response.json()).toMatchObject({ accepted: 2, unpriced: 0, rejected: [] })
    const billed = (total: string) => `Date,Vendor,Model,Cost,Currency\n2026-10-05,Anthropic,large,${total},GBP`
    expect(await importCsv(billed('7.75'), {}, other.ask)).toMatchObject({ userErrors: [] })
    const fields = 'invoiced { amount } attributed { amount } gap { amount } uncompared { amount }'
    expect(await reconciled(`${fields} rows { resource attributed { amount } }`, other.ask)).toEqual({
      invoiced: { amount: '7.75' },
      attributed: { amount: '6.75' },
      gap: { amount: '1.00' },
      uncompared: { amount: '0.00' },
      rows: [{ resource: 'large', attributed: { amount: '6.75' } }],
    })
  })

  it('is a meter of its own, without a name, where the statement tells meters apart', async () => {
    const other = await reporting()
    const response = await fetch(`${test.url}/v1/invocations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify([
        {
          ...{ id: 'bare', agent: 'research', kind: 'MODEL', provider: 'anthropic', resource: 'large', usage: [] },
          ...{ occurredAt: '2026-10-05T12:00:00Z', reportedCost: { amount: '5.25', currency: 'GBP' } },
        },
      ]),
    })
    expect(await response.json()).toMatchObject({ accepted: 1, rejected: [] })
    const billed = [
      'Date,Vendor,Model,Token type,Tokens,Cost,Currency',
      '2026-10-05,Anthropic,large,input_tokens,100,2.00,GBP',
    ]
    expect(await importCsv(billed.join('\n'), {}, other.ask)).toMatchObject({ userErrors: [] })
    const meters = 'meters { meter attributedQuantity invoiced { amount } attributed { amount } }'
    expect(await reconciled(`gap { amount } rows { resource ${meters} }`, other.ask)).toEqual({
      gap: { amount: '-3.25' },
      rows: [
        {
          resource: 'large',
          meters: expect.arrayContaining([
            { meter: null, attributedQuantity: null, invoiced: { amount: '0.00' }, attributed: { amount: '5.25' } },
            {
              meter: 'input_tokens',
              attributedQuantity: '0',
              invoiced: { amount: '2.00' },
              attributed: { amount: '0.00' },
            },
          ]),
        },
      ],
    })
  })
})
