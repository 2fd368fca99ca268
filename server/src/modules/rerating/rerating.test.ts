import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { applyRerating as applyJob } from '@outlay/db/rerating/apply-rerating'
import { previewRerating as previewJob } from '@outlay/db/rerating/preview-rerating'
import { ask, startTestServer, type Answer, type TestServer, type TestTenant } from '../../http/server-test-kit.ts'
import { v7 as uuidv7 } from 'uuid'
import { decodeId, encodeId } from '../../graphql/ids.ts'

let world: TestServer

beforeAll(async () => {
  world = await startTestServer()
}, 120_000)

afterAll(() => world.close())

const october = { from: '2026-10-01', to: '2026-11-01' }

const ROW =
  'key label invocations changed before { amount currency } after { amount } difference { amount } unpricedBefore unpricedAfter unconvertedBefore unconvertedAfter'
const RERATING = `id kind state from to filter substitutions { fromProvider fromResource toProvider toResource } draftCardId requestedBy reason
  appliedBy error progress { done total ratio perSecond etaSeconds } invocations changed total { ${ROW} } byAgent { ${ROW} } byClient { ${ROW} }
  byResource { ${ROW} }`
const payload = (fields = RERATING) => `{ rerating { ${fields} } userErrors { code message field } }`
const PREVIEW = `mutation ($input: PreviewReratingInput!) { previewRerating(input: $input) ${payload()} }`
const APPLY = `mutation ($input: ApplyReratingInput!) { applyRerating(input: $input) ${payload()} }`
const SIMULATE = `mutation ($input: SimulateRatesInput!) { simulateRates(input: $input) ${payload()} }`

interface Row {
  key: string | null
  label: string
  invocations: string
  changed: string
  before: { amount: string; currency: string }
  after: { amount: string }
  difference: { amount: string }
}

interface Job {
  id: string
  state: string
  progress: { done: string; total: string; ratio: string | null; perSecond: string | null; etaSeconds: number | null }
  total: Row | null
  byAgent: Row[]
}

async function publish(tenant: TestTenant, amount: string, effectiveFrom: string): Promise<void> {
  const price = { amount, currency: 'GBP' }
  const one = { provider: 'acme', resource: 'large', meter: 'input_tokens', price, per: '1000', effectiveFrom }
  const answer = await tenant.ask(
    'mutation ($input: PublishRatesInput!) { publishRates(input: $input) { userErrors { message } } }',
    { input: { rates: [one] } },
  )
  expect(answer).toMatchObject({ errors: [], data: { publishRates: { userErrors: [] } } })
}

/** Two agents and one event without tags at 1.00 per 1,000, then 1.50 from October on. */
async function tenantWithNewPrice(): Promise<TestTenant> {
  const tenant = await world.tenant()
  await publish(tenant, '1', '2026-01-01T00:00:00Z')
  const event = (id: string, quantity: string, tags: object) => ({
    id,
    provider: 'acme',
    resource: 'large',
    occurredAt: '2026-10-10T10:00:00Z',
    usage: [{ meter: 'input_tokens', quantity }],
    ...tags,
  })
  const invocations = [
    event('a', '1000', { agent: 'research', client: 'northwind' }),
    event('b', '2000', { agent: 'coding', client: 'northwind' }),
    event('c', '3000', {}),
  ]
  const answer = await tenant.ask(
    'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted } }',
    { input: { invocations } },
  )
  expect(answer.data).toEqual({ recordInvocations: { accepted: 3 } })
  await publish(tenant, '1.5', '2026-10-01T00:00:00Z')
  return tenant
}

/** Runs the job as a worker does. */
async function work(tenant: TestTenant, id: string, job: typeof previewJob): Promise<void> {
  const reratingId = decodeId(id)?.uuid ?? ''
  const { pool, configs } = world.server
  const control = { signal: new AbortController().signal, publish: () => {} }
  await job({ pool, configs }, { tenantId: tenant.id, reratingId }, control)
}

