import { decodeId } from '../graphql/ids.ts'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { ask, startTestServer, type TestServer, type TestTenant } from '../http/server-test-kit.ts'
import { allocateHundred, complete, london, ok, send, set } from '../modules/billing/billing-api-kit.ts'
import { publishedSecret, told } from './client-pages-kit.ts'

jest.setTimeout(120_000)

/** What no client may be told, whatever its agreement: each is seeded where it belongs. */
const NEVER = {
  otherClient: 'Canaryhalden',
  otherProject: 'Canarymerger',
  otherTask: 'Canaryhostile takeover',
  note: 'Canarynote between us',
  trace: 'canarytrace0001',
  span: 'canaryspan0001',
  eventId: 'canaryevent',
  agentKey: 'canaryagent',
  provider: 'acme',
  resource: 'small-1',
  pool: 'Hosting',
  linkLabel: 'Canarylabel',
  employee: '@example.test',
  otherCost: '8123.45',
  reason: 'Canaryreason',
}

/** Costs of the client's own work, its markup and how much it used: what a model charges by may be told, and nothing else. */
const COSTS = ['7319.17', '7319170', '219.03', '219030', '7538.2']
const MARKUP = ['0.1337', '13.37']

const MODELS: { terms: Record<string, unknown>; may: string[] }[] = [
  { terms: { model: 'PASS_THROUGH', basis: 'DIRECT' }, may: COSTS },
  { terms: { model: 'COST_PLUS', markup: '0.1337', basis: 'DIRECT' }, may: [] },
  {
    terms: {
      model: 'RATE_CARD',
      prices: [{ unit: 'TOKENS', mode: 'GRADUATED', steps: [{ above: '0', price: '0.003' }] }],
    },
    may: ['7319170', '219030', '7538200'],
  },
  { terms: { model: 'PER_TASK', price: '50' }, may: [] },
  {
    terms: { model: 'RETAINER', price: '1000', unit: 'TASKS', allowance: '1', overagePrice: '80', carryOverMonths: 0 },
    may: [],
  },
  { terms: { model: 'PER_AGENT', price: '30', isProrated: true }, may: [NEVER.agentKey] },
  { terms: { model: 'OUTCOME', price: '9' }, may: [] },
  { terms: { model: 'TIME', price: '11.07', incrementMinutes: 15 }, may: [] },
]

/** A text as it may be hidden in bytes: plain, in base64 and hex, in an address, with JSON's escapes, and with thousands apart. */
function formsOf(canary: string): string[] {
  const text = Buffer.from(canary)
  const grouped = canary.replace(/^\d+(?=\.|$)/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','))
  return [canary, text.toString('base64').replace(/=+$/, ''), text.toString('hex'), encodeURIComponent(canary), grouped]
}

function leaksIn(bytes: string, canaries: readonly string[]): string[] {
  const lower = bytes.toLowerCase()
  return canaries.filter((canary) => formsOf(canary).some((form) => lower.includes(form.toLowerCase())))
}

let world: TestServer

beforeAll(async () => {
  world = await startTestServer()
}, 120_000)

afterAll(() => world.close())

/** A tenant whose client northwind has terms of a model, beside another client; everything that may not be told is in it. */
async function seed(terms: Record<string, unknown>): Promise<TestTenant> {
  const tenant = await london(world)
  const own = {
    ...{ agent: NEVER.agentKey, client: 'northwind', project: 'launch', task: 'L1', trace: NEVER.trace },
    endedAt: '2026-10-05T11:00:00Z',
  }
  const other = {
    ...{ agent: NEVER.agentKey, client: NEVER.otherClient, project: NEVER.otherProject, task: NEVER.otherTask },
    endedAt: '2026-10-06T22:20:00Z',
  }
  await send(tenant, [
    ['2026-10-02T10:00:00Z', '7319170', { ...own, span: NEVER.span, id: NEVER.eventId }],
    ['2026-10-05T10:00:00Z', '219030', { ...own, task: 'L2', span: `${NEVER.span}b` }],
    ['2026-10-06T10:00:00Z', '8123450', other],
  ])
  for (const task of ['L1', 'L2', NEVER.otherTask]) await complete(tenant, task, '2026-10-08T10:00:00Z')
  await ok(
    tenant,
    `mutation { upsertTask(input: { key: "L1", billed: { amount: "9876.54", currency: "GBP" } }) { userErrors { code } } }`,
  )
  await allocateHundred(world, tenant)
  await set(tenant, { projectKey: 'launch', effectiveFrom: '2026-10-01', terms, note: NEVER.note })
  await set(tenant, { clientKey: NEVER.otherClient, effectiveFrom: '2026-10-01', terms })
  return tenant
}