const jobOf = (answer: Answer, name: string): Job => {
  expect(answer.errors).toEqual([])
  return (answer.data as unknown as Record<string, { rerating: Job }>)[name]?.rerating as Job
}

const read = async (tenant: TestTenant, id: string): Promise<Job | null> => {
  const answer = await tenant.ask(`query ($id: ID!) { rerating(id: $id) { ${RERATING} } }`, { id })
  expect(answer.errors).toEqual([])
  return (answer.data as unknown as { rerating: Job | null }).rerating
}

const row = (key: string | null, label: string, counts: [string, string], amounts: [string, string, string]) => ({
  key,
  label,
  invocations: counts[0],
  changed: counts[1],
  before: { amount: amounts[0], currency: 'GBP' },
  after: { amount: amounts[1] },
  difference: { amount: amounts[2] },
  unpricedBefore: '0',
  unpricedAfter: '0',
  unconvertedBefore: '0',
  unconvertedAfter: '0',
})

describe('re-rating', () => {
  it('is previewed, read and applied, with its progress and with who and why', async () => {
    const tenant = await tenantWithNewPrice()
    const asked = await tenant.ask(PREVIEW, { input: { range: october, filter: { kinds: ['MODEL'] } } })
    const queued = jobOf(asked, 'previewRerating')
    expect(queued).toMatchObject({
      kind: 'RERATING',
      state: 'PREVIEW_QUEUED',
      ...october,
      filter: { kinds: ['MODEL'] },
      substitutions: [],
      requestedBy: 'API key Test',
      progress: { done: '0', total: '0', ratio: null, perSecond: null, etaSeconds: null },
      total: null,
      byAgent: [],
    })
    const early = await tenant.ask(APPLY, { input: { previewId: queued.id, reason: 'Because.' } })
    expect(early.data).toMatchObject({
      applyRerating: { userErrors: [{ code: 'PREVIEW_RUNNING', field: ['input', 'previewId'] }] },
    })

    await work(tenant, queued.id, previewJob)
    expect(await read(tenant, queued.id)).toMatchObject({
      state: 'PREVIEWED',
      progress: { done: '3', total: '3', ratio: '1', perSecond: expect.stringMatching(/^\d+$/), etaSeconds: null },
      invocations: '3',
      changed: '3',
      total: row(null, 'All', ['3', '3'], ['6.00', '9.00', '3.00']),
      byAgent: [
        row(null, 'No agent tag', ['1', '1'], ['3.00', '4.50', '1.50']),
        row('coding', 'coding', ['1', '1'], ['2.00', '3.00', '1.00']),
        row('research', 'research', ['1', '1'], ['1.00', '1.50', '0.50']),
      ],
      byClient: [
        row('northwind', 'northwind', ['2', '2'], ['3.00', '4.50', '1.50']),
        row(null, 'No client tag', ['1', '1'], ['3.00', '4.50', '1.50']),
      ],
      byResource: [row('large', 'acme/large', ['3', '3'], ['6.00', '9.00', '3.00'])],
    })

    const input = { previewId: queued.id, reason: 'The supplier corrected its list.', wait: true }
    const applying = tenant.ask(APPLY, { input })
    for (let done = false; !done; done = (await read(tenant, queued.id))?.state === 'APPLIED') {
      await work(tenant, queued.id, applyJob)
    }
    expect(jobOf(await applying, 'applyRerating')).toMatchObject({
      state: 'APPLIED',
      reason: 'The supplier corrected its list.',
      appliedBy: 'API key Test',
      progress: { done: '3', total: '3', ratio: '1', etaSeconds: null },
    })
    const costs = await tenant.ask(
      'query ($range: DateRangeInput!) { fleetCost(range: $range) { cost { direct { amount } } conservation { balanced } } }',
      { range: october },
    )
    expect(costs.data).toEqual({
      fleetCost: { cost: { direct: { amount: '9.00' } }, conservation: { balanced: true } },
    })
    const again = await tenant.ask(APPLY, { input: { previewId: queued.id, reason: 'Once more.' } })
    expect(again.data).toMatchObject({ applyRerating: { userErrors: [{ code: 'ALREADY_APPLIED' }] } })
    const list = await tenant.ask('{ reratings { id state byClient { key } byAgent { key } } }')
    expect(list.data).toMatchObject({ reratings: [{ id: queued.id, state: 'APPLIED' }] })
  })

  it('tells that a preview is stale, and to preview again', async () => {
    const tenant = await tenantWithNewPrice()
    const { id } = jobOf(await tenant.ask(PREVIEW, { input: { range: october } }), 'previewRerating')
    await work(tenant, id, previewJob)
    await publish(tenant, '1.6', '2026-10-02T00:00:00Z')
    const stale = await tenant.ask(APPLY, { input: { previewId: id, reason: 'Because.' } })
    expect(stale.data).toMatchObject({
      applyRerating: {
        rerating: { state: 'STALE', reason: null },
        userErrors: [
          {
            code: 'PREVIEW_STALE',
            message: 'Prices, FX rates or settings have changed since the preview. Preview again.',
            field: ['input', 'previewId'],
          },
        ],
      },
    })
  })

  it('simulates other resources, and never applies that', async () => {
    const tenant = await tenantWithNewPrice()
    const substitutions = [{ fromResource: 'large', toProvider: 'acme', toResource: 'unheard-of' }]
    const asked = await tenant.ask(SIMULATE, { input: { range: october, substitutions } })
    const { id } = jobOf(asked, 'simulateRates')
    await work(tenant, id, previewJob)
    expect(await read(tenant, id)).toMatchObject({
      kind: 'SIMULATION',
      state: 'PREVIEWED',
      substitutions: [{ fromProvider: null, ...substitutions[0] }],
      total: { before: { amount: '6.00' }, after: { amount: '0.00' }, unpricedBefore: '0', unpricedAfter: '3' },
    })
    const applied = await tenant.ask(APPLY, { input: { previewId: id, reason: 'Because.' } })
    expect(applied.data).toMatchObject({ applyRerating: { userErrors: [{ code: 'NOT_APPLICABLE' }] } })
    const nothing = await tenant.ask(SIMULATE, { input: { range: october } })
    expect(nothing.data).toMatchObject({
      simulateRates: { rerating: null, userErrors: [{ code: 'NOTHING_TO_SIMULATE' }] },
    })
  })

  it('says of another tenant’s job what it says of one that does not exist', async () => {
    const [mine, other] = [await tenantWithNewPrice(), await tenantWithNewPrice()]
    const { id } = jobOf(await other.ask(PREVIEW, { input: { range: october } }), 'previewRerating')
    await work(other, id, previewJob)
    const nobodys = `rrt_${'0'.repeat(26)}`
    expect([await read(mine, id), await read(mine, nobodys)]).toEqual([null, null])
    const apply = (previewId: string) => mine.ask(APPLY, { input: { previewId, reason: 'Because.' } })
    const [foreign, missing] = [await apply(id), await apply(nobodys)]
    expect(foreign).toEqual(missing)
    expect(foreign.data).toMatchObject({ applyRerating: { rerating: null, userErrors: [{ code: 'NOT_FOUND' }] } })
    await work(mine, id, applyJob)
    expect(await read(other, id)).toMatchObject({ state: 'PREVIEWED' })
    expect((await mine.ask('{ reratings { id } }')).data).toEqual({ reratings: [] })
  })

  it('counts under a name only what is the tenant’s own, and tries no draft of another', async () => {
    const [mine, other] = [await tenantWithNewPrice(), await tenantWithNewPrice()]
    const filters = [
      { agents: ['research'] },
      { clients: ['northwind'] },
      { projects: ['theirs'] },
      { tasks: ['theirs'] },
      { providers: ['acme'] },
      { resources: ['large'] },
    ]
    await other.ask(
      'mutation ($input: RecordInvocationsInput!) { recordInvocations(input: $input) { accepted } }',
      { input: { invocations: [{ id: 'x', project: 'theirs', task: 'theirs', agent: 'research', client: 'northwind', provider: 'acme', resource: 'large', occurredAt: '2026-10-10T10:00:00Z', usage: [] }] } }, // prettier-ignore
    )
    const invocations = async (filter: object) => {
      const { id } = jobOf(await mine.ask(PREVIEW, { input: { range: october, filter } }), 'previewRerating')
      await work(mine, id, previewJob)
      return (await read(mine, id))?.total?.invocations ?? '0'
    }
    const counts = []
    for (const filter of filters) counts.push(await invocations(filter))
    expect(counts).toEqual(['1', '2', '0', '0', '3', '3'])

    const cardId = uuidv7()
    await world.owner.query(
      `INSERT INTO rate_card (tenant_id, id, provider, version, status) VALUES ($1, $2, 'acme', 9, 'DRAFT')`,
      [other.id, cardId],
    )
    await world.owner.query(
      `INSERT INTO rate (tenant_id, id, card_id, provider, resource, meter, price, per, unit_price, currency, effective_from, state)
       VALUES ($1, $2, $2, 'acme', 'large', 'input_tokens', 9, 1, 9, 'GBP', '2026-10-01T00:00:00Z', 'DRAFT')`,
      [other.id, cardId],
    )
    const simulate = (tenant: TestTenant, draftCardId: string) =>
      tenant.ask(SIMULATE, { input: { range: october, draftCardId } })
    const theirs = encodeId('RateCard', cardId)
    expect(await simulate(mine, theirs)).toEqual(await simulate(mine, encodeId('RateCard', uuidv7())))
    expect((await simulate(mine, theirs)).data).toMatchObject({
      simulateRates: { userErrors: [{ code: 'NOT_FOUND' }] },
    })
    expect(jobOf(await simulate(other, theirs), 'simulateRates')).toMatchObject({ draftCardId: theirs })
  })

  it('is asked for by those who keep the money, and read by the staff', async () => {
    const tenant = await tenantWithNewPrice()
    const { id } = jobOf(await tenant.ask(PREVIEW, { input: { range: october } }), 'previewRerating')
    const codes = async (headers: Record<string, string>) => {
      const asked = { previewRerating: PREVIEW, applyRerating: APPLY, simulateRates: SIMULATE }
      const inputs = {
        previewRerating: { range: october },
        applyRerating: { previewId: id, reason: ' ' },
        simulateRates: { range: october },
      }
      const answers = await Promise.all(
        (['previewRerating', 'applyRerating', 'simulateRates'] as const).map((name) =>
          ask(world.url, { 'x-outlay-tenant': tenant.key, ...headers }, asked[name], { input: inputs[name] }),
        ),
      )
      const readings = await ask(world.url, { 'x-outlay-tenant': tenant.key, ...headers }, '{ reratings { id } }')
      return [...answers, readings].map(({ errors }) => errors[0]?.extensions['code'] ?? 'OK')
    }
    const person = async (role: Parameters<TestTenant['signedIn']>[0]) =>
      codes({
        cookie: await tenant.signedIn(role, role === 'CLIENT' ? 'northwind' : undefined),
        origin: 'http://127.0.0.1',
      })
    const [may, reads, none] = [
      ['OK', 'OK', 'OK', 'OK'],
      ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'OK'],
      ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND'],
    ]
    expect({
      OWNER: await person('OWNER'),
      ADMIN: await person('ADMIN'),
      FINANCE: await person('FINANCE'),
      PROJECT_MANAGER: await person('PROJECT_MANAGER'),
      VIEWER: await person('VIEWER'),
      CLIENT: await person('CLIENT'),
    }).toEqual({ OWNER: may, ADMIN: may, FINANCE: may, PROJECT_MANAGER: reads, VIEWER: reads, CLIENT: none })
    const key = async (scope: 'ingest' | 'read' | 'admin') =>
      codes({ authorization: `Bearer ${await tenant.keyWith(scope)}` })
    expect(await key('admin')).toEqual(may)
    expect(await key('read')).toEqual(reads)
    expect(await key('ingest')).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'])
  })
})