const VIEW = `{ firm client month to isSoFar currency timeZone total delivered taskCount
  agreements { project model words since from to total isProvisional rates { what amount quantity unit }
    lines { what quantity unit unitPrice amount } allowance { unit included used left } }
  tasks { title project deliveredOn ran why charge } days { day delivered tokens invocations } }`

/** Everything that goes to a client: by a link, and to its own login. */
async function everythingTold(tenant: TestTenant): Promise<Record<string, string>> {
  const { secret } = await publishedSecret(tenant, { label: NEVER.linkLabel, firstMonth: '2026-10-01' })
  const cookie = await tenant.signedIn('CLIENT', 'northwind')
  const get = async (path: string, init: RequestInit = {}) =>
    (await told(await fetch(`${world.url}${path}`, { redirect: 'manual', ...init }))).replaceAll(secret, '')
  const gql = async (query: string) => JSON.stringify(await ask(world.url, { cookie }, query))
  return {
    data: await get(`/api/c/${secret}?month=2026-10`),
    statement: await get(`/c/${secret}/statement.csv?month=2026-10`),
    question: await get(`/c/${secret}/question`, { method: 'POST', body: new URLSearchParams({ question: 'why' }) }),
    nothing: await get(`/c/${'A'.repeat(43)}`),
    ownStatement: await get('/v1/client-statement.csv?month=2026-10', { headers: { cookie } }),
    ownView: await gql(`{ clientView(month: "2026-10-01") ${VIEW} }`),
    ownTasks: await gql(
      '{ tasks { totalCount nodes { id key name status completedAt createdAt billed { amount } client { name } } } }',
    ),
    ownViewer: await gql('{ viewer { role client { key name } tenant { name currency } } }'),
    preview: await gql(`{ clientPreview(clientKey: "northwind", month: "2026-10-01") ${VIEW} }`),
    links: await gql('{ clientLinks(clientKey: "northwind") { label createdBy } }'),
    charges: await gql('{ charges(month: "2026-10-01") { total { amount } } }'),
    engagements: await gql('{ engagements { note createdBy } }'),
  }
}

describe('what is told to a client', () => {
  it.each(MODELS.map(({ terms, may }) => [String(terms['model']), terms, may] as const))(
    'by %s holds nothing that it may not know',
    async (_model, terms, may) => {
      const tenant = await seed(terms)
      const forbidden = [...Object.values(NEVER), ...COSTS, ...MARKUP, '9876.54'].filter(
        (canary) => !may.includes(canary),
      )
      const everything = await everythingTold(tenant)
      // What belongs to the client is there: silence would hide nothing.
      for (const part of ['data', 'statement', 'ownStatement', 'ownView'] as const)
        expect([part, everything[part]?.includes('L1')]).toEqual([part, true])
      for (const [part, bytes] of Object.entries(everything))
        expect([part, leaksIn(bytes, forbidden)]).toEqual([part, []])
      for (const part of ['preview', 'links', 'charges', 'engagements']) expect(everything[part]).toContain('NOT_FOUND')
    },
  )

  it('would be found if it held anything, in whatever form', () => {
    for (const canary of [...Object.values(NEVER), ...COSTS, ...MARKUP])
      for (const form of formsOf(canary)) expect(leaksIn(`<p>${form}</p>`, [canary])).toEqual([canary])
  })

  it('names the client’s records by nothing that leads to them elsewhere', async () => {
    const tenant = await seed({ model: 'PASS_THROUGH' })
    const { data = '', ownView = '' } = await everythingTold(tenant)
    const uuids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i
    const body = data.slice(data.indexOf('\n\n'))
    expect(body).not.toMatch(uuids)
    const ids = `${body} ${ownView}`.match(/\b[a-z]{3}_[0-9a-z]{26}\b/g) ?? []
    expect(ids.map((id) => decodeId(id)?.kind)).toEqual([])
  })
})
